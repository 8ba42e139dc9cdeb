package clickhouse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Generation numbers a run of classify. What it wrote is in force once it is published.
type Generation uint64

// Conclusions are what classify made of some repositories.
type Conclusions struct {
	Spans     []metrics.Span
	Events    []Event
	Spells    []metrics.Spell
	Decisions []metrics.Decision
	Ownership []metrics.Ownership
	Warnings  []metrics.Warning

	Contributions []metrics.Contributions
	Described     []metrics.Described
	Beside        []metrics.Beside
}

// WriteConclusions stores what classify concluded. Nobody sees it before Publish. Unlike facts, conclusions
// must be written once in a generation.
func (db *DB) WriteConclusions(ctx context.Context, g Generation, c *Conclusions) error {
	return together(ctx,
		step{len(c.Spans), "spans", func(ctx context.Context) error { return db.writeSpans(ctx, g, c.Spans) }},
		step{len(c.Events), "events", func(ctx context.Context) error { return db.writeEvents(ctx, g, c.Events) }},
		step{len(c.Spells), "spells", func(ctx context.Context) error { return db.writeSpells(ctx, g, c.Spells) }},
		step{len(c.Decisions), "decisions", func(ctx context.Context) error { return db.writeDecisions(ctx, g, c.Decisions) }},
		step{len(c.Ownership), "ownerships", func(ctx context.Context) error { return db.writeOwnership(ctx, g, c.Ownership) }},
		step{len(c.Contributions), "contributions", func(ctx context.Context) error { return db.writeContributions(ctx, g, c.Contributions) }},
		step{len(c.Described), "descriptions", func(ctx context.Context) error { return db.writeDescribed(ctx, g, c.Described) }},
		step{len(c.Beside), "owners beside catalogs", func(ctx context.Context) error { return db.writeBeside(ctx, g, c.Beside) }},
		step{len(c.Warnings), "warnings", func(ctx context.Context) error { return db.writeWarnings(ctx, g, c.Warnings) }},
	)
}

// generations repeats the generation for each row.
func generations[R any](g Generation, rows []R) []uint64 {
	return pick(rows, func(*R) uint64 { return uint64(g) })
}

func (db *DB) writeSpans(ctx context.Context, g Generation, rows []metrics.Span) error {
	return db.insert(ctx, `INSERT INTO spans (generation, repo, component, path, begins, ends, team, state, tree,
		active, choice, mandated, voluntary, kept, dated, origin, ways, version, since, spell_from, reason, ran)`,
		generations(g, rows),
		pick(rows, func(s *metrics.Span) uint64 { return uint64(s.Repo) }),
		pick(rows, func(s *metrics.Span) string { return s.Component }),
		pick(rows, func(s *metrics.Span) string { return string(s.Path) }),
		times(rows, func(s *metrics.Span) metrics.Instant { return s.From }),
		times(rows, func(s *metrics.Span) metrics.Instant { return s.To }),
		pick(rows, func(s *metrics.Span) string { return string(s.Team) }),
		pick(rows, func(s *metrics.Span) int8 { return int8(s.State) }),
		pick(rows, func(s *metrics.Span) int8 { return int8(s.Tree) }),
		pick(rows, func(s *metrics.Span) bool { return s.Active }),
		pick(rows, func(s *metrics.Span) bool { return s.Choice }),
		pick(rows, func(s *metrics.Span) bool { return s.Mandated }),
		pick(rows, func(s *metrics.Span) bool { return s.Voluntary }),
		pick(rows, func(s *metrics.Span) bool { return s.Kept }),
		pick(rows, func(s *metrics.Span) bool { return s.Dated }),
		pick(rows, func(s *metrics.Span) int8 { return int8(s.Origin) }),
		lists(rows, func(s *metrics.Span) []metrics.WayKey { return s.Ways }, text),
		pick(rows, func(s *metrics.Span) string { return s.Version }),
		times(rows, func(s *metrics.Span) metrics.Instant { return s.Since }),
		times(rows, func(s *metrics.Span) metrics.Instant { return s.SpellFrom }),
		pick(rows, func(s *metrics.Span) string { return string(s.Reason) }),
		pick(rows, func(s *metrics.Span) int8 { return int8(s.Activation) }))
}

// Event is an event on its way into the store. Its evidence, of which there is much, is held as the text that is
// stored: events that wait to be written then take little room, and have nothing in them to be followed.
type Event struct {
	metrics.Event        // without evidence
	Evidence      string // as it stands in answers
}

// Events returns events as they are stored.
func Events(list []metrics.Event) ([]Event, error) {
	var text bytes.Buffer // one for all
	encoder := json.NewEncoder(&text)
	events := make([]Event, len(list))
	for i, e := range list {
		evidence := e.Evidence
		if evidence == nil {
			evidence = []metrics.Evidence{}
		}
		text.Reset()
		if err := encoder.Encode(evidence); err != nil {
			return nil, fmt.Errorf("write the evidence of an event as JSON: %w", err)
		}
		e.Evidence = nil
		events[i] = Event{Event: e, Evidence: strings.TrimSuffix(text.String(), "\n")}
	}
	return events, nil
}

func (db *DB) writeEvents(ctx context.Context, g Generation, rows []Event) error {
	return db.insert(ctx, `INSERT INTO events (generation, id, repo, component, path, at, ord, kind, from_state,
		to_state, ways, version, commit, change, actor, origin, evidence)`,
		generations(g, rows),
		pick(rows, func(e *Event) uint64 { return e.ID }),
		pick(rows, func(e *Event) uint64 { return uint64(e.Repo) }),
		pick(rows, func(e *Event) string { return e.Component }),
		pick(rows, func(e *Event) string { return string(e.Path) }),
		times(rows, func(e *Event) metrics.Instant { return e.At }),
		pick(rows, func(e *Event) uint32 { return e.Order }),
		pick(rows, func(e *Event) int8 { return int8(e.Kind) }),
		pick(rows, func(e *Event) int8 { return int8(e.From) }),
		pick(rows, func(e *Event) int8 { return int8(e.To) }),
		lists(rows, func(e *Event) []metrics.WayKey { return e.Ways }, text),
		pick(rows, func(e *Event) string { return e.Version }),
		pick(rows, func(e *Event) string { return string(e.Commit) }),
		pick(rows, func(e *Event) string { return string(e.Change) }),
		pick(rows, func(e *Event) uint64 { return uint64(e.Actor) }),
		pick(rows, func(e *Event) int8 { return int8(e.Origin) }),
		pick(rows, func(e *Event) string { return e.Evidence }))
}

func (db *DB) writeSpells(ctx context.Context, g Generation, rows []metrics.Spell) error {
	return db.insert(ctx, `INSERT INTO spells (generation, repo, component, path, begins, ends, outcome, known,
		choice, origin, actor, team, commit, change, machine, marks)`,
		generations(g, rows),
		pick(rows, func(s *metrics.Spell) uint64 { return uint64(s.Repo) }),
		pick(rows, func(s *metrics.Spell) string { return s.Component }),
		pick(rows, func(s *metrics.Spell) string { return string(s.Path) }),
		times(rows, func(s *metrics.Spell) metrics.Instant { return s.From }),
		times(rows, func(s *metrics.Spell) metrics.Instant { return s.To }),
		pick(rows, func(s *metrics.Spell) int8 { return int8(s.Outcome) }),
		pick(rows, func(s *metrics.Spell) bool { return s.Known }),
		pick(rows, func(s *metrics.Spell) bool { return s.Choice }),
		pick(rows, func(s *metrics.Spell) int8 { return int8(s.Origin) }),
		pick(rows, func(s *metrics.Spell) uint64 { return uint64(s.Actor) }),
		pick(rows, func(s *metrics.Spell) string { return string(s.Team) }),
		pick(rows, func(s *metrics.Spell) string { return string(s.Commit) }),
		pick(rows, func(s *metrics.Spell) string { return string(s.Change) }),
		pick(rows, func(s *metrics.Spell) bool { return s.Machine }),
		lists(rows, func(s *metrics.Spell) []uint64 { return s.Marks }, number))
}

func (db *DB) writeDecisions(ctx context.Context, g Generation, rows []metrics.Decision) error {
	return db.insert(ctx, `INSERT INTO decisions (generation, repo, component, path, at, told, kind, in_favour, choice,
		free, origin, team, commit, change)`,
		generations(g, rows),
		pick(rows, func(d *metrics.Decision) uint64 { return uint64(d.Repo) }),
		pick(rows, func(d *metrics.Decision) string { return d.Component }),
		pick(rows, func(d *metrics.Decision) string { return string(d.Path) }),
		times(rows, func(d *metrics.Decision) metrics.Instant { return d.At }),
		times(rows, func(d *metrics.Decision) metrics.Instant { return d.Told }),
		pick(rows, func(d *metrics.Decision) int8 { return int8(d.Kind) }),
		pick(rows, func(d *metrics.Decision) bool { return d.For }),
		pick(rows, func(d *metrics.Decision) bool { return d.Choice }),
		pick(rows, func(d *metrics.Decision) bool { return d.Free }),
		pick(rows, func(d *metrics.Decision) int8 { return int8(d.Origin) }),
		pick(rows, func(d *metrics.Decision) string { return string(d.Team) }),
		pick(rows, func(d *metrics.Decision) string { return string(d.Commit) }),
		pick(rows, func(d *metrics.Decision) string { return string(d.Change) }))
}

func (db *DB) writeOwnership(ctx context.Context, g Generation, rows []metrics.Ownership) error {
	return db.insert(ctx, "INSERT INTO ownership (generation, repo, component, team, begins, ends, source)",
		generations(g, rows),
		pick(rows, func(o *metrics.Ownership) uint64 { return uint64(o.Repo) }),
		pick(rows, func(o *metrics.Ownership) string { return o.Component }),
		pick(rows, func(o *metrics.Ownership) string { return string(o.Team) }),
		times(rows, func(o *metrics.Ownership) metrics.Instant { return o.From }),
		times(rows, func(o *metrics.Ownership) metrics.Instant { return o.To }),
		pick(rows, func(o *metrics.Ownership) string { return string(o.Source) }))
}

func (db *DB) writeContributions(ctx context.Context, g Generation, rows []metrics.Contributions) error {
	return db.insert(ctx, "INSERT INTO contributions (generation, repo, path, provided_by, begins, ends, landed, came_from)",
		generations(g, rows),
		pick(rows, func(c *metrics.Contributions) uint64 { return uint64(c.Repo) }),
		pick(rows, func(c *metrics.Contributions) string { return string(c.Path) }),
		lists(rows, func(c *metrics.Contributions) []string { return c.ProvidedBy }, text),
		times(rows, func(c *metrics.Contributions) metrics.Instant { return c.Known.From }),
		times(rows, func(c *metrics.Contributions) metrics.Instant { return c.Known.To }),
		lists(rows, func(c *metrics.Contributions) []metrics.Instant { return c.At }, stored),
		lists(rows, func(c *metrics.Contributions) []metrics.Contributor { return c.From }, metrics.Contributor.String))
}

// stored is a moment in a list, kept within what the store can hold.
func stored(t metrics.Instant) time.Time { return metrics.Clamp(int64(t)).Time() }

func (db *DB) writeWarnings(ctx context.Context, g Generation, rows []metrics.Warning) error {
	return db.insert(ctx, "INSERT INTO warnings (generation, repo, file, line, column, message)",
		generations(g, rows),
		pick(rows, func(w *metrics.Warning) uint64 { return uint64(w.Repo) }),
		pick(rows, func(w *metrics.Warning) string { return w.File }),
		pick(rows, func(w *metrics.Warning) uint32 { return uint32(max(w.Line, 0)) }),
		pick(rows, func(w *metrics.Warning) uint32 { return uint32(max(w.Column, 0)) }),
		pick(rows, func(w *metrics.Warning) string { return w.Message }))
}
