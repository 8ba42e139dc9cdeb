package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/bmatcuk/doublestar/v4"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// tagFields tell of tags and where they lead: annotated ones by way of an object of their own, or two.
const tagFields = `refs(%s, refPrefix: "refs/tags/") { pageInfo { hasNextPage endCursor } nodes { name target {
	__typename oid
	... on Commit { committedDate }
	... on Tag { tagger { date } target { __typename oid ... on Commit { committedDate } ... on Tag { target { __typename oid ... on Commit { committedDate } } } } }
} } }`

type refNode struct {
	Name   string
	Target *objectNode
}

// objectNode is a commit, a tag object, or anything else.
type objectNode struct {
	Type          string `json:"__typename"`
	OID           string
	CommittedDate *time.Time
	Tagger        *struct{ Date *time.Time }
	Target        *objectNode
}

// provides reports whether the tags of a repository are releases of a path.
func (s *Source) provides(name string) bool {
	return slices.ContainsFunc(s.config.Providers, func(glob string) bool {
		ok, _ := doublestar.Match(strings.ToLower(glob), name)
		return ok
	})
}

// releases reads what became of the tags of providers in which something may have happened.
func (x *side) releases(ctx context.Context, all []*reading) error {
	s := x.source
	var some []*reading
	for _, r := range all {
		if s.config.Parts.Releases && s.provides(r.Repo.Name) && r.Repo.Head != "" && (r.look.Moved || r.again(releasesRead)) {
			some = append(some, r)
		}
	}
	return pager[refNode, metrics.Release]{
		part: releasesPart, bit: releasesRead, step: "tags", fields: tagFields,
		first: func(*reading) int { return listed },
		lacks: func(n *refNode) bool { return n.Target == nil || n.Name == "" },
		take: func(r *reading, n *refNode) ([]metrics.Release, bool) {
			if release, ok := s.release(r, n); ok {
				return []metrics.Release{release}, true
			}
			return nil, true
		},
		done: func(ctx context.Context, r *reading, found []metrics.Release) error {
			if err := x.tags(ctx, r, found); err != nil {
				return s.failed(ctx, releasesPart, r, err)
			}
			return nil
		},
	}.read(ctx, s, some)
}

// release is the fact of a tag. It was made when the tagger says, else when its commit was.
func (s *Source) release(r *reading, n *refNode) (fact metrics.Release, ok bool) {
	fact = metrics.Release{Repo: r.Repo.ID, Tag: n.Name, Source: s.Name(), Seen: r.Last.Moment(s.config.Now())}
	if n.Target == nil || n.Name == "" {
		return fact, false
	}
	var err error
	if fact.Object, err = metrics.ParseOID(n.Target.OID); err != nil {
		return fact, false
	}
	at := n.Target
	for at.Target != nil {
		at = at.Target
	}
	switch at.Type {
	case "Commit":
		fact.Commit, _ = metrics.ParseOID(at.OID)
		fact.At = instant(at.CommittedDate)
	case "Tag": // of a tag of a tag of a tag
		return fact, false
	}
	if n.Target.Tagger != nil && n.Target.Tagger.Date != nil {
		fact.At = metrics.At(*n.Target.Tagger.Date)
	}
	return fact, true
}

// tags compares the tags of a repository with those of the last time, and writes what became of them. The rows of tags
// come last: what was broken off is gone on with, or begun anew.
func (x *side) tags(ctx context.Context, r *reading, now []metrics.Release) error {
	before := make(map[string]metrics.Release, len(r.Last.Releases))
	for _, release := range r.Last.Releases {
		before[release.Tag] = release
	}
	var fresh []metrics.Release
	versions := false
	note := func(release metrics.Release) {
		_, _, whole := metrics.SplitTag(release.Tag)
		fresh, versions = append(fresh, release), versions || whole
	}
	for _, release := range now {
		if before[release.Tag].Object != release.Object || !r.look.Complete {
			note(release)
		}
		delete(before, release.Tag)
	}
	for _, gone := range before {
		gone.Object, gone.Commit, gone.Seen = "", "", r.Last.Moment(x.source.config.Now())
		note(gone)
	}
	if versions {
		if err := x.brought(ctx, r, rank(now)); err != nil {
			return err
		}
	}
	x.Batch.Releases = append(x.Batch.Releases, fresh...)
	return nil
}

// rank puts the tags that are whole versions in the order in which they were made. Of those of one instant the lower
// version is the earlier one.
func rank(tags []metrics.Release) []metrics.Release {
	versions := map[string]*semver.Version{}
	list := slices.DeleteFunc(slices.Clone(tags), func(tag metrics.Release) bool {
		_, text, whole := metrics.SplitTag(tag.Tag)
		version, err := semver.NewVersion(text)
		versions[tag.Tag] = version
		return !whole || err != nil || tag.Commit == ""
	})
	slices.SortFunc(list, func(a, b metrics.Release) int {
		return cmp.Or(cmp.Compare(a.At, b.At), versions[a.Tag].Compare(versions[b.Tag]), cmp.Compare(a.Tag, b.Tag))
	})
	return list
}

const (
	historyListed = 100 // commits in one answer: a point, for their parents are lists
	historyMost   = 30  // answers about one repository
)

// historyFields tell of a commit and those before it.
const historyFields = `object(oid: %q) { ... on Commit { history(first: %d, after: %s) {
	pageInfo { hasNextPage endCursor } nodes { oid committedDate parents(first: 5) { nodes { oid } } }
} } }`

type commitNode struct {
	OID           string
	CommittedDate time.Time
	Parents       *struct{ Nodes []*struct{ OID string } }
}

// graph is what is known of commits: those before each.
type graph struct {
	Parents map[metrics.OID][]metrics.OID
	Oldest  metrics.Instant // of the newest stretch: what is older is not in it
	Asked   int

	Tip   metrics.OID // whose history is asked for
	After string      // where it goes on
	Pages int         // how many more of its pages are wanted
}

// errDeep means that the releases of a repository have too many branches to follow each.
var errDeep = errors.New("the history of its releases has too many branches to be followed")

// brought writes which release brought which commit, for the newest thousand commits of the newest release, and for
// all that other releases of the same time have: pins of older commits stay without a version, as long as no history
// is read.
func (x *side) brought(ctx context.Context, r *reading, releases []metrics.Release) error {
	if len(releases) == 0 {
		return nil
	}
	return collectors.Take(x.source.state.open(), collectors.StepOf("history", r.Repo.ID), func(g *graph) error {
		pages := runsMost / historyListed
		for _, release := range slices.Backward(releases) {
			_, known := g.Parents[release.Commit]
			if under := g.Tip == release.Commit && g.Pages > 0; !under && (known || release.At < g.Oldest) {
				pages = historyMost
				continue
			}
			if err := x.source.history(ctx, r, g, release.Commit, pages); err != nil {
				return err
			}
			pages = historyMost
		}
		x.claimed(r, g, releases)
		return nil
	})
}

// claimed writes which release brought which of the commits that are known.
func (x *side) claimed(r *reading, g *graph, releases []metrics.Release) {
	s := x.source
	for _, release := range releases {
		for _, commit := range g.claim(release.Commit) {
			x.Batch.ReleasedCommits = append(x.Batch.ReleasedCommits, metrics.ReleasedCommit{
				Repo: r.Repo.ID, Commit: commit, Tag: release.Tag, Tip: release.Commit, Source: s.Name(), Seen: r.Last.Moment(s.config.Now()),
			})
		}
	}
}

// claim takes a commit and all before it that nobody has claimed.
func (g *graph) claim(tip metrics.OID) (mine []metrics.OID) {
	for todo := []metrics.OID{tip}; len(todo) > 0; {
		commit := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		parents, there := g.Parents[commit]
		if !there {
			continue
		}
		delete(g.Parents, commit)
		mine, todo = append(mine, commit), append(todo, parents...)
	}
	return mine
}

// history reads the commits before one, the newest first, until it comes to those that are known.
func (s *Source) history(ctx context.Context, r *reading, g *graph, tip metrics.OID, pages int) error {
	if g.Tip != tip || g.Pages == 0 {
		g.Tip, g.After, g.Pages = tip, "null", pages
	}
	for way := (trail{}); g.Pages > 0; g.Pages-- {
		if g.Asked == historyMost {
			return errDeep
		}
		list, err := s.historyPage(ctx, r, tip, g.After)
		if err != nil {
			return err
		}
		after, err := way.on(list.PageInfo)
		if err != nil {
			return err
		}
		if g.Asked++; g.add(list.Nodes) || after == "" {
			g.Pages = 0
			return nil
		}
		g.After = fmt.Sprintf("%q", after)
	}
	return nil
}

// historyPage asks for commits before one, all of them or none.
func (s *Source) historyPage(ctx context.Context, r *reading, tip metrics.OID, after string) (*nodes[commitNode], error) {
	b := newBatch()
	alias := b.add(r.owner, r.name, fmt.Sprintf(historyFields, tip, historyListed, after))
	got, err := s.ask(quota.About(ctx, "commits"), b.priced(""), b.variables)
	if err != nil {
		return nil, err
	}
	var found map[string]*struct {
		Object *struct{ History *nodes[commitNode] }
	}
	if err := got.decode(&found); err != nil {
		return nil, err
	}
	if found[alias] == nil || found[alias].Object == nil || found[alias].Object.History == nil {
		return nil, cmp.Or(got.of(alias), errGarbled)
	}
	list := found[alias].Object.History
	return list, gaps(got, alias, list.Nodes, nil)
}

// add takes commits, and reports whether all of them were known.
func (g *graph) add(list []*commitNode) (known bool) {
	known = true
	if g.Parents == nil {
		g.Parents = map[metrics.OID][]metrics.OID{}
	}
	for _, n := range list {
		if n == nil {
			continue
		}
		oid, err := metrics.ParseOID(n.OID)
		if _, had := g.Parents[oid]; err != nil || had {
			continue
		}
		known = false
		var parents []metrics.OID
		if n.Parents != nil {
			for _, p := range n.Parents.Nodes {
				if p == nil {
					continue
				}
				if oid, err := metrics.ParseOID(p.OID); err == nil {
					parents = append(parents, oid)
				}
			}
		}
		g.Parents[oid] = parents
		if at := metrics.At(n.CommittedDate); g.Asked <= runsMost/historyListed {
			g.Oldest = at
		}
	}
	return known
}
