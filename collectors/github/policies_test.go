package github_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// held lists the policies of repositories, as they are known now.
func (s *scanner) held(names ...string) map[string][]string {
	all := map[string][]string{}
	for _, name := range names {
		l, ok := collectorstest.Last(s.store.Policies, func(l metrics.PolicyList) bool { return l.Repo == s.id(name) })
		if !ok {
			continue
		}
		list := []string{}
		for _, p := range l.List {
			list = append(list, p.Runs.Name())
		}
		slices.Sort(list)
		all[name] = list
	}
	return all
}

// TestPolicies says which rulesets hold where.
func TestPolicies(t *testing.T) {
	golden := githubtest.RequiredWorkflow{Repo: "acme/golden", Path: ciFile, Ref: "refs/heads/main"}
	const use = "acme/golden/" + ciFile + "@main"
	on, off := []string{use}, []string{}
	all := func(pay, web, golden []string) map[string][]string {
		return map[string][]string{"pay": pay, "web": web, "golden": golden}
	}
	required := func(r githubtest.Ruleset) githubtest.Ruleset {
		r.Workflows = []githubtest.RequiredWorkflow{golden}
		if r.Branches == nil {
			r.Branches = []string{"~DEFAULT_BRANCH"}
		}
		return r
	}
	for _, c := range []struct {
		name  string
		owner string
		rules githubtest.Ruleset
		want  map[string][]string
	}{
		{"everywhere", "acme", required(githubtest.Ruleset{}), all(on, on, on)},
		{"by names", "acme", required(githubtest.Ruleset{Repos: []string{"p*"}}), all(on, off, off)},
		{"that is tried out", "acme", required(githubtest.Ruleset{Enforcement: "evaluate"}), all(off, off, off)},
		{"that is switched off", "acme", required(githubtest.Ruleset{Enforcement: "disabled"}), all(off, off, off)},
		{"on other branches", "acme", required(githubtest.Ruleset{Branches: []string{"refs/heads/release/*"}}), all(off, off, off)},
		{"on a branch of this name", "acme", required(githubtest.Ruleset{Branches: []string{"refs/heads/ma*"}}), all(on, on, on)},
		{"that runs nothing", "acme", githubtest.Ruleset{Branches: []string{"~ALL"}, Deletion: true}, all(off, off, off)},
		{"of one repository", "acme/pay", required(githubtest.Ruleset{Deletion: true}), all(on, off, off)},
		{"of one repository, switched off", "acme/pay", required(githubtest.Ruleset{Enforcement: "disabled"}), all(off, off, off)},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newParts(t, github.Parts{Policies: true})
			for _, name := range []string{"pay", "web", "golden"} {
				s.repo(name, map[string]string{ciFile: "on: push\n"})
			}
			id := s.peer.AddRuleset(c.owner, c.rules)
			made := metrics.At(s.peer.Now())
			s.scan()
			if diff := gocmp.Diff(s.held("pay", "web", "golden"), c.want); diff != "" {
				t.Error("-got +want\n" + diff)
			}
			for _, l := range s.store.Policies {
				for _, p := range l.List {
					if p.Since != made || p.ID != fmt.Sprint(id) || p.Kind != metrics.Ruleset {
						t.Errorf("a policy is %+v", p)
					}
				}
			}
			s.peer.Advance(24 * time.Hour)
			s.scan()
			if len(s.store.Policies) != 3 {
				t.Errorf("what is the same is written again: %d lists", len(s.store.Policies))
			}
			s.peer.DeleteRuleset(c.owner, id)
			s.peer.Advance(24 * time.Hour)
			s.scan()
			if diff := gocmp.Diff(s.held("pay", "web", "golden"), all(off, off, off)); diff != "" {
				t.Error("deleted, -got +want\n" + diff)
			}
		})
	}
}

// TestPoliciesByProperties resolves conditions that the peer does not know: by custom properties and by ids.
func TestPoliciesByProperties(t *testing.T) {
	for _, c := range []struct {
		name, conditions string
		want             []string
	}{
		{"a property", `"repository_property":{"include":[{"name":"tier","property_values":["1","2"]}],"exclude":[]}`, []string{"pay"}},
		{"two properties", `"repository_property":{"include":[{"name":"tier","property_values":["1"]},{"name":"kind","property_values":["app"]}]}`, nil},
		{"not with a property", `"repository_property":{"include":[],"exclude":[{"name":"tier","property_values":["1"]}]}`, []string{"web"}},
		{"names but some", `"repository_name":{"include":["~ALL"],"exclude":["WEB"]}`, []string{"pay"}},
		{"ids", `"repository_id":{"repository_ids":[ID]}`, []string{"web"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newParts(t, github.Parts{Policies: true})
			at := s.peer.Now().AddDate(0, 0, -20)
			s.peer.AddRepo("acme", githubtest.Repo{Name: "pay", Created: at, Files: map[string]string{"x": "1"}, Properties: map[string]string{"tier": "1"}})
			s.peer.AddRepo("acme", githubtest.Repo{Name: "web", Created: at, Files: map[string]string{"x": "2"}, Properties: map[string]string{"tier": "3"}})
			id := s.peer.AddRuleset("acme", githubtest.Ruleset{Branches: []string{"~ALL"}, Workflows: []githubtest.RequiredWorkflow{{Repo: "acme/pay", Path: ciFile}}})
			s.wrap = func(next http.RoundTripper) http.RoundTripper {
				return transport(func(r *http.Request) (*http.Response, error) {
					if !strings.HasSuffix(r.URL.Path, fmt.Sprint("/rulesets/", id)) {
						return next.RoundTrip(r)
					}
					conditions := strings.ReplaceAll(c.conditions, "ID", fmt.Sprint(s.peer.ID("acme/web")))
					return answer(http.StatusOK, fmt.Sprintf(`{"id":%d,"target":"branch","enforcement":"active","created_at":"2026-01-01T00:00:00Z","conditions":{"ref_name":{"include":["~DEFAULT_BRANCH"],"exclude":[]},%s},
						"rules":[{"type":"something_new","parameters":[1]},{"type":"workflows","parameters":{"workflows":[{"path":"%s","repository_id":%d}]}}]}`, id, conditions, ciFile, s.peer.ID("acme/pay")), r), nil
				})
			}
			s.scan()
			var got []string
			for name, list := range s.held("pay", "web") {
				if len(list) > 0 {
					got = append(got, name)
				}
			}
			if diff := gocmp.Diff(got, c.want); diff != "" {
				t.Error("-got +want\n" + diff)
			}
		})
	}
}
