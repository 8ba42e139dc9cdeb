package classify

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/descriptor"
	"github.com/trodden/trodden/metrics/detect"
)

// step says that from a landed commit on a unit's files said something else about a path.
type step struct {
	at     metrics.Instant
	pos    int             // position of the landed commit; unseen or ruled where none brought it
	tree   metrics.Tree    // the zero State: the unit does not exist
	change *metrics.Commit // the commit that made the change, before any merge
	marks  []uint64        // of an entry: what campaigns are recognised by
	policy bool            // golden only because a policy of the host makes it so
}

// unit is one thing that can be on a path: the repository, or a component folder.
type unit struct {
	component string
	tracker   *detect.Tracker
	files     int      // watched files below the component
	applies   []bool   // by path: this unit stands for it
	steps     [][]step // by path
	claims    []claim  // who its files say owns it, oldest first
}

// replay walks a repository's history once and keeps what changed.
type replay struct {
	c        *Classifier
	b        *branch
	blobs    detect.Blobs
	track    func(component string) *detect.Tracker
	units    []*unit
	byFolder map[string]*unit
	folders  map[string][]string // folder of a file -> component folders above it
	present  map[string]metrics.OID
	read     metrics.WatchSet
	named    namedFiles      // files that are read since others name them
	hollow   map[string]bool // files that only show that their folder is there
	owners   ownerFiles
	said     *descriptor.Replay // of the files that describe the repository; nil while there were none
	last     int                // position of the last commit that was replayed; -1 where there is none
	moved    []bool
	room     room
}

// replay walks the history of a repository up to a moment.
func (c *Classifier) replay(f metrics.History, b *branch, blobs detect.Blobs, until metrics.Instant) *replay {
	r := &replay{
		c: c, b: b, blobs: blobs, byFolder: map[string]*unit{}, folders: map[string][]string{},
		present: map[string]metrics.OID{}, hollow: map[string]bool{}, last: -1,
	}
	host, watch := detectHost(f.Repo), watched(f, b)
	r.read, r.named = watch, namedBy(&f, b)
	r.track = func(component string) *detect.Tracker { return c.rules.Track(component, host, watch, blobs) }
	r.open("")
	changes, side := f.Changes, f.Side
	for pos, at := range b.dates {
		if at > until {
			break
		}
		r.last = pos
		var landed []metrics.FileChange
		var behind []metrics.SideChange
		if b.sighted(pos) {
			r.land(pos, r.differences(f.States, b.sights[pos-b.walked].files), nil)
			continue
		}
		landed, changes = cut(changes, func(x *metrics.FileChange) bool { return int(x.Pos) <= pos })
		behind, side = cut(side, func(x *metrics.SideChange) bool { return int(x.Pos) <= pos })
		if pos == 0 || len(landed) > 0 {
			r.land(pos, landed, behind)
		}
	}
	return r
}

// cut splits a list at the first element that does not belong to its head.
func cut[T any](list []T, belongs func(*T) bool) (head, tail []T) {
	n := 0
	for n < len(list) && belongs(&list[n]) {
		n++
	}
	return list[:n], list[n:]
}

func detectHost(r metrics.Repo) detect.Host {
	return detect.Host{
		Name: r.Name, Topics: r.Topics, Properties: r.Properties, Languages: r.Languages, Archived: r.Archived,
		Fork: r.Fork, Template: r.Template, TemplateOf: r.TemplateOf, DefaultBranch: r.DefaultBranch,
	}
}

// watched returns which files were read: at the last head that was seen, or with the last walk.
func watched(f metrics.History, b *branch) metrics.WatchSet {
	if len(b.sights) > 0 || len(f.Walks) == 0 {
		return metrics.WatchSet{Whole: slices.Concat(f.Watch.Whole, f.Named), Presence: f.Watch.Presence, Folders: f.Watch.Folders}
	}
	last := f.Walks[len(f.Walks)-1]
	return metrics.WatchSet{Whole: slices.Concat(last.Watch, last.Named), Presence: last.Presence}
}

// differences returns what leads from the files that are there to a set that was seen, by path.
func (r *replay) differences(states []metrics.FileState, set uint64) []metrics.FileChange {
	seen := make(map[string]bool)
	var list []metrics.FileChange
	for _, s := range states {
		if s.Files != set {
			continue
		}
		if seen[s.Path] = true; r.present[s.Path] != s.Blob {
			list = append(list, metrics.FileChange{Path: s.Path, Blob: s.Blob})
		}
	}
	for path := range r.present {
		if !seen[path] {
			list = append(list, metrics.FileChange{Path: path})
		}
	}
	slices.SortFunc(list, func(a, b metrics.FileChange) int { return strings.Compare(a.Path, b.Path) })
	return list
}

// warnings returns what did not parse of the files that are there at the end. To those that signals looked at come others
// that are broken.
func (r *replay) warnings(repo metrics.RepoID, broken []metrics.Warning) []metrics.Warning {
	list := r.units[0].tracker.Warnings()
	looked := list[:len(list):len(list)]
	for _, w := range broken {
		if !slices.ContainsFunc(looked, func(x metrics.Warning) bool { return x.File == w.File }) {
			list = append(list, w)
		}
	}
	for i := range list {
		list[i].Repo = repo
	}
	return list
}

// open begins to follow a unit; a component starts with the files that are already there.
func (r *replay) open(component string) *unit {
	u := &unit{
		component: component, tracker: r.track(component),
		applies: make([]bool, len(r.c.paths)), steps: make([][]step, len(r.c.paths)),
	}
	for i := range r.c.paths {
		globs := r.c.paths[i].def.Components
		u.applies[i] = !r.c.paths[i].idle && (component == "" || matchAny(globs, component))
	}
	for file, oid := range r.present {
		if !r.isHollow(file) {
			u.tracker.Put(file, oid)
		}
		if below(component, file) {
			u.files++
		}
	}
	r.units = append(r.units, u)
	r.byFolder[component] = u
	return u
}

func below(component, file string) bool {
	return component == "" || strings.HasPrefix(file, component) && len(file) > len(component) && file[len(component)] == '/'
}

func matchAny(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(g string) bool {
		ok, _ := doublestar.Match(strings.Trim(g, "/"), name)
		return ok
	})
}

// land applies the changes of one landed commit and keeps what they changed on each path.
func (r *replay) land(pos int, landed []metrics.FileChange, behind []metrics.SideChange) {
	before, known := make([]metrics.OID, len(landed)), len(r.units)
	for i, ch := range landed {
		before[i] = r.present[ch.Path]
		r.put(ch.Path, ch.Blob)
	}
	owners, catalogs := r.owners.note(landed, r.isCatalog)
	if catalogs {
		r.describe(pos, landed, behind)
	}
	if owners || pos == 0 || len(r.units) > known {
		r.claim(pos)
	}
	pending := r.judge(pos)
	if len(pending) == 0 {
		return
	}
	landed, before = r.solid(landed, before)
	r.mark(pending, landed, before)
	if len(behind) > 0 && len(r.b.commits[pos]) > 1 {
		r.attribute(pos, pending, landed, before, behind)
	}
	for _, p := range pending {
		p.unit.steps[p.path] = append(p.unit.steps[p.path], p.step)
	}
}

// put gives a file a content everywhere, and counts the files of each component.
func (r *replay) put(file string, oid metrics.OID) {
	had := r.present[file] != ""
	if oid == "" {
		delete(r.present, file)
	} else {
		r.present[file] = oid
	}
	for _, folder := range r.componentsOf(file) {
		u := r.byFolder[folder]
		switch {
		case u == nil && oid != "":
			r.open(folder) // counts this file too
		case u != nil && !had && oid != "":
			u.files++
		case u != nil && had && oid == "":
			u.files--
		}
	}
	if r.isHollow(file) {
		return
	}
	for _, u := range r.units {
		u.tracker.Put(file, oid)
	}
}

// isHollow reports whether a file is there only to show that the folder of a component is: no signal may look at
// it, whatever its name.
func (r *replay) isHollow(file string) bool {
	if len(r.componentsOf(file)) == 0 {
		return false
	}
	hollow, known := r.hollow[file]
	if !known {
		hollow = !r.c.WantsLast(file) && !matchAny(r.read.Whole, file) && !matchAny(r.read.Presence, file)
		r.hollow[file] = hollow
	}
	return hollow
}

// solid leaves the hollow files out of what landed.
func (r *replay) solid(landed []metrics.FileChange, before []metrics.OID) ([]metrics.FileChange, []metrics.OID) {
	if len(r.hollow) == 0 {
		return landed, before
	}
	var files []metrics.FileChange
	var contents []metrics.OID
	for i, ch := range landed {
		if !r.isHollow(ch.Path) {
			files, contents = append(files, ch), append(contents, before[i])
		}
	}
	return files, contents
}

// componentsOf returns the component folders that a file lies in, for any path.
func (r *replay) componentsOf(file string) []string {
	cutAt := strings.LastIndexByte(file, '/')
	if cutAt < 0 {
		return nil
	}
	folder := file[:cutAt]
	list, known := r.folders[folder]
	if known {
		return list
	}
	for end := 0; end < len(folder); end++ {
		if end == len(folder)-1 || folder[end+1] == '/' {
			if r.isComponent(folder[:end+1]) {
				list = append(list, folder[:end+1])
			}
		}
	}
	r.folders[folder] = list
	return list
}

func (r *replay) isComponent(folder string) bool {
	return slices.ContainsFunc(r.c.paths, func(p pathRules) bool { return matchAny(p.def.Components, folder) })
}

// pending is a change of a unit's tree on a path whose author is still to be found.
type pending struct {
	unit *unit
	path int
	last metrics.Tree
	step step
}

// judge evaluates the paths of the units whose files changed.
func (r *replay) judge(pos int) []*pending {
	var list []*pending
	for _, u := range r.units {
		moved := r.stirred(u)
		for i := range r.c.paths {
			if !u.applies[i] {
				continue
			}
			last := u.last(i)
			var now metrics.Tree
			if r.exists(u, i) {
				if last.State != 0 && !moved[i] {
					continue
				}
				now = r.glance(i, u)
			}
			if first := len(u.steps[i]) == 0; now.Same(last) || first && now.State == 0 {
				continue
			}
			if now.State != 0 {
				now = r.c.paths[i].tree(look{ask: u.tracker.Find, room: &r.room}) // with all of its evidence
			}
			list = append(list, &pending{unit: u, path: i, last: last, step: step{
				at: r.b.dates[pos], pos: pos, tree: now, change: &r.b.commits[pos][0],
			}})
		}
		u.tracker.ClearDirty()
	}
	return list
}

// glance evaluates a path as far as is needed to see whether its tree changed. The tree holds until the next one.
func (r *replay) glance(path int, u *unit) metrics.Tree {
	return r.c.paths[path].tree(look{ask: u.tracker.Glance, brief: true, room: &r.room})
}

// stirred says of each path whether its signals may find something else than before. That is asked of all
// before any is evaluated: paths share signals, and what one path asks for is settled for the others too.
func (r *replay) stirred(u *unit) []bool {
	r.moved = r.moved[:0]
	for i := range r.c.paths {
		r.moved = append(r.moved, u.applies[i] && u.tracker.Dirty() && !r.c.paths[i].settled(u.tracker))
	}
	return r.moved
}

func (u *unit) last(path int) metrics.Tree {
	if n := len(u.steps[path]); n > 0 {
		return u.steps[path][n-1].tree
	}
	return metrics.Tree{}
}

// exists reports whether the unit stands for the path now: a component while it has files, the repository
// while it has no component.
func (r *replay) exists(u *unit, path int) bool {
	if u.component != "" {
		return u.files > 0
	}
	return !slices.ContainsFunc(r.units, func(v *unit) bool { return v.component != "" && v.applies[path] && v.files > 0 })
}
