package collectors_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
	"pgregory.net/rapid"
)

func TestMatcherAgreesWithDoublestar(t *testing.T) {
	set := metrics.DefaultWatch()
	for _, glob := range []string{"LICENSE", "docs/**", "**/*.y?ml", "a/*/c.{yml,json}", "**/{Makefile,go.sum}", "src/**/[a-c]*.go", "**/x*", "**", "a\\*b", "*.md", "x/**/y/**/*.tf"} {
		set.Add(glob, len(glob)%2 == 0)
	}
	without := set
	without.Whole = slices.DeleteFunc(slices.Clone(set.Whole), func(g string) bool { return g == "**" })
	without.Presence = slices.DeleteFunc(slices.Clone(set.Presence), func(g string) bool { return g == "**" })
	segments := []string{"a", "b", "docs", "src", "x", ".github", "workflows", "go.mod", "Dockerfile", "Dockerfile.dev", "x.Dockerfile", "main.tf",
		"ci.yml", "ci.yaml", "c.json", "LICENSE", "a*b", ".gitlab-ci.yml", "x.gitlab-ci.yml", ".gitlab", "Makefile", "Jenkinsfile.a.b", "b.go", "README.md", "\xff.yml", ".yml", "y"}
	for _, set := range []metrics.WatchSet{set, without} {
		m, err := collectors.NewMatcher(set)
		if err != nil {
			t.Fatal(err)
		}
		rapid.Check(t, func(t *rapid.T) {
			path := strings.Join(rapid.SliceOfN(rapid.SampledFrom(segments), 1, 4).Draw(t, "path"), "/")
			want := collectors.Unwatched
			if slices.ContainsFunc(set.Presence, func(g string) bool { return doublestar.MatchUnvalidated(g, path) }) {
				want = collectors.Presence
			}
			if slices.ContainsFunc(set.Whole, func(g string) bool { return doublestar.MatchUnvalidated(g, path) }) {
				want = collectors.Whole
			}
			if got := m.Wants([]byte(path)); got != want {
				t.Fatalf("%q: got %d, want %d", path, got, want)
			}
		})
	}
}

func BenchmarkMatcher(b *testing.B) {
	m, err := collectors.NewMatcher(metrics.DefaultWatch())
	if err != nil {
		b.Fatal(err)
	}
	paths := [][]byte{[]byte("pkg/cmd/image/push.go"), []byte("docs/command-reference.md"), []byte("charts/a/templates/deployment.yaml"), []byte("Makefile")}
	b.ReportAllocs()
	for b.Loop() {
		for _, path := range paths {
			m.Wants(path)
		}
	}
}
