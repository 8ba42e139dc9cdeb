package gitlab

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// triesMost is how many batches may fail to bring a project before it is asked for alone.
const triesMost = 2

// languagesMost is how many languages of a project are kept, those with the largest shares.
const languagesMost = 5

// query asks projects for the same fields and gives each that is answered to take. It returns those that have to be
// asked for again, at most as often as triesMost; what is left then is asked for alone.
func (s *Source) query(ctx context.Context, p *collectors.Pace, lists [][]*reading, fields func(b *batch, list int) string, take func(*reading, *node)) (again []*reading) {
	b := newBatch()
	aliases := make([]string, len(lists))
	for i, readings := range lists {
		aliases[i] = b.add(readings, fields(b, i))
	}
	all := slices.Concat(lists...)
	begun := s.config.Clock()
	got, err := s.ask(quota.About(ctx, "trees"), b.text(), b.variables)
	if err != nil {
		return s.retry(ctx, p, all, err)
	}
	overloaded := false
	for i, readings := range lists {
		for _, r := range readings {
			x, place := got.Data[aliases[i]].of(r)
			if x != nil && x.Repository != nil {
				take(r, x)
				continue
			}
			err := got.why(aliases[i], place)
			if !overloads(err) {
				r.Err = err
				continue
			}
			overloaded = true
			again = append(again, s.oncemore(ctx, r)...)
		}
	}
	if overloaded {
		p.Overloaded(len(all))
	} else {
		p.Answered(len(all), s.config.Clock().Sub(begun))
	}
	return again
}

// retry returns the projects of a query that was not answered, for smaller ones, or asks for the last one alone.
func (s *Source) retry(ctx context.Context, p *collectors.Pace, some []*reading, err error) []*reading {
	switch {
	case !overloads(err):
		present.Fail(some, err)
		return nil
	case p.Overloaded(len(some)):
		return some
	}
	present.Patient(some, err)
	s.readAlone(ctx, some[0])
	return nil
}

// oncemore returns a project that is worth another try, or asks for it alone.
func (s *Source) oncemore(ctx context.Context, r *reading) []*reading {
	if r.tries++; r.tries < triesMost {
		return []*reading{r}
	}
	s.readAlone(ctx, r)
	return nil
}

// compare asks for the heads of projects, and tells those whose head is the one of the last reading from others.
// Those that nothing could be found out of are among the others: reading them says what is wrong.
func (s *Source) compare(ctx context.Context, all []*reading) (same, moved []*reading) {
	for rest := all; len(rest) > 0 && ctx.Err() == nil; {
		some := rest[:present.Abreast(rest, s.heads.Now())]
		b := newBatch()
		alias := b.add(some, headFields)
		got, err := s.ask(quota.About(ctx, "heads"), b.text(), b.variables)
		if overloads(err) && s.heads.Overloaded(len(some)) {
			continue
		}
		rest = rest[len(some):]
		present.Patient(some, err)
		if err != nil {
			present.Fail(some, err)
			got = &answer{}
		}
		for _, r := range some {
			x, _ := got.Data[alias].of(r)
			if x != nil && x.Repository != nil && s.head(r, x) && r.Repo.Head == r.Last.Reading.Head {
				same = append(same, r)
			} else {
				moved = append(moved, r)
			}
		}
	}
	return same, moved
}

// head takes where the default branch is and the languages of a project, and reports whether that was told.
func (s *Source) head(r *reading, x *node) bool {
	if x.Languages != nil {
		r.Repo.Languages = x.languages()
	}
	t := x.Repository.Tree
	switch {
	case x.Repository.Empty && (t == nil || t.LastCommit == nil):
		r.Repo.Head = ""
		return true
	case x.Repository.Empty, t == nil || t.LastCommit == nil:
		return false
	}
	if x.Repository.RootRef != nil {
		r.Repo.DefaultBranch = *x.Repository.RootRef
	}
	head, err := metrics.ParseOID(t.LastCommit.SHA)
	if err != nil {
		return false
	}
	r.Repo.Head = head
	return true
}

// languages are those with the largest shares, the largest first.
func (x *node) languages() []string {
	share := func(i int) float64 {
		if x.Languages[i] == nil || x.Languages[i].Share == nil {
			return 0
		}
		return *x.Languages[i].Share
	}
	var order []int
	for i, l := range x.Languages {
		if l != nil {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(share(b), share(a)) })
	var names []string
	for _, i := range order[:min(len(order), languagesMost)] {
		names = append(names, x.Languages[i].Name)
	}
	return names
}

// readTrees finds the watched files of projects: many in one request as long as the host can answer, one by one what
// is left.
func (s *Source) readTrees(ctx context.Context, all []*reading) {
	fields := func(*batch, int) string { return treeFields }
	for rest := slices.DeleteFunc(slices.Clone(all), func(r *reading) bool { return r.begun || r.sole }); len(rest) > 0 && ctx.Err() == nil; {
		some := rest[:present.Abreast(rest, s.trees.Now())]
		again := s.query(ctx, s.trees, [][]*reading{some}, fields, func(r *reading, x *node) { s.begin(ctx, r, x) })
		rest = append(again, rest[len(some):]...)
	}
	for _, r := range all {
		if r.sole && r.Err == nil && (!r.lone || r.next != "") && ctx.Err() == nil {
			s.readAlone(ctx, r)
		}
	}
	for ctx.Err() == nil {
		open := slices.DeleteFunc(present.Whole(all), func(r *reading) bool { return r.after == "" })
		if len(open) == 0 {
			return
		}
		s.readMore(ctx, open)
	}
}

// begin takes the first files of a project.
func (s *Source) begin(ctx context.Context, r *reading, x *node) {
	if !s.head(r, x) {
		s.readAlone(ctx, r)
		return
	}
	r.Forget()
	r.after, r.been, r.begun = "", trail{}, true
	if r.Repo.Head != "" {
		s.part(ctx, r, x.Repository.Tree)
	}
}

// part takes some files of a tree, and notes where it goes on.
func (s *Source) part(ctx context.Context, r *reading, t *tree) {
	if len(t.Blobs.Nodes) == 0 { // a commit without a file is rare enough to ask twice
		r.bare = t.Blobs.Nodes != nil && r.after == ""
		s.readAlone(ctx, r)
		return
	}
	for _, e := range t.Blobs.Nodes {
		if e == nil || e.Path == "" {
			s.readAlone(ctx, r)
			return
		}
		if e.Mode == nil || regular(*e.Mode) {
			s.see(r, e.Path, e.SHA)
		}
	}
	next := t.Blobs.PageInfo.next()
	if t.Blobs.PageInfo.lost() || r.been.step(r.after, next, t.Blobs.Nodes) != nil {
		s.readAlone(ctx, r)
		return
	}
	r.after = next
}

// readMore asks once for the next files of every project that has more. Projects that go on at the same place are
// asked for in one list.
func (s *Source) readMore(ctx context.Context, open []*reading) {
	places := map[string][]*reading{}
	var order []string
	for _, r := range open {
		if places[r.after] == nil {
			order = append(order, r.after)
		}
		places[r.after] = append(places[r.after], r)
	}
	var lists [][]*reading
	n := 0
	send := func() {
		s.more(ctx, lists)
		lists, n = nil, 0
	}
	for _, after := range order {
		for rest := places[after]; len(rest) > 0 && ctx.Err() == nil; {
			some := rest[:min(len(rest), max(1, s.trees.Now()-n))]
			lists, n, rest = append(lists, some), n+len(some), rest[len(some):]
			if len(lists) == moreAtOnce || n >= s.trees.Now() {
				send()
			}
		}
	}
	if len(lists) > 0 && ctx.Err() == nil {
		send()
	}
}

// more asks for the next files of some projects. One whose head moved meanwhile begins anew.
func (s *Source) more(ctx context.Context, lists [][]*reading) {
	fields := func(b *batch, list int) string {
		after := fmt.Sprintf("a%d", list)
		b.with(after, "String", lists[list][0].after)
		return fmt.Sprintf(moreFields, after)
	}
	s.query(ctx, s.trees, lists, fields, func(r *reading, x *node) {
		t := x.Repository.Tree
		if t == nil || t.LastCommit == nil || t.LastCommit.SHA != r.Repo.Head.String() {
			s.readAlone(ctx, r)
			return
		}
		s.part(ctx, r, t)
	})
}
