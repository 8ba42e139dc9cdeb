package githubtest_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/collectors/hosttest"
)

// cold is a query for what there is of so many repositories of a fleet, from the first one on.
func cold(first, n int) string {
	var text strings.Builder
	text.WriteString("fragment it on Repository { pushedAt workflows: object(expression: \"HEAD:.github/workflows\") { ... on Tree { oid entries { name oid } } }")
	for i, path := range []string{"Dockerfile", "go.mod", "package.json", ".github/CODEOWNERS", "catalog-info.yaml", "renovate.json", "Jenkinsfile"} {
		fmt.Fprintf(&text, " f%d: object(expression: \"HEAD:%s\") { oid ... on Blob { text isTruncated } }", i, path)
	}
	text.WriteString(" }\nquery {\n")
	for i := range n {
		fmt.Fprintf(&text, "r%d: repository(owner: \"acme\", name: \"repo-%05d\") { ...it }\n", i, first+i)
	}
	return text.String() + "rateLimit { remaining } }"
}

// TestAnHour reads 10,000 repositories in a bubble of time, by as many readers as the processor's minute
// allows for, and by one too many.
func TestAnHour(t *testing.T) {
	if testing.Short() {
		t.Skip("asks for 10,000 repositories")
	}
	for _, test := range []struct {
		readers int
		violate bool
	}{{1, false}, {2, true}} {
		t.Run(fmt.Sprint(test.readers), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := githubtest.New(t, githubtest.Config{Clock: hosttest.Wall{}, InProcess: true, Latency: true})
				p.Generate(githubtest.Fleet{Repos: 10_000})
				begin, first := time.Now(), make(chan int)
				var readers sync.WaitGroup
				for range test.readers {
					readers.Go(func() {
						for n := range first {
							query(t, p, cold(n, 25), nil)
						}
					})
				}
				for n := 0; n < 10_000; n += 25 {
					first <- n
				}
				close(first)
				readers.Wait()
				got := p.Counts()
				if got.Secondary > 0 != test.violate {
					t.Errorf("got %d violations, want some: %v", got.Secondary, test.violate)
				}
				if took := time.Since(begin); !test.violate && (got.Points != 400 || took > 30*time.Minute) {
					t.Errorf("got %d points in %s, want 400 in at most half an hour", got.Points, took)
				}
			})
		})
	}
}
