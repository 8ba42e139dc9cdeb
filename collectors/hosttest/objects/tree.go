package objects

import (
	"iter"
	"slices"
	"strings"
)

// Tree is a folder.
type Tree struct {
	OID     string
	Entries []Entry // in git's order
}

// Entry is one name in a tree: a folder where Tree is set, else a file, or a submodule where neither is.
type Entry struct {
	Name string
	Mode string
	OID  string
	Blob *Blob
	Tree *Tree
}

// Kind is the kind of object that the entry names.
func (e Entry) Kind() string {
	switch {
	case e.Tree != nil:
		return "tree"
	case e.Mode == ModeModule:
		return "commit"
	}
	return "blob"
}

// Object returns what the entry names: a *Tree or a *Blob; nil for a submodule, whose commit is elsewhere.
func (e Entry) Object() any {
	switch {
	case e.Tree != nil:
		return e.Tree
	case e.Blob != nil:
		return e.Blob
	}
	return nil
}

func (e Entry) sortName() string {
	if e.Tree != nil {
		return e.Name + "/"
	}
	return e.Name
}

// File is a path's content as a tree is built from it. That of a submodule is its commit.
type File struct {
	Mode string
	Blob *Blob
}

func (f File) entry(name string) Entry {
	if f.Mode == ModeModule {
		return Entry{Name: name, Mode: f.Mode, OID: f.Blob.Content}
	}
	return Entry{Name: name, Mode: f.Mode, OID: f.Blob.OID, Blob: f.Blob}
}

// Files lists what is in the tree by path.
func (t *Tree) Files() map[string]File {
	all := map[string]File{}
	for path, e := range t.Walk("") {
		switch {
		case e.Tree != nil:
		case e.Blob == nil:
			all[path] = File{Mode: e.Mode, Blob: &Blob{OID: e.OID, Content: e.OID}}
		default:
			all[path] = File{Mode: e.Mode, Blob: e.Blob}
		}
	}
	return all
}

// Walk yields every entry below the tree with its path below prefix, a folder before what is in it.
func (t *Tree) Walk(prefix string) iter.Seq2[string, Entry] {
	return func(yield func(string, Entry) bool) { t.walk(prefix, yield) }
}

func (t *Tree) walk(prefix string, yield func(string, Entry) bool) bool {
	for _, e := range t.Entries {
		if !yield(prefix+e.Name, e) || e.Tree != nil && !e.Tree.walk(prefix+e.Name+"/", yield) {
			return false
		}
	}
	return true
}

// Find returns what is at a path of the tree; the tree itself where the path is empty.
func (t *Tree) Find(path string) (Entry, bool) {
	at := Entry{Mode: ModeTree, OID: t.OID, Tree: t}
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "" {
			return at, true
		}
		if at.Tree == nil {
			return Entry{}, false
		}
		i := slices.IndexFunc(at.Tree.Entries, func(e Entry) bool { return e.Name == name })
		if i < 0 {
			return Entry{}, false
		}
		at = at.Tree.Entries[i]
	}
	return at, true
}
