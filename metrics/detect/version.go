package detect

import (
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// versionRange is a range of semantic versions; the zero range admits everything.
type versionRange struct{ constraints *semver.Constraints }

// newRange reads a range such as ">= 1.2, < 2". Pre-releases count with their place in the order.
func newRange(text string) (versionRange, error) {
	if text == "" {
		return versionRange{}, nil
	}
	c, err := semver.NewConstraint(text)
	if err != nil {
		return versionRange{}, err
	}
	c.IncludePrerelease = true
	return versionRange{c}, nil
}

// checkRange says what is wrong with a range.
func checkRange(field, text string) []Problem {
	if _, err := newRange(text); err != nil {
		return problem(field, "%q is no range of versions (%v), expected one such as \">= 1.2, < 2\"", text, err)
	}
	return nil
}

// admits reports whether the lowest version that declared allows lies in the range. A declaration that
// names no version (latest, a branch, a file) lies in no range.
func (r versionRange) admits(declared string) bool {
	if r.constraints == nil {
		return true
	}
	v, ok := lowest(declared)
	return ok && r.constraints.Check(v)
}

var (
	looseVersion = regexp.MustCompile(`^v?(\d+(?:\.\d+){0,2})([.-][0-9A-Za-z.-]+)?$`)
	comparator   = regexp.MustCompile(`(\^|~>|~|>=|>|<=|<|==|=|!=)?\s*` +
		`(v?(?:\d+|[xX*])(?:\.(?:\d+|[xX*]))*(?:[-+.][0-9A-Za-z.+-]*[0-9A-Za-z])?)`)
	wildcard = regexp.MustCompile(`\.?[xX*].*$`)
)

// lowest returns the lowest version that a declared version or range allows, in the notations of npm, Go,
// Helm, Terraform and Maven. It is not exact about > and pre-releases: ">1.2.3" counts as 1.2.3.
func lowest(declared string) (*semver.Version, bool) {
	text := strings.TrimSpace(declared)
	if at := strings.LastIndexByte(text, '@'); at >= 0 && strings.HasPrefix(text, "npm:") {
		text = text[at+1:]
	}
	text = strings.TrimPrefix(text, "workspace:")
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "(") { // Maven: [1.2,2.0)
		text, _, _ = strings.Cut(strings.Trim(text, "[]()"), ",")
		text = strings.TrimSpace(text)
		if text == "" {
			return semver.New(0, 0, 0, "", ""), true
		}
	}
	var low *semver.Version
	for alternative := range strings.SplitSeq(text, "||") {
		v, ok := lowestOf(alternative)
		if !ok {
			return nil, false
		}
		if low == nil || v.LessThan(low) {
			low = v
		}
	}
	return low, low != nil
}

// lowestOf returns the highest of the lower bounds of comparators that must all hold.
func lowestOf(text string) (*semver.Version, bool) {
	if v, ok := parseVersion(strings.TrimSpace(text)); ok {
		return v, true
	}
	rest := comparator.ReplaceAllString(strings.ReplaceAll(text, " - ", " , <="), "")
	if strings.Trim(rest, " ,\t") != "" {
		return nil, false
	}
	var low *semver.Version
	for _, m := range comparator.FindAllStringSubmatch(strings.ReplaceAll(text, " - ", " , <="), -1) {
		v, ok := parseVersion(wildcard.ReplaceAllString(m[2], ""))
		if strings.HasPrefix(m[1], "<") || m[1] == "!=" || !ok {
			v = semver.New(0, 0, 0, "", "")
		}
		if low == nil || v.GreaterThan(low) {
			low = v
		}
	}
	return low, low != nil
}

// parseVersion reads a version as people write it: v1, 1.2, 3.2.1.RELEASE.
func parseVersion(text string) (*semver.Version, bool) {
	if v, err := semver.NewVersion(text); err == nil {
		return v, true
	}
	m := looseVersion.FindStringSubmatch(text)
	if m == nil {
		return nil, false
	}
	v, err := semver.NewVersion(m[1])
	return v, err == nil
}

var (
	commentTag     = regexp.MustCompile(`tag[=:]\s*([^\s,;)]+)`)
	commentVersion = regexp.MustCompile(`(?:^|[\s#=@:/(])(v\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.+-]+)?` +
		`|\d+(?:\.\d+)+(?:[-+][0-9A-Za-z.+-]+)?)(?:$|[\s,;:)])`)
)

// isSHA reports whether a ref is a whole commit id.
func isSHA(ref string) bool {
	if len(ref) != 40 && len(ref) != 64 {
		return false
	}
	for i := range len(ref) {
		if c := ref[i]; !('0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f') {
			return false
		}
	}
	return true
}

// pinned returns the version of a ref: the ref itself, or what the comment behind a commit id says
// (# v3.1.2, # tag=v3, #v3).
func pinned(ref, comment string) string {
	if !isSHA(ref) {
		return ref
	}
	if m := commentTag.FindStringSubmatch(comment); m != nil {
		return m[1]
	}
	if m := commentVersion.FindStringSubmatch(comment); m != nil {
		return m[1]
	}
	return ref
}
