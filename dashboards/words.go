package dashboards

import (
	"strings"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// orNothing writes a dash where there is nothing.
func orNothing(s string) string {
	if s == "" {
		return nothing
	}
	return s
}

// joined writes ways one after the other.
func joined(ways []metrics.WayKey) string {
	names := make([]string, len(ways))
	for i, w := range ways {
		names[i] = string(w)
	}
	return strings.Join(names, ", ")
}

// howItCame says in words how a repository came to use a path.
func howItCame(o metrics.Origin) string {
	switch o {
	case metrics.Enforced:
		return "enforced, without a commit here"
	case metrics.Mandated:
		return "mandated at that time"
	case metrics.Born:
		return "born on it"
	case metrics.Automated:
		return "brought by a bot or a campaign"
	case metrics.Assisted:
		return "brought by or with the platform team"
	case metrics.Chosen:
		return "chosen"
	case metrics.UnknownOrigin:
		return "nobody could be found behind it"
	}
	return nothing
}

// stateSentence says in words how a unit stands on a path.
func stateSentence(row query.StateRow) sentence {
	state, more := stateWords(row)
	began := row.Began()
	if began == nil || row.State == metrics.Unknown {
		return sentence{plain(state + more + ".")}
	}
	if used := row.SpellSince; used != nil && (row.State == metrics.On || row.State == metrics.Mixed) && day(metrics.At(*used)) != day(metrics.At(*began)) {
		return sentence{plain(state + ", since "), stampOf(used), plain(more + "; as it does now since "), stampOf(began), plain(".")}
	}
	return sentence{plain(state + ", since "), stampOf(began), plain(more + ".")}
}

// stateWords are what is said of a state before the day since when it is so, and after it.
func stateWords(row query.StateRow) (state, more string) {
	switch row.State {
	case metrics.On:
		return "It uses the path", ": " + howItCame(row.Origin)
	case metrics.Mixed:
		return "It uses the path beside another way (" + joined(row.Ways) + ")", ": " + howItCame(row.Origin)
	case metrics.Off:
		if len(row.Ways) == 0 {
			return "It does not use the path", ""
		}
		return "It goes another way (" + joined(row.Ways) + ")", ""
	case metrics.None:
		return "The path's job is not done here, neither this way nor another", ""
	case metrics.Dormant:
		return "The path is configured, but its pipeline no longer runs", ""
	case metrics.Exempt:
		return "It is exempt from the path", excused(row.Exemption)
	case metrics.Ineligible:
		return "The path is not meant for it", ""
	}
	return "Its state is not known: " + phrase.WhyUnknown(row.Reason), ""
}

// eventWords says in words what happened to a repository on a path.
func eventWords(k metrics.EventKind) string {
	switch k {
	case metrics.Entered:
		return "came to the path"
	case metrics.Left:
		return "left it"
	case metrics.Upgraded:
		return "took another version"
	case metrics.Exempted:
		return "was exempted"
	case metrics.ExemptionEnded:
		return "exemption ended"
	case metrics.MandateStarted:
		return "mandate began"
	case metrics.MandateEnded:
		return "mandate ended"
	case metrics.ArchivedEvent:
		return "was archived"
	}
	return strings.ReplaceAll(k.String(), "_", " ") // changed, removed
}

// excused says in words until when something is exempt, by whom and why.
func excused(e *query.StateExemption) string {
	if e == nil {
		return ""
	}
	until := ""
	if e.Until != nil {
		until = " until " + day(metrics.At(*e.Until))
	}
	return until + ", granted by " + e.By + ": " + e.Reason
}

// verdictPatches are the colours of verdicts on teams. Who is partly on a path has repositories of either.
var verdictPatches = map[query.Verdict]string{query.TeamOn: "on", query.TeamPartial: "partly", query.TeamOff: "off"}

// verdictCell is how far a team is on a path, with its colour.
func verdictCell(v query.Verdict, href string) cell {
	return cell{Text: verdictWords(v), Patch: verdictPatches[v], Href: href}
}

// verdictWords says in words how far a team is on a path.
func verdictWords(v query.Verdict) string {
	switch v {
	case query.TeamOn:
		return "on"
	case query.TeamPartial:
		return "partly"
	case query.TeamOff:
		return "off"
	}
	return "no repositories"
}
