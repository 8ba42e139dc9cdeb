package quota_test

import (
	"strings"
	"testing"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/quota"
)

// TestSpreading asks within an hour's allowance of 100 and beyond it.
func TestSpreading(t *testing.T) {
	for _, test := range []struct {
		name        string
		plan, many  int
		half        int // requests of the first half hour
		least, most time.Duration
	}{
		{"a plan that fits", 100, 100, 100, 0, time.Minute},
		{"a plan that goes beyond is spread, and its rest is quick", 150, 150, 50, time.Hour, time.Hour + time.Minute},
		{"half of it without a plan", 0, 50, 50, 0, time.Minute},
		{"all of it without a plan", 0, 100, 75, 55 * time.Minute, time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			within(t, githubtest.Config{Limits: githubtest.Limits{REST: 100}}, func(t *testing.T, peer *githubtest.Peer) {
				a, begin, counted := ask(t, peer, quota.Config{}), time.Now(), make(chan int, 1)
				a.pool.Expect(quota.REST, test.plan)
				time.AfterFunc(30*time.Minute, func() { counted <- peer.Counts().Requests })
				a.many(4, test.many, a.user)
				took, half := time.Since(begin), <-counted
				if took < test.least || took > test.most || half < test.half-3 || half > test.half+3 {
					t.Errorf("took %s, %d in the first half hour, want %s to %s, about %d", took, half, test.least, test.most, test.half)
				}
				if told := strings.Count(a.log.String(), "requests are spread"); told > 1 || (told == 1) != (test.least > 0) {
					t.Errorf("the log says:\n%s", a.log.String())
				}
			})
		})
	}
}
