package dashboards

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/trodden/trodden/metrics/query"
)

// verdicts are what a field can be, from what is true to what is not there.
func verdicts() []string { return []string{"right", "unverified", "aged", "wrong", "empty"} }

// clipped cuts a text that a catalog has to what there is room for.
func clipped(text string) string { return clippedTo(text, 60) }

func clippedTo(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}

// ownerReaches says how far an owner gets on the ladder, and who does the work where that is certain.
func ownerReaches(o query.CatalogOwner) []string {
	var reached, open []string
	for _, s := range steps() {
		switch s.holds(o.Steps) {
		case "yes":
			reached = append(reached, s.name)
		case "unknown":
			open = append(open, s.name)
		}
	}
	text := "reaches " + cmp.Or(strings.Join(reached, ", "), "no step")
	if len(open) > 0 {
		text += "; " + strings.Join(open, ", ") + " not known"
	}
	lines := []string{text}
	if o.Actual != nil {
		work := string(*o.Actual) + " does the work"
		if o.Rests != nil {
			work += fmt.Sprintf(" (%s of %s commits)", count(o.Rests.Team), count(o.Rests.All))
		}
		lines = append(lines, clipped(work))
	}
	return lines
}

// causes are why verdicts are what they are: the words that answers have for it, and what they mean.
func causes() []option {
	return []option{
		{Value: "no_team", Text: "no such team"}, {Value: "person", Text: "a person, no team"}, {Value: "no_member", Text: "no active member"},
		{Value: "others_commit", Text: "others do the work"}, {Value: "commits", Text: "the team commits there"},
		{Value: "dangling", Text: "refers to nothing"}, {Value: "self", Text: "refers to itself"}, {Value: "there", Text: "what it names is there"},
		{Value: "repo_gone", Text: "repository gone"}, {Value: "repo_renamed", Text: "repository renamed"}, {Value: "repo_archived", Text: "repository archived"},
		{Value: "repo_active", Text: "repository active"}, {Value: "repo_quiet", Text: "nobody commits"}, {Value: "dead_link", Text: "dead link"},
		{Value: "empty", Text: "not filled"}, {Value: "unresolved", Text: "a placeholder"}, {Value: "unchecked", Text: "nothing can check it"},
		{Value: "undecided", Text: "what is known does not decide it"},
	}
}

// causeWords says why something is so.
func causeWords(cause string) string {
	for _, c := range causes() {
		if c.Value == cause {
			return c.Text
		}
	}
	return strings.ReplaceAll(cause, "_", " ")
}
