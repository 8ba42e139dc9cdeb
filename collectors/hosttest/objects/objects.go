// Package objects is git for the hosts of tests: commits, trees, files and tags that have the ids that git gives
// them, and the branches and tags of repositories. It knows no host.
package objects

import (
	"bytes"
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Modes of the entries of a tree, as they are hashed: hosts write that of a folder with a zero in front.
const (
	ModeFile   = "100644"
	ModeLink   = "120000"
	ModeModule = "160000"
	ModeTree   = "40000"
)

// ID is the object id that git gives to an object of this kind and content.
func ID(kind string, content []byte) string {
	sum := sha1.New()
	fmt.Fprintf(sum, "%s %d\x00", kind, len(content))
	sum.Write(content)
	return hex.EncodeToString(sum.Sum(nil))
}

// BlobID is the object id that git gives to a file of this content.
func BlobID(content string) string { return ID("blob", []byte(content)) }

// Blob is the content of a file.
type Blob struct {
	OID     string
	Content string
}

// Binary says whether the content is no text.
func (b *Blob) Binary() bool {
	return strings.ContainsRune(b.Content, 0) || !utf8.ValidString(b.Content)
}

// Commit is a commit. Its author is the name of an account, which stands for the committer too.
type Commit struct {
	OID     string
	Tree    *Tree
	Parents []string
	Message string
	Author  string
	At      time.Time
}

// Read returns the content of a file; false where there is none of this path.
func (c *Commit) Read(path string) (content string, ok bool) {
	found, ok := c.Tree.Find(path)
	if !ok || found.Blob == nil {
		return "", false
	}
	return found.Blob.Content, true
}

// newCommit makes a commit as git would.
func newCommit(t *Tree, parents []string, author, message string, at time.Time) *Commit {
	var raw strings.Builder
	fmt.Fprintf(&raw, "tree %s\n", t.OID)
	for _, p := range parents {
		fmt.Fprintf(&raw, "parent %s\n", p)
	}
	who := fmt.Sprintf("%s <%s@acme.test> %d +0000", author, author, at.Unix())
	fmt.Fprintf(&raw, "author %s\ncommitter %s\n\n%s\n", who, who, message)
	return &Commit{OID: ID("commit", []byte(raw.String())), Tree: t, Parents: parents, Message: message, Author: author, At: at}
}

// TagObject is the object of an annotated tag.
type TagObject struct {
	OID, Name, Message string
	Target             *Commit
	At                 time.Time
}

// newTag makes an annotated tag as git would.
func newTag(name string, target *Commit, message string, at time.Time) *TagObject {
	raw := fmt.Sprintf("object %s\ntype commit\ntag %s\ntagger robot <robot@acme.test> %d +0000\n\n%s\n", target.OID, name, at.Unix(), message)
	return &TagObject{OID: ID("tag", []byte(raw)), Name: name, Message: message, Target: target, At: at}
}

// Store holds what all repositories of a host have in common: equal content is kept once.
type Store struct {
	blobs map[string]*Blob // by content
	trees map[string]*Tree // by object id
}

// NewStore returns a store that is empty.
func NewStore() *Store { return &Store{blobs: map[string]*Blob{}, trees: map[string]*Tree{}} }

func (s *Store) blob(content string) *Blob {
	b := s.blobs[content]
	if b == nil {
		b = &Blob{OID: BlobID(content), Content: content}
		s.blobs[content] = b
	}
	return b
}

// tree builds the tree of some files, whose paths are below it.
func (s *Store) tree(files map[string]File) *Tree {
	folders := map[string]map[string]File{}
	var entries []Entry
	for path, f := range files {
		name, rest, below := strings.Cut(path, "/")
		if !below {
			entries = append(entries, f.entry(name))
			continue
		}
		if folders[name] == nil {
			folders[name] = map[string]File{}
		}
		folders[name][rest] = f
	}
	for name, inside := range folders {
		sub := s.tree(inside)
		entries = append(entries, Entry{Name: name, Mode: ModeTree, OID: sub.OID, Tree: sub})
	}
	return s.keep(entries)
}

// keep hashes the entries in git's order, in which a folder's name ends in a slash.
func (s *Store) keep(entries []Entry) *Tree {
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.sortName(), b.sortName()) })
	var raw bytes.Buffer
	for _, e := range entries {
		fmt.Fprintf(&raw, "%s %s\x00", e.Mode, e.Name)
		oid, _ := hex.DecodeString(e.OID)
		raw.Write(oid)
	}
	oid := ID("tree", raw.Bytes())
	if s.trees[oid] == nil {
		s.trees[oid] = &Tree{OID: oid, Entries: entries}
	}
	return s.trees[oid]
}
