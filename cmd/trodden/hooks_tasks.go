package main

import (
	"maps"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

// hintTask is one thing to read again: a repository, or what one source lists.
type hintTask struct {
	subject string
	source  string         // whose list it is; "" for a repository, and for lists that no source has
	hints   []metrics.Hint // that it serves, oldest first
}

func (t hintTask) newest() metrics.Hint { return t.hints[len(t.hints)-1] }

// retry says when a subject is tried again.
type retry struct {
	failed int
	at     time.Time
}

const (
	firstRetry = 30 * time.Second // it doubles each time
	lastRetry  = time.Hour
	maxTries   = 10 // about four hours; a scan has come by then
)

// tasksOf returns what a hint is about. What it tells of a list may be in that of any source of its kind of host: each is a
// task of its own, so that none waits for another that cannot be listed.
func (w *hintWorker) tasksOf(h metrics.Hint) (list []hintTask) {
	if !h.Listing {
		return []hintTask{{subject: h.Subject()}}
	}
	for _, source := range w.lists(h.Host) {
		list = append(list, hintTask{subject: "source " + source, source: source})
	}
	if len(list) == 0 {
		return []hintTask{{subject: "sources of " + h.Host}}
	}
	return list
}

// due returns what is to be read now, each with all hints that it serves, and forgets what became of others than those.
func (w *hintWorker) due(pending []metrics.Hint) (list []hintTask) {
	at, wanted, waiting := map[string]int{}, map[string]bool{}, map[metrics.HintID]bool{}
	for _, h := range pending { // oldest first
		waiting[h.ID] = true
		for _, t := range w.tasksOf(h) {
			if w.served[h.ID][t.subject] != "" {
				continue
			}
			wanted[t.subject] = true
			if try, ok := w.tries[t.subject]; ok && try.at.After(w.now()) {
				continue
			}
			if _, ok := at[t.subject]; !ok {
				at[t.subject], list = len(list), append(list, t)
			}
			i := at[t.subject]
			list[i].hints = append(list[i].hints, h)
		}
	}
	maps.DeleteFunc(w.tries, func(subject string, _ retry) bool { return !wanted[subject] })
	maps.DeleteFunc(w.served, func(id metrics.HintID, _ map[string]string) bool { return !waiting[id] })
	return list
}

// failedAll says of all tasks that were not tried that they could not be read.
func failedAll(due []hintTask, read map[string]bool) map[string]bool {
	all := make(map[string]bool, len(due))
	for _, t := range due {
		all[t.subject] = read[t.subject]
	}
	return all
}

// outcome notes what became of a task.
func (w *hintWorker) outcome(t hintTask, read bool) string {
	outcome := hintsDone
	if !read {
		outcome = w.postpone(t)
	}
	if outcome == hintsFailed {
		return outcome
	}
	delete(w.tries, t.subject)
	for _, h := range t.hints {
		if w.served[h.ID] == nil {
			w.served[h.ID] = map[string]string{}
		}
		w.served[h.ID][t.subject] = outcome
	}
	return outcome
}

// postpone notes that a subject could not be read.
func (w *hintWorker) postpone(t hintTask) (outcome string) {
	try := w.tries[t.subject]
	try.failed++
	if try.failed >= maxTries {
		w.log.Warn("gave up what a webhook hinted at, a scan will read it", "subject", t.subject, "event", t.newest().Event, "tries", try.failed)
		return hintsGivenUp
	}
	try.at = w.now().Add(min(firstRetry<<(try.failed-1), lastRetry))
	w.tries[t.subject] = try
	return hintsFailed
}

// became says what became of a hint: "" as long as anything that it is about is neither read nor given up.
func (w *hintWorker) became(h metrics.Hint) string {
	served := w.served[h.ID]
	if slices.ContainsFunc(w.tasksOf(h), func(t hintTask) bool { return served[t.subject] == "" }) {
		return ""
	}
	if slices.Contains(slices.Collect(maps.Values(served)), hintsGivenUp) {
		return hintsGivenUp
	}
	return hintsDone
}
