package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/trodden/trodden/metrics"
)

const (
	// rerunsBack is how long a run can be attempted again after it was created: then GitHub does not let anybody.
	rerunsBack = 30 * metrics.Day
	// rerunPages is how many pages of old runs are looked through for such as were attempted again.
	rerunPages = 10
	// attemptsMost is how many earlier attempts are read of one repository at a time, those of the newest runs first.
	attemptsMost = 20
)

// reruns finds what runs hide that were attempted again. GitHub lists a run as its last attempt is, so that one that
// failed and was made green later would seem never to have failed: its earlier attempts are asked for, one request
// each. And a list of what was created lately does not have a run of last week that is attempted again today: those of
// the default branch that still can be are looked through once a day, and where the checks of the head are new but no
// run is. Only runs of the default branch are worth that:
// whether pipelines are healthy, and for how long they are red, is asked of no others.
type reruns struct {
	*side
	*reading
	last  metrics.Instant // when runs were asked for before; Beginning for never
	begun int             // runs that were created since
	found []rerun
}

// rerun is a run that was attempted again since a moment.
type rerun struct {
	metrics.Run
	begun metrics.Instant // when its last attempt was
	since metrics.Instant // what began before was seen
}

// take adds the fact of a run.
func (x *reruns) take(n *runNode) {
	run, ok := x.source.run(x.reading, n)
	if !ok {
		return
	}
	x.Batch.Runs = append(x.Batch.Runs, run)
	if run.Created >= x.last-overlap {
		x.begun++
	}
	x.hidden(n, run, x.last-overlap)
}

// takeOld adds the fact of an old run that was attempted again. The others are known. Old runs were looked through on
// the day on which they were asked for the last time.
func (x *reruns) takeOld(n *runNode) {
	run, ok := x.source.run(x.reading, n)
	if ok && x.hidden(n, run, x.last-x.last%metrics.Day-overlap) {
		x.Batch.Runs = append(x.Batch.Runs, run)
	}
}

// hidden notes a run that has been attempted again since a moment, and reports whether it was.
func (x *reruns) hidden(n *runNode, run metrics.Run, since metrics.Instant) bool {
	begun := instant(n.Started)
	if !x.source.config.Parts.Reruns || !run.Default || run.Attempt < 2 || begun < since {
		return false
	}
	x.found = append(x.found, rerun{run, begun, since})
	return true
}

// read reads what hides among the runs that were taken, and among those of before a moment. What cannot be read is told
// once; only where nothing more may be asked that is an error.
func (x *reruns) read(ctx context.Context, before metrics.Instant) error {
	if !x.source.config.Parts.Reruns {
		return nil
	}
	err := x.lookBack(ctx, before)
	if err == nil {
		err = x.attempts(ctx)
	}
	if err != nil {
		return x.source.failed(ctx, rerunsPart, x.reading, err)
	}
	return nil
}

// lookBack looks through the runs that were created before a moment and can still be attempted again: with the first
// reading of a day, and where nothing else can be what checked the head anew.
func (x *reruns) lookBack(ctx context.Context, before metrics.Instant) error {
	now := x.source.config.Now()
	from, checked := now-rerunsBack, x.news.checks && x.news.checked >= x.last-overlap
	today := x.last/metrics.Day == now/metrics.Day
	if x.last == metrics.Beginning || from >= before || today && !(checked && x.begun == 0) {
		return nil
	}
	for page := 1; page <= rerunPages; page++ {
		list, total, err := x.source.runPage(ctx, x.reading, runsAsked{from: from, to: before, branch: x.Repo.DefaultBranch, page: page})
		if err != nil {
			return err
		}
		for i := range list {
			x.takeOld(&list[i])
		}
		if len(list) < runsListed || page*runsListed >= total {
			return nil
		}
	}
	return nil
}

// attempts reads the earlier attempts of the runs that were found.
func (x *reruns) attempts(ctx context.Context) error {
	slices.SortFunc(x.found, func(a, b rerun) int { return cmp.Compare(b.Created, a.Created) })
	x.found = slices.CompactFunc(x.found, func(a, b rerun) bool { return a.ID == b.ID })
	left := attemptsMost
	for i, run := range x.found {
		if left == 0 {
			x.source.config.Log.Info("earlier attempts are left out", "repo", x.Repo.Name, "runs", len(x.found)-i)
			return nil
		}
		if err := x.attemptsOf(ctx, run, &left); err != nil {
			return err
		}
	}
	return nil
}

// attemptsOf reads the earlier attempts of a run, the last one first, down to the one that was its last when runs were
// asked for before: that one may have ended since, those before it were known.
func (x *reruns) attemptsOf(ctx context.Context, last rerun, left *int) error {
	next := last.begun
	for attempt := last.Attempt - 1; attempt > 0 && *left > 0; attempt-- {
		*left--
		n, err := x.source.attempt(ctx, x.reading, last.ID, attempt)
		if status(err) == http.StatusNotFound { // GitHub has it no more
			return nil
		}
		if err != nil {
			return err
		}
		run, ok := x.source.run(x.reading, n)
		if !ok || run.ID != last.ID {
			return fmt.Errorf("attempt %d of run %d: %w", attempt, last.ID, errGarbled)
		}
		run.Attempt, run.Created = attempt, last.Created
		if run.Finished > next && next > run.Started {
			run.Finished = next
		}
		if run.Outcome > metrics.RunUnderWay { // else it is not told how it ended
			x.Batch.Runs = append(x.Batch.Runs, run)
		}
		if next = instant(n.Started); next < last.since {
			return nil
		}
	}
	return nil
}

// attempt asks for one attempt of a run.
func (s *Source) attempt(ctx context.Context, r *reading, run uint64, attempt uint32) (*runNode, error) {
	req, err := s.client.NewRequest(http.MethodGet, fmt.Sprintf("repos/%s/%s/actions/runs/%d/attempts/%d", r.owner, r.name, run, attempt), nil)
	if err != nil {
		return nil, err
	}
	var n runNode
	if _, err := s.client.Do(ctx, req, &n); err != nil {
		return nil, err
	}
	return &n, nil
}
