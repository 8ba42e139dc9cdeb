package quota_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors/quota"
)

// gitlab is a host that allows so many requests a minute, which it tells of, and fewer of a route, which it
// does not.
type gitlab struct {
	mu       sync.Mutex
	allowed  int
	minute   time.Time
	used     int
	routes   map[string]int
	recent   map[string][]time.Time
	requests int
	tooMany  int
}

func (g *gitlab) answer(r *http.Request) *http.Response {
	time.Sleep(20 * time.Millisecond)
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	g.requests++
	if minute := now.Truncate(time.Minute); !minute.Equal(g.minute) {
		g.minute, g.used = minute, 0
	}
	path := r.URL.EscapedPath()
	for len(g.recent[path]) > 0 && now.Sub(g.recent[path][0]) >= time.Minute {
		g.recent[path] = g.recent[path][1:]
	}
	limit, limited := g.routes[path]
	if g.used >= g.allowed || limited && len(g.recent[path]) >= limit {
		g.tooMany++
		return answer(429, "Retry later\n")
	}
	g.used++
	g.recent[path] = append(g.recent[path], now)
	return answer(200, "[]", "RateLimit-Limit", fmt.Sprint(g.allowed), "RateLimit-Remaining", fmt.Sprint(g.allowed-g.used),
		"RateLimit-Reset", fmt.Sprint(g.minute.Add(time.Minute).Unix()), "Date", now.UTC().Format(http.TimeFormat))
}

func TestGitLab(t *testing.T) {
	const project, groups, other = "/api/v4/projects/group%2Fapp", "/api/v4/groups/1/projects", "/api/v4/projects/1/pipelines"
	routes := map[string]int{project: 400, groups: 600}
	for _, test := range []struct {
		name        string
		family      quota.Family
		routes      map[string]int
		allowed     int
		path        string
		many        int
		least, most time.Duration
	}{
		{"a minute's requests", quota.GitLab(), routes, 2_000, other, 5_000, time.Minute, 3 * time.Minute},
		{"single projects", quota.GitLab(), routes, 2_000, project, 1_000, 2 * time.Minute, 3 * time.Minute},
		{"projects of a group", quota.GitLab(), routes, 2_000, groups, 1_000, time.Minute, 2 * time.Minute},
		{"a server of one's own has no limits of routes", quota.GitLabSelfManaged(), nil, 100_000, project, 5_000, 0, 20 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &gitlab{allowed: test.allowed, routes: test.routes, recent: map[string][]time.Time{}}
				pool, client := through(t, test.family, g.answer)
				pool.Expect(quota.REST, test.many)
				a, begin := &asker{t: t}, time.Now()
				a.many(20, test.many, func() (int, error) { return fetch(t, client, http.MethodGet, "https://host.test"+test.path) })
				if took := time.Since(begin); g.tooMany > 0 || g.requests != test.many || took < test.least || took > test.most {
					t.Errorf("got %d requests, %d too many, in %s, want %d, 0, in %s to %s", g.requests, g.tooMany, took, test.many, test.least, test.most)
				}
			})
		})
	}
}
