package clickhouse

import (
	"context"

	"github.com/trodden/trodden/metrics"
)

// hostSteps are the kinds of facts that code hosts bring besides files. None rests on another; windows of runs, which
// say that the runs are there, come later.
func (db *DB) hostSteps(b *metrics.Batch) []step {
	return []step{
		{len(b.Runs), "runs", func(ctx context.Context) error { return db.writeRuns(ctx, b.Runs) }},
		{len(b.Deployments), "deployments", func(ctx context.Context) error { return db.writeDeployments(ctx, b.Deployments) }},
		{len(b.Pulls), "pulls", func(ctx context.Context) error { return db.writePulls(ctx, b.Pulls) }},
		{len(b.Policies), "lists of policies", func(ctx context.Context) error { return db.writePolicies(ctx, b.Policies) }},
		{len(b.Accesses), "lists of accesses", func(ctx context.Context) error { return db.writeAccesses(ctx, b.Accesses) }},
		{len(b.HostTeams), "teams of hosts", func(ctx context.Context) error { return db.writeHostTeams(ctx, b.HostTeams) }},
		{len(b.HostWarnings), "lists of warnings", func(ctx context.Context) error { return db.writeHostWarnings(ctx, b.HostWarnings) }},
	}
}

func (db *DB) writeRunWindows(ctx context.Context, rows []metrics.RunWindow) error {
	return db.insert(ctx, "INSERT INTO run_windows (repo, source, begins, ends, seen)",
		pick(rows, func(w *metrics.RunWindow) uint64 { return uint64(w.Repo) }),
		pick(rows, func(w *metrics.RunWindow) string { return w.Source }),
		times(rows, func(w *metrics.RunWindow) metrics.Instant { return w.From }),
		times(rows, func(w *metrics.RunWindow) metrics.Instant { return w.To }),
		times(rows, func(w *metrics.RunWindow) metrics.Instant { return w.Seen }))
}

func (db *DB) writeDeployments(ctx context.Context, rows []metrics.Deployment) error {
	return db.insert(ctx, "INSERT INTO deployments (repo, created, id, source, environment, ref, sha, outcome, finished, seen)",
		pick(rows, func(d *metrics.Deployment) uint64 { return uint64(d.Repo) }),
		times(rows, func(d *metrics.Deployment) metrics.Instant { return d.Created }),
		pick(rows, func(d *metrics.Deployment) uint64 { return d.ID }),
		pick(rows, func(d *metrics.Deployment) string { return d.Source }),
		pick(rows, func(d *metrics.Deployment) string { return d.Environment }),
		pick(rows, func(d *metrics.Deployment) string { return d.Ref }),
		pick(rows, func(d *metrics.Deployment) string { return string(d.SHA) }),
		pick(rows, func(d *metrics.Deployment) int8 { return int8(d.Outcome) }),
		times(rows, func(d *metrics.Deployment) metrics.Instant { return d.Finished }),
		times(rows, func(d *metrics.Deployment) metrics.Instant { return d.Seen }))
}

func (db *DB) writePulls(ctx context.Context, rows []metrics.Pull) error {
	return db.insert(ctx, `INSERT INTO pulls (repo, number, source, author, author_kind, created, merged, closed, updated,
		labels, head_branch, base_branch, merge_commit, squash, class, assignees, seen)`,
		pick(rows, func(p *metrics.Pull) uint64 { return uint64(p.Repo) }),
		pick(rows, func(p *metrics.Pull) uint64 { return p.Number }),
		pick(rows, func(p *metrics.Pull) string { return p.Source }),
		pick(rows, func(p *metrics.Pull) uint64 { return uint64(p.Author) }),
		pick(rows, func(p *metrics.Pull) int8 { return int8(p.AuthorKind) }),
		times(rows, func(p *metrics.Pull) metrics.Instant { return p.Created }),
		times(rows, func(p *metrics.Pull) metrics.Instant { return p.Merged }),
		times(rows, func(p *metrics.Pull) metrics.Instant { return p.Closed }),
		times(rows, func(p *metrics.Pull) metrics.Instant { return p.Updated }),
		lists(rows, func(p *metrics.Pull) []string { return p.Labels }, text),
		pick(rows, func(p *metrics.Pull) string { return p.HeadBranch }),
		pick(rows, func(p *metrics.Pull) string { return p.BaseBranch }),
		pick(rows, func(p *metrics.Pull) string { return string(p.MergeCommit) }),
		pick(rows, func(p *metrics.Pull) string { return string(p.Squash) }),
		pick(rows, func(p *metrics.Pull) string { return string(p.Class) }),
		lists(rows, func(p *metrics.Pull) []metrics.AliasID { return p.Assignees }, number),
		times(rows, func(p *metrics.Pull) metrics.Instant { return p.Seen }))
}

func (db *DB) writePolicies(ctx context.Context, rows []metrics.PolicyList) error {
	field := func(of func(metrics.Policy) string) perRow {
		return lists(rows, func(l *metrics.PolicyList) []metrics.Policy { return l.List }, of)
	}
	return db.insert(ctx, "INSERT INTO policies (repo, source, seen, missed, unread, id, kind, uses, target, file, ref, sha, since)",
		pick(rows, func(l *metrics.PolicyList) uint64 { return uint64(l.Repo) }),
		pick(rows, func(l *metrics.PolicyList) string { return l.Source }),
		times(rows, func(l *metrics.PolicyList) metrics.Instant { return l.Seen }),
		pick(rows, func(l *metrics.PolicyList) bool { return l.Missed }),
		lists(rows, func(l *metrics.PolicyList) []metrics.UseKind { return l.Unread }, text),
		field(func(p metrics.Policy) string { return p.ID }),
		field(func(p metrics.Policy) string { return string(p.Kind) }),
		field(func(p metrics.Policy) string { return string(p.Runs.Kind) }),
		field(func(p metrics.Policy) string { return p.Runs.Target }),
		field(func(p metrics.Policy) string { return p.Runs.File }),
		field(func(p metrics.Policy) string { return p.Runs.Ref }),
		field(func(p metrics.Policy) string { return string(p.Runs.SHA) }),
		lists(rows, func(l *metrics.PolicyList) []metrics.Policy { return l.List }, func(p metrics.Policy) int64 {
			return int64(metrics.Clamp(int64(p.Since)))
		}))
}

func (db *DB) writeAccesses(ctx context.Context, rows []metrics.AccessList) error {
	list := func(l *metrics.AccessList) []metrics.Access { return l.List }
	return db.insert(ctx, "INSERT INTO accesses (repo, source, seen, team, permission)",
		pick(rows, func(l *metrics.AccessList) uint64 { return uint64(l.Repo) }),
		pick(rows, func(l *metrics.AccessList) string { return l.Source }),
		times(rows, func(l *metrics.AccessList) metrics.Instant { return l.Seen }),
		lists(rows, list, func(a metrics.Access) string { return string(a.Team) }),
		lists(rows, list, func(a metrics.Access) int8 { return int8(a.Permission) }))
}

func (db *DB) writeHostTeams(ctx context.Context, rows []metrics.HostTeam) error {
	return db.insert(ctx, "INSERT INTO host_teams (ref, source, parent, name, seen, aliases)",
		pick(rows, func(t *metrics.HostTeam) string { return string(t.Ref) }),
		pick(rows, func(t *metrics.HostTeam) string { return t.Source }),
		pick(rows, func(t *metrics.HostTeam) string { return string(t.Parent) }),
		pick(rows, func(t *metrics.HostTeam) string { return t.Name }),
		times(rows, func(t *metrics.HostTeam) metrics.Instant { return t.Seen }),
		lists(rows, func(t *metrics.HostTeam) []metrics.TeamKey { return t.Aliases }, text))
}

func (db *DB) writeHostWarnings(ctx context.Context, rows []metrics.HostWarnings) error {
	list := func(w *metrics.HostWarnings) []metrics.Warning { return w.List }
	return db.insert(ctx, "INSERT INTO host_warnings (repo, source, seen, file, line, column, message)",
		pick(rows, func(w *metrics.HostWarnings) uint64 { return uint64(w.Repo) }),
		pick(rows, func(w *metrics.HostWarnings) string { return w.Source }),
		times(rows, func(w *metrics.HostWarnings) metrics.Instant { return w.Seen }),
		lists(rows, list, func(w metrics.Warning) string { return w.File }),
		lists(rows, list, func(w metrics.Warning) uint32 { return uint32(max(w.Line, 0)) }),
		lists(rows, list, func(w metrics.Warning) uint32 { return uint32(max(w.Column, 0)) }),
		lists(rows, list, func(w metrics.Warning) string { return w.Message }))
}
