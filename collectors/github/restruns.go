package github

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// unpushedPart are runs that a schedule, a person or another program began.
var unpushedPart = part{Topic: present.Topic{Name: "workflow runs without a push"}}

// glances reports whether it is the turn of a repository to be asked for runs that no push tells of. REST has nothing that
// tells of many whether something ran, so that each in which something can have run is asked once a day, at a time of its
// own: scans of one day share them out. One that is archived is asked once more; one of which runs were missed or denied
// waits for its next try.
func (s *Source) glances(r *reading) bool {
	last, now := asked(r.Last.Told), s.config.Now()
	if !s.graphless.Load() || s.config.Unsigned || !s.config.Parts.Runs || last == metrics.Beginning || s.state.missing().Waits(r.Repo.ID)&runsRead != 0 {
		return false
	}
	if r.Repo.Archived {
		return s.state.shutSince(r.Repo.Name)
	}
	turn := metrics.Instant(uint64(r.Repo.ID) % uint64(metrics.Day))
	return last < now-(now-turn)%metrics.Day
}

// readUnpushed reads the runs of repositories whose turn it is, those first that were asked longest ago. It leaves something
// of a budget for others: what is not reached is asked for by a later scan.
func (x *side) readUnpushed(ctx context.Context, all []*reading) error {
	some := slices.DeleteFunc(slices.Clone(all), func(r *reading) bool { return !r.look.Glance || !r.news.Probed || r.Parts&runsRead != 0 })
	slices.SortStableFunc(some, func(a, b *reading) int { return cmp.Compare(asked(a.Last.Told), asked(b.Last.Told)) })
	within := quota.Within(ctx, collectors.ListShare)
	for i, r := range some {
		r.quiet = true
		if err := x.readRuns(within, r); errors.Is(err, collectors.ErrSpent) {
			x.source.config.Log.Info("runs without a push are left for a later scan", "source", x.source.Name(), "repos", len(some)-i)
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// glance asks with one request for what ran in a repository in which nothing seems to have happened: for all that can still
// be attempted again. Where that is more than a page nothing is told, and it is read like that of others.
func (x *side) glance(ctx context.Context, r *reading, at *runsSeen, again *reruns) error {
	from := min(at.Since, at.Begun-rerunsBack)
	list, total, err := x.source.runPage(ctx, r, runsAsked{from: from, to: at.Begun + metrics.Day, page: 1})
	if err != nil {
		return err
	}
	if at.Glance = false; total > len(list) {
		return nil
	}
	for i := range list {
		if instant(list[i].Created) < at.Since {
			again.takeOld(&list[i])
		} else {
			again.take(&list[i])
		}
	}
	at.Spans, at.Again.Looked = nil, true
	return nil
}
