package github_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestListsThatLeadNowhere has lists say again and again that they go on, where they were: they end, as what is missed.
func TestListsThatLeadNowhere(t *testing.T) {
	still := func(path ...string) func(node) {
		return func(answer node) {
			for alias, value := range within(answer, "data") {
				if at, _ := value.(node); at != nil && (path[0] == "" || path[0] == alias) {
					if list := within(at, path[1:]...); list != nil {
						list["pageInfo"] = node{"hasNextPage": true, "endCursor": nowhere}
					}
				}
			}
		}
	}
	tests := []struct {
		name string
		edits
		says string
	}{
		{"the list", edits{query: "repositories(first: $first", edit: still("repositoryOwner", "repositories")}, "list the repositories"},
		{"pull requests", edits{query: "list: pullRequests", edit: still("", "list")}, "pull requests of 10 repositories"},
		{"deployments", edits{query: "list: deployments", edit: still("", "list")}, "deployments of 10 repositories"},
		{"tags", edits{query: "list: refs", edit: still("", "list")}, "tags of 1 repository"},
		{"commits", edits{query: "history(first: 100", edit: still("", "object", "history")}, "tags of 1 repository"},
		{"rulesets", edits{query: "list: rulesets", edit: still("", "list")}, "rulesets of 1 repository"},
		{"teams", edits{query: "teams(first", edit: still("organization", "teams")}, "teams"},
		{"members", edits{query: "members(first", edit: func(answer node) {
			teams, _ := within(answer, "data", "organization", "teams")["nodes"].([]any)
			if len(teams) == 0 {
				teams = []any{within(answer, "data", "organization", "team")}
			}
			for _, team := range teams {
				within(team.(node), "members")["pageInfo"] = node{"hasNextPage": true, "endCursor": nowhere}
			}
		}}, "teams"},
	}
	want := many(t)
	want.scan()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := many(t)
			test.times = -1
			s.wrap = test.wrap
			if got := s.scan(); len(got.Partial) != 1 || !strings.Contains(got.Partial[0], test.says) || test.asked > 20 {
				t.Errorf("after %d answers the scan says %q, want %q", test.asked, got.Partial, test.says)
			}
			s.wrap = nil
			if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 {
				t.Errorf("the next scan says %q", got.Partial)
			}
			if diff := s.store.Knowledge().Differs(want.store.Knowledge()); diff != "" {
				t.Error("-got +want\n" + diff)
			}
		})
	}
}

// TestPagesThatLeadNowhere is the same of lists by REST, whose pages say which is next.
func TestPagesThatLeadNowhere(t *testing.T) {
	for route, says := range map[string]string{
		"/orgs/acme/properties/values": "custom properties", "/orgs/acme/repos": "list the repositories", "/orgs/acme/teams": "teams",
		"/orgs/acme/teams/all/members": "teams", "/orgs/acme/teams/all/repos": "teams",
	} {
		t.Run(route, func(t *testing.T) {
			s, asked := restFleet(t), 0
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return transport(func(r *http.Request) (*http.Response, error) {
					resp, err := next.RoundTrip(r)
					if err != nil || !strings.HasSuffix(r.URL.Path, route) {
						return resp, err
					}
					if asked++; asked > 50 {
						return nil, errors.New("it never ends")
					}
					resp.Header.Set("Link", fmt.Sprintf(`<http://%s%s?page=2>; rel="next"`, r.URL.Host, r.URL.Path))
					return resp, nil
				})
			}
			if got := s.scan(); len(got.Partial) != 1 || !strings.Contains(got.Partial[0], says) || asked > 5 {
				t.Errorf("after %d answers the scan says %q, want %q", asked, got.Partial, says)
			}
			s.wrap = nil
			if got := s.scan(); len(got.Partial) != 0 || got.Unknown != 0 || got.Gone != 0 {
				t.Errorf("the next scan says %q", got.Partial)
			}
		})
	}
}
