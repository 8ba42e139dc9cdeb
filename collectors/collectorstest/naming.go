package collectorstest

import (
	"context"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
)

// Listing is a collectors.Naming for tests: list.yml has a glob a line, and so has whatever ends in .list.
func Listing(_ string, tree collectors.Tree) (globs []string) {
	for next := tree.Match("list.yml"); len(next) > 0; next = next[1:] {
		text, _ := tree.Read(next[0])
		for glob := range strings.FieldsSeq(text) {
			if slices.Contains(globs, glob) {
				continue
			}
			globs = append(globs, glob)
			for _, found := range tree.Match(glob) {
				if strings.HasSuffix(found, ".list") {
					next = append(next, found)
				}
			}
		}
	}
	return globs
}

// Names returns what files of a repository name at the head that a source saw last.
func (s *Store) Names(ctx context.Context, source, repo string) ([]string, error) {
	id := s.Repo(repo).ID
	last, err := s.Last(ctx, source, id)
	if err != nil {
		return nil, err
	}
	for _, n := range s.Named {
		if n.Repo == id && n.Files == last.Reading.Files {
			return n.Globs, nil
		}
	}
	return nil, nil
}
