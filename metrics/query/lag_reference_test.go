package query_test

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// shop is an organisation with the repositories that release what its paths are made of. The reference below asks of
// each unit in turn what it pins, and of the history of the releasing repository what that stands for, as section 4 of
// the specification says it: no table of what brought which commit is looked at.
type shop struct {
	organisation
	providers map[string]provider // by the name that definitions know them by
}

// provider is a repository with its history and all that was ever seen of its tags.
type provider struct {
	repo    metrics.RepoID
	commits []commit
	seen    []tagged // in the order in which it was seen
}

// commit is one of a history; parents stand before their children.
type commit struct {
	id      string // hexadecimal
	parents []int
}

// tagged is what a source saw of a tag: to which commit it leads, or that it is gone.
type tagged struct {
	name   string
	commit int
	at     metrics.Instant // when it was made
	gone   bool
	source string
	seen   metrics.Instant
}

// whole reads a tag or a pin that means one release: three numbers and what may follow them. The rest is what a semantic
// version is compared by.
func whole(text string) (family, version string, ok bool) {
	slash := strings.LastIndex(text, "/")
	family, version = text[:slash+1], "v"+strings.TrimPrefix(text[slash+1:], "v")
	numbers, _, _ := strings.Cut(version, "-")
	numbers, _, _ = strings.Cut(numbers, "+")
	return family, semver.Canonical(version), semver.IsValid(version) && strings.Count(numbers, ".") == 2
}

// moves reports whether a name that is no whole version goes from one release to the next: v3 and v3.1.
func moves(name string) bool {
	numbers := strings.Split(strings.TrimPrefix(name[strings.LastIndex(name, "/")+1:], "v"), ".")
	return len(numbers) <= 2 && !slices.ContainsFunc(numbers, func(n string) bool { return n == "" || strings.Trim(n, "0123456789") != "" })
}

// there lists the tags at a moment, oldest first: of each the last word of those who saw it. Who does not see it any more
// says nothing about the others.
func (p provider) there(t metrics.Instant) []tagged {
	words := map[[2]string]tagged{}
	for _, tag := range p.seen {
		words[[2]string{tag.source, tag.name}] = tag
	}
	last := map[string]tagged{}
	for _, tag := range words {
		if !tag.gone && tag.at <= t && tag.seen > last[tag.name].seen {
			last[tag.name] = tag
		}
	}
	list := slices.Collect(maps.Values(last))
	slices.SortFunc(list, func(a, b tagged) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.name, b.name)) })
	return list
}

// contains reports whether a commit is in the history of another, or that one itself.
func (p provider) contains(history, commit int) bool {
	return history == commit || slices.ContainsFunc(p.commits[history].parents, func(parent int) bool { return p.contains(parent, commit) })
}

// broughtBy returns the release that a commit stands for: the highest of those made of it, else of those that contain it
// the one that was made first.
func (p provider) broughtBy(tags []tagged, commit int) *tagged {
	var at, first *tagged
	for i, tag := range tags {
		_, version, ok := whole(tag.name)
		switch {
		case !ok:
		case tag.commit == commit && (at == nil || semver.Compare(version, versionOf(at)) > 0):
			at = &tags[i]
		case p.contains(tag.commit, commit) && (first == nil || tag.at == first.at && semver.Compare(version, versionOf(first)) < 0):
			first = &tags[i]
		}
	}
	if at != nil {
		return at
	}
	return first
}

func versionOf(t *tagged) string {
	_, version, _ := whole(t.name)
	return version
}

func familyOf(t *tagged) string {
	family, _, _ := whole(t.name)
	return family
}

// standing is what a pin is to the releases.
type standing struct {
	sort    string // floating, mapped, unmapped or unsaid: in this order in answers, too
	family  string // whose newest release it is compared with
	release *tagged
}

// stands finds out what a pin stands for.
func (p provider) stands(tags []tagged, pin string) standing {
	name := strings.TrimPrefix(pin, "refs/tags/")
	family, version, exact := whole(name)
	called := slices.IndexFunc(tags, func(t tagged) bool { return t.name == name })
	switch {
	case pin == "":
		return standing{sort: "unsaid", family: mainFamily(tags)}
	case called >= 0 && !exact && !moves(name):
		return mappedTo(tags, p.broughtBy(tags, tags[called].commit))
	case hexadecimal(pin):
		return mappedTo(tags, p.unambiguous(tags, strings.ToLower(pin)))
	case strings.HasPrefix(pin, "sha256:"):
		return mappedTo(tags, nil)
	case !exact || strings.HasPrefix(name, "refs/"):
		if newest(tags, family) == nil {
			family = mainFamily(tags)
		}
		return standing{sort: "floating", family: family}
	case called >= 0:
		return mappedTo(tags, &tags[called])
	}
	var families []string
	var found *tagged
	for i := range tags {
		if f, v, ok := whole(tags[i].name); ok && v == version && (family == "" || f == family) && !slices.Contains(families, f) {
			if families = append(families, f); found == nil || f == family {
				found = &tags[i]
			}
		}
	}
	if len(families) > 1 && !slices.Contains(families, family) {
		return mappedTo(tags, nil)
	}
	return mappedTo(tags, found)
}

func mappedTo(tags []tagged, release *tagged) standing {
	if release == nil {
		return standing{sort: "unmapped", family: mainFamily(tags)}
	}
	return standing{"mapped", familyOf(release), release}
}

// hexadecimal reports whether a pin is the id of a commit, or the begin of one.
func hexadecimal(pin string) bool {
	digits := strings.Trim(strings.ToLower(pin), "0123456789abcdef") == "" && strings.ContainsAny(pin, "0123456789")
	return digits && len(pin) >= 7 && len(pin) <= 40
}

// unambiguous returns the release of all released commits that begin so; nil where they have several.
func (p provider) unambiguous(tags []tagged, begin string) *tagged {
	var found *tagged
	for i, c := range p.commits {
		release := p.broughtBy(tags, i)
		if release == nil || !strings.HasPrefix(c.id, begin) {
			continue
		}
		if found != nil && found.name != release.name {
			return nil
		}
		found = release
	}
	return found
}

// stable lists the versions of a family that are no candidates, lowest first, and of each the tag that was made first.
func stable(tags []tagged, family string) []*tagged {
	var list []*tagged
	for i := range tags {
		f, v, ok := whole(tags[i].name)
		if ok && f == family && semver.Prerelease(v) == "" && !slices.ContainsFunc(list, func(other *tagged) bool { return versionOf(other) == v }) {
			list = append(list, &tags[i])
		}
	}
	slices.SortFunc(list, func(a, b *tagged) int { return semver.Compare(versionOf(a), versionOf(b)) })
	return list
}

func newest(tags []tagged, family string) *tagged {
	if list := stable(tags, family); len(list) > 0 {
		return list[len(list)-1]
	}
	return nil
}

// families are those of all stable releases.
func families(tags []tagged) []string {
	var list []string
	for i := range tags {
		if family := familyOf(&tags[i]); newest(tags, family) != nil && !slices.Contains(list, family) {
			list = append(list, family)
		}
	}
	return list
}

// mainFamily is that of what has none: the one without a name, else the only one.
func mainFamily(tags []tagged) string {
	if list := families(tags); len(list) == 1 {
		return list[0]
	}
	return ""
}

// pins are what the units that use a path name at a moment, a pin for each.
func (o shop) pins(q query.LagQuestion, path metrics.PathKey) []string {
	var list []string
	for _, s := range o.spans {
		asked := o.asked(query.AdoptionQuestion{Team: q.Team, Group: q.Group}, s)
		if s.Path == path && asked && s.Contains(q.AsOf) && s.Active && (s.State == metrics.On || s.State == metrics.Mixed) {
			list = append(list, s.Version)
		}
	}
	return list
}

// lag answers version by version.
func (o shop) lag(q query.LagQuestion) []query.LagRow {
	rows := []query.LagRow{}
	for _, path := range o.lagging(q) {
		if q.AsOf < path.Since {
			continue
		}
		p := o.providers[path.LatestTagsOf]
		tags := p.there(q.AsOf)
		pins := o.pins(q, path.Key)
		slices.SortFunc(pins, func(a, b string) int { return cmp.Or(before(p.stands(tags, a), p.stands(tags, b)), cmp.Compare(a, b)) })
		for i, pin := range pins {
			if i > 0 && pins[i-1] == pin {
				continue
			}
			n := 0
			for _, other := range pins {
				if other == pin {
					n++
				}
			}
			rows = append(rows, lagOf(path.Key, pin, n, p.stands(tags, pin), tags))
		}
	}
	return rows
}

// lagging are the paths that a question is about.
func (o shop) lagging(q query.LagQuestion) []metrics.Path {
	if q.Path != "" && !slices.ContainsFunc(o.defs.Paths, func(p metrics.Path) bool { return p.Key == q.Path }) {
		return nil
	}
	return o.paths(q.Path)
}

// before orders standings as answers do.
func before(a, b standing) int {
	sorts := []string{"floating", "mapped", "unmapped", "unsaid"}
	order := cmp.Compare(slices.Index(sorts, a.sort), slices.Index(sorts, b.sort))
	if order == 0 && a.release != nil {
		order = -semver.Compare(versionOf(a.release), versionOf(b.release))
	}
	return order
}

func lagOf(path metrics.PathKey, pin string, n int, s standing, tags []tagged) query.LagRow {
	row := query.LagRow{Path: path, Version: pin, Repos: n}
	latest := newest(tags, s.family)
	if latest != nil {
		row.Latest, row.LatestAt = &latest.name, instant(latest.at)
	}
	if s.release != nil {
		row.Release, row.ReleasedAt = &s.release.name, instant(s.release.at)
	}
	switch {
	case len(families(tags)) == 0 || s.sort == "mapped" && latest == nil:
		row.Reason = metrics.ReasonNoReleases
	case s.sort == "unsaid":
		row.Reason = metrics.ReasonNoVersion
	case s.sort == "unmapped":
		row.Reason, row.Unmapped = metrics.ReasonUnmapped, n
	}
	if s.sort == "floating" {
		row.Floating = n
	}
	if row.Reason == "" {
		releases, days := 0, 0.0
		if s.release != nil {
			releases, days = since(tags, s.release, latest)
		}
		years := float64(n) * days / 365.25
		row.ReleasesBehind, row.DaysBehind, row.Libyears = &releases, &days, &years
	}
	return row
}

// since counts the stable releases above one, and the days from it to the newest.
func since(tags []tagged, used, latest *tagged) (releases int, past float64) {
	for _, r := range stable(tags, familyOf(used)) {
		if semver.Compare(versionOf(used), versionOf(r)) < 0 {
			releases++
		}
	}
	return releases, math.Max(0, days(used.at, latest.at))
}

func instant(t metrics.Instant) *time.Time {
	at := t.Time()
	return &at
}

// lagByPath adds the answers up unit by unit.
func (o shop) lagByPath(q query.LagQuestion) []query.LagPathRow {
	rows := []query.LagPathRow{}
	for _, path := range o.lagging(q) {
		row := query.LagPathRow{Path: path.Key}
		if q.AsOf < path.Since {
			row.Reason, row.OnLatest = metrics.ReasonBeforeLaunch, query.Undefined(metrics.ReasonBeforeLaunch)
			rows = append(rows, row)
			continue
		}
		p := o.providers[path.LatestTagsOf]
		tags := p.there(q.AsOf)
		if latest := newest(tags, mainFamily(tags)); latest != nil {
			row.Latest, row.LatestAt = &latest.name, instant(latest.at)
		}
		var releases, past []float64
		var years float64
		onLatest := 0
		for _, pin := range o.pins(q, path.Key) {
			one := lagOf(path.Key, pin, 1, p.stands(tags, pin), tags)
			row.Repos, row.Floating, row.Unmapped = row.Repos+1, row.Floating+one.Floating, row.Unmapped+one.Unmapped
			if pin == "" {
				row.Unversioned++
			}
			if one.Reason != "" {
				continue
			}
			releases, past, years = append(releases, float64(*one.ReleasesBehind)), append(past, *one.DaysBehind), years+*one.Libyears
			if *one.ReleasesBehind == 0 {
				onLatest++
			}
		}
		switch {
		case len(past) > 0:
			row.Libyears = &years
		case row.Repos == 0:
			row.Reason = metrics.ReasonEmpty
		case len(families(tags)) == 0:
			row.Reason = metrics.ReasonNoReleases
		case row.Unversioned == row.Repos:
			row.Reason = metrics.ReasonNoVersion
		default:
			row.Reason = metrics.ReasonAllUnknown
		}
		row.OnLatest = query.NewRate(onLatest, len(past), row.Reason)
		row.ReleasesBehind = query.Spread{Median: between(releases, .5), P90: between(releases, .9)}
		row.DaysBehind = query.Spread{Median: between(past, .5), P90: between(past, .9)}
		rows = append(rows, row)
	}
	return rows
}

// between is the value that a share of values does not exceed, on the line through the two beside it.
func between(values []float64, share float64) *float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	place := share * float64(len(values)-1)
	lower, upper := values[int(math.Floor(place))], values[int(math.Ceil(place))]
	value := lower + (upper-lower)*(place-math.Floor(place))
	return &value
}
