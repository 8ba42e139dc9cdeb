package query

import (
	"context"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"

	"github.com/trodden/trodden/metrics"
)

// release is a tag that is a whole version.
type release struct {
	tag     string
	family  string // what stands in front of the version; "" or up to a slash
	version *semver.Version
	at      time.Time
}

// shelf holds the releases that a path had at a moment. Where a repository releases several things, each has a
// family of its own: versions are compared within one.
type shelf struct {
	byTag    map[string]*release
	tips     map[string]string     // by tag that is no version: the commit it is at, in hexadecimal
	byCommit map[string]*release   // by id in hexadecimal: the highest release at it, else the one that brought it
	named    map[string][]*release // by version, the first of each family
	stable   map[string][]*release // by family, lowest first, each version once
}

func newShelf() *shelf {
	return &shelf{
		byTag: map[string]*release{}, tips: map[string]string{}, byCommit: map[string]*release{}, named: map[string][]*release{}, stable: map[string][]*release{},
	}
}

// tagRow is a row of releases.sql.
type tagRow struct {
	Path   string    `ch:"path"`
	Tag    string    `ch:"tag"`
	Commit string    `ch:"commit"`
	At     time.Time `ch:"at"`
}

// shelves returns the releases of each path that has any.
func shelves(ctx context.Context, db DB, args map[string]any) (map[metrics.PathKey]*shelf, error) {
	rows, err := ask[tagRow](ctx, db, "for releases", releasesSQL, args)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(rows, func(a, b tagRow) int { return a.At.Compare(b.At) }) // of one version the first counts
	all := make(map[metrics.PathKey]*shelf)
	for _, row := range rows {
		path := metrics.PathKey(row.Path)
		if all[path] == nil {
			all[path] = newShelf()
		}
		all[path].add(row)
	}
	for _, s := range all {
		for _, list := range s.stable {
			slices.SortFunc(list, func(a, b *release) int { return a.version.Compare(b.version) })
		}
	}
	return all, nil
}

// partialVersion is a version that names no single release: its tag moves from one to the next.
var partialVersion = regexp.MustCompile(`^v?\d+(\.\d+)?$`)

// add takes a tag in: as a release if it is a whole version, else as a name of its commit, unless it moves by itself.
func (s *shelf) add(row tagRow) {
	commit := hex.EncodeToString([]byte(row.Commit))
	family, version, ok := wholeVersion(row.Tag)
	if !ok {
		if !partialVersion.MatchString(strings.TrimPrefix(row.Tag, family)) {
			s.tips[row.Tag] = commit
		}
		return
	}
	r := &release{row.Tag, family, version, row.At}
	s.byTag[r.tag] = r
	if there := s.byCommit[commit]; there == nil || there.version.LessThan(version) {
		s.byCommit[commit] = r
	}
	name := plainVersion(version)
	if slices.ContainsFunc(s.named[name], func(other *release) bool { return other.family == family }) {
		return
	}
	s.named[name] = append(s.named[name], r)
	if version.Prerelease() == "" {
		s.stable[family] = append(s.stable[family], r)
	}
}

// wholeVersion reads a tag or pin that means one release.
func wholeVersion(text string) (family string, version *semver.Version, ok bool) {
	family, text, ok = metrics.SplitTag(text)
	if !ok {
		return family, nil, false
	}
	version, err := semver.NewVersion(text)
	return family, version, err == nil
}

// plainVersion is what tells versions apart: build metadata does not.
func plainVersion(v *semver.Version) string {
	return fmt.Sprintf("%d.%d.%d-%s", v.Major(), v.Minor(), v.Patch(), v.Prerelease())
}

// empty reports whether there is no stable release.
func (s *shelf) empty() bool { return s == nil || len(s.stable) == 0 }

// latest returns the highest stable release of a family; nil where there is none.
func (s *shelf) latest(family string) *release {
	if s == nil || len(s.stable[family]) == 0 {
		return nil
	}
	return s.stable[family][len(s.stable[family])-1]
}

// main is the family that versions without one belong to: the one without a name, or else the only one.
func (s *shelf) main() string {
	if s == nil || len(s.stable[""]) > 0 || len(s.stable) != 1 {
		return ""
	}
	for family := range s.stable {
		return family
	}
	return ""
}

// pinKind says what a version is to the releases.
type pinKind uint8

const (
	floating pinKind = iota // moves by itself
	mapped                  // stands for a release
	unmapped                // stands for none
	unsaid                  // is not there
)

// pin is what a version stands for.
type pin struct {
	kind    pinKind
	family  string
	release *release // where it is mapped
}

// find finds out what a version stands for. A version without a family may be that of the only family that has it;
// where several do, it is unmapped.
func (s *shelf) find(version string) pin {
	name := strings.TrimPrefix(version, "refs/tags/")
	family, exact, whole := wholeVersion(name)
	switch {
	case version == "":
		return pin{kind: unsaid, family: s.main()}
	case s.commitOf(version) != "":
		return s.pinned(s.atCommit(s.commitOf(version)))
	case !whole || strings.HasPrefix(name, "refs/"):
		if s.latest(family) == nil {
			family = s.main()
		}
		return pin{kind: floating, family: family}
	case s == nil:
		return pin{kind: unmapped}
	case s.byTag[name] != nil:
		return s.pinned(s.byTag[name])
	}
	return s.pinned(only(s.named[plainVersion(exact)], family))
}

// pinned is a pin to a release, which may be none.
func (s *shelf) pinned(r *release) pin {
	if r == nil {
		return pin{kind: unmapped, family: s.main()}
	}
	return pin{mapped, r.family, r}
}

// commitOf returns the commit that a version means, in hexadecimal and perhaps abbreviated; "" where it means none.
func (s *shelf) commitOf(version string) string {
	if s != nil {
		if tip := s.tips[strings.TrimPrefix(version, "refs/tags/")]; tip != "" {
			return tip
		}
	}
	if isCommit(version) {
		return strings.ToLower(version)
	}
	return ""
}

// atCommit returns the release that a commit, which may be abbreviated, stands for; nil where that is none, or not
// the same for all commits that begin so.
func (s *shelf) atCommit(id string) *release {
	if s == nil {
		return nil
	}
	if exact := s.byCommit[id]; exact != nil {
		return exact
	}
	var found *release
	for commit, r := range s.byCommit {
		if !strings.HasPrefix(commit, id) {
			continue
		}
		if found != nil && found != r {
			return nil
		}
		found = r
	}
	return found
}

// only returns the release of a family, or where no family is given, the only one.
func only(list []*release, family string) *release {
	for _, r := range list {
		if r.family == family {
			return r
		}
	}
	if family == "" && len(list) == 1 {
		return list[0]
	}
	return nil
}

// abbreviated is what the id of a commit is cut to by those who write it: words made of these letters alone, which
// branches are named by, have no digit.
var abbreviated = regexp.MustCompile(`^[0-9a-fA-F]{7,39}$`)

// isCommit reports whether a version is the id of a commit, or of an image, which no tag has.
func isCommit(version string) bool {
	_, err := metrics.ParseOID(version)
	short := abbreviated.MatchString(version) && strings.ContainsAny(version, "0123456789")
	return err == nil || short || strings.HasPrefix(version, "sha256:")
}

// behind returns how many stable releases of its family are above a version, and how many days lie between it and
// the newest one. There is a newest one.
func (s *shelf) behind(p pin) (releases int, days float64) {
	if p.kind == floating {
		return 0, 0
	}
	latest := s.latest(p.family)
	for _, r := range s.stable[p.family] {
		if p.release.version.LessThan(r.version) {
			releases++
		}
	}
	return releases, max(0, latest.at.Sub(p.release.at).Hours()/24)
}
