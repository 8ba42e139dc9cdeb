package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/run_days.sql
	runDaysSQL string
	//go:embed sql/run_counts.sql
	runCountsSQL string
	//go:embed sql/run_windows.sql
	runWindowsSQL string
	//go:embed sql/pulls.sql
	pullsSQL string
	//go:embed sql/policies.sql
	policiesSQL string
	//go:embed sql/accesses.sql
	accessesSQL string
	//go:embed sql/host_warnings.sql
	hostWarningsSQL string
	//go:embed sql/host_teams.sql
	hostTeamsSQL string
)

// HostTeams returns the teams of all code hosts and catalogs, as each was seen last.
func (db *DB) HostTeams(ctx context.Context) ([]metrics.HostTeam, error) {
	type row struct {
		metrics.HostTeam
		aliases []string
	}
	rows, err := collect(ctx, db, hostTeamsSQL, nil, func(r *row) []any {
		return []any{(*string)(&r.Ref), (*string)(&r.Parent), &r.Name, &r.Source, (*int64)(&r.Seen), &r.aliases, (*int64)(&r.Retired)}
	})
	if err != nil {
		return nil, fmt.Errorf("list the teams of hosts: %w", err)
	}
	return pick(rows, func(r *row) metrics.HostTeam {
		for _, alias := range r.aliases {
			r.Aliases = append(r.Aliases, metrics.TeamKey(alias))
		}
		return r.HostTeam
	}), nil
}

// RunWindows returns in which times the runs of the given repositories are known, or those of all when none is
// given.
func (db *DB) RunWindows(ctx context.Context, repos ...metrics.RepoID) ([]metrics.RunWindow, error) {
	list, err := collect(ctx, db, runWindowsSQL, selection{all: len(repos) == 0, repos: repos}.args(), runWindowTargets)
	if err != nil {
		return nil, fmt.Errorf("list windows of runs: %w", err)
	}
	return list, nil
}

func runWindowTargets(w *metrics.RunWindow) []any {
	return []any{(*uint64)(&w.Repo), &w.Source, (*int64)(&w.From), (*int64)(&w.To), (*int64)(&w.Seen)}
}

// hosts are the small tables of what code hosts told beside files and history.
func (r *historyReader) hosts() []func(context.Context) error {
	return []func(context.Context) error{r.runDays, r.runCounts, r.runWindows, r.policies, r.accesses, r.hostWarnings}
}

func (r *historyReader) runDays(ctx context.Context) error {
	type row struct {
		metrics.RunDays
		begins, ends []int64
	}
	rows, err := collect(ctx, r.db, runDaysSQL, r.args, func(d *row) []any {
		return []any{
			(*uint64)(&d.Repo), &d.Workflow, (*string)(&d.Used.Kind), &d.Used.Target, &d.Used.File, &d.Used.Ref, &d.Imposed,
			&d.begins, &d.ends,
		}
	})
	for _, row := range rows {
		h := r.byRepo[row.Repo]
		if h == nil {
			continue
		}
		for i := range row.begins {
			row.Days = append(row.Days, metrics.Period{From: metrics.Instant(row.begins[i]), To: metrics.Instant(row.ends[i])})
		}
		h.Runs = append(h.Runs, row.RunDays)
	}
	return err
}

func (r *historyReader) runCounts(ctx context.Context) error {
	rows, err := collect(ctx, r.db, runCountsSQL, r.args, func(n *metrics.RunCount) []any {
		return []any{(*uint64)(&n.Repo), &n.Workflow, (*int64)(&n.Day), &n.Runs, &n.CI}
	})
	for _, row := range rows {
		if h := r.byRepo[row.Repo]; h != nil {
			h.RunCounts = append(h.RunCounts, row)
		}
	}
	return err
}

func (r *historyReader) runWindows(ctx context.Context) error {
	rows, err := collect(ctx, r.db, runWindowsSQL, r.args, runWindowTargets)
	for _, row := range rows {
		if h := r.byRepo[row.Repo]; h != nil {
			h.RunWindows = append(h.RunWindows, row)
		}
	}
	return err
}

func (r *historyReader) pulls(ctx context.Context) error {
	type row struct {
		metrics.Pull
		assignees []uint64
	}
	rows, err := collect(ctx, r.db, pullsSQL, r.args, func(p *row) []any {
		return []any{
			(*uint64)(&p.Repo), &p.Number, &p.Source, (*uint64)(&p.Author), (*uint8)(&p.AuthorKind), (*int64)(&p.Created),
			(*int64)(&p.Merged), (*int64)(&p.Closed), (*int64)(&p.Updated), &p.Labels, &p.HeadBranch, &p.BaseBranch,
			(*string)(&p.MergeCommit), (*string)(&p.Squash), (*string)(&p.Class), &p.assignees, (*int64)(&p.Seen),
		}
	})
	for _, row := range rows {
		if h := r.byRepo[row.Repo]; h != nil {
			row.Assignees = aliases(row.assignees)
			h.Pulls = append(h.Pulls, row.Pull)
		}
	}
	return err
}

// policyRow is a list of policies as the store has it: an array for each field.
type policyRow struct {
	metrics.PolicyList
	unread, id, kind, uses, target, file, ref, sha []string
	since                                          []int64
}

func policyTargets(p *policyRow) []any {
	return []any{
		(*uint64)(&p.Repo), &p.Source, (*int64)(&p.Seen), &p.Missed, &p.unread, &p.id, &p.kind, &p.uses, &p.target, &p.file, &p.ref, &p.sha, &p.since,
	}
}

func (p *policyRow) list() metrics.PolicyList {
	for _, kind := range p.unread {
		p.Unread = append(p.Unread, metrics.UseKind(kind))
	}
	for i := range p.id {
		p.List = append(p.List, metrics.Policy{
			ID: p.id[i], Kind: metrics.PolicyKind(p.kind[i]), Since: metrics.Instant(p.since[i]),
			Runs: metrics.Use{
				Kind: metrics.UseKind(p.uses[i]), Target: p.target[i], File: p.file[i], Ref: p.ref[i], SHA: metrics.OID(p.sha[i]),
			},
		})
	}
	return p.PolicyList
}

func (r *historyReader) policies(ctx context.Context) error {
	rows, err := collect(ctx, r.db, policiesSQL, r.args, policyTargets)
	for i := range rows {
		if h := r.byRepo[rows[i].Repo]; h != nil {
			h.Policies = append(h.Policies, rows[i].list())
		}
	}
	return err
}

// accessRow is a list of accesses as the store has it: an array for each field.
type accessRow struct {
	metrics.AccessList
	team       []string
	permission []uint8
}

func accessTargets(a *accessRow) []any {
	return []any{(*uint64)(&a.Repo), &a.Source, (*int64)(&a.Seen), &a.team, &a.permission}
}

func (a *accessRow) list() metrics.AccessList {
	for i := range a.team {
		a.List = append(a.List, metrics.Access{Team: metrics.TeamKey(a.team[i]), Permission: metrics.Permission(a.permission[i])})
	}
	return a.AccessList
}

func (r *historyReader) accesses(ctx context.Context) error {
	rows, err := collect(ctx, r.db, accessesSQL, r.args, accessTargets)
	for i := range rows {
		if h := r.byRepo[rows[i].Repo]; h != nil {
			h.Accesses = append(h.Accesses, rows[i].list())
		}
	}
	return err
}

// warningRow is a list of warnings as the store has it: an array for each field.
type warningRow struct {
	metrics.HostWarnings
	file, message []string
	line, column  []uint32
}

func warningTargets(w *warningRow) []any {
	return []any{(*uint64)(&w.Repo), &w.Source, (*int64)(&w.Seen), &w.file, &w.line, &w.column, &w.message}
}

func (w *warningRow) list() metrics.HostWarnings {
	for i := range w.file {
		w.List = append(w.List, metrics.Warning{File: w.file[i], Line: int(w.line[i]), Column: int(w.column[i]), Message: w.message[i]})
	}
	return w.HostWarnings
}

func (r *historyReader) hostWarnings(ctx context.Context) error {
	rows, err := collect(ctx, r.db, hostWarningsSQL, r.args, warningTargets)
	for i := range rows {
		if h := r.byRepo[rows[i].Repo]; h != nil {
			h.Warnings = append(h.Warnings, rows[i].list())
		}
	}
	return err
}
