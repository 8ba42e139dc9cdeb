package git

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// cut is what makes a clone show another history than its commits alone would: where a shallow clone
// ends, grafts, and objects that stand for others. It is honoured as git does it, so that a history with a
// missing beginning can be read.
type cut struct {
	shallow string   // content of the shallow file
	grafts  string   // content of info/grafts
	replace []string // "id refs/replace/id" lines
}

const replacePrefix = "refs/replace/"

// cut reads what alters the clone's history.
func (c clone) cut() (cut, error) {
	var out cut
	var err error
	if out.shallow, err = c.optional("shallow"); err != nil {
		return cut{}, unreadable(err)
	}
	if out.grafts, err = c.optional("info/grafts"); err != nil {
		return cut{}, unreadable(err)
	}
	err = c.eachPacked(func(id, ref []byte) error {
		if bytes.HasPrefix(ref, []byte(replacePrefix)) {
			out.replace = append(out.replace, string(id)+" "+string(ref))
		}
		return nil
	})
	if err != nil {
		return cut{}, unreadable(err)
	}
	loose, err := os.ReadDir(filepath.Join(c.common, replacePrefix))
	if err != nil && !absent(err) {
		return cut{}, unreadable(err)
	}
	for _, entry := range loose {
		at, err := c.resolve(replacePrefix + entry.Name())
		if _, bad := metrics.ParseOID(entry.Name()); err == nil && bad == nil && at.oid != "" {
			out.replace = append(out.replace, at.oid.String()+" "+replacePrefix+entry.Name())
		}
	}
	return out, nil
}

// optional reads a file that need not be there.
func (c clone) optional(name string) (string, error) {
	text, err := readFile(filepath.Join(c.common, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return text, err
}

// none reports whether the history is that of the commits alone.
func (c cut) none() bool { return strings.TrimSpace(c.shallow+c.grafts) == "" && len(c.replace) == 0 }

// fingerprint identifies the cut.
func (c cut) fingerprint() uint64 {
	return metrics.Fingerprint(append([]string{c.shallow, c.grafts}, c.replace...)...)
}
