package github

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

const (
	runsListed = 100   // a page: the most that GitHub allows
	runsMost   = 1_000 // that it tells of one question
)

// runNode is a workflow run as lists tell of it, even one whose fields are null.
type runNode struct {
	ID         uint64     `json:"id"`
	Path       string     `json:"path"`
	Branch     string     `json:"head_branch"`
	SHA        string     `json:"head_sha"`
	Event      string     `json:"event"`
	Status     string     `json:"status"`
	Conclusion string     `json:"conclusion"`
	Attempt    uint32     `json:"run_attempt"`
	Created    *time.Time `json:"created_at"`
	Updated    *time.Time `json:"updated_at"`
	Started    *time.Time `json:"run_started_at"`
	Home       *repoRef   `json:"repository"`
	From       *repoRef   `json:"head_repository"`
	Referenced []usedNode `json:"referenced_workflows"`
}

type repoRef struct {
	ID int64 `json:"id"`
}

// usedNode is a reusable workflow that a run used.
type usedNode struct {
	Path string `json:"path"` // with an @ and the ref that was asked for
	SHA  string `json:"sha"`
	Ref  string `json:"ref"` // refs/tags/v1 and the like
}

// window is the last of the times whose runs are known; ok is false where there is none.
func window(told metrics.Told) (w metrics.RunWindow, ok bool) {
	if n := len(told.Windows); n > 0 {
		return told.Windows[n-1], true
	}
	return w, false
}

// asked is when the runs of a repository were asked for the last time with an answer; Beginning for never.
func asked(told metrics.Told) metrics.Instant {
	w, _ := window(told)
	return min(w.To, w.Seen)
}

// runs reads the runs of repositories in which something ran.
func (x *side) runs(ctx context.Context, all []*reading) error {
	if !x.source.config.Parts.Runs {
		return nil
	}
	for _, r := range all {
		if !x.ran(r) {
			continue
		}
		if err := x.readRuns(ctx, r); err != nil {
			return err
		}
	}
	return x.readUnpushed(ctx, all)
}

func (x *side) readRuns(ctx context.Context, r *reading) error {
	if err := x.runsOf(ctx, r); err != nil {
		return err
	}
	r.Parts |= runsRead
	return x.Room(ctx)
}

// ran reports whether it is worth to ask for the runs of a repository. Where no file and no policy lets anything run
// nothing did; else those of a repository are read once, and after that when a check of its head is new, or something
// had not ended.
func (x *side) ran(r *reading) bool {
	last := asked(r.Last.Told)
	imposed := len(r.imposed) > 0
	switch {
	case !r.news.Probed:
		return false
	case r.again(runsRead | attemptsMissed):
		return true
	case last == metrics.Beginning:
		return r.news.Workflows || r.news.Checked != metrics.Beginning || imposed
	case x.source.pressing(r.Last), x.asked != nil, r.look.Glance && r.Repo.Archived:
		return true
	case imposed && r.look.Pushed: // what a policy runs for a proposed change is no check of the head
		return true
	case r.news.Checks:
		return r.news.Checked >= last-overlap
	}
	return r.news.Workflows && r.look.Pushed
}

// runsSeen is how far the reading of the runs of a repository came.
type runsSeen struct {
	Begun metrics.Instant // when runs were asked for first: Beginning for not yet
	Since metrics.Instant // of creation
	Spans []span          // that are still to be read, the next one last

	Glance bool // see glance
	Again  rerunsSeen
}

// span is a time in which runs were created, and which page of them is next.
type span struct {
	From, To metrics.Instant
	Page     int
}

// runsOf reads the runs of one repository since they were read the last time. The window is written behind them: what
// it says is known is there, up to when they were asked for first. Where they cannot be read any more, it ends when they
// last were.
func (x *side) runsOf(ctx context.Context, r *reading) error {
	return collectors.Take(x.source.state.open(), collectors.StepOf("runs", r.Repo.ID), func(at *runsSeen) error {
		if at.Begun == metrics.Beginning {
			x.source.beginRuns(r, at)
		}
		return x.someRuns(ctx, r, at)
	})
}

// beginRuns says which runs of a repository are wanted.
func (s *Source) beginRuns(r *reading, at *runsSeen) {
	now := s.config.Now()
	last := asked(r.Last.Told)
	if r.again(attemptsMissed) { // with the runs that were read since
		last = min(last, r.look.Since)
	}
	at.Begun, at.Since = now, now-seconds(s.config.Since, runsBack)
	if last != metrics.Beginning {
		at.Since = last - overlap
		if open := r.Last.Told.Running; open != metrics.Beginning {
			at.Since = min(at.Since, open)
		}
	}
	at.Spans = []span{{at.Since, now + metrics.Day, 1}}
	at.Glance = r.quiet && s.config.Parts.Reruns
	at.Again.Last = last
}

func (x *side) someRuns(ctx context.Context, r *reading, at *runsSeen) error {
	s := x.source
	w, known := window(r.Last.Told)
	if !known {
		w = metrics.RunWindow{Repo: r.Repo.ID, Source: s.Name(), Period: metrics.Period{From: at.Since}}
	}
	again := &reruns{side: x, reading: r, rerunsSeen: &at.Again}
	var err error
	if at.Glance {
		err = x.glance(ctx, r, at, again)
	}
	if err == nil {
		err = x.runsWithin(ctx, r, at, again.take)
	}
	if err != nil {
		if err := s.failed(ctx, runsPart, r, err); err != nil || !known || w.To != metrics.Forever {
			return err
		}
		w.To, w.Seen = max(w.Seen, w.From), at.Begun
	} else {
		w.To, w.Seen = metrics.Forever, at.Begun
		err = again.read(ctx, at.Since)
	}
	if err == nil || w.To != metrics.Forever {
		x.Batch.RunWindows = append(x.Batch.RunWindows, w)
		return nil
	}
	return err
}

// errTooMany means that GitHub would not tell of all that was asked for.
var errTooMany = errors.New("more than a thousand runs began in one second")

// runsWithin reads the runs that were created in a time, in halves of it where they are more than GitHub tells of.
func (x *side) runsWithin(ctx context.Context, r *reading, at *runsSeen, take func(*runNode)) error {
	for n := len(at.Spans) - 1; n >= 0; n = len(at.Spans) - 1 {
		ask := &at.Spans[n]
		list, total, err := x.source.runPage(ctx, r, runsAsked{from: ask.From, to: ask.To, page: ask.Page})
		if total > runsMost || ask.Page > 1 && status(err) == http.StatusUnprocessableEntity {
			if ask.From >= ask.To {
				return errTooMany
			}
			middle := ask.From + (ask.To-ask.From)/2
			at.Spans = append(at.Spans[:n], span{ask.From, middle, 1}, span{middle + 1, ask.To, 1})
			continue
		}
		if err != nil {
			return err
		}
		for i := range list {
			take(&list[i])
		}
		if len(list) < runsListed || ask.Page*runsListed >= total {
			at.Spans = at.Spans[:n]
			continue
		}
		ask.Page++
		if err := x.Room(ctx); err != nil {
			return err
		}
	}
	return nil
}

// runsAsked says which runs are asked for: those that were created in a time, of a branch where one is given.
type runsAsked struct {
	from, to metrics.Instant
	branch   string
	page     int
}

func (s *Source) runPage(ctx context.Context, r *reading, ask runsAsked) (list []runNode, total int, err error) {
	query := url.Values{"created": {ask.from.String() + ".." + ask.to.String()}, "per_page": {strconv.Itoa(runsListed)}, "page": {strconv.Itoa(ask.page)}}
	if ask.branch != "" {
		query.Set("branch", ask.branch)
	}
	req, err := s.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/actions/runs?%s", r.owner, r.name, query.Encode()), nil)
	if err != nil {
		return nil, 0, err
	}
	var got struct {
		Total int        `json:"total_count"`
		Runs  *[]runNode `json:"workflow_runs"`
	}
	if _, err = s.client.Do(ctx, req, &got); err != nil {
		return nil, 0, err
	}
	if got.Runs == nil {
		return nil, 0, errNoRuns
	}
	for i := range *got.Runs {
		if err := s.runOf(r, &(*got.Runs)[i]); err != nil {
			return nil, 0, err
		}
	}
	if left := got.Total - (ask.page-1)*runsListed; got.Total <= runsMost && len(*got.Runs) < min(left, runsListed) {
		return nil, 0, errShort
	}
	return *got.Runs, got.Total, nil
}

// errNoRuns means that an answer has no list of runs, or something else in it.
var errNoRuns = fmt.Errorf("the answer has no list of runs: %w", io.ErrUnexpectedEOF)

// runOf fails for what is no run, or one of another repository.
func (s *Source) runOf(r *reading, n *runNode) error {
	switch {
	case n.ID == 0 || n.Created == nil:
		return errNoRuns
	case n.Home != nil && n.Home.ID != 0:
		return s.other(r, &n.Home.ID)
	}
	return nil
}

// run is the fact of a run; it is none without a number and the time at which it was created.
func (s *Source) run(r *reading, n *runNode) (fact metrics.Run, ok bool) {
	if n.ID == 0 || n.Created == nil {
		return fact, false
	}
	fact = metrics.Run{
		Repo: r.Repo.ID, ID: n.ID, Attempt: max(n.Attempt, 1), Source: s.Name(), Event: n.Event, Branch: n.Branch,
		Default: s.ofDefault(r, n), Outcome: runOutcome(n.Status, n.Conclusion), Created: metrics.At(*n.Created), Seen: s.config.Now(),
	}
	fact.Head, _ = metrics.ParseOID(n.SHA) // one that is none is not known
	if fact.Outcome.Began() {
		fact.Started = max(instant(n.Started), fact.Created)
	}
	if fact.Outcome > metrics.RunUnderWay {
		fact.Finished = max(instant(n.Updated), fact.Created)
	}
	for _, u := range n.Referenced {
		if use, ok := used(u.Path, u.Ref, u.SHA); ok {
			fact.Used = append(fact.Used, use)
		}
	}
	s.workflow(r, n, &fact)
	return fact, true
}

// workflow says which file ran. One of another repository, which nobody here uses by a file, ran because of a policy.
func (s *Source) workflow(r *reading, n *runNode, fact *metrics.Run) {
	file, _, _ := strings.Cut(n.Path, "@")
	at := strings.Index(file, "/.github/workflows/")
	if at < 0 {
		fact.Workflow = file
		return
	}
	if home := file[:at]; strings.EqualFold(home, r.owner+"/"+r.name) {
		fact.Workflow = file[at+1:]
		return
	}
	fact.Workflow, fact.Imposed = file, true
	if use, ok := used(n.Path, "", ""); ok {
		fact.Used = append(fact.Used, use)
	}
}

// used is what a run used.
func used(target, ref, sha string) (use metrics.Use, ok bool) {
	file, asked, _ := strings.Cut(target, "@")
	if file == "" {
		return use, false
	}
	if asked == "" {
		asked = ref
	}
	use = metrics.Use{Kind: metrics.UsesWorkflow, Target: path.Clean(file), Ref: shortRef(asked)}
	use.SHA, _ = metrics.ParseOID(sha)
	return use, true
}

// shortRef is a ref without what every branch and every tag has before its name.
func shortRef(ref string) string {
	return strings.TrimPrefix(strings.TrimPrefix(ref, "refs/heads/"), "refs/tags/")
}

// ofDefault reports whether a run was one of the default branch, whichever name that had, and not for a proposed change.
func (s *Source) ofDefault(r *reading, n *runNode) bool {
	foreign := n.From != nil && n.Home != nil && n.From.ID != n.Home.ID
	if n.Branch == "" || foreign || strings.HasPrefix(n.Event, "pull_request") || n.Event == "merge_group" {
		return false
	}
	return n.Branch == r.Repo.DefaultBranch || n.Branch == s.state.former(r.Repo.Name)
}

// runOutcome says how a run stands. One of which it is not told how it ended counts for neither side.
func runOutcome(status, conclusion string) metrics.RunResult {
	switch status {
	case "completed":
	case "in_progress":
		return metrics.RunUnderWay
	default: // queued, requested, waiting, pending, and what is not told
		return metrics.RunWaiting
	}
	switch conclusion {
	case "success", "neutral":
		return metrics.RunSucceeded
	case "failure", "timed_out", "startup_failure":
		return metrics.RunFailed
	case "skipped":
		return metrics.RunSkipped
	case "action_required": // it never began: a person has to allow it
		return metrics.RunWaiting
	}
	return metrics.RunCancelled // also stale, and what is not told
}
