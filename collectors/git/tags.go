package git

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/trodden/trodden/metrics"
)

const tagPrefix = "refs/tags/"

// maxTags is the number of tags above which none is read: nobody releases as often.
const maxTags = 100_000

// tags returns what each tag of the clone names: a commit, a tag object, or anything else. A tag that names
// nothing, or whose name git would not allow, is passed over. No process is started for it, as for a tip.
func (c clone) tags(ctx context.Context) (map[string]metrics.OID, error) {
	if c.has("reftable") {
		return c.askTags(ctx)
	}
	found := make(map[string]metrics.OID)
	err := c.eachPacked(func(id, ref []byte) error {
		oid, err := metrics.ParseOID(string(id))
		if name, ok := strings.CutPrefix(string(ref), tagPrefix); ok && err == nil {
			return keepTag(found, name, oid)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return found, c.looseTags(ctx, found)
}

// looseTags adds the tags that have a file of their own, which goes before packed-refs. A file that cannot be
// understood hides the packed tag too, as git has it.
func (c clone) looseTags(ctx context.Context, found map[string]metrics.OID) error {
	root := filepath.Join(c.common, filepath.FromSlash(tagPrefix))
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case absent(err):
			return nil
		case err != nil || entry.IsDir():
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		at, err := c.resolve(tagPrefix + name)
		if err != nil {
			delete(found, name)
			return nil
		}
		return keepTag(found, name, at.oid)
	})
}

// keepTag takes a tag in, if there can be one of that name.
func keepTag(found map[string]metrics.OID, name string, oid metrics.OID) error {
	if oid == "" || !tagName(name) {
		return nil
	}
	found[name] = oid
	if len(found) > maxTags {
		return fmt.Errorf("more than %d tags", maxTags)
	}
	return nil
}

// tagName reports whether a tag may be called so.
func tagName(name string) bool {
	return branchName.MatchString(name) && validRef(tagPrefix+name) && utf8.ValidString(name) && !strings.HasSuffix(name, ".lock")
}

// askTags asks the git program, for clones that keep references in another form than files.
func (c clone) askTags(ctx context.Context) (map[string]metrics.OID, error) {
	out, err := c.line(ctx, "for-each-ref", "--format=%(objectname) %(refname)", tagPrefix)
	if err != nil {
		return nil, err
	}
	found := make(map[string]metrics.OID)
	for line := range strings.Lines(out) {
		id, ref, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		oid, err := metrics.ParseOID(id)
		if err != nil {
			return nil, err
		}
		if err := keepTag(found, strings.TrimPrefix(ref, tagPrefix), oid); err != nil {
			return nil, err
		}
	}
	return found, nil
}
