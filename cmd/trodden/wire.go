package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/dashboards"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// openLocal opens the store in this process and puts together what works on it.
func openLocal(ctx context.Context, p *program, c *config.Config, use schemaUse) (*local, error) {
	db, err := clickhouse.Open(ctx, p.clickhouse, clickhouse.Options{Engine: p.lookup("TRODDEN_ENGINE", "")})
	if err != nil {
		return nil, err
	}
	outdated, err := db.Outdated(ctx)
	if err == nil && use == leaveSchema && len(outdated) > 0 {
		return outdatedLocal(db, outdated), nil
	}
	var migrated []string
	if err == nil && use == updateSchema && len(outdated) > 0 {
		migrated, err = db.Migrate(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("bring the store up to date: %w", err), db.Close())
	}
	s, err := newServices(db, c, func() (*config.Config, error) { return config.Load(p.config, p.env) }, p.env, p.logger(), p.now)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.apps, s.accounts = &p.apps, &p.accounts
	s.alone = strings.HasPrefix(p.clickhouse, embedded)
	pages, err := dashboards.New(dashboards.Options{DB: s.asked, Explain: s, Objectives: s.objectives, Hosts: s.hostKinds, EmbedIn: s.embedIn, Now: p.now, Log: s.log, Org: c.Org, Version: version()})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &local{
		handler: func(a access) http.Handler { return s.handler(a, pages) },
		scan: func(ctx context.Context, r scanRequest, show func(scanProgress)) (scanRow, error) {
			begun := p.now()
			scan, err := s.lookAndScan(ctx, r, show)
			row := newScanRow(scan)
			row.Seconds = p.now().Sub(begun).Seconds()
			return row, err
		},
		start: func(ctx context.Context, r scanRequest) error {
			_, err := s.Start(ctx, api.ScanRequest{Source: r.Source, Full: r.Full, Shard: r.Shard, Budget: r.Budget, History: r.History})
			return err
		},
		receive: s.receive, push: s.push, report: s.report, catchUp: s.catchUp, warm: pages.KeepWarm, makeReady: s.makeReady,
		pending: s.pending, migrated: migrated, announce: db.Announce,
		close: func() error {
			s.stop()
			return db.Close()
		},
	}, nil
}

// outdatedLocal is a store whose schema is older than this program and is left so.
func outdatedLocal(db *clickhouse.DB, lacks []string) *local {
	return &local{
		pending: func(context.Context, metrics.WatchSet) (pending, error) { return pending{Outdated: lacks}, nil },
		close:   db.Close,
	}
}

// handler returns the API and the pages for callers with an access.
func (s *services) handler(a access, pages http.Handler) http.Handler {
	who := api.Access{Anonymous: api.Viewer, AnyHost: a.AnyHost}
	switch {
	case a.Deny:
		who.Anonymous = api.Nobody
	case a.Write:
		who.Anonymous = api.Editor
	}
	if a.Token != "" {
		who.Tokens = api.NewStaticToken(a.Token, api.Caller{Name: "TRODDEN_TOKEN", Role: api.Editor})
	}
	return api.New(api.Options{
		DB: s.asked, Explain: s, Scans: s, Exemptions: s, Reports: s, Objectives: s.objectives, Pages: pages, Access: who, Now: s.now, Log: s.log,
		Webhooks: s.webhooks(), Figures: s.figures, Version: version(),
	}).Handler()
}

// newScanRow is a scan as commands print it.
func newScanRow(s api.Scan) scanRow {
	row := scanRow{
		State: string(s.State), Complete: s.Complete, Total: s.Total, Repos: s.Repos, Unchanged: s.Unchanged, Unknown: s.Unknown,
		Changes: s.Changes, Requests: s.Requests, Points: s.Points, Spent: s.Spent, Renamed: s.Renamed, Archived: s.Archived, Gone: s.Gone, Resumed: s.Resumed, Error: s.Error, Seconds: float64(s.Ended - s.Began), Catalogs: s.Catalogs, Links: s.Links,
	}
	if s.Ended > s.Began {
		ended := utc(s.Ended.Time())
		row.Ended = &ended
	}
	for _, c := range s.Common {
		row.Common = append(row.Common, common{Sources: c.Sources, Repos: c.Repos, Examples: c.Examples, Once: c.Once, Apart: c.Apart})
	}
	for _, l := range s.Lacks {
		row.Lacks = append(row.Lacks, sourceLack(l))
	}
	for _, p := range s.Problems {
		row.Problems = append(row.Problems, scanProblem{Source: p.Source, Repo: p.Repo, Reason: string(p.Reason), Detail: p.Detail})
	}
	return row
}

// embedIn are those who may show charts within pages of theirs.
func (s *services) embedIn() []string { return s.held.Load().Pages.EmbedIn }

// hostKinds are the code hosts of the configuration that is in force.
func (s *services) hostKinds() map[string]dashboards.HostKind {
	kinds := map[string]dashboards.HostKind{}
	add := func(address string, kind dashboards.HostKind) {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			kinds[u.Hostname()] = kind
		}
	}
	for _, source := range s.held.Load().Sources {
		switch {
		case source.GitHub != nil:
			add(source.GitHub.URL, dashboards.GitHub)
		case source.GitLab != nil:
			add(source.GitLab.URL, dashboards.GitLab)
		}
	}
	return kinds
}
