package dashboards

import (
	"fmt"
	"unicode/utf8"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	versionsDrawn = 20  // at most so many have a bar
	versionsRows  = 100 // and so many a row
)

// lagSection shows which versions are used, and how far behind the newest release they are.
func lagSection(q *request, a *pathAnswers, built bool) section {
	s := section{ID: "lag", Title: "Lag by version", Why: "No active repository uses the path.", Next: "There is no version to look at yet."}
	if len(a.lag) == 0 || a.lag[0].Repos == 0 || len(a.versions) == 0 {
		return s
	}
	row := a.lag[0]
	if row.Unversioned == row.Repos {
		s.Why, s.Next = "Nothing says which version of the path a repository uses.", "Versions come from the refs that repositories pin, such as @v3."
		return s
	}
	s.Why, s.Words, s.More = "", lagWords(row), lagLists(q, row)
	s.Table = table{Label: "Repositories by version", Caption: "Repositories by the version that they pin: what follows releases by itself first, then the newest release",
		Columns: append(texts("Version"), numbers("Repositories", "Releases behind", "Days behind")...)}
	s.Table.Columns = append(s.Table.Columns, texts("Released", "Note")...)
	var bars []versionBar
	for i, v := range a.versions {
		if i == versionsRows {
			s.Words = append(s.Words, fmt.Sprintf("The first %d of %s versions are shown.", versionsRows, count(len(a.versions))))
			break
		}
		name, href := v.Version, q.link("/states", whose, "path", string(v.Path), "version", v.Version, "only", "using")
		if name == "" {
			name, href = "no version", ""
		}
		released := stamp{Text: nothing}
		if v.ReleasedAt != nil {
			released = stampOf(v.ReleasedAt)
		}
		s.Table.Rows = append(s.Table.Rows, []cell{say(name), countedAt(v.Repos, href), say(behind(v.ReleasesBehind)), say(behindDays(v.DaysBehind)), timed(released), say(versionNote(v))})
		if len(bars) < versionsDrawn {
			bars = append(bars, versionBar{name, v.Repos, barWords(v), ageOf(v)})
		}
	}
	if len(a.versions) > versionsDrawn {
		s.Words = append(s.Words, fmt.Sprintf("The first %d are drawn.", versionsDrawn))
	}
	s.Chart = &chart{ID: "chart-versions", Built: built, Rows: len(bars), Legend: versionsLegend(bars), Option: versionsChart("chart-versions", bars).JSON(),
		Label: "Repositories by version, with the days that each is behind; the table has the figures"}
	return s
}

// lagLists lead to what stands behind the words.
func lagLists(q *request, row query.LagPathRow) []more {
	var list []more
	add := func(n int, words, lag string) {
		if n > 0 {
			list = append(list, more{count(n) + " " + words, q.link("/states", whose, "path", string(row.Path), "only", "using", "lag", lag)})
		}
	}
	add(row.OnLatest.Num, "on the newest release", "newest")
	add(row.OnLatest.Den-row.OnLatest.Num, "behind it", "behind")
	add(row.Repos-row.OnLatest.Den, "whose release is not known", "unknown")
	return list
}

// lagWords says how far a path's users are behind.
func lagWords(row query.LagPathRow) []string {
	var words []string
	if f := newFigure(row.OnLatest); f.known {
		newest := "the newest release"
		if row.Latest != nil && row.LatestAt != nil {
			newest += ", " + *row.Latest + " of " + day(metrics.At(*row.LatestAt))
		}
		text := fmt.Sprintf("%s (%s) are on %s.", f.Text, f.Parts, newest)
		if d := row.DaysBehind; d.Median != nil && d.P90 != nil && *d.P90 > 0 {
			text += fmt.Sprintf(" Half are at most %s behind, nine tenths at most %s.", days(*d.Median), days(*d.P90))
		}
		words = append(words, text)
	} else {
		words = append(words, "How far they are behind is not known: "+whyNoLag(row.Reason)+".")
	}
	if unknown := row.Repos - row.OnLatest.Den; unknown > 0 && row.OnLatest.Den > 0 {
		words = append(words, fmt.Sprintf("Of %s the release is not known; they are in no share.", plural(unknown, "repository", "repositories")))
	}
	return words
}

// whyNoLag says in words why a lag is not known.
func whyNoLag(reason metrics.Reason) string {
	switch reason {
	case metrics.ReasonNoReleases:
		return "no release of the path was read; name where its tags are with latest in trodden.yaml, and scan"
	case metrics.ReasonNoVersion:
		return "nothing says which version is used"
	case metrics.ReasonUnmapped:
		return "it is the version of no release"
	}
	return phrase.WhyNot(reason)
}

func behind(n *int) string {
	if n == nil {
		return ""
	}
	return count(*n)
}

func behindDays(d *float64) string {
	if d == nil {
		return ""
	}
	return count(int(*d + 0.5))
}

// versionNote says what is special about a version.
func versionNote(v query.LagRow) string {
	switch {
	case v.Floating > 0:
		return "follows releases by itself"
	case v.Reason != "":
		return whyNoLag(v.Reason)
	case v.DaysBehind != nil && *v.DaysBehind == 0:
		return "newest"
	}
	return ""
}

// apart stands between two things that are said of one bar, so that their numbers are not read as one.
const apart = " · "

// ageOf says how old a version is, as the chart tells.
func ageOf(v query.LagRow) string {
	switch {
	case v.Floating > 0 || v.DaysBehind != nil && *v.DaysBehind == 0:
		return upToDate
	case v.DaysBehind == nil:
		return ageless
	}
	return lagging
}

// barWords is what stands beside the bar of a version.
func barWords(v query.LagRow) string {
	words := plural(v.Repos, "repository", "repositories")
	switch {
	case v.Floating > 0:
		return words + apart + follows(v)
	case v.DaysBehind == nil:
		return words
	case *v.DaysBehind == 0:
		return words + apart + "newest"
	}
	return words + apart + days(*v.DaysBehind) + " behind"
}

// follows says that repositories are on newer releases without a change of theirs. A long name of what they follow would have no room.
func follows(v query.LagRow) string {
	what := v.Version
	if utf8.RuneCountInString(what) > 8 {
		what = "it"
	}
	if v.Repos == 1 {
		return "follows " + what + " by itself"
	}
	return "follow " + what + " by themselves"
}
