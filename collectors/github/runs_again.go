package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/trodden/trodden/collectors"
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
	*rerunsSeen
}

// rerunsSeen is how far the reading came.
type rerunsSeen struct {
	Last  metrics.Instant // when runs were asked for before; Beginning for never
	Begun int             // runs that were created since
	Found []rerun         // those whose earlier attempts are still to be read

	Looked bool            // old runs were looked through
	Page   int             // of them that is next; 0 for not begun
	From   metrics.Instant // since when they were created
	Sorted bool            // those that were found are in order, each once
	Read   int             // attempts
}

// rerun is a run that was attempted again since a moment.
type rerun struct {
	metrics.Run
	Begun metrics.Instant // when its last attempt was
	Since metrics.Instant // what began before was seen
	Next  metrics.Instant // when the attempt began that was seen last
	Ask   uint32          // which attempt is asked for next
}

// take adds the fact of a run.
func (x *reruns) take(n *runNode) {
	run, ok := x.source.run(x.reading, n)
	if !ok {
		return
	}
	x.Batch.Runs = append(x.Batch.Runs, run)
	if run.Created >= x.rerunsSeen.Last-overlap {
		x.Begun++
	}
	x.hidden(n, run, x.rerunsSeen.Last-overlap)
}

// takeOld adds the fact of an old run that was attempted again. The others are known. Old runs were looked through on
// the day on which they were asked for the last time.
func (x *reruns) takeOld(n *runNode) {
	run, ok := x.source.run(x.reading, n)
	last := x.rerunsSeen.Last
	if ok && x.hidden(n, run, last-last%metrics.Day-overlap) {
		x.Batch.Runs = append(x.Batch.Runs, run)
	}
}

// hidden notes a run that has been attempted again since a moment, and reports whether it was.
func (x *reruns) hidden(n *runNode, run metrics.Run, since metrics.Instant) bool {
	begun := instant(n.Started)
	if !x.source.config.Parts.Reruns || !run.Default || run.Attempt < 2 || begun < since {
		return false
	}
	x.Found = append(x.Found, rerun{run, begun, since, begun, run.Attempt - 1})
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
	if !x.Looked && x.Page == 0 {
		x.Looked = !x.looksBack(before)
	}
	for !x.Looked {
		list, total, err := x.source.runPage(ctx, x.reading, runsAsked{from: x.From, to: before, branch: x.Repo.DefaultBranch, page: x.Page})
		if err != nil {
			return err
		}
		for i := range list {
			x.takeOld(&list[i])
		}
		x.Looked = len(list) < runsListed || x.Page*runsListed >= total || x.Page == rerunPages
		x.Page++
	}
	return nil
}

// looksBack decides whether old runs are looked through.
func (x *reruns) looksBack(before metrics.Instant) bool {
	last, now := x.rerunsSeen.Last, x.source.config.Now()
	checked := x.news.Checks && x.news.Checked >= last-overlap
	today := last/metrics.Day == now/metrics.Day
	x.From, x.Page = now-rerunsBack, 1
	return last != metrics.Beginning && x.From < before && (!today || checked && x.Begun == 0)
}

// attempts reads the earlier attempts of the runs that were found.
func (x *reruns) attempts(ctx context.Context) error {
	if !x.Sorted {
		slices.SortFunc(x.Found, func(a, b rerun) int { return cmp.Compare(b.Created, a.Created) })
		x.Found = slices.CompactFunc(x.Found, func(a, b rerun) bool { return a.ID == b.ID })
		x.Sorted = true
	}
	for ; len(x.Found) > 0; x.Found = x.Found[1:] {
		if x.Read == attemptsMost {
			x.source.config.Log.Info("earlier attempts are left out", "repo", x.Repo.Name, "runs", len(x.Found))
			return nil
		}
		if err := x.attemptsOf(ctx, &x.Found[0]); err != nil {
			return err
		}
	}
	return nil
}

// attemptsOf reads the earlier attempts of a run, the last one first, down to the one that was its last when runs were
// asked for before: that one may have ended since, those before it were known.
func (x *reruns) attemptsOf(ctx context.Context, last *rerun) error {
	for ; last.Ask > 0 && x.Read < attemptsMost; last.Ask-- {
		n, err := x.source.attempt(ctx, x.reading, last.ID, last.Ask)
		if err != nil && errors.Is(err, collectors.ErrSpent) {
			return err
		}
		x.Read++
		if status(err) == http.StatusNotFound { // GitHub has it no more
			return nil
		}
		if err != nil {
			return err
		}
		run, ok := x.source.run(x.reading, n)
		if !ok || run.ID != last.ID {
			return fmt.Errorf("attempt %d of run %d: %w", last.Ask, last.ID, errGarbled)
		}
		run.Attempt, run.Created = last.Ask, last.Created
		if run.Finished > last.Next && last.Next > run.Started {
			run.Finished = last.Next
		}
		if run.Outcome > metrics.RunUnderWay { // else it is not told how it ended
			x.Batch.Runs = append(x.Batch.Runs, run)
		}
		if last.Next = instant(n.Started); last.Next < last.Since {
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
