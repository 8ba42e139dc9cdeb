package clickhouse

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

var (
	//go:embed sql/stale_judgements.sql
	staleJudgementsSQL string
	//go:embed sql/catalog_judged.sql
	judgedSQL string
	//go:embed sql/catalog_in_force.sql
	inForceSQL string
	//go:embed sql/sweep_verdicts.sql
	sweepVerdictsSQL string
	//go:embed sql/sweep_audits.sql
	sweepAuditsSQL string
	//go:embed sql/sweep_duplicates.sql
	sweepDuplicatesSQL string
	//go:embed sql/sweep_disagreements.sql
	sweepDisagreementsSQL string
	//go:embed sql/catalog_found.sql
	catalogFoundSQL string
	//go:embed sql/catalog_episodes.sql
	catalogEpisodesSQL string
)

// Judgement is what was found out about a catalog.
type Judgement struct {
	Source string
	*freshness.Judgement
	Audit       []freshness.FieldAudit
	FreshFields []string        // that make an entity fresh
	Followed    freshness.Share // freshness if all of the advice were followed
	HalfLife    float64         // days; NaN where it is longer than can be told
	Episodes    []freshness.Episode
	Gap         string // what of the catalog could not be read, in words; "" where all was, or its lists say so
}

// NextJudgement returns a moment for judgements that is behind all that there are.
func (db *DB) NextJudgement(ctx context.Context, now metrics.Instant) (metrics.Instant, error) {
	newest, err := collect(ctx, db, judgedSQL, nil, func(t *metrics.Instant) []any { return []any{(*int64)(t)} })
	if err != nil {
		return 0, fmt.Errorf("look up when catalogs were judged: %w", err)
	}
	for _, at := range newest {
		now = max(now, at+1)
	}
	return now, nil
}

// Judged returns the catalogs that were judged when any were the last time.
func (db *DB) Judged(ctx context.Context) ([]string, error) {
	list, err := collect(ctx, db, inForceSQL, nil, func(source *string) []any { return []any{source} })
	if err != nil {
		return nil, fmt.Errorf("look up which catalogs were judged last: %w", err)
	}
	return list, nil
}

// WriteJudgements stores what was found out about all catalogs at a moment, and about what they disagree. What says that it
// is there is written last and at once: who asks in between finds what was found out before. That is swept by the next.
func (db *DB) WriteJudgements(ctx context.Context, at metrics.Instant, list []Judgement, disagreements []freshness.Disagreement) error {
	if len(list) == 0 {
		return nil
	}
	if err := db.sweepJudgements(ctx); err != nil {
		return err
	}
	for i := range list {
		j := &judging{&list[i], at}
		err := together(ctx,
			step{len(j.Entities), "judged entities", func(ctx context.Context) error { return db.writeVerdicts(ctx, j) }},
			step{len(j.Audit), "audited fields", func(ctx context.Context) error { return db.writeAudits(ctx, j) }},
			step{len(j.Duplicates), "duplicates", func(ctx context.Context) error { return db.writeDuplicates(ctx, j) }},
			step{len(j.Episodes), "episodes", func(ctx context.Context) error { return db.writeEpisodes(ctx, j) }},
		)
		if err != nil {
			return err
		}
	}
	err := together(ctx, step{len(disagreements), "disagreements", func(ctx context.Context) error { return db.writeDisagreements(ctx, at, disagreements) }})
	if err != nil {
		return err
	}
	return together(ctx, step{len(list), "judgements", func(ctx context.Context) error { return db.writeJudgements(ctx, at, list) }})
}

// sweepJudgements removes the rows of judgements that a newer one has replaced.
func (db *DB) sweepJudgements(ctx context.Context) error {
	sweeps := map[string]string{
		"catalog_verdicts": sweepVerdictsSQL, "catalog_audits": sweepAuditsSQL, "catalog_duplicates": sweepDuplicatesSQL,
		"catalog_disagreements": sweepDisagreementsSQL,
	}
	var stale []struct {
		Table     string `ch:"table"`
		Partition string `ch:"partition"`
	}
	if err := db.Select(ctx, &stale, staleJudgementsSQL, nil); err != nil {
		return fmt.Errorf("look what is left of earlier judgements: %w", err)
	}
	for _, s := range stale {
		if err := db.Exec(ctx, sweeps[s.Table], map[string]any{"partition": s.Partition}); err != nil {
			return fmt.Errorf("sweep what is left of earlier judgements in %s: %w", s.Table, err)
		}
	}
	return nil
}

// judging is a judgement on its way into the store.
type judging struct {
	*Judgement
	at metrics.Instant
}

// share is a proportion as the driver takes it.
func share(s freshness.Share) map[string]any {
	return map[string]any{"num": uint32(s.Num), "den": uint32(s.Den), "unknown": uint32(s.Unknown)}
}

func (db *DB) writeJudgements(ctx context.Context, at metrics.Instant, rows []Judgement) error {
	shares := func(of func(*Judgement) freshness.Share) perRow {
		return pick(rows, func(j *Judgement) any { return share(of(j)) })
	}
	return db.insert(ctx, `INSERT INTO catalog_judgements (source, at, entities, fresh, owners, coverage, ghosts, ladder, fresh_fields, orphans,
		unread, unread_repos, dark, uncertain, half_life, followed, detail)`,
		pick(rows, func(j *Judgement) string { return j.Source }),
		times(rows, func(*Judgement) metrics.Instant { return at }),
		pick(rows, func(j *Judgement) uint32 { return uint32(j.Fresh.Den) }),
		shares(func(j *Judgement) freshness.Share { return j.Fresh }),
		shares(func(j *Judgement) freshness.Share { return j.Owners }),
		shares(func(j *Judgement) freshness.Share { return j.Coverage }),
		shares(func(j *Judgement) freshness.Share { return j.Ghosts }),
		perRow(pick(rows, func(j *Judgement) any { return pick(j.Ladder[:], func(s *freshness.Share) any { return share(*s) }) })),
		lists(rows, func(j *Judgement) []string { return j.FreshFields }, text),
		pick(rows, func(j *Judgement) uint32 { return uint32(j.Orphans) }),
		pick(rows, func(j *Judgement) uint32 { return uint32(len(j.Unread)) }),
		lists(rows, func(j *Judgement) []string { return j.Unread }, text),
		lists(rows, func(j *Judgement) []string { return j.Dark }, text),
		lists(rows, func(j *Judgement) []string { return j.Uncertain }, text),
		pick(rows, func(j *Judgement) float64 { return j.HalfLife }),
		shares(func(j *Judgement) freshness.Share { return j.Followed }),
		pick(rows, func(j *Judgement) string { return j.Gap }))
}

// judged is an entity on its way into the store.
type judged struct {
	*freshness.Judged
	lines    map[string]int
	values   map[string][]string
	evidence string
}

// rows makes the rows of judged entities.
func (j *judging) rows(entities []freshness.Judged) ([]judged, error) {
	rows := make([]judged, len(entities))
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	for i := range entities {
		e := &entities[i]
		rows[i] = judged{Judged: e, lines: map[string]int{}, values: make(map[string][]string, len(e.Record.Fields))}
		for k, f := range e.Record.Fields {
			if rows[i].values[f.Name] = f.Values; k < len(e.Lines) && e.Lines[k] > 0 {
				rows[i].lines[f.Name] = e.Lines[k]
			}
		}
		text.Reset()
		if err := encoder.Encode(evidenceOf(e.Fields)); err != nil {
			return nil, fmt.Errorf("write the evidence about %s as JSON: %w", e.Ref, err)
		}
		rows[i].evidence = string(bytes.TrimRight(text.Bytes(), "\n"))
	}
	return rows, nil
}

// evidenced is a piece of evidence as it stands in answers.
type evidenced struct {
	Fact    string `json:"fact"`
	Subject string `json:"subject"`
	At      string `json:"at"` // RFC 3339; "" where that is not known
}

// evidenceOf lists the evidence of each field.
func evidenceOf(fields []freshness.Field) [][]evidenced {
	all := make([][]evidenced, len(fields))
	for i := range fields {
		all[i] = make([]evidenced, len(fields[i].Evidence))
		for k, e := range fields[i].Evidence {
			all[i][k] = evidenced{Fact: e.Fact, Subject: e.Subject}
			if e.At != metrics.Beginning {
				all[i][k].At = e.At.String()
			}
		}
	}
	return all
}

// verdictsAtOnce is how many entities are written together: their fields take much memory on the way.
const verdictsAtOnce = 1000

func (db *DB) writeVerdicts(ctx context.Context, j *judging) error {
	for some := range slices.Chunk(j.Entities, verdictsAtOnce) {
		rows, err := j.rows(some)
		if err != nil {
			return err
		}
		if err := db.writeVerdictRows(ctx, j, rows); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) writeVerdictRows(ctx context.Context, j *judging, rows []judged) error {
	fields, fills := func(r *judged) []freshness.Field { return r.Fields }, func(r *judged) []freshness.Fill { return r.Fills }
	return db.insert(ctx, `INSERT INTO catalog_verdicts (source, kind, namespace, name, at, counted, fresh, ghost, ghost_by, owner_steps, owner_right,
		owner_teams, owner_actual, actual_commits, all_commits, repo, covers, folder, descriptor_repo, descriptor_path, orphan, problems, field, verdict, cause, reason,
		field_values, field_line, confirmed, edited_by, since, dated, evidence, fillable,
		fillable_by, fillable_known)`,
		pick(rows, func(*judged) string { return j.Source }),
		pick(rows, func(r *judged) string { return r.Ref.Kind }),
		pick(rows, func(r *judged) string { return r.Ref.Namespace }),
		pick(rows, func(r *judged) string { return r.Ref.Name }),
		times(rows, func(*judged) metrics.Instant { return j.at }),
		pick(rows, func(r *judged) bool { return r.Counted }),
		pick(rows, func(r *judged) int8 { return int8(r.Fresh) }),
		pick(rows, func(r *judged) int8 { return int8(r.Ghost) }),
		pick(rows, func(r *judged) string { return string(r.GhostBy) }),
		lists(rows, func(r *judged) []metrics.Truth { return r.Owner.Steps[:] }, func(t metrics.Truth) int8 { return int8(t) }),
		pick(rows, func(r *judged) int8 { return int8(r.Owner.Right) }),
		lists(rows, func(r *judged) []metrics.TeamKey { return r.Owner.Teams }, text),
		pick(rows, func(r *judged) string { return string(r.Owner.Actual) }),
		pick(rows, func(r *judged) uint32 { return uint32(r.Owner.Holds.Team) }),
		pick(rows, func(r *judged) uint32 { return uint32(r.Owner.Holds.All) }),
		pick(rows, func(r *judged) string { return r.Repo }),
		pick(rows, func(r *judged) string { return r.Covers }),
		pick(rows, func(r *judged) string { return r.Folder }),
		pick(rows, func(r *judged) string { return r.Descriptor.Repo }),
		pick(rows, func(r *judged) string { return r.Descriptor.Path }),
		pick(rows, func(r *judged) bool { return r.Orphan }),
		lists(rows, func(r *judged) []string { return r.Problems }, text),
		lists(rows, fields, func(f freshness.Field) string { return f.Name }),
		lists(rows, fields, func(f freshness.Field) int8 { return int8(f.Verdict) }),
		lists(rows, fields, func(f freshness.Field) string { return string(f.Cause) }),
		lists(rows, fields, func(f freshness.Field) string { return f.Reason }),
		perRow(pick(rows, func(r *judged) any {
			return pick(r.Fields, func(f *freshness.Field) []string { return valuesOf(metrics.EntityField{Values: r.values[f.Name]}) })
		})),
		perRow(pick(rows, func(r *judged) any {
			return pick(r.Fields, func(f *freshness.Field) uint32 { return uint32(r.lines[f.Name]) })
		})),
		lists(rows, fields, func(f freshness.Field) int64 { return int64(metrics.Clamp(int64(f.Confirmed))) }),
		lists(rows, fields, func(f freshness.Field) int8 { return int8(f.By) }),
		lists(rows, fields, func(f freshness.Field) int64 { return int64(metrics.Clamp(int64(f.Since))) }),
		lists(rows, fields, func(f freshness.Field) bool { return f.Dated }),
		pick(rows, func(r *judged) string { return r.evidence }),
		lists(rows, fills, func(f freshness.Fill) string { return f.Field }),
		lists(rows, fills, func(f freshness.Fill) string { return f.Truth }),
		pick(rows, func(*judged) bool { return true }))
}

// advices are the numbers of advice in the store.
var advices = map[freshness.Advice]int8{freshness.Automate: 1, freshness.Keep: 2, freshness.Kill: 3}

func (db *DB) writeAudits(ctx context.Context, j *judging) error {
	rows := j.Audit
	shares := func(of func(*freshness.FieldAudit) freshness.Share) perRow {
		return perRow(pick(rows, func(a *freshness.FieldAudit) any { return share(of(a)) }))
	}
	return db.insert(ctx, `INSERT INTO catalog_audits (source, field, at, filled, right, wrong, aged, machine, fillable, followed, distinct, age, truth,
		advice, why)`,
		pick(rows, func(*freshness.FieldAudit) string { return j.Source }),
		pick(rows, func(a *freshness.FieldAudit) string { return a.Field }),
		times(rows, func(*freshness.FieldAudit) metrics.Instant { return j.at }),
		shares(func(a *freshness.FieldAudit) freshness.Share { return a.Filled }),
		shares(func(a *freshness.FieldAudit) freshness.Share { return a.Right }),
		shares(func(a *freshness.FieldAudit) freshness.Share { return a.Wrong }),
		shares(func(a *freshness.FieldAudit) freshness.Share { return a.Aged }),
		shares(func(a *freshness.FieldAudit) freshness.Share { return a.Machine }),
		shares(func(a *freshness.FieldAudit) freshness.Share { return a.Fillable }),
		shares(func(a *freshness.FieldAudit) freshness.Share { return a.IfFollowed }),
		pick(rows, func(a *freshness.FieldAudit) uint32 { return uint32(a.Distinct) }),
		pick(rows, func(a *freshness.FieldAudit) float64 {
			if !a.AgeKnown {
				return math.NaN()
			}
			return a.Age
		}),
		pick(rows, func(a *freshness.FieldAudit) string { return a.Truth }),
		pick(rows, func(a *freshness.FieldAudit) int8 { return advices[a.Advice] }),
		pick(rows, func(a *freshness.FieldAudit) string { return a.Why }))
}

func (db *DB) writeDuplicates(ctx context.Context, j *judging) error {
	rows := j.Duplicates
	return db.insert(ctx, "INSERT INTO catalog_duplicates (source, claims, at, place, refs)",
		pick(rows, func(*freshness.Duplicate) string { return j.Source }),
		pick(rows, func(d *freshness.Duplicate) string { return d.Repo + d.Name }),
		times(rows, func(*freshness.Duplicate) metrics.Instant { return j.at }),
		pick(rows, func(d *freshness.Duplicate) bool { return d.Repo != "" }),
		lists(rows, func(d *freshness.Duplicate) []metrics.EntityRef { return d.Refs }, metrics.EntityRef.String))
}

func (db *DB) writeDisagreements(ctx context.Context, at metrics.Instant, rows []freshness.Disagreement) error {
	side := func(i int, of func(freshness.Side) string) []string {
		return pick(rows, func(d *freshness.Disagreement) string { return of(d.Sides[i]) })
	}
	values := func(i int) perRow {
		return lists(rows, func(d *freshness.Disagreement) []string { return d.Sides[i].Values }, text)
	}
	source, ref := func(s freshness.Side) string { return s.Source }, func(s freshness.Side) string { return s.Ref.String() }
	return db.insert(ctx, "INSERT INTO catalog_disagreements (place, field, a_source, b_source, at, a_ref, b_ref, a_values, b_values)",
		pick(rows, func(d *freshness.Disagreement) string { return d.Place }),
		pick(rows, func(d *freshness.Disagreement) string { return d.Field }),
		side(0, source), side(1, source),
		times(rows, func(*freshness.Disagreement) metrics.Instant { return at }),
		side(0, ref), side(1, ref), values(0), values(1))
}

func (db *DB) writeEpisodes(ctx context.Context, j *judging) error {
	rows := j.Episodes
	return db.insert(ctx, "INSERT INTO catalog_episodes (source, kind, namespace, name, confirmed, wrong, seen, dated, at)",
		pick(rows, func(*freshness.Episode) string { return j.Source }),
		pick(rows, func(e *freshness.Episode) string { return e.Entity.Kind }),
		pick(rows, func(e *freshness.Episode) string { return e.Entity.Namespace }),
		pick(rows, func(e *freshness.Episode) string { return e.Entity.Name }),
		times(rows, func(e *freshness.Episode) metrics.Instant { return e.Confirmed }),
		times(rows, func(e *freshness.Episode) metrics.Instant { return e.Wrong }),
		times(rows, func(e *freshness.Episode) metrics.Instant { return e.Seen }),
		pick(rows, func(e *freshness.Episode) bool { return e.Dated }),
		times(rows, func(*freshness.Episode) metrics.Instant { return j.at }))
}

// FoundField is a field of which enough was known to say whether it was wrong.
type FoundField struct {
	Ref    metrics.EntityRef
	Field  string
	Values []string
	Wrong  bool
	Since  metrics.Instant // of what was wrong: when it became so, or was found to be
	Dated  bool            // Since is when it became so
	Cause  freshness.Cause
}

// FoundFields returns what was found out about the fields of a catalog when it was judged the last time.
func (db *DB) FoundFields(ctx context.Context, source string) ([]FoundField, error) {
	list, err := collect(ctx, db, catalogFoundSQL, map[string]any{"source": source}, func(f *FoundField) []any {
		return []any{&f.Ref.Kind, &f.Ref.Namespace, &f.Ref.Name, &f.Field, &f.Values, &f.Wrong, (*int64)(&f.Since), &f.Dated, (*string)(&f.Cause)}
	})
	if err != nil {
		return nil, fmt.Errorf("list what was found out about the fields of %s: %w", source, err)
	}
	return list, nil
}

// Episodes returns the episodes of a catalog that judgements told of by now.
func (db *DB) Episodes(ctx context.Context, source string) ([]freshness.Episode, error) {
	var list []freshness.Episode
	err := db.each(ctx, catalogEpisodesSQL, map[string]any{"source": source}, func(rows driver.Rows) error {
		var e freshness.Episode
		err := rows.Scan(&e.Entity.Kind, &e.Entity.Namespace, &e.Entity.Name, (*int64)(&e.Confirmed), (*int64)(&e.Wrong), (*int64)(&e.Seen), &e.Dated)
		list = append(list, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list the episodes of %s: %w", source, err)
	}
	return list, nil
}
