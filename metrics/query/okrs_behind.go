package query

import (
	"net/url"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// rowsBehind returns the question whose rows stand behind the value of a key result at a moment, as a resource of
// the API with its parameters; "" where nothing is measured yet.
func rowsBehind(k metrics.KeyResult, at metrics.Instant) string {
	params := url.Values{"as_of": {at.String()}}
	resource := ""
	switch measure := k.Measure; {
	case strings.HasPrefix(measure, "adoption.teams."):
		resource = "adoption"
		params.Set("by", string(ByTeam))
	case strings.HasPrefix(measure, "adoption.repos."):
		resource = "states"
		params.Set("only", countedBy(measure))
	case measure == "adoption.pull":
		resource = "decisions"
		params.Set("only", "towards")
		params.Set("from", max(at-maturityWeeks*week, metrics.Beginning+1).String())
	case measure == "fragmentation":
		resource = "states"
		params.Set("only", "served")
	case measure == "time_to_adopt.median_days":
		resource = "time-to-adopt"
		params.Set("detail", "units")
	case strings.HasPrefix(measure, "flow."):
		if at <= k.From { // nothing is counted yet
			return ""
		}
		resource = "decisions"
		params.Set("from", k.From.String())
		params.Set("to", at.String())
		params.Set("only", map[string]string{"flow.voluntary": "free", "flow.net": "moves"}[measure])
	case strings.HasPrefix(measure, "retention."):
		resource = "retention"
		params.Set("detail", "units")
		if measure == "retention.returned" {
			params.Set("outcome", "left")
		}
	case strings.HasPrefix(measure, "lag."):
		resource = "lag"
	case strings.HasPrefix(measure, "friction."):
		resource = "friction"
		behindFriction(params, measure, at)
	case strings.HasPrefix(measure, "catalog."):
		if k.Path != "" || k.Team != "" || k.Group != "" { // which have no catalogs of their own
			return ""
		}
		resource = "catalog"
	default:
		return ""
	}
	return asked(resource, params, k)
}

// rowsBehindGuard returns the same for the value of a guard beside the key result.
func rowsBehindGuard(guard string, k metrics.KeyResult, at metrics.Instant) string {
	params := url.Values{"as_of": {at.String()}, "active": {"true"}}
	switch guard {
	case "exemptions":
		params.Set("state", metrics.Exempt.String())
	case "activation":
		params.Set("runs", RunsKnown)
	default:
		k.Measure = guard
		return rowsBehind(k, at)
	}
	return asked("states", params, k)
}

// countedBy is the selection of states that a rate of adoption is one of.
func countedBy(measure string) string {
	switch {
	case strings.HasSuffix(measure, ".voluntary"):
		return "choice"
	case strings.HasSuffix(measure, ".gross"):
		return "eligible"
	}
	return "served"
}

// asked writes a question about what a key result is about.
func asked(resource string, params url.Values, k metrics.KeyResult) string {
	for name, value := range map[string]string{"path": string(k.Path), "team": string(k.Team), "group": k.Group} {
		if value != "" {
			params.Set(name, value)
		}
	}
	return "/api/v1/" + resource + "?" + strings.ReplaceAll(params.Encode(), "%3A", ":") // which may stand in queries
}
