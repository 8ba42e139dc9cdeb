// Package classify turns the facts of one repository and the definitions into dated conclusions: in which
// state it was on each path and when, by whom and why that changed, how long it stayed. It is pure: the
// same facts in any order give the same conclusions, and no clock but the one passed in is read.
//
// A repository is replayed along its default branch (branch.go, replay.go). After each commit that touched
// a watched file the rules are evaluated (rules.go); a change of the outcome is dated, and the commit
// behind it is looked for on the merged side (author.go) and judged (origin.go). What does not come from
// files, ownership, activity, mandates, exemptions, archival, is laid over it as periods of its own
// (owners.go, clocks.go), and both are cut into spans (spans.go).
package classify

import (
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/detect"
)

// Version numbers what this package concludes from the same facts and definitions. It changes with every
// change of meaning, so that stores are judged again.
const Version = "17"

// Result is what was concluded about one repository.
type Result struct {
	Repo      metrics.RepoID
	Spans     []metrics.Span
	Events    []metrics.Event
	Spells    []metrics.Spell
	Decisions []metrics.Decision
	Ownership []metrics.Ownership
	Warnings  []metrics.Warning
	Changes   int // file changes replayed

	Contributions []metrics.Contributions
	Described     []metrics.Described
	Beside        []metrics.Beside
	Named         []string // whom catalogs name as owners, where it takes more than these facts to say whether those are teams
}

// Classifier holds the definitions with their rules compiled. It is safe for concurrent use.
type Classifier struct {
	defs   metrics.Definitions
	rules  *detect.Set
	paths  []pathRules
	asked  []int // signals of the paths about which is concluded; nil for all
	teams  *teams
	owners *ownerCache
}

// New compiles the definitions. The error says which rule of which path is wrong; a checked configuration
// has none.
func New(defs metrics.Definitions) (*Classifier, error) {
	var signals []metrics.Signal
	for i := range defs.Paths {
		signals = append(signals, pathSignals(&defs.Paths[i])...)
	}
	set, err := detect.Compile(signals)
	if err != nil {
		return nil, fmt.Errorf("compile rules: %w", err)
	}
	c := &Classifier{defs: defs, rules: set, teams: newTeams(defs.Teams), owners: newOwnerCache()}
	for i := range defs.Paths {
		c.paths = append(c.paths, compilePath(set, &defs.Paths[i]))
	}
	return c, nil
}

// Definitions returns the definitions that the classifier was made of.
func (c *Classifier) Definitions() metrics.Definitions { return c.defs }

// Wants reports whether judging a repository may need the content of a file of that path, at any time.
func (c *Classifier) Wants(file string) bool {
	return c.rules.Wants(file, c.asked...) || c.isCatalog(file) || slices.Contains(codeownersPlaces[:], file)
}

// WantsLast reports whether judging a repository may need the content that a file of that path has in the end.
func (c *Classifier) WantsLast(file string) bool { return c.rules.Wants(file) || c.Wants(file) }

// Watch returns the files that have to be read for the definitions, besides those that always are.
func Watch(defs metrics.Definitions) metrics.WatchSet {
	w := metrics.DefaultWatch()
	for _, glob := range defs.CatalogFiles {
		w.Add(glob, true)
	}
	for i := range defs.Paths {
		for _, folders := range defs.Paths[i].Components {
			w.AddFolder(folders)
		}
		for _, s := range pathSignals(&defs.Paths[i]) {
			detect.Watch(s, &w)
			for _, folders := range defs.Paths[i].Components {
				detect.WatchFolder(s, folders, &w)
			}
		}
	}
	return w
}

func pathSignals(p *metrics.Path) []metrics.Signal {
	list := append(p.Golden.Signals(), p.Eligible.Signals()...)
	for i := range p.Alternatives {
		list = append(list, p.Alternatives[i].When.Signals()...)
	}
	return list
}

// Repo concludes what follows from the facts of one repository. The campaigns are those found so far (nil
// at first); a repository whose entries belong to one is judged again with them.
func (c *Classifier) Repo(f metrics.History, people *People, blobs detect.Blobs, campaigns Campaigns) Result {
	branch := newBranch(f, people)
	replay := c.replay(f, branch, blobs, metrics.Forever)
	described, broken := replay.described(&f)
	r := Result{
		Repo: f.Repo.ID, Changes: len(f.Changes), Described: described,
		Warnings: slices.Concat(outdated(&f, branch), replay.warnings(f.Repo.ID, broken), hostWarnings(&f)),
	}
	imposed, golden := c.rulingOf(&f), c.goldenPipelines(&f, replay.units)
	for _, u := range replay.units {
		own, beside := c.ownership(&f, u)
		r.Beside = append(r.Beside, beside.last(&f, branch, u)...)
		r.Named = append(r.Named, c.named(&f, u)...)
		r.Ownership = append(r.Ownership, until(f.Gone, own.facts(f.Repo.ID, u.component))...)
		for i := range c.paths {
			if !u.applies[i] {
				continue
			}
			h := &history{
				c: c, facts: &f, branch: branch, people: people, unit: u, owners: own, path: &c.paths[i],
				steps: u.steps[i], campaigns: campaigns, ruling: imposed, golden: golden,
			}
			h.conclude(&r)
		}
	}
	slices.Sort(r.Named)
	r.Named = slices.Compact(r.Named)
	return r
}

// until ends ownership with the repository.
func until(gone metrics.Instant, list []metrics.Ownership) []metrics.Ownership {
	if gone == metrics.Beginning {
		return list
	}
	list = slices.DeleteFunc(list, func(o metrics.Ownership) bool { return o.From >= gone })
	for i := range list {
		list[i].To = min(list[i].To, gone)
	}
	return list
}
