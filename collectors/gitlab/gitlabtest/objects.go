package gitlabtest

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// hash is the object id that git gives to an object of this kind and content.
func hash(kind string, content []byte) string {
	sum := sha1.New()
	fmt.Fprintf(sum, "%s %d\x00", kind, len(content))
	sum.Write(content)
	return hex.EncodeToString(sum.Sum(nil))
}

// BlobID is the object id that git gives to a file of this content.
func BlobID(content string) string { return hash("blob", []byte(content)) }

// Modes of the entries of a tree.
const (
	modeFile   = "100644"
	modeLink   = "120000"
	modeModule = "160000"
	modeTree   = "40000" // as it is hashed; REST writes it with a zero in front
)

type blob struct {
	oid     string
	content string
}

func (b *blob) binary() bool {
	return strings.ContainsRune(b.content, 0) || !utf8.ValidString(b.content)
}

type tree struct {
	oid     string
	entries []entry
}

// entry is one name in a tree: a folder where tree is set, else a file, or a submodule where neither is.
type entry struct {
	name string
	mode string
	oid  string
	blob *blob
	tree *tree
}

func (e entry) kind() string {
	switch {
	case e.tree != nil:
		return "tree"
	case e.mode == modeModule:
		return "commit"
	}
	return "blob"
}

type commit struct {
	oid     string
	tree    *tree
	parents []string
	message string
	author  string
	at      time.Time
}

// tagObject is an annotated tag.
type tagObject struct {
	oid, name, message string
	target             *commit
	at                 time.Time
}

// objects holds what all repositories have in common: equal content is kept once.
type objects struct {
	blobs map[string]*blob // by content
	trees map[string]*tree // by object id
}

func (o *objects) blob(content string) *blob {
	b := o.blobs[content]
	if b == nil {
		b = &blob{oid: BlobID(content), content: content}
		o.blobs[content] = b
	}
	return b
}

// file is a path's content as a tree is built from it.
type file struct {
	mode string
	blob *blob
}

// tree builds the tree of some files, whose paths are below prefix.
func (o *objects) tree(files map[string]file) *tree {
	folders := map[string]map[string]file{}
	var entries []entry
	for path, f := range files {
		name, rest, below := strings.Cut(path, "/")
		if !below {
			entries = append(entries, leaf(name, f))
			continue
		}
		if folders[name] == nil {
			folders[name] = map[string]file{}
		}
		folders[name][rest] = f
	}
	for name, inside := range folders {
		sub := o.tree(inside)
		entries = append(entries, entry{name: name, mode: modeTree, oid: sub.oid, tree: sub})
	}
	return o.keep(entries)
}

func leaf(name string, f file) entry {
	if f.mode == modeModule {
		return entry{name: name, mode: f.mode, oid: f.blob.content} // the content of a submodule is its commit
	}
	return entry{name: name, mode: f.mode, oid: f.blob.oid, blob: f.blob}
}

// keep hashes the entries in git's order, in which a folder's name ends in a slash.
func (o *objects) keep(entries []entry) *tree {
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.sortName(), b.sortName()) })
	var raw bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&raw, "%s %s\x00", e.mode, e.name)
		oid, _ := hex.DecodeString(e.oid)
		raw.Write(oid)
	}
	oid := hash("tree", raw.Bytes())
	if kept := o.trees[oid]; kept != nil {
		return kept
	}
	o.trees[oid] = &tree{oid: oid, entries: entries}
	return o.trees[oid]
}

func (e entry) sortName() string {
	if e.tree != nil {
		return e.name + "/"
	}
	return e.name
}

// files lists what is in the tree by path.
func (t *tree) files() map[string]file {
	all := map[string]file{}
	for path, e := range t.walk("") {
		switch {
		case e.tree != nil:
		case e.blob == nil:
			all[path] = file{mode: e.mode, blob: &blob{oid: e.oid, content: e.oid}}
		default:
			all[path] = file{mode: e.mode, blob: e.blob}
		}
	}
	return all
}

// walk yields every entry below the tree with its path, a folder before what is in it.
func (t *tree) walk(prefix string) func(yield func(string, entry) bool) {
	return func(yield func(string, entry) bool) {
		for _, e := range t.entries {
			if !yield(prefix+e.name, e) {
				return
			}
			if e.tree == nil {
				continue
			}
			for path, below := range e.tree.walk(prefix + e.name + "/") {
				if !yield(path, below) {
					return
				}
			}
		}
	}
}

// find returns what is at a path of the tree; the tree itself where the path is empty.
func (t *tree) find(path string) (entry, bool) {
	at := entry{mode: modeTree, oid: t.oid, tree: t}
	for name := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if name == "" {
			return at, true
		}
		if at.tree == nil {
			return entry{}, false
		}
		i := slices.IndexFunc(at.tree.entries, func(e entry) bool { return e.name == name })
		if i < 0 {
			return entry{}, false
		}
		at = at.tree.entries[i]
	}
	return at, true
}

// newCommit makes a commit as git would.
func newCommit(t *tree, parents []string, author, message string, at time.Time) *commit {
	var raw strings.Builder
	fmt.Fprintf(&raw, "tree %s\n", t.oid)
	for _, p := range parents {
		fmt.Fprintf(&raw, "parent %s\n", p)
	}
	who := fmt.Sprintf("%s <%s@acme.test> %d +0000", author, author, at.Unix())
	fmt.Fprintf(&raw, "author %s\ncommitter %s\n\n%s\n", who, who, message)
	return &commit{oid: hash("commit", []byte(raw.String())), tree: t, parents: parents, message: message, author: author, at: at}
}

// newTag makes an annotated tag as git would.
func newTag(name string, target *commit, message string, at time.Time) *tagObject {
	raw := fmt.Sprintf("object %s\ntype commit\ntag %s\ntagger robot <robot@acme.test> %d +0000\n\n%s\n", target.oid, name, at.Unix(), message)
	return &tagObject{oid: hash("tag", []byte(raw)), name: name, message: message, target: target, at: at}
}

// sorted lists the keys of a map in order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
