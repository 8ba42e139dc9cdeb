package main

import (
	"testing"

	"github.com/trodden/trodden/cmd/trodden/config"
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
