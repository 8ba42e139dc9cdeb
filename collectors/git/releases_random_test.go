package git_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/metrics"
	"pgregory.net/rapid"
)

// TestRandomTagsAgreeWithGit compares with git tag --contains, and tags that came step by step with tags read at
// once.
func TestRandomTagsAgreeWithGit(t *testing.T) {
	checks(40)
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		dir = filepath.Join(dir, "golden.git")
		b := newRepo(t, dir)
		nodes := randomHistory(rt, b)
		b.done()
		run(t, dir, "symbolic-ref", "HEAD", fmt.Sprintf("refs/heads/b%d", len(nodes)-1))
		steps := newScanner(t, dir)
		steps.config.Providers = []string{"local/golden"}
		for range rapid.IntRange(0, 5).Draw(rt, "steps") {
			for range rapid.IntRange(0, 4).Draw(rt, "tags") {
				randomTag(rt, b, nodes)
			}
			steps.scan()
		}
		once := newScanner(t, dir)
		once.config.Providers = steps.config.Providers
		steps.scan()
		once.scan()
		if diff := cmp.Diff(agreeTags(rt, t, once, dir), nearest(steps)); diff != "" {
			rt.Fatalf("in steps (-git +in steps):\n%s", diff)
		}
	})
}

// randomTag makes, moves or deletes a tag.
func randomTag(rt *rapid.T, b *builder, nodes []node) {
	name := fmt.Sprintf("v%d.%d.0", rapid.IntRange(0, 2).Draw(rt, "major"), rapid.IntRange(0, 3).Draw(rt, "minor"))
	mark := rapid.SampledFrom(nodes).Draw(rt, "tagged").mark
	switch rapid.IntRange(0, 3).Draw(rt, "kind") {
	case 0:
		try(b.dir, "update-ref", "-d", "refs/tags/"+name)
	case 1:
		b.light(name, mark)
	default:
		b.annotated(name, mark, rapid.IntRange(0, 5).Draw(rt, "hour"))
	}
	b.done()
}

// nearest returns the release of each commit.
func nearest(s *scanner) map[string]string {
	found := map[string]string{}
	for _, c := range s.store.Released {
		if tag := s.store.Releases[collectorstest.ReleaseKey{Repo: c.Repo, Source: c.Source, Tag: c.Tag}]; tag.Commit == c.Tip {
			found[c.Commit.String()] = c.Tag
		}
	}
	return found
}

// agreeTags compares what is known of commits with what git says contains them, and returns it.
func agreeTags(rt *rapid.T, t *testing.T, s *scanner, dir string) map[string]string {
	want := map[string]string{}
	for _, commit := range strings.Fields(run(t, dir, "rev-list", "--all")) {
		tags := strings.Fields(run(t, dir, "tag", "--contains", commit, "--sort=version:refname"))
		if len(tags) == 0 {
			continue
		}
		want[commit] = slices.MinFunc(tags, func(a, b string) int { return int(s.made(t, dir, a) - s.made(t, dir, b)) })
	}
	if diff := cmp.Diff(want, nearest(s)); diff != "" {
		rt.Fatalf("nearest tags (-git +got):\n%s", diff)
	}
	return want
}

// made is when git says that a tag was made.
func (s *scanner) made(t *testing.T, dir, tag string) metrics.Instant {
	var seconds int64
	if _, err := fmt.Sscan(run(t, dir, "for-each-ref", "--format=%(creatordate:unix)", "refs/tags/"+tag), &seconds); err != nil {
		t.Fatal(err)
	}
	return metrics.Clamp(seconds)
}
