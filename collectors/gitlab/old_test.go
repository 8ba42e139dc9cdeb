package gitlab_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/collectors/gitlab/gitlabtest"
)

// TestBudgetsOfOldServers scans again and again with few requests what GitLab servers tell that lack something: what the
// one scan found out about that, the next one knows.
func TestBudgetsOfOldServers(t *testing.T) {
	for _, without := range [][]string{{"includeUnscoped"}, {"includeUnscoped", "pipelineExecutionPolicies"}, {"complianceFrameworks"}, {"pipelines("}} {
		t.Run(strings.Join(without, " and "), func(t *testing.T) {
			t.Parallel()
			begin := func() *scanner {
				s := newOrganisation(t, everything, gitlabtest.Config{Unlimited: true})
				busy(s.peer, 7)
				s.config.Providers = []string{"gitlab.invalid/acme/golden"}
				s.older = func(next http.RoundTripper) http.RoundTripper { return older{next, without, new(atomic.Int64)} }
				return s
			}
			whole := begin()
			whole.budgeted(0)
			for _, budget := range []int{gitlab.Least, gitlab.Least + 1, 10} {
				s := begin()
				s.complete(budget, 100, nil)
				if diff := s.store.Knowledge().Differs(whole.store.Knowledge()); diff != "" {
					t.Errorf("budget %d: of what one scan knows -got +want\n%s", budget, diff)
				}
			}
		})
	}
}
