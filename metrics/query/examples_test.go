package query_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

var update = flag.Bool("update", false, "write the answers of the examples anew")

// TestExamples asks every question of testdata/*.txtar: a section that begins with "ask" and goes on with
// the question and its parameters holds the rows of the answer, one a line.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v and %v, want examples", files, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			db, w := openStore(t), readWorld(t, archive.Files)
			w.write(db)
			for i, f := range archive.Files {
				question, ok := strings.CutPrefix(f.Name, "ask ")
				if !ok {
					continue
				}
				got := w.answer(db, question)
				if *update {
					archive.Files[i].Data = []byte(got)
				} else if diff := cmp.Diff(got, string(f.Data)); diff != "" {
					t.Errorf("%s, -got +want\n%s", question, diff)
				}
			}
			if *update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o666); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// answer asks a question and returns its rows as JSON, or the error.
func (w *world) answer(db *clickhouse.DB, question string) string {
	l := w.line(question)
	ask := questions()[l.words[0]]
	if ask == nil {
		w.t.Fatalf("%q is no question", l.words[0])
	}
	answer, err := ask(w, db, l)
	if err != nil {
		return err.Error() + "\n"
	}
	var all []json.RawMessage
	text, err := json.Marshal(answer)
	if err != nil {
		w.t.Fatal(err)
	}
	if !bytes.HasPrefix(text, []byte("[")) {
		return string(text) + "\n"
	}
	if err := json.Unmarshal(text, &all); err != nil {
		w.t.Fatal(err)
	}
	var lines strings.Builder
	for _, row := range all {
		lines.Write(append(row, '\n'))
	}
	return lines.String()
}

type asking func(w *world, db *clickhouse.DB, l line) (any, error)

func questions() map[string]asking {
	return map[string]asking{
		"adoption":          askAdoption,
		"states":            askStates,
		"states_paged":      askStatesPaged,
		"events":            askEvents,
		"events_paged":      askEventsPaged,
		"flows":             askFlows,
		"flows_units":       askFlowsUnits,
		"flows_units_paged": askFlowsUnitsPaged,
		"fragmentation":     askFragmentation,
		"changes":           askChanges,
		"spells": func(w *world, db *clickhouse.DB, l line) (any, error) {
			asOf := at("2025-01-01")
			if l.named["as_of"] != "" {
				asOf = l.moment("as_of")
			}
			return query.Spells(w.t.Context(), db, l.unit(l.words[1]), metrics.PathKey(l.named["path"]), asOf)
		},
		"ownership": func(w *world, db *clickhouse.DB, l line) (any, error) {
			q := query.OwnershipQuestion{Repo: l.unit(l.words[1]).Repo, AsOf: l.moment("as_of")}
			if unit := l.unit(l.words[1]); unit.Component != "" {
				q.Unit = &unit
			}
			return query.Ownership(w.t.Context(), db, q)
		},
		"okrs":           askOKRs,
		"guards":         askGuards,
		"due_baselines":  askDueBaselines,
		"decisions":      askDecisions,
		"voluntary_flow": askVoluntaryFlow,
		"maturity":       askMaturity,
		"retention":      askRetention,
		"time_to_adopt":  askTimeToAdopt,
		"stays":          askStays,
		"waits":          askWaits,
		"friction":       askFriction,
		"leads":          askFrictionList(query.Leads),
		"pipelines":      askFrictionList(query.PipelineUnits),
		"runs":           askFrictionList(query.Runs),
		"reds":           askFrictionList(query.Reds),
		"upkeep":         askFrictionList(query.UpkeepUnits),
		"lag": func(w *world, db *clickhouse.DB, l line) (any, error) {
			q := query.LagQuestion{
				Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"], AsOf: l.moment("as_of"),
			}
			if l.named["by"] == "path" {
				return query.LagByPath(w.t.Context(), db, q)
			}
			return query.Lag(w.t.Context(), db, q)
		},
		"paths":  func(w *world, db *clickhouse.DB, _ line) (any, error) { return query.Paths(w.t.Context(), db) },
		"teams":  func(w *world, db *clickhouse.DB, _ line) (any, error) { return query.Teams(w.t.Context(), db) },
		"groups": func(w *world, db *clickhouse.DB, _ line) (any, error) { return query.Groups(w.t.Context(), db) },
		"repos": func(w *world, db *clickhouse.DB, l line) (any, error) {
			return query.Repos(w.t.Context(), db, query.ReposQuestion{After: l.named["after"], Limit: l.number("limit")})
		},
		"unit": func(w *world, db *clickhouse.DB, l line) (any, error) {
			unit, name, err := query.FindUnit(w.t.Context(), db, l.named["name"])
			return metrics.UnitName(name, unit.Component), err
		},
		"scans": askScans,
		"fresh": func(w *world, db *clickhouse.DB, l line) (any, error) {
			return query.Fresh(w.t.Context(), db, l.moment("as_of"))
		},
		"generation": func(w *world, db *clickhouse.DB, _ line) (any, error) { return query.Generation(w.t.Context(), db) },
		"exemptions": askExemptions,
		"warnings": func(w *world, db *clickhouse.DB, l line) (any, error) {
			var repo metrics.RepoID
			if name := l.named["repo"]; name != "" {
				repo = w.named(name)
			}
			return query.Warnings(w.t.Context(), db, repo, l.number("limit"))
		},
	}
}

func askAdoption(w *world, db *clickhouse.DB, l line) (any, error) {
	q := query.AdoptionQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"],
		AsOf: l.moment("as_of"), From: l.moment("from"), To: l.moment("to"),
	}
	var err error
	if q.By, err = query.ParseBy(l.named["by"]); err != nil {
		return nil, err
	}
	if q.Interval, err = query.ParseInterval(l.named["interval"]); err != nil {
		return nil, err
	}
	switch q.By {
	case query.ByOrigin:
		return query.AdoptionByOrigin(w.t.Context(), db, q)
	case query.ByWay:
		return query.AdoptionByWay(w.t.Context(), db, q)
	}
	return query.Adoption(w.t.Context(), db, q)
}

func (w *world) statesQuestion(l line) query.StatesQuestion {
	q := query.StatesQuestion{
		Path: metrics.PathKey(l.named["path"]), Team: metrics.TeamKey(l.named["team"]), Group: l.named["group"],
		State: l.state("state"), Version: l.named["version"], Runs: l.named["runs"], AsOf: l.moment("as_of"), Limit: l.number("limit"),
	}
	if name := l.named["repo"]; name != "" {
		q.Repo = w.named(name)
	}
	if name := l.named["unit"]; name != "" {
		unit := l.unit(name)
		q.Unit = &unit
	}
	return q
}

func askStates(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.States(w.t.Context(), db, w.statesQuestion(l))
}

// askStatesPaged gathers all pages.
func askStatesPaged(w *world, db *clickhouse.DB, l line) (any, error) {
	q := w.statesQuestion(l)
	var keys []query.StateKey
	for {
		rows, err := query.States(w.t.Context(), db, q)
		if err != nil || len(rows) == 0 {
			return keys, err
		}
		for _, row := range rows {
			keys = append(keys, row.Key())
		}
		q.After = &keys[len(keys)-1]
	}
}

func (w *world) eventsQuestion(l line) query.EventsQuestion {
	q := query.EventsQuestion{
		Path: metrics.PathKey(l.named["path"]), From: l.moment("from"), To: l.moment("to"), Limit: l.number("limit"),
	}
	if name := l.named["repo"]; name != "" {
		q.Repo = w.named(name)
	}
	if name := l.named["unit"]; name != "" {
		unit := l.unit(name)
		q.Unit = &unit
	}
	return q
}

func askEvents(w *world, db *clickhouse.DB, l line) (any, error) {
	return query.Events(w.t.Context(), db, w.eventsQuestion(l))
}

func askEventsPaged(w *world, db *clickhouse.DB, l line) (any, error) {
	q := w.eventsQuestion(l)
	var keys []query.EventKey
	for {
		rows, err := query.Events(w.t.Context(), db, q)
		if err != nil || len(rows) == 0 {
			return keys, err
		}
		for _, row := range rows {
			keys = append(keys, row.Key())
		}
		q.After = &keys[len(keys)-1]
	}
}

func askScans(w *world, db *clickhouse.DB, l line) (any, error) {
	q := query.ScansQuestion{Limit: l.number("limit"), Silent: l.moment("silent")}
	rows, err := query.Scans(w.t.Context(), db, q)
	if l.is("rest") && len(rows) > 0 {
		key := rows[len(rows)-1].Key()
		return query.Scans(w.t.Context(), db, query.ScansQuestion{After: &key})
	}
	return rows, err
}

func askExemptions(w *world, db *clickhouse.DB, l line) (any, error) {
	q := query.ExemptionsQuestion{Path: metrics.PathKey(l.named["path"]), AsOf: l.moment("as_of"), Limit: l.number("limit")}
	if name := l.named["repo"]; name != "" {
		q.Repo = w.named(name)
	}
	rows, err := query.Exemptions(w.t.Context(), db, q)
	if l.is("rest") && len(rows) > 0 {
		key := rows[len(rows)-1].Key()
		q.After, q.Limit = &key, 0
		return query.Exemptions(w.t.Context(), db, q)
	}
	return rows, err
}
