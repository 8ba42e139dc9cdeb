// Package phrase writes figures and reasons as pages and reports both do.
package phrase

import (
	"math"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Percent writes a share from 0 to 1 in whole percent, with a space before the sign. Shares that are neither none nor all never
// look it.
func Percent(share float64, space string) string {
	whole := math.Round(share * 100)
	switch {
	case math.IsNaN(share):
		return "–"
	case share > 0 && whole == 0:
		return "<1" + space + "%"
	case share < 1 && whole == 100:
		return ">99" + space + "%"
	}
	return strconv.Itoa(int(whole)) + space + "%"
}

// Sign is a sign for the status of a key result, to stand before its words: where it goes, and nothing that a colour means. Arrows
// are letters, and no pictures.
func Sign[S ~string](status S) string {
	const letter = "\ufe0e"
	switch status {
	case "met":
		return "✓"
	case "on_track":
		return "↗" + letter
	case "at_risk":
		return "→"
	case "off_track":
		return "↘" + letter
	case "not_started":
		return "·"
	}
	return "?"
}

// Count writes a number with spaces between its thousands.
func Count(n int64, space string) string {
	digits := strconv.FormatInt(n, 10)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && digits[i-1] != '-' && (len(digits)-i)%3 == 0 {
			b.WriteString(space)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// WhyNot says in words why there is no figure.
func WhyNot(reason metrics.Reason) string {
	switch reason {
	case metrics.ReasonNoAlternative:
		return "nobody here had a choice"
	case metrics.ReasonBeforeLaunch:
		return "the path had not been launched"
	case metrics.ReasonNoTeam:
		return "no team owns a repository here"
	case metrics.ReasonEmpty:
		return "there is nothing to count"
	case metrics.ReasonAllUnknown:
		return "everything that counts here is unknown"
	case metrics.ReasonNotMeasured:
		return "nothing that was read tells of it"
	case metrics.ReasonNeedsPath:
		return "figures of several paths do not add up; choose one"
	case metrics.ReasonNotReached:
		return "nobody was followed for so long yet"
	case metrics.ReasonNotStarted:
		return "its time has not begun"
	case metrics.ReasonNoBaseline:
		return "there is nothing to compare with"
	case metrics.ReasonNoProvider:
		return "the path does not say which repositories provide it"
	case metrics.ReasonSmallGroup:
		return "so few people that a figure would tell of each"
	case metrics.ReasonNoReleases:
		return "the path has no releases to compare with"
	case metrics.ReasonNoVersion:
		return "nothing says which version is used"
	case metrics.ReasonUnmapped:
		return "the version is that of no release"
	case metrics.ReasonKnownLater:
		return "what is known of it begins too late"
	case metrics.ReasonTooYoung:
		return "it has not been there for long enough"
	case metrics.ReasonUncertain:
		return "what is unknown may change what it comes to"
	}
	return strings.ReplaceAll(string(reason), "_", " ")
}

// WhyUnknown says in words why a repository is unknown or left out, and what to do.
func WhyUnknown(reason metrics.Reason) string {
	switch reason {
	case metrics.ReasonForbidden:
		return "no permission to read it; give the token of the scan leave"
	case metrics.ReasonUnreadable:
		return "damaged, or reading it failed; look at the log of the scan"
	case metrics.ReasonMissingObjects:
		return "a needed object is not in the clone; fetch it without a filter"
	case metrics.ReasonNotRead:
		return "a definition asks for files that no scan has read; scan again"
	case metrics.ReasonPolicies:
		return "the policies of its host, which may decide it, could not be read yet; scan again"
	case metrics.ReasonTooLarge:
		return "a needed file is over the size limit"
	case metrics.ReasonBeforeGraft:
		return "before the cut of a shallow clone; unshallow it"
	case metrics.ReasonNoHistory:
		return "only its present state was ever seen"
	case metrics.ReasonNoActor:
		return "nobody could be found behind a change"
	case metrics.ReasonStale:
		return "the last good reading is too long ago; scan again"
	case metrics.ReasonArchived:
		return "archived on its host"
	case metrics.ReasonPlatform:
		return "of those who provide the path"
	case metrics.ReasonNotMeant:
		return "has nothing that the path is for"
	case metrics.ReasonGone:
		return "no source has it any more"
	case "":
		return "no reason is known"
	}
	return strings.ReplaceAll(string(reason), "_", " ")
}

// What the levels of voluntary adoption to compare with are called: the average of portals outside the organisation that made them, and
// where one path was made really faster than its alternative.
const (
	TypicalPortal = "typical portal"
	FasterPath    = "faster path"
)
