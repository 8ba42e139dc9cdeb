package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// door is a source that lets somebody in, or not, or never answers.
type door struct {
	name string
	err  error
	hang bool
}

func (d door) Name() string { return d.name }
func (d door) Repos(context.Context, *collectors.Known) iter.Seq2[metrics.Repo, error] {
	return func(func(metrics.Repo, error) bool) {}
}
func (d door) Read(context.Context, metrics.Repo, collectors.Last, collectors.Sink) (collectors.Done, error) {
	return collectors.Done{}, nil
}
func (d door) Check(ctx context.Context) error {
	if d.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	return d.err
}

func TestLetIn(t *testing.T) {
	closed := errors.New("the token is refused")
	later := fmt.Errorf("ask a: %w", &quota.Exhausted{Source: "a", Resource: quota.REST, Until: time.Now().Add(time.Hour)})
	for _, test := range []struct {
		name    string
		sources []collectors.Source
		refused string // names
		fails   bool
		says    string // while it waits
		check   bool
	}{
		{"all are open", []collectors.Source{door{name: "a"}, door{name: "b"}}, "", false, "", false},
		{"one is closed", []collectors.Source{door{name: "a", err: closed}, door{name: "b"}}, "a", false, "", false},
		{"all are closed", []collectors.Source{door{name: "a", err: closed}}, "a", true, "", false},
		{"one allows nothing now", []collectors.Source{door{name: "a", err: later}}, "", false, "", false},
		{"one of two allows nothing now", []collectors.Source{door{name: "a", err: later}, door{name: "b"}}, "", false, "", false},
		{name: "one that is checked allows nothing now", sources: []collectors.Source{door{name: "a", err: later}}, refused: "a", fails: true, check: true},
		{"one never answers", []collectors.Source{door{name: "a", hang: true}, door{name: "b"}}, "a", false, "source a: still waiting", false},
		{"nobody answers", []collectors.Source{door{name: "a", hang: true}}, "a", true, "source a: still waiting", false},
		{"none", nil, "", false, "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				said := ""
				in, err := letIn(t.Context(), test.sources, map[string]string{"a": "https://a.invalid"}, func(format string, args ...any) { said += fmt.Sprintf(format, args...) }, !test.check)
				var names []string
				for name, err := range in.refused {
					names = append(names, name)
					if test.says != "" && (!strings.Contains(err.Error(), "a.invalid") || !strings.Contains(err.Error(), "within 30s")) {
						t.Errorf("got %v, want the host and the time named", err)
					}
				}
				if held := strings.Contains(test.name, " allows nothing now") && !test.check; held != slices.Equal(in.held, []string{"a"}) || !held && len(in.held) > 0 {
					t.Errorf("%q allow nothing now", in.held)
				}
				if got := strings.Join(names, " "); got != test.refused || (err != nil) != test.fails {
					t.Errorf("got %q, %v", got, err)
				}
				if !strings.HasPrefix(said, test.says) || test.says == "" && said != "" {
					t.Errorf("it says %q, want %q", said, test.says)
				}
			})
		})
	}
}
