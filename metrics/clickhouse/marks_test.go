package clickhouse_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// TestMarksOfRepos: whatever conclusions go by that a host says of a repository lets it be judged again when it changes, and
// when it was seen does not.
func TestMarksOfRepos(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		if _, err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		repo := metrics.Repo{ID: 1, HostID: "7", Name: "github.com/acme/pay", Source: "github", DefaultBranch: "main", Seen: 100}
		mark := func() uint64 {
			t.Helper()
			repo.Seen++
			if err := db.Write(t.Context(), &metrics.Batch{Repos: []metrics.Repo{repo}}); err != nil {
				t.Fatal(err)
			}
			return marks(t, db)[0].Facts
		}
		before := mark()
		if mark() != before {
			t.Error("seen again: it is judged again")
		}
		for _, test := range []struct {
			name   string
			change func()
		}{
			{"name", func() { repo.Name = "github.com/acme/money" }},
			{"default branch", func() { repo.DefaultBranch = "trunk" }},
			{"archived", func() { repo.Archived = true }},
			{"archived at", func() { repo.ArchivedAt = 50 }},
			{"fork", func() { repo.Fork = true }},
			{"template", func() { repo.Template = true }},
			{"topics", func() { repo.Topics = []string{"go"} }},
			{"properties", func() { repo.Properties = map[string]string{"tier": "1"} }},
			{"newest push", func() { repo.LastPush = 90 }},
			{"creator", func() { repo.Creator = 5 }},
			{"made from a template", func() { repo.TemplateOf = "github.com/acme/service" }},
		} {
			test.change()
			now := mark()
			if now == before {
				t.Errorf("%s: it is not judged again", test.name)
			}
			before = now
		}
	})
}
