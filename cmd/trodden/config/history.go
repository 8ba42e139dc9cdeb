package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/goccy/go-yaml/ast"
)

// History says whether the whole history of a code host's repositories is read, and where the clones are kept that it
// takes.
type History struct {
	Wanted bool
	Dir    string // absolute; "" for the folder that CacheDir names
	Bytes  int64  // that the clones may take on disk
}

// defaultClones is the room for clones where nothing is said: a thousand repositories of usual size.
const defaultClones = 20_000_000_000

// historyKeys are the keys of History among those of a source.
func historyKeys[T any](at func(*T) *History) []field[T] {
	return []field[T]{
		key("history", "Read the whole history of the repositories, with the git program, through clones without contents.", flag(),
			func(t *T) *bool { return &at(t).Wanted }),
		key("cache", "Where those clones are.", cacheShape(), at),
	}
}

func cacheShape() shape[History] {
	return object("a cache", []field[History]{
		key("dir", "Their folder; default: trodden/clones in the user's folder for caches.", folder(), func(h *History) *string { return &h.Dir }),
		key("max_size", "How much room they may take; default: 20GB.", bytes(), func(h *History) *int64 { return &h.Bytes }),
	})
}

// Room is how many bytes the clones may take.
func (h History) Room() int64 {
	if h.Bytes == 0 {
		return defaultClones
	}
	return h.Bytes
}

// CacheDir is the user's folder for what can be made again.
func (e Environment) CacheDir() (string, error) {
	if dir, ok := e.Lookup("XDG_CACHE_HOME"); ok && filepath.IsAbs(dir) {
		return dir, nil
	}
	if e.Home == "" {
		return "", errors.New("this user has no home folder")
	}
	return filepath.Join(e.Home, ".cache"), nil
}

// folder is a folder; it becomes absolute.
func folder() shape[string] {
	s := name[string]("a folder")
	return shape[string]{schema: s.schema, read: func(d *decoder, n ast.Node, into *string) {
		var got string
		if s.read(d, n, &got); got != "" {
			*into = d.env.path(d.dir, got)
		}
	}}
}

var size = regexp.MustCompile(`^([1-9][0-9]{0,11})(MB|GB|TB)$`)

// bytes is an amount of data.
func bytes() shape[int64] {
	const what = "a size such as 500MB, 20GB or 1TB"
	schema := &Schema{Type: Types{"string"}, Pattern: size.String()}
	return scalar(what, schema, func(s string) (int64, error) {
		part := size.FindStringSubmatch(s)
		if part == nil {
			return 0, fmt.Errorf("%s is no size, expected %s", quote(s), what)
		}
		unit := map[string]int64{"MB": 1e6, "GB": 1e9, "TB": 1e12}[part[2]]
		n, err := strconv.ParseInt(part[1], 10, 64)
		if err != nil || n > 1e15/unit {
			return 0, fmt.Errorf("%s is out of range, expected %s", quote(s), what)
		}
		return n * unit, nil
	})
}
