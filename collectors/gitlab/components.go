package gitlab

import (
	"context"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// latest is how the newest version of a component is asked for, whichever it is.
const latest = "~latest"

// partial matches parts of a version, which stand for the newest one that begins so.
var partial = regexp.MustCompile(`^(\d+)(?:\.(\d+))?$`)

// leadsTo is the commit that what was asked for of another project leads to now; "" where that never changes, or the
// host does not say. GitLab says which commit a component was at when it put a pipeline together, and that is what
// counts: this only tells whether to ask again.
func (s *Source) leadsTo(ctx context.Context, u use) (string, error) {
	switch u.Kind {
	case metrics.UsesProject:
		if u.SHA == "" || u.Ref == u.SHA {
			return "", nil
		}
		return s.tip(ctx, u.Target, u.Ref)
	case metrics.UsesComponent:
		address, own := strings.CutPrefix(strings.ToLower(u.Target), s.host+"/")
		_, _, whole := metrics.SplitTag(u.Ref)
		if _, err := metrics.ParseOID(u.Ref); !own || whole || err == nil { // the last is a commit
			return "", nil
		}
		if u.Ref == latest || partial.MatchString(u.Ref) {
			return s.newest(ctx, path.Dir(address), u.Ref)
		}
		return s.tip(ctx, path.Dir(address), u.Ref)
	}
	return "", nil
}

// newest is the commit of the newest version of a project that fits, asked for once a run; "" where there is none.
// Versions of components are the releases of their project, and each release has a tag: a tag without a release only
// costs one question too many. The hundred tags made last are looked at.
func (s *Source) newest(ctx context.Context, project, ref string) (string, error) {
	return s.once(project+"@"+ref, func() (string, error) {
		var tags []*tag
		_, err := s.get(ctx, "projects/"+gitlab.PathEscape(project)+"/repository/tags", gitlab.ListTagsOptions{ListOptions: gitlab.ListOptions{PerPage: listed}}, &tags)
		return newestOf(tags, ref), err
	})
}

// newestOf is the commit of the largest version among tags that fits; one that is not final counts where there is no
// other.
func newestOf(tags []*tag, ref string) (sha string) {
	var largest *semver.Version
	for _, t := range tags {
		if t == nil || t.Commit == nil {
			continue
		}
		number, err := semver.NewVersion(t.Name)
		if _, _, whole := metrics.SplitTag(t.Name); err != nil || !whole || !fits(number, ref) {
			continue
		}
		if largest == nil || beats(number, largest) {
			largest, sha = number, t.Commit.ID
		}
	}
	return sha
}

func beats(a, b *semver.Version) bool {
	if final := a.Prerelease() == ""; final != (b.Prerelease() == "") {
		return final
	}
	return a.GreaterThan(b)
}

// fits reports whether a version is one that a part of it, or ~latest, may stand for.
func fits(v *semver.Version, ref string) bool {
	if ref == latest {
		return true
	}
	parts := partial.FindStringSubmatch(ref)
	is := func(part string, number uint64) bool { return part == strconv.FormatUint(number, 10) }
	return parts != nil && is(parts[1], v.Major()) && (parts[2] == "" || is(parts[2], v.Minor()))
}
