package freshness

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// index is the world, and the entities themselves, made ready for being looked up.
type index struct {
	World
	repos    map[string]*Repo // by identity
	former   map[string]*Repo // by an identity that no repository has any more
	listed   map[string]bool
	folders  map[string]bool // owners, groups and hosts that repositories are in
	entities map[metrics.EntityRef]bool
	spaces   map[metrics.EntityRef]bool // kinds and namespaces of entities, without a name
	groups   bool                       // the catalog has teams as entities
	strays   bool                       // a repository is of somebody not all of whose repositories are known, or none is known
	lapsed   bool                       // that is so because lists of repositories failed, and for nothing else
	teams    map[string]*Team
	patterns []pattern
	claims   map[string]claim // owners that were looked up already, by how they were typed and where
}

// pattern is an alias of a team with wildcards.
type pattern struct {
	alias string
	team  *Team
}

func newIndex(records []Record, w World) *index {
	x := &index{
		World: w, repos: make(map[string]*Repo, len(w.Repos)), former: map[string]*Repo{}, listed: map[string]bool{}, folders: map[string]bool{},
		entities: make(map[metrics.EntityRef]bool, len(records)), spaces: map[metrics.EntityRef]bool{}, teams: map[string]*Team{}, claims: map[string]claim{},
	}
	x.indexRepos()
	for i := range w.Teams {
		x.indexTeam(&x.Teams[i])
	}
	for i := range records {
		ref := records[i].Ref
		x.entities[ref], x.spaces[metrics.EntityRef{Kind: ref.Kind, Namespace: ref.Namespace}] = true, true
		x.groups = x.groups || isTeam(ref.Kind)
	}
	return x
}

func (x *index) indexRepos() {
	for i := range x.Repos {
		r := &x.Repos[i]
		x.repos[r.Name] = r
		x.indexFolders(r.Name)
	}
	for i := range x.Repos {
		for _, name := range x.Repos[i].Former {
			if _, taken := x.repos[name]; !taken {
				x.former[name] = &x.Repos[i]
			}
		}
	}
	for _, owner := range x.Listed {
		x.listed[owner], x.folders[owner] = true, true
		x.indexFolders(owner)
	}
	x.strays = len(x.Repos) == 0 || slices.ContainsFunc(x.Repos, func(r Repo) bool { return !x.everyRepo(r.Name) })
	x.lapsed = len(x.Repos) > 0 && !slices.ContainsFunc(x.Repos, func(r Repo) bool { return !x.everyRepo(r.Name) && !x.Lapsed.owner(r.Name) })
}

// indexFolders notes what a repository or an owner is in.
func (x *index) indexFolders(identity string) {
	for at := strings.LastIndexByte(identity, '/'); at > 0 && !x.folders[identity[:at]]; at = strings.LastIndexByte(identity[:at], '/') {
		x.folders[identity[:at]] = true
	}
}

// indexTeam lets a team be found by its key and its aliases. Of two teams that share a spelling the first has it.
func (x *index) indexTeam(t *Team) {
	for _, name := range append([]string{string(t.Key)}, t.Aliases...) {
		name = strings.ToLower(name)
		if strings.ContainsAny(name, "*?") {
			x.patterns = append(x.patterns, pattern{name, t})
		} else if _, taken := x.teams[name]; !taken {
			x.teams[name] = t
		}
	}
}

// repo returns the repository of an identity, also of one that it had before.
func (x *index) repo(identity string) (r *Repo, ok bool) {
	if r, ok = x.repos[identity]; !ok {
		r, ok = x.former[identity]
	}
	return r, ok
}

// newest returns the identity that a repository has by now, as far as that is known.
func (x *index) newest(identity string) string {
	if r, ok := x.repo(identity); ok {
		return r.Name
	}
	return identity
}

// everyRepo reports whether all repositories below one of the folders above the identity are known.
func (x *index) everyRepo(identity string) bool {
	for at := strings.LastIndexByte(identity, '/'); at > 0; at = strings.LastIndexByte(identity[:at], '/') {
		if x.listed[identity[:at]] {
			return true
		}
	}
	return false
}

// everyEntity reports whether all entities of a kind are known.
func (x *index) everyEntity(kind string) bool {
	return x.Complete && (len(x.Kinds) == 0 || slices.Contains(x.Kinds, kind))
}

// nowhere reports whether what is neither among the entities nor elsewhere is not there at all, for all that is known. Files
// of repositories that somebody happens to have tell nothing of what those of others describe. Of what was found to be nowhere
// before that holds until something is known again.
func (x *index) nowhere(ref metrics.EntityRef, found bool) bool {
	every := x.everyEntity(ref.Kind) || found && x.Lapsed.Entities
	strays := x.strays && !(found && x.lapsed)
	files := !x.Others && !strays && x.spaces[metrics.EntityRef{Kind: ref.Kind, Namespace: ref.Namespace}]
	return every && (!x.Part || files)
}

// place is where a thing is: a repository, or a folder of one.
type place struct {
	repo    *Repo  // nil where nothing is known of it
	name    string // of the repository, and of the folder in it
	work    Work
	last    metrics.Instant // the newest human commit; Beginning where none is known
	quiet   metrics.Truth   // nobody committed there for 90 days
	nowhere bool            // it is a thing of ideas, and names no repository
}

// abstract are kinds of things that need no source of their own.
var abstract = [...]string{"system", "domain", "resource", "product"}

// place returns where an entity is.
func (x *index) place(r *Record) place {
	if r.Repo == "" {
		if slices.Contains(abstract[:], r.Ref.Kind) {
			return place{nowhere: true, quiet: metrics.Yes}
		}
		return place{quiet: metrics.Maybe}
	}
	repo, ok := x.repo(r.Repo)
	if !ok {
		return place{quiet: metrics.Maybe}
	}
	p := place{repo: repo, name: metrics.UnitName(repo.Name, r.Folder), work: repo.within(r.Folder)}
	p.quiet, p.last = p.work.quiet(), p.work.Last
	if r.Folder == "" {
		p.last = repo.LastHuman
	}
	switch shut := repo.shut(); {
	case p.last != metrics.Beginning && p.last+lately >= x.Now:
		p.quiet = metrics.No
	case shut != metrics.Beginning && shut+lately < x.Now:
		p.quiet = metrics.Yes
	}
	return p
}

// within returns the work in a folder; in all of the repository for "". Of one whose commits are not told apart only that is
// known which holds of all of it: each was made there or was not.
func (r *Repo) within(folder string) Work {
	if folder == "" {
		return r.Work
	}
	work, ok := r.Folders[folder]
	if !ok {
		work.Known, work.Lapsed = r.Work.Known, r.Work.Lapsed
		work.Doubt(r.Work)
	}
	return work
}

// ownedBy returns what names the owner of a folder, or of all of the repository for "", and is no catalog; "" where nothing does.
func (r *Repo) ownedBy(folder string) metrics.OwnerSource {
	switch {
	case folder != "":
		return r.Owners[folder]
	case r.Owner != "":
		return r.OwnedBy
	}
	return ""
}

// shut returns since when nobody can commit to a repository any more; Beginning where somebody can, or it is not known.
func (r *Repo) shut() metrics.Instant {
	if r.Gone != metrics.Beginning || !r.Archived {
		return r.Gone
	}
	return r.ArchivedAt
}
