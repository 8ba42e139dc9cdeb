package clickhouse

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/generation.sql
	generationSQL string
	//go:embed sql/stale.sql
	staleSQL string
	//go:embed sql/sweep_spans.sql
	sweepSpansSQL string
	//go:embed sql/sweep_events.sql
	sweepEventsSQL string
	//go:embed sql/sweep_spells.sql
	sweepSpellsSQL string
	//go:embed sql/sweep_decisions.sql
	sweepDecisionsSQL string
	//go:embed sql/sweep_contributions.sql
	sweepContributionsSQL string
	//go:embed sql/sweep_ownership.sql
	sweepOwnershipSQL string
	//go:embed sql/sweep_described.sql
	sweepDescribedSQL string
	//go:embed sql/sweep_owners_beside.sql
	sweepOwnersBesideSQL string
	//go:embed sql/sweep_warnings.sql
	sweepWarningsSQL string
	//go:embed sql/sweep_paths.sql
	sweepPathsSQL string
	//go:embed sql/sweep_teams.sql
	sweepTeamsSQL string
	//go:embed sql/sweep_groups.sql
	sweepGroupsSQL string
)

// definedRepo is the repository in the table of generations that stands for the paths and teams.
const definedRepo = 0

// NextGeneration returns a number that no row carries yet and that is higher than all there are.
func (db *DB) NextGeneration(ctx context.Context) (Generation, error) {
	var rows []struct {
		Newest uint64 `ch:"newest"`
	}
	if err := db.Select(ctx, &rows, generationSQL, nil); err != nil {
		return 0, fmt.Errorf("look up the newest generation: %w", err)
	}
	return Generation(rows[0].Newest + 1), nil
}

// WriteDefined stores what questions need to know of the definitions behind a generation: the paths in
// their order, the teams and the groups of teams. Every generation has them, be it ever so small.
func (db *DB) WriteDefined(ctx context.Context, g Generation, d *metrics.Definitions) error {
	if err := db.writePaths(ctx, g, d.Paths, d.Measure); err != nil {
		return fmt.Errorf("write %d paths: %w", len(d.Paths), err)
	}
	if err := db.writeTeams(ctx, g, d.Teams); err != nil {
		return fmt.Errorf("write %d teams: %w", len(d.Teams.List), err)
	}
	if err := db.writeGroups(ctx, g, d.Teams); err != nil {
		return fmt.Errorf("write %d groups: %w", len(d.Teams.Groups), err)
	}
	return nil
}

func (db *DB) writePaths(ctx context.Context, g Generation, rows []metrics.Path, m metrics.Measure) error {
	positions := make([]uint16, len(rows))
	for i := range rows {
		positions[i] = uint16(i)
	}
	return db.insert(ctx, "INSERT INTO paths (generation, key, position, title, since, ways, team_on_at, leave_after, latest, provided_by, born_within)",
		generations(g, rows),
		pick(rows, func(p *metrics.Path) string { return string(p.Key) }),
		positions,
		pick(rows, func(p *metrics.Path) string { return p.Title }),
		times(rows, func(p *metrics.Path) metrics.Instant { return p.Since }),
		lists(rows, ways, text),
		pick(rows, func(*metrics.Path) float64 { return m.TeamOnAt }),
		pick(rows, func(*metrics.Path) uint32 { return uint32(m.LeaveAfter.Seconds()) }),
		pick(rows, func(p *metrics.Path) string { return p.LatestTagsOf }),
		lists(rows, func(p *metrics.Path) []string { return p.ProvidedBy }, text),
		pick(rows, func(*metrics.Path) uint32 { return uint32(m.BornWithin.Seconds()) }))
}

// ways lists the ways of a path, golden first.
func ways(p *metrics.Path) []metrics.WayKey {
	list := []metrics.WayKey{metrics.Golden}
	for i := range p.Alternatives {
		list = append(list, p.Alternatives[i].Key)
	}
	return list
}

func (db *DB) writeTeams(ctx context.Context, g Generation, teams metrics.Teams) error {
	platform := make(map[metrics.TeamKey]bool, len(teams.Platform))
	for _, key := range teams.Platform {
		platform[key] = true
	}
	return db.insert(ctx, "INSERT INTO teams (generation, key, title, group, platform, groups, weight, configured)",
		generations(g, teams.List),
		pick(teams.List, func(t *metrics.Team) string { return string(t.Key) }),
		pick(teams.List, func(t *metrics.Team) string { return t.Title }),
		pick(teams.List, func(t *metrics.Team) string { return t.Group }),
		pick(teams.List, func(t *metrics.Team) bool { return platform[t.Key] }),
		lists(teams.List, func(t *metrics.Team) []string { return teams.Upwards(t.Group) }, text),
		pick(teams.List, func(t *metrics.Team) float64 { return cmp.Or(t.Weight, 1) }),
		pick(teams.List, func(t *metrics.Team) bool { return !t.Hosted }))
}

func (db *DB) writeGroups(ctx context.Context, g Generation, teams metrics.Teams) error {
	return db.insert(ctx, "INSERT INTO groups (generation, key, title, parent, groups)",
		generations(g, teams.Groups),
		pick(teams.Groups, func(g *metrics.Group) string { return g.Key }),
		pick(teams.Groups, func(g *metrics.Group) string { return g.Title }),
		pick(teams.Groups, func(g *metrics.Group) string { return g.Parent }),
		lists(teams.Groups, func(g *metrics.Group) []string { return teams.Upwards(g.Parent) }, text))
}

// Publish puts a generation's paths and teams in force, and for each marked repository the generation that
// its mark names, all at once: who asks sees either all of it or nothing. What is published must have been
// written before, from the facts and the rest that the marks name and the definitions of that fingerprint.
func (db *DB) Publish(ctx context.Context, defined Generation, definitions uint64, marks []Mark) error {
	rows := append([]Mark{{Repo: definedRepo, Generation: defined, Follows: definitions}}, marks...)
	err := db.insert(ctx, "INSERT INTO current (repo, generation, definitions, mark, named)",
		pick(rows, func(m *Mark) uint64 { return uint64(m.Repo) }),
		pick(rows, func(m *Mark) uint64 { return uint64(m.Generation) }),
		pick(rows, func(m *Mark) uint64 { return m.Follows }),
		pick(rows, func(m *Mark) uint64 { return m.Facts }),
		lists(rows, func(m *Mark) []string { return m.Named }, text))
	if err != nil {
		return fmt.Errorf("publish generation %d of %d repositories: %w", defined, len(marks), err)
	}
	return nil
}

// Sweep removes the rows that a newer published generation has replaced, and returns how many. What is not
// yet published stays. Sweep before a run begins rather than after it has published, so that questions asked
// before the swap still find their rows.
func (db *DB) Sweep(ctx context.Context) (removed uint64, err error) {
	sweeps := map[string]string{
		"spans": sweepSpansSQL, "events": sweepEventsSQL, "spells": sweepSpellsSQL, "decisions": sweepDecisionsSQL,
		"contributions": sweepContributionsSQL, "ownership": sweepOwnershipSQL,
		"described": sweepDescribedSQL, "owners_beside": sweepOwnersBesideSQL,
		"warnings": sweepWarningsSQL, "paths": sweepPathsSQL, "teams": sweepTeamsSQL, "groups": sweepGroupsSQL,
	}
	var stale []struct {
		Table string `ch:"table"`
		Rows  uint64 `ch:"rows"`
	}
	if err := db.Select(ctx, &stale, staleSQL, nil); err != nil {
		return 0, fmt.Errorf("count what is no longer in force: %w", err)
	}
	for _, s := range stale {
		if err := db.Exec(ctx, sweeps[s.Table], nil); err != nil {
			return removed, fmt.Errorf("sweep %d rows of %s: %w", s.Rows, s.Table, err)
		}
		removed += s.Rows
	}
	return removed, nil
}
