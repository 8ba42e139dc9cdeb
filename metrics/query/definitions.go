package query

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed definitions.sql
var definitionsSQL string

// DefinitionChange says what became of a definition.
type DefinitionChange string

// What can become of a definition.
const (
	DefinitionAdded   DefinitionChange = "added"
	DefinitionChanged DefinitionChange = "changed"
	DefinitionRemoved DefinitionChange = "removed"
)

// DefinitionRow is a change of the definitions behind all figures: of a path, or of what holds for all. Figures follow what is in
// force now, for all of the past; a row tells since when.
type DefinitionRow struct {
	At     time.Time        `json:"at"`
	Path   metrics.PathKey  `json:"path"` // "" for what holds for all
	Change DefinitionChange `json:"change"`
	Parts  []string         `json:"parts"` // of a changed one, those that are not as before, by their keys as JSON
}

// defined is a set of definitions, part by part.
type defined map[metrics.PathKey]map[string]json.RawMessage

// inForceRow is a row of definitions.sql.
type inForceRow struct {
	InForce time.Time `ch:"in_force"`
	Body    string    `ch:"body"`
}

func askDefinitions(ctx context.Context, db DB, at metrics.Instant) ([]inForceRow, error) {
	return ask[inForceRow](ctx, db, "for the definitions", definitionsSQL, map[string]any{"at": moment(at)})
}

// InForce returns the definitions that were in force at a moment, and since when; nil where there were none.
func InForce(ctx context.Context, db DB, at metrics.Instant) (*metrics.Definitions, time.Time, error) {
	rows, err := askDefinitions(ctx, db, at)
	if err != nil || len(rows) == 0 {
		return nil, time.Time{}, err
	}
	newest := rows[len(rows)-1]
	var d metrics.Definitions
	if err := json.Unmarshal([]byte(newest.Body), &d); err != nil {
		return nil, time.Time{}, fmt.Errorf("read the definitions of %s: %w", metrics.At(newest.InForce), err)
	}
	return &d, newest.InForce, nil
}

// Definitions returns how definitions changed up to a moment, by time, then path, what holds for all first. The first
// definitions are no change, and neither is another title. A cache keeps the answer: bodies are long, and every page asks.
func Definitions(ctx context.Context, db DB, at metrics.Instant) ([]DefinitionRow, error) {
	return Kept(ctx, db, fmt.Sprintf("definitions at %d", at), func() ([]DefinitionRow, error) { return definitions(ctx, db, at) })
}

func definitions(ctx context.Context, db DB, at metrics.Instant) ([]DefinitionRow, error) {
	rows, err := askDefinitions(ctx, db, at)
	if err != nil {
		return nil, err
	}
	list := []DefinitionRow{}
	var before defined
	for i, row := range rows {
		now, err := readDefined(row.Body)
		if err != nil {
			return nil, fmt.Errorf("read the definitions of %s: %w", metrics.At(row.InForce), err)
		}
		if i > 0 {
			list = append(list, now.since(before, row.InForce)...)
		}
		before = now
	}
	return list, nil
}

func readDefined(body string) (defined, error) {
	all := make(map[string]json.RawMessage)
	if err := json.Unmarshal([]byte(body), &all); err != nil {
		return nil, err
	}
	var paths []map[string]json.RawMessage
	if err := json.Unmarshal(all["paths"], &paths); err != nil {
		return nil, err
	}
	delete(all, "paths")
	delete(all, "org")
	d := defined{"": all}
	for _, path := range paths {
		var key metrics.PathKey
		if err := json.Unmarshal(path["key"], &key); err != nil {
			return nil, err
		}
		delete(path, "title")
		d[key] = path
	}
	return d, nil
}

// since lists what changed.
func (d defined) since(before defined, at time.Time) (list []DefinitionRow) {
	for _, path := range slices.Sorted(maps.Keys(union(d, before))) {
		was, is := before[path], d[path]
		row := DefinitionRow{At: at, Path: path, Change: DefinitionChanged, Parts: []string{}}
		switch {
		case was == nil:
			row.Change = DefinitionAdded
		case is == nil:
			row.Change = DefinitionRemoved
		default:
			for _, part := range slices.Sorted(maps.Keys(union(is, was))) {
				if said(is[part]) != said(was[part]) {
					row.Parts = append(row.Parts, part)
				}
			}
			if len(row.Parts) == 0 {
				continue
			}
		}
		list = append(list, row)
	}
	return list
}

// said is a part as it was written, "" where it says nothing: programs that do not know a part yet leave it out.
func said(part json.RawMessage) string {
	switch text := string(part); text {
	case "null", `""`, "[]", "{}", "0", "false":
		return ""
	default:
		return text
	}
}

func union[K comparable, V any](a, b map[K]V) map[K]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
