package main

import (
	"context"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/query"
)

// single is a source with one repository.
type single struct {
	name, repo string
	waits      func(context.Context) // before it tells of it
}

func (s single) Name() string { return s.name }

func (s single) Repos(context.Context, *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(yield func(metrics.Repo, error) bool) {
		yield(metrics.Repo{Name: s.repo, Source: s.name, Seen: judgedAt}, nil)
	}
}

func (s single) Read(ctx context.Context, repo metrics.Repo, _ collectors.Last, out collectors.Sink) (collectors.Done, error) {
	s.waits(ctx)
	head := metrics.OID(strings.Repeat("h", 20))
	return collectors.Done{}, out.Write(ctx, &metrics.Batch{
		Repos: []metrics.Repo{repo}, Commits: []metrics.Commit{{Repo: repo.ID, Walk: metrics.WalkID(repo.ID), OID: head, Committed: before(1)}},
		FileChanges: []metrics.FileChange{{Repo: repo.ID, Walk: metrics.WalkID(repo.ID), Path: "ci.yml", Blob: head}},
		Walks:       []metrics.Walk{{ID: metrics.WalkID(repo.ID), Repo: repo.ID, Head: head, Commits: 1, At: judgedAt, Branch: "main", Watch: []string{"ci.yml"}}},
		Readings:    []metrics.Reading{{Source: s.name, Repo: repo.ID, At: judgedAt, Complete: true, Head: head}},
	})
}

// TestScanConcludesMeanwhile: what was read of one host is there for those who ask while another host keeps the scan waiting.
func TestScanConcludesMeanwhile(t *testing.T) {
	db := ownStore(t)
	if _, err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	states := func() int {
		rows, err := query.States(t.Context(), db, query.StatesQuestion{AsOf: judgedAt})
		if err != nil {
			t.Error(err)
		}
		return len(rows)
	}
	rules, err := classify.New(metrics.Definitions{Measure: metrics.DefaultMeasure(), Paths: []metrics.Path{{Key: "ci", Golden: metrics.Rule{Signal: &metrics.Signal{Kind: "file", Path: "ci.yml"}}}}})
	if err != nil {
		t.Fatal(err)
	}
	told, waited := false, 0
	hub := single{"hub", "hub.test/acme/pay", func(ctx context.Context) {
		for ctx.Err() == nil && !told && waited < 200 {
			time.Sleep(100 * time.Millisecond)
			waited++
			told = told || states() == 1
		}
	}}
	lab := single{"lab", "lab.test/acme/web", func(context.Context) {}}
	forgot := 0
	run := scanRun{
		db: db, sources: []collectors.Source{hub, lab}, opened: []config.Source{{Name: "hub"}, {Name: "lab"}}, configured: []string{"hub", "lab"},
		rules: rules, workers: 1, log: slog.New(slog.DiscardHandler), now: time.Now, asked: func() spending { return nil },
		hosts: map[string]string{"hub": "https://hub.test", "lab": "https://lab.test"}, patience: 10 * time.Millisecond, concluded: func() { forgot++ },
	}
	if out, err := run.run(t.Context(), 1); err != nil || out.Repos != 2 {
		t.Fatalf("got %+v, %v", out.Summary, err)
	}
	if !told || forgot == 0 || states() != 2 {
		t.Errorf("while hub waits the repository of lab is told of: %t (concluded %d times), in the end there are %d states", told, forgot, states())
	}
}
