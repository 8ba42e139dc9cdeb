package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/told_times.sql
	toldTimesSQL string
	//go:embed sql/told_policies.sql
	toldPoliciesSQL string
	//go:embed sql/told_accesses.sql
	toldAccessesSQL string
	//go:embed sql/told_open.sql
	toldOpenSQL string
	//go:embed sql/told_warnings.sql
	toldWarningsSQL string
	//go:embed sql/members.sql
	membersSQL string
)

// Members returns whom a source saw in teams of its host, periods that are over included.
func (db *DB) Members(ctx context.Context, source string) ([]metrics.Membership, error) {
	list, err := collect(ctx, db, membersSQL, map[string]any{"source": source}, func(m *metrics.Membership) []any {
		return []any{
			(*uint64)(&m.Alias), (*uint64)(&m.Person), (*string)(&m.Team), &m.Source, (*int64)(&m.From), (*int64)(&m.To), (*int64)(&m.Seen),
		}
	})
	if err != nil {
		return nil, fmt.Errorf("list the members that %s saw: %w", source, err)
	}
	return list, nil
}

// toldReader puts together how far sources know what happened beside files.
type toldReader struct {
	db   *DB
	args map[string]any
	told map[sourced]*metrics.Told
}

// told returns that of every source and repository that it knows something of.
func (db *DB) told(ctx context.Context, s selection) (map[sourced]*metrics.Told, error) {
	r := &toldReader{db, s.args(), make(map[sourced]*metrics.Told)}
	for _, read := range []func(context.Context) error{r.windows, r.times, r.open, r.policies, r.accesses, r.warnings} {
		if err := read(ctx); err != nil {
			return nil, fmt.Errorf("list what hosts told last: %w", err)
		}
	}
	return r.told, nil
}

func (r *toldReader) of(source string, repo metrics.RepoID) *metrics.Told {
	key := sourced{source, repo}
	if r.told[key] == nil {
		r.told[key] = new(metrics.Told)
	}
	return r.told[key]
}

func (r *toldReader) windows(ctx context.Context) error {
	rows, err := collect(ctx, r.db, runWindowsSQL, r.args, runWindowTargets)
	for _, w := range rows {
		t := r.of(w.Source, w.Repo)
		t.Windows = append(t.Windows, w)
	}
	return err
}

func (r *toldReader) times(ctx context.Context) error {
	type row struct {
		source   string
		repo     metrics.RepoID
		pulled   metrics.Instant
		deployed metrics.Instant
	}
	rows, err := collect(ctx, r.db, toldTimesSQL, r.args, func(t *row) []any {
		return []any{(*uint64)(&t.repo), &t.source, (*int64)(&t.pulled), (*int64)(&t.deployed)}
	})
	for _, row := range rows {
		t := r.of(row.source, row.repo)
		t.Pulled, t.Deployed = row.pulled, row.deployed
	}
	return err
}

func (r *toldReader) open(ctx context.Context) error {
	type row struct {
		repo               metrics.RepoID
		source             string
		running, deploying metrics.Instant
	}
	rows, err := collect(ctx, r.db, toldOpenSQL, r.args, func(t *row) []any {
		return []any{(*uint64)(&t.repo), &t.source, (*int64)(&t.running), (*int64)(&t.deploying)}
	})
	for _, row := range rows {
		t := r.of(row.source, row.repo)
		t.Running, t.Deploying = row.running, row.deploying
	}
	return err
}

func (r *toldReader) policies(ctx context.Context) error {
	rows, err := collect(ctx, r.db, toldPoliciesSQL, r.args, policyTargets)
	for i := range rows {
		r.of(rows[i].Source, rows[i].Repo).Policies = rows[i].list()
	}
	return err
}

func (r *toldReader) accesses(ctx context.Context) error {
	rows, err := collect(ctx, r.db, toldAccessesSQL, r.args, accessTargets)
	for i := range rows {
		r.of(rows[i].Source, rows[i].Repo).Accesses = rows[i].list()
	}
	return err
}

func (r *toldReader) warnings(ctx context.Context) error {
	rows, err := collect(ctx, r.db, toldWarningsSQL, r.args, warningTargets)
	for i := range rows {
		r.of(rows[i].Source, rows[i].Repo).Warnings = rows[i].list()
	}
	return err
}
