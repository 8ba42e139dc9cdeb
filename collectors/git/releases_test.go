package git_test

import (
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
)

// light adds a light tag.
func (b *builder) light(name string, mark int) {
	fmt.Fprintf(&b.script, "reset refs/tags/%s\nfrom :%d\n\n", name, mark)
}

// annotated adds a tag object that was made so many hours after the first commit.
func (b *builder) annotated(name string, mark, hours int) {
	fmt.Fprintf(&b.script, "tag %s\nfrom :%d\ntagger Ana <ana@acme.dev> %d +0000\ndata 0\n\n", name, mark, 1700000000+3600*hours)
}

// provider makes four commits, tagged v1.0.0 and v1.1.0, and a scanner that reads tags.
func provider(t testing.TB) (*builder, *scanner) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "golden.git")
	b := linear(t, dir, 4)
	b.light("v1.0.0", 2)
	b.annotated("v1.1.0", 3, 10)
	b.done()
	s := newScanner(t, dir)
	s.config.Providers = []string{"local/Gold*"}
	return b, s
}

// releases shows the tags that are known of local/golden: each with where it leads and the hour at which it was
// made, counted from that of the first commit but one, and the commits that it brought.
func (s *scanner) releases() string {
	brought := map[string][]string{}
	for _, c := range s.store.Released {
		tag := s.store.Releases[collectorstest.ReleaseKey{Repo: c.Repo, Source: c.Source, Tag: c.Tag}]
		if tag.Commit == c.Tip {
			brought[c.Tag] = append(brought[c.Tag], s.title(c.Commit))
		}
	}
	var lines []string
	for _, r := range s.store.Releases {
		line := fmt.Sprintf("%s gone", r.Tag)
		if r.Object != "" {
			line = fmt.Sprintf("%s -> nothing", r.Tag)
		}
		if r.Commit != "" {
			line = fmt.Sprintf("%s -> %s at %d", r.Tag, s.title(r.Commit), (r.At-1700000000)/3600)
		}
		slices.Sort(brought[r.Tag])
		if len(brought[r.Tag]) > 0 {
			line += ": " + strings.Join(brought[r.Tag], " ")
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func (s *scanner) expectReleases(want string) {
	s.t.Helper()
	want = strings.ReplaceAll(strings.Trim(want, "\n\t"), "\t", "")
	if diff := cmp.Diff(want, s.releases()); diff != "" {
		s.t.Errorf("releases (-want +got):\n%s", diff)
	}
}

func TestTagsAreReadAsTheyAre(t *testing.T) {
	const plain = `
		v1.0.0 -> c1 at 2: c0 c1
		v1.1.0 -> c2 at 10: c2`
	for _, test := range []struct {
		name string
		make func(t *testing.T, b *builder)
		want string
	}{
		{"light and annotated ones", func(*testing.T, *builder) {}, plain},
		{"packed", func(t *testing.T, b *builder) { run(t, b.dir, "pack-refs", "--all") }, plain},
		{"a loose one goes before the packed one", func(t *testing.T, b *builder) {
			run(t, b.dir, "pack-refs", "--all")
			run(t, b.dir, "tag", "--force", "v1.1.0", "main")
		}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c3 at 4: c2 c3`},
		{"a tag of a tag", func(t *testing.T, b *builder) {
			run(t, b.dir, "tag", "-a", "-m", "again", "v0.2.0", "v1.1.0")
			run(t, b.dir, "tag", "-a", "-m", "and again", "v0.3.0", "v0.2.0")
		}, `
			v0.2.0 -> c2 at 0: c0 c1 c2
			v0.3.0 -> c2 at 0
			v1.0.0 -> c1 at 2
			v1.1.0 -> c2 at 10`},
		{"a tag without a date has that of the commit", func(t *testing.T, b *builder) {
			tag := "object " + run(t, b.dir, "rev-parse", "main") + "\ntype commit\ntag v1.2.0\n\nno tagger\n"
			run(t, b.dir, "update-ref", "refs/tags/v1.2.0", feed(t, b.dir, tag, "hash-object", "-t", "tag", "-w", "--stdin"))
		}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c2 at 10
			v1.2.0 -> c3 at 4: c2 c3`},
		{"trees and blobs lead nowhere", func(t *testing.T, b *builder) {
			run(t, b.dir, "tag", "v2.0.0", "main^{tree}")
			run(t, b.dir, "tag", "v2.1.0", "main:ci.yml")
			run(t, b.dir, "tag", "-a", "-m", "a tree", "v2.2.0", "main^{tree}")
		}, plain + `
			v2.0.0 -> nothing
			v2.1.0 -> nothing
			v2.2.0 -> nothing`},
		{"a tag object that says its tree is a commit", func(t *testing.T, b *builder) {
			tag := "object " + run(t, b.dir, "rev-parse", "main^{tree}") + "\ntype commit\ntag v1.2.0\ntagger A <a> 1 +0000\n\nx\n"
			run(t, b.dir, "update-ref", "refs/tags/v1.2.0", feed(t, b.dir, tag, "hash-object", "-t", "tag", "-w", "--stdin", "--literally"))
		}, plain + `
			v1.2.0 -> nothing`},
		{"tags that are no versions bring nothing", func(t *testing.T, b *builder) {
			for _, name := range []string{"v1", "v1.1", "latest", "release-1.2.3", "build/v2"} {
				run(t, b.dir, "tag", name, "main")
			}
		}, `
			build/v2 -> c3 at 4
			latest -> c3 at 4
			release-1.2.3 -> c3 at 4
			v1 -> c3 at 4
			v1.0.0 -> c1 at 2: c0 c1
			v1.1 -> c3 at 4
			v1.1.0 -> c2 at 10: c2`},
		{"tags below folders", func(t *testing.T, b *builder) {
			run(t, b.dir, "tag", "build/v2.0.0", "main")
			run(t, b.dir, "pack-refs", "--all")
			run(t, b.dir, "tag", "build/deep/v2.0.1", "main")
		}, `
			build/deep/v2.0.1 -> c3 at 4
			build/v2.0.0 -> c3 at 4: c2 c3
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c2 at 10`},
		{"of those of one instant the lower version is the first", func(t *testing.T, b *builder) {
			for _, name := range []string{"v2.0.0", "v2.0.0-rc.10", "v2.0.0-rc.9"} {
				run(t, b.dir, "tag", name, "main")
			}
		}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c2 at 10
			v2.0.0 -> c3 at 4
			v2.0.0-rc.10 -> c3 at 4
			v2.0.0-rc.9 -> c3 at 4: c2 c3`},
		{"a symbolic one", func(t *testing.T, b *builder) {
			run(t, b.dir, "symbolic-ref", "refs/tags/v1.2.0", "refs/heads/main")
			run(t, b.dir, "symbolic-ref", "refs/tags/v9.9.9", "refs/heads/none")
		}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c2 at 10
			v1.2.0 -> c3 at 4: c2 c3`},
		{"names that git would not allow, and files that are no references", func(t *testing.T, b *builder) {
			commit := run(t, b.dir, "rev-parse", "main")
			for _, name := range []string{"v2.0.0\n", "v2 .0.0", "v2..0", "v2.0.0~1", "v2.0.0:x", "v\xff2.0.0", "v2.0.0.lock", "-v\x1b[2.0.0", "st*r"} {
				write(t, commit, b.dir, "refs/tags", name)
			}
			write(t, "ref: ../../../etc/passwd", b.dir, "refs/tags/v3.0.0")
			write(t, "nonsense", b.dir, "refs/tags/v3.1.0")
			write(t, strings.Repeat("0", 40), b.dir, "refs/tags/v3.2.0")
			write(t, strings.Repeat("ab", 32), b.dir, "refs/tags/v3.3.0")
			write(t, strings.Repeat("ab", 20), b.dir, "refs/tags/v3.4.0")
			if err := os.Symlink("/etc/passwd", filepath.Join(b.dir, "refs/tags/v3.5.0")); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink("/etc", filepath.Join(b.dir, "refs/tags/etc")); err != nil {
				t.Fatal(err)
			}
			run(t, b.dir, "update-ref", "refs/tags/--all", "main")
		}, `
			--all -> c3 at 4` + plain},
		{"a file that cannot be understood hides the packed tag", func(t *testing.T, b *builder) {
			run(t, b.dir, "pack-refs", "--all")
			write(t, "nonsense", b.dir, "refs/tags/v1.1.0")
		}, `
			v1.0.0 -> c1 at 2: c0 c1`},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, s := provider(t)
			test.make(t, b)
			if got := warnings(s.scan()); got != "" {
				t.Errorf("the scan warns: %s", got)
			}
			s.expectReleases(test.want)
		})
	}
}

func TestOnlyProvidersHaveReleases(t *testing.T) {
	for glob, want := range map[string]bool{"local/golden": true, "local/**": true, "github.com/acme/*": false, "golden": false} {
		_, s := provider(t)
		s.config.Providers = []string{"other", glob}
		s.scan()
		if got := len(s.store.Releases)+len(s.store.Released) > 0; got != want {
			t.Errorf("%s: tags were read: %v, want %v", glob, got, want)
		}
	}
}

func TestTagsThatChange(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(t *testing.T, b *builder)
		want   string
		rows   int // of commits that are written for it
	}{
		{"nothing", func(*testing.T, *builder) {}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c2 at 10: c2`, 0},
		{"a new release brings what the others do not have", func(t *testing.T, b *builder) {
			extend(b, 2)
			b.annotated("v1.2.0", 6, 20)
			b.done()
		}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c2 at 10: c2
			v1.2.0 -> c5 at 20: c3 c4 c5`, 3},
		{"an old one that comes late", func(t *testing.T, b *builder) {
			b.light("v0.1.0", 1)
			b.done()
		}, `
			v0.1.0 -> c0 at 1: c0
			v1.0.0 -> c1 at 2: c1
			v1.1.0 -> c2 at 10: c2`, 3},
		{"a release that moved", func(t *testing.T, b *builder) {
			run(t, b.dir, "tag", "--force", "v1.0.0", "main")
		}, `
			v1.0.0 -> c3 at 4: c0 c1 c2 c3
			v1.1.0 -> c2 at 10`, 4},
		{"one that is gone", func(t *testing.T, b *builder) {
			run(t, b.dir, "tag", "--delete", "v1.0.0")
		}, `
			v1.0.0 gone
			v1.1.0 -> c2 at 10: c0 c1 c2`, 3},
		{"the last one is gone", func(t *testing.T, b *builder) {
			run(t, b.dir, "tag", "--delete", "v1.1.0")
		}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 gone`, 2},
		{"all are gone", func(t *testing.T, b *builder) {
			run(t, b.dir, "tag", "--delete", "v1.0.0", "v1.1.0")
		}, `
			v1.0.0 gone
			v1.1.0 gone`, 0},
		{"the same commit with another date", func(t *testing.T, b *builder) {
			b.annotated("v1.1.0", 3, 11)
			b.done()
		}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c2 at 11: c2`, 3},
		{"a tag that is no version moves", func(t *testing.T, b *builder) {
			b.light("v1", 4)
			b.done()
		}, `
			v1 -> c3 at 4
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 -> c2 at 10: c2`, 0},
		{"a tag that leads to what is not there", func(t *testing.T, b *builder) {
			write(t, strings.Repeat("ab", 20), b.dir, "refs/tags/v1.1.0")
		}, `
			v1.0.0 -> c1 at 2: c0 c1
			v1.1.0 gone`, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, s := provider(t)
			s.scan()
			before := s.now + 3600
			test.change(t, b)
			s.scan()
			s.expectReleases(test.want)
			rows := 0
			for _, c := range s.store.Released {
				if c.Seen >= before {
					rows++
				}
			}
			if rows != test.rows {
				t.Errorf("%d commits were written, want %d", rows, test.rows)
			}
			known := maps.Clone(s.store.Releases)
			if summary := s.scan(); summary.Unchanged != 1 && !strings.Contains(test.name, "not there") {
				t.Errorf("one more scan came to %+v, want nothing new", summary)
			}
			if diff := cmp.Diff(known, s.store.Releases); diff != "" {
				t.Errorf("one more scan changed tags (-before +after):\n%s", diff)
			}
			s.full = true
			s.scan()
			s.expectReleases(test.want)
		})
	}
}

func TestTagsWithoutNewsNeedNoGit(t *testing.T) {
	b, s := provider(t)
	run(t, b.dir, "tag", "v2.0.0", "main^{tree}")
	s.scan()
	t.Setenv("PATH", t.TempDir())
	if summary := s.scan(); summary.Unchanged != 1 || summary.Unknown != 0 || len(summary.Warnings) > 0 {
		t.Errorf("second scan came to %+v, want nothing new", summary)
	}
}

func TestTagsOfARepositoryThatBecomesAProvider(t *testing.T) {
	_, s := provider(t)
	globs := s.config.Providers
	s.config.Providers = nil
	s.scan()
	s.config.Providers = globs
	if summary := s.scan(); summary.Unchanged != 0 || summary.Commits != 0 {
		t.Errorf("the scan came to %+v, want tags and no commits", summary)
	}
	s.expectReleases(`
		v1.0.0 -> c1 at 2: c0 c1
		v1.1.0 -> c2 at 10: c2`)
}

func TestTagsOfAShallowClone(t *testing.T) {
	b, s := provider(t)
	shallow := filepath.Join(t.TempDir(), "golden")
	run(t, "", "clone", "--quiet", "--depth=2", "file://"+b.dir, shallow)
	run(t, shallow, "fetch", "--quiet", "--depth=1", "origin", "tag", "v1.1.0")
	s.config.Dirs = []string{shallow}
	s.config.Providers = []string{"**"}
	s.scan()
	s.expectReleases(`v1.1.0 -> c2 at 10: c2`)
	run(t, shallow, "fetch", "--quiet", "--unshallow", "--tags")
	s.scan()
	s.expectReleases(`
		v1.0.0 -> c1 at 2: c0 c1
		v1.1.0 -> c2 at 10: c2`)
}

// TestDamagedTagsAreAWarning reads a provider in which a commit that only a tag leads to has lost its parent.
func TestDamagedTagsAreAWarning(t *testing.T) {
	b, s := provider(t)
	b.commit(commitOf{branch: "side", from: []int{1}, message: "lost"})
	b.light("v2.0.0", b.commit(commitOf{branch: "side", message: "tip"}))
	b.done()
	lost := run(t, b.dir, "rev-parse", "side^")
	run(t, b.dir, "update-ref", "-d", "refs/heads/side")
	loosen(t, b.dir)
	removeObject(t, b.dir, lost)
	summary := s.scan()
	if summary.Unknown != 0 || !strings.Contains(warnings(summary), "the tags of "+b.dir+" are not read") {
		t.Errorf("the scan came to %+v, want a warning", summary)
	}
	s.expectReleases("")
	run(t, b.dir, "update-ref", "-d", "refs/tags/v2.0.0")
	s.scan()
	s.expectReleases(`
		v1.0.0 -> c1 at 2: c0 c1
		v1.1.0 -> c2 at 10: c2`)
}

func TestTagsWithSHA256(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "golden.git")
	b := newRepo(t, dir, "--object-format=sha256")
	b.annotated("v1.0.0", b.commit(commitOf{message: "c0"}), 3)
	b.done()
	s := newScanner(t, dir)
	s.config.Providers = []string{"local/golden"}
	s.scan()
	s.expectReleases(`v1.0.0 -> c0 at 3: c0`)
}

func TestManyTags(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "golden.git")
	b := newRepo(t, dir)
	for i := range 3000 {
		mark := b.commit(commitOf{message: fmt.Sprint("c", i)})
		if i%10 == 9 {
			b.annotated(fmt.Sprintf("v1.%d.0", i/10), mark, i+1)
		}
	}
	b.done()
	s := newScanner(t, dir)
	s.scan()
	s.config.Providers = []string{"local/golden"}
	began := time.Now()
	s.scan()
	t.Logf("300 tags of 3000 commits take %v", time.Since(began))
	brought := map[string]int{}
	for _, c := range s.store.Released {
		brought[c.Tag]++
	}
	if len(s.store.Releases) != 300 || len(brought) != 300 || brought["v1.299.0"] != 10 {
		t.Errorf("got %d tags, of which %d brought commits, the last %d, want 300, 300 and 10", len(s.store.Releases), len(brought), brought["v1.299.0"])
	}
}

// TestStoppedTags stops a scan for which tags moved at each of its writes, and scans again.
func TestStoppedTags(t *testing.T) {
	stops := 0
	for n := range 10 {
		b, s := provider(t)
		s.scan()
		extend(b, 1)
		b.light("v1.0.0", 5)
		b.annotated("v0.1.0", 1, 3)
		b.done()
		s.now += 3600
		var left atomic.Int64
		left.Store(int64(n))
		_, err := collectors.Run(t.Context(), collectors.Options{
			Sources: []collectors.Source{s.source()}, Store: stopping{s.store, &left}, Workers: 1,
			Log: slog.New(slog.DiscardHandler), Now: time.Now,
		})
		if err != nil {
			stops++
		}
		s.scan()
		s.expectReleases(`
			v0.1.0 -> c0 at 3: c0
			v1.0.0 -> c4 at 5: c1 c2 c3 c4
			v1.1.0 -> c2 at 10`)
	}
	if stops < 4 {
		t.Errorf("the scan was stopped %d times, want a stop at each write", stops)
	}
}
