package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
)

func TestCovers(t *testing.T) {
	org := config.Source{GitHub: &config.GitHub{Org: "Acme"}}
	enterprise := config.Source{GitHub: &config.GitHub{Org: "acme", URL: "https://git.acme.dev/api/v3"}}
	named := config.Source{GitHub: &config.GitHub{Repos: []string{"acme/pay"}}}
	group := config.Source{GitLab: &config.GitLab{Group: "acme/apps"}}
	chosen := config.Source{GitHub: &config.GitHub{Org: "acme", Include: []string{"pay-*"}, Exclude: []string{"acme/*-old"}}}
	for _, test := range []struct {
		name   string
		source config.Source
		repo   string
		want   bool
	}{
		{"of the organisation", org, "github.com/acme/pay", true},
		{"of another one whose name begins so", org, "github.com/acme-labs/pay", false},
		{"of another host", org, "git.acme.dev/acme/pay", false},
		{"of an Enterprise server", enterprise, "git.acme.dev/acme/pay", true},
		{"named", named, "github.com/acme/pay", true},
		{"not named", named, "github.com/acme/shop", false},
		{"below the group", group, "gitlab.com/acme/apps/web/shop", true},
		{"beside the group", group, "gitlab.com/acme/docs", false},
		{"without a name", group, "", true},
		{"included", chosen, "github.com/acme/pay-api", true},
		{"not included", chosen, "github.com/acme/docs", false},
		{"excluded", chosen, "github.com/acme/pay-old", false},
	} {
		if got := covers(test.source, test.repo); got != test.want {
			t.Errorf("%s: got %t, want %t", test.name, got, test.want)
		}
	}
}

// TestUnread: a hint at what was read well is done, whatever became of others, and whatever the repository is called by now.
func TestUnread(t *testing.T) {
	pay, web, shop := metrics.Hint{ID: 1, Repo: "github.com/acme/pay", HostID: "github.com#1"}, metrics.Hint{ID: 2, Repo: "github.com/acme/web"}, metrics.Hint{ID: 3, Repo: "gitlab.com/acme/shop", HostID: "gitlab.com#3"}
	hints := []metrics.Hint{pay, web, shop}
	for _, test := range []struct {
		name string
		well []metrics.Repo
		want []metrics.Hint
	}{
		{"none was", nil, hints},
		{"one by its name", []metrics.Repo{{Name: "github.com/acme/web"}}, []metrics.Hint{pay, shop}},
		{"one that was renamed", []metrics.Repo{{Name: "github.com/acme/billing", HostID: "github.com#1"}}, []metrics.Hint{web, shop}},
		{"one of no host id and another one's name", []metrics.Repo{{Name: "github.com/acme/docs"}}, hints},
		{"all", []metrics.Repo{{Name: "github.com/acme/web"}, {Name: "x", HostID: "github.com#1"}, {Name: "y", HostID: "gitlab.com#3"}}, nil},
	} {
		if diff := cmp.Diff(unread(hints, test.well), test.want, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-got +want):\n%s", test.name, diff)
		}
	}
}
