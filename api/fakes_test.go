package api_test

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/metrics"
)

// explainer finds the golden pipeline in every repository, and no Jenkinsfile.
type explainer struct{}

func (explainer) Explain(_ context.Context, repo metrics.RepoID, _ string, path metrics.PathKey, _ metrics.Instant) (metrics.Explanation, error) {
	if repo == repoID(1) {
		return metrics.Explanation{}, fmt.Errorf("no files: %w", metrics.ErrNotFound)
	}
	return metrics.Explanation{Commit: oid(7), Signals: []metrics.SignalFinding{
		{Path: path, Way: metrics.Golden, Signal: metrics.Signal{Kind: "uses", Target: "acme/golden/**"},
			Finding: metrics.Finding{Truth: metrics.Yes, Evidence: []metrics.Evidence{{Signal: "uses", File: "ci.yml", Line: 3, Text: "uses: acme/golden/ci@v3", Version: "v3"}}}},
		{Path: path, Way: "jenkins", Signal: metrics.Signal{Kind: "file", Path: "Jenkinsfile"}, Absence: "no file matches Jenkinsfile"},
		{Path: path, Signal: metrics.Signal{Kind: "file", Path: "go.mod"}, Finding: metrics.Finding{Truth: metrics.Maybe, Reason: metrics.ReasonNotRead}},
	}}, nil
}

// scanner runs scans that never end by themselves.
type scanner struct {
	mu    sync.Mutex
	scans []api.Scan
}

func newScanner() *scanner {
	return &scanner{scans: []api.Scan{{ID: 1, State: api.ScanDone, Began: at("2026-06-30"), Ended: at("2026-06-30") + 7, Total: repos, Repos: repos,
		Unknown: 1, Problems: []api.ScanProblem{{Source: "git", Repo: repoName(5), Reason: metrics.ReasonMissingObjects}}}}}
}

func (s *scanner) Start(_ context.Context, r api.ScanRequest) (api.Scan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.scans[0].State == api.ScanRunning {
		return api.Scan{}, fmt.Errorf("a scan is running: %w", metrics.ErrConflict)
	}
	if r.Source != "" && r.Source != "git" {
		return api.Scan{}, fmt.Errorf("source %q is not known: %w", r.Source, metrics.ErrInvalid)
	}
	s.scans = slices.Insert(s.scans, 0, api.Scan{ID: 2, State: api.ScanRunning, Began: at(now) - 3, Total: repos, Repos: 2})
	return s.scans[0], nil
}

func (s *scanner) Scans(context.Context) ([]api.Scan, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.scans), nil
}

// exempter keeps exemptions in memory.
type exempter struct{ list []metrics.Exemption }

func (e *exempter) Exempt(_ context.Context, x metrics.Exemption) error {
	if i := e.find(metrics.Unit{Repo: x.Repo, Component: x.Component}, x.Path, x.From); i >= 0 {
		return fmt.Errorf("it is exempt from %s already: %w", x.Path, metrics.ErrConflict)
	}
	e.list = append(e.list, x)
	return nil
}

func (e *exempter) End(_ context.Context, unit metrics.Unit, path metrics.PathKey, at metrics.Instant, by string) (granted, ended metrics.Exemption, err error) {
	i := e.find(unit, path, at)
	if i < 0 {
		return granted, ended, fmt.Errorf("no exemption from %s is in force: %w", path, metrics.ErrNotFound)
	}
	granted = e.list[i]
	e.list[i].To, e.list[i].EndedBy, e.list[i].Recorded = at, by, at
	return granted, e.list[i], nil
}

func (e *exempter) find(unit metrics.Unit, path metrics.PathKey, at metrics.Instant) int {
	return slices.IndexFunc(e.list, func(x metrics.Exemption) bool {
		return x.Repo == unit.Repo && x.Component == unit.Component && x.Path == path && x.Contains(at)
	})
}

// objectives are two, with one key result that begins at a date and one that nothing measures yet.
func objectives() []metrics.Objective {
	from, to, baseline := at("2026-04-01"), at("2026-10-01"), 0.1
	return []metrics.Objective{
		{Key: "h1", Title: "Teams choose", Results: []metrics.KeyResult{
			{Key: "all", Title: "=All repositories", Measure: "adoption.repos.total", Path: "ci", Baseline: metrics.Baseline{At: at("2025-10-01")}, Target: 0.9, From: from, To: to, Weight: 1},
			{Key: "fresh", Measure: "catalog.freshness", Baseline: metrics.Baseline{Value: &baseline}, Target: 0.5, From: from, To: to, Weight: 2},
		}},
		{Key: "next", Results: []metrics.KeyResult{
			{Key: "pay", Measure: "adoption.repos.gross", Team: "pay", Baseline: metrics.Baseline{Value: &baseline}, Target: 0.5, From: to, To: at("2027-01-01"), Weight: 1},
		}},
	}
}

// reporter makes reports of one line.
type reporter struct{}

func (reporter) Preview(_ context.Context, r api.ReportRequest) (api.Report, error) {
	if r.Scope == "team:nope" {
		return api.Report{}, fmt.Errorf("the data know no team %q: %w", "nope", metrics.ErrNotFound)
	}
	changed := true
	return api.Report{Week: "2026-06-22", Scope: "leadership", Changed: &changed, Format: "md", Text: "# Do teams choose the paved path?\n"}, nil
}

func (reporter) Deliver(_ context.Context, r api.ReportRequest, tell func(api.ReportOutcome)) (api.Report, error) {
	if r.Recipient == "nobody@acme.dev" {
		return api.Report{}, fmt.Errorf("nobody is configured to get that report: %w", metrics.ErrNotFound)
	}
	list := []api.ReportOutcome{{Week: "2026-06-22", Recipient: "lead@acme.dev", Scope: "leadership", State: "sent"},
		{Week: "2026-06-22", Recipient: "bad@acme.dev", Scope: "team:a", State: "failed", Detail: "the mail server does not take bad@acme.dev: 550"}}
	waiting := list[0]
	waiting.State, waiting.Detail = "waiting", "451; next attempt in 5s"
	for _, o := range append([]api.ReportOutcome{waiting}, list...) {
		tell(o)
	}
	return api.Report{Week: "2026-06-22", Delivered: list}, nil
}
