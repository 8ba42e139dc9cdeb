package dashboards

import (
	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// okrBecause says what decides the status of a key result. How far it is by now does so only where there is no forecast.
func okrBecause(row query.OKRRow, m measured) string {
	at, known := row.Ahead()
	switch {
	case row.Status == "not_started":
		return "Its time begins on " + day(metrics.At(row.From)) + "."
	case !known && row.Value == nil:
		return "" // it is said in place of the figure
	case !known:
		return heading(phrase.WhyNot(row.Reason)) + "."
	case row.Status == "met":
		return "The target is reached now."
	case row.Elapsed >= 1:
		return "Its time is over, with " + partMade(*row.Score)
	}
	why := "There is no forecast: if it goes on as since it began, it ends with "
	if row.Forecast != nil {
		why = "The forecast decides, not how far it is by now: if it goes on as in the last " + plural(len(row.Series), "week", "weeks") +
			", it is at " + m.text(&row.Forecast.Value) + " by " + day(metrics.At(row.To)) + ", with "
	}
	if at >= 1 {
		return why + "all of the way made."
	}
	return why + partMade(at)
}

// partMade says how much of the way is made at the end, and what that is held against.
func partMade(score float64) string {
	if score >= query.AtRiskFrom {
		return percent(score) + " of the way made. From " + percent(query.AtRiskFrom) + " of the way on, short of all of it, a key result is at risk."
	}
	return percent(score) + " of the way made. Below " + percent(query.AtRiskFrom) + " of the way a key result is off track."
}

// wayMade says how far a key result is, and how far it would be by now on the straight way from where it began to its target: as far as
// its time is over. The two are parts of one way, and so can be compared.
func wayMade(score, elapsed float64) string {
	return percent(score) + " of the way; the tick is what was planned by now, " + percent(elapsed)
}

// measureWords says in words what a key result measures.
func measureWords(name string) string {
	words, known := map[string]string{
		"adoption.teams.voluntary":          "teams with a choice that chose it",
		"adoption.teams.total":              "teams on it",
		"adoption.teams.gross":              "teams that chose it, of all that it is for",
		"adoption.teams.weighted.voluntary": "teams with a choice that chose it, by their weight",
		"adoption.teams.weighted.total":     "teams on it, by their weight",
		"adoption.teams.weighted.gross":     "teams that chose it, of all that it is for, by their weight",
		"adoption.repos.voluntary":          "repositories with a choice that chose it",
		"adoption.repos.total":              "repositories on it",
		"adoption.repos.gross":              "repositories that chose it, of all that it is for",
		"adoption.pull":                     "repositories that came by themselves, of those on it",
		"retention.d90":                     "stays that go on after 90 days",
		"retention.tried_and_left":          "stays that ended within 90 days",
		"retention.returned":                "repositories that came back, of those that left",
		"retention.median_days":             "days after which half had left",
		"flow.voluntary":                    "free decisions for the path",
		"flow.net":                          "repositories that came, less those that left",
		"fragmentation":                     "in how many ways the job is done",
		"time_to_adopt.median_days":         "days until half had come to the path",
		"lag.latest":                        "repositories on the newest release",
		"lag.releases_behind":               "releases behind the newest",
		"lag.days_behind":                   "days behind the newest release",
		"catalog.freshness":                 "entities of the catalog that are fresh",
		"catalog.coverage":                  "active repositories that have an entity",
		"catalog.owners":                    "entities of the catalog whose owner is right",
		"catalog.ghosts":                    "entities of the catalog without a living source",
		"catalog.dark":                      "active repositories without an entity",
		"catalog.half_life":                 "days after which half of the catalog has a wrong field",
		"friction.scaffold.median":          "hours until the first green pipeline, of the median",
		"friction.scaffold.p90":             "hours until the first green pipeline, of nine tenths",
		"friction.scaffold.ratio":           "time until the first green pipeline, beside other ways",
		"friction.pipeline.success":         "pipelines that succeed",
		"friction.pipeline.median":          "hours that a pipeline takes, of the median",
		"friction.pipeline.p90":             "hours that a pipeline takes, of nine tenths",
		"friction.pipeline.recovery":        "hours until a broken pipeline is green again",
		"friction.tenth_pull.median":        "hours until the tenth merged change of somebody new, of the median",
		"friction.tenth_pull.p90":           "hours until the tenth merged change of somebody new, of nine tenths",
		"friction.tenth_pull.ratio":         "time until the tenth merged change of somebody new, beside other ways",
		"friction.maintenance.upkeep":       "work of the platform team that is upkeep",
	}[name]
	if !known {
		return "measured as"
	}
	return words
}
