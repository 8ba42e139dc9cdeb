package git_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/git"
	"github.com/trodden/trodden/metrics"
)

// scanner scans clones into a memory.
type scanner struct {
	t      testing.TB
	store  *collectorstest.Store
	names  collectors.Names
	config git.Config
	now    metrics.Instant
	full   bool
}

// watched is a small watch set: every .yml and go.mod, and whether there is a LICENSE.
func watched() metrics.WatchSet {
	return metrics.WatchSet{Whole: []string{"**/*.yml", "**/go.mod"}, Presence: []string{"LICENSE"}}
}

func newScanner(t testing.TB, globs ...string) *scanner {
	return &scanner{
		t: t, store: collectorstest.New(), names: collectors.Names{Key: []byte("key")},
		config: git.Config{Name: "git", Dirs: globs, Watch: watched()}, now: 1800000000,
	}
}

// source returns the source that is scanned.
func (s *scanner) source() *git.Source {
	s.t.Helper()
	people, err := collectors.NewPeople(s.names)
	if err != nil {
		s.t.Fatal(err)
	}
	s.config.People, s.config.Now = people, func() metrics.Instant { return s.now }
	source, err := git.New(s.config)
	if err != nil {
		s.t.Fatal(err)
	}
	return source
}

// scan scans once, an hour after the last time.
func (s *scanner) scan() collectors.Summary {
	s.t.Helper()
	s.now += 3600
	summary, err := collectors.Run(context.Background(), collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: s.store, Workers: 2, Full: s.full,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return summary
}

// lines shows a history: one line a commit with its place and title, each followed by what it did to watched
// files, with the beginning of the content that is known.
func (s *scanner) lines(repo string) string {
	h := s.store.History(metrics.NewRepoID(repo))
	var b strings.Builder
	for _, c := range h.Commits {
		fmt.Fprintf(&b, "%d.%d %s", c.Pos, c.Seq, s.title(c.OID))
		if c.Merge {
			b.WriteString(" (merge)")
		}
		b.WriteString("\n")
		for _, ch := range h.Changes {
			if ch.Pos == c.Pos && c.Seq == 0 {
				fmt.Fprintf(&b, "  %s = %s\n", ch.Path, s.content(ch.Blob))
			}
		}
		for _, ch := range h.Side {
			if ch.Pos == c.Pos && ch.Seq == c.Seq {
				fmt.Fprintf(&b, "  %s = %s\n", ch.Path, s.content(ch.Blob))
			}
		}
	}
	return b.String()
}

func (s *scanner) content(oid metrics.OID) string {
	if oid == "" {
		return "gone"
	}
	switch b := s.store.Blobs[oid]; b.Status {
	case metrics.BlobRead:
		return fmt.Sprintf("%.20q", b.Content)
	case metrics.BlobTooBig:
		return fmt.Sprintf("too big: %d", b.Size)
	case metrics.BlobMissing:
		return "missing"
	default:
		return "never read"
	}
}

// title returns the first line of a commit's message.
func (s *scanner) title(oid metrics.OID) string {
	s.t.Helper()
	for _, repo := range s.store.All() {
		dir := repo.Location
		if out, ok := try(dir, "log", "-1", "--format=%s", oid.String()); ok {
			return out
		}
	}
	return oid.String()
}

// expect compares a history with its lines.
func (s *scanner) expect(repo, want string) {
	s.t.Helper()
	want = strings.ReplaceAll(strings.TrimPrefix(want, "\n"), "\t", "")
	if diff := cmp.Diff(want, s.lines(repo)); diff != "" {
		s.t.Errorf("history of %s (-want +got):\n%s", repo, diff)
	}
}

// reading returns the newest reading of a repository.
func (s *scanner) reading(repo string) metrics.Reading {
	last, _ := s.store.Last(context.Background(), "git", metrics.NewRepoID(repo))
	return last.Reading
}

func TestHistoryOfMergesSquashesAndRebases(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	root := b.commit(commitOf{message: "root", files: map[string]string{"go.mod": "module pay", "main.go": "package main"}})
	one := b.commit(commitOf{branch: "side", from: []int{root}, message: "side one", files: map[string]string{"ci.yml": "1"}})
	two := b.commit(commitOf{branch: "side", from: []int{one}, message: "side two", files: map[string]string{"ci.yml": "2"}})
	direct := b.commit(commitOf{from: []int{root}, message: "direct", files: map[string]string{"README": "x"}})
	merge := b.commit(commitOf{from: []int{direct, two}, message: "merge", files: map[string]string{"ci.yml": "2"}})
	squash := b.commit(commitOf{from: []int{merge}, message: "squash", files: map[string]string{"a/b/x.yml": "3"}})
	evilSide := b.commit(commitOf{branch: "evil", from: []int{squash}, message: "innocent", files: map[string]string{"note": "x"}})
	evil := b.commit(commitOf{from: []int{squash, evilSide}, message: "evil merge", files: map[string]string{"note": "x", "evil.yml": "!"}})
	x := b.commit(commitOf{branch: "x", from: []int{evil}, message: "arm x", files: map[string]string{"x.yml": "x"}})
	y := b.commit(commitOf{branch: "y", from: []int{root}, message: "arm y", files: map[string]string{"y.yml": "y"}})
	b.commit(commitOf{from: []int{evil, x, y}, message: "octopus", files: map[string]string{"x.yml": "x", "y.yml": "y", "go.mod": ""}})
	b.done()

	s := newScanner(t, dir)
	summary := s.scan()
	s.expect("local/pay", `
		0.0 root
		  go.mod = "module pay"
		1.0 direct
		2.0 merge (merge)
		  ci.yml = "2"
		2.1 side one
		  ci.yml = "1"
		2.2 side two
		  ci.yml = "2"
		3.0 squash
		  a/b/x.yml = "3"
		4.0 evil merge (merge)
		  evil.yml = "!"
		4.1 innocent
		5.0 octopus (merge)
		  go.mod = gone
		  x.yml = "x"
		  y.yml = "y"
		5.1 arm x
		  x.yml = "x"
		5.2 arm y
		  y.yml = "y"
		`)
	got := collectors.Summary{Repos: summary.Repos, Changes: summary.Changes, Commits: summary.Commits, Blobs: summary.Blobs}
	want := collectors.Summary{Repos: 1, Changes: 7, Commits: 11, Blobs: 7}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported()); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func TestSideCommitsBelongToTheOldestMergeThatBringsThem(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	root := b.commit(commitOf{message: "root", files: map[string]string{"a": "a"}})
	long := b.commit(commitOf{branch: "long", from: []int{root}, message: "long 1", files: map[string]string{"l.yml": "1"}})
	first := b.commit(commitOf{from: []int{root, long}, message: "first merge", files: map[string]string{"l.yml": "1"}})
	back := b.commit(commitOf{branch: "long", from: []int{long, first}, message: "back merge", files: map[string]string{"l.yml": "1"}})
	long2 := b.commit(commitOf{branch: "long", from: []int{back}, message: "long 2", files: map[string]string{"l.yml": "2"}})
	second := b.commit(commitOf{from: []int{first, long2}, message: "second merge", files: map[string]string{"l.yml": "2"}})
	b.commit(commitOf{from: []int{second, long}, message: "brings nothing", files: map[string]string{"a": "b"}})
	b.done()

	s := newScanner(t, dir)
	s.scan()
	s.expect("local/pay", `
		0.0 root
		1.0 first merge (merge)
		  l.yml = "1"
		1.1 long 1
		  l.yml = "1"
		2.0 second merge (merge)
		  l.yml = "2"
		2.1 back merge (merge)
		2.2 long 2
		  l.yml = "2"
		3.0 brings nothing (merge)
		`)
}

func TestOnlyRegularFilesCount(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	files := func(list map[string]string) { b.commit(commitOf{message: fmt.Sprint("c", b.marks), files: list}) }
	files(map[string]string{"a.yml": "1", "120000:link.yml": "a.yml", "100755:run.yml": "x"})
	files(map[string]string{"100755:a.yml": "1"})
	files(map[string]string{"120000:a.yml": "run.yml"})
	files(map[string]string{"120000:a.yml": "go.mod"})
	files(map[string]string{"a.yml": "2", "link.yml": "file now"})
	b.commit(commitOf{message: "submodule", raw: "M 160000 0123456789012345678901234567890123456789 a.yml\n"})
	b.commit(commitOf{message: "away", raw: "D link.yml\n"})
	b.commit(commitOf{message: "folder of that name", raw: "D run.yml\n", files: map[string]string{"run.yml/go.mod": "m"}})
	b.done()

	s := newScanner(t, dir)
	s.scan()
	s.expect("local/pay", `
		0.0 c0
		  a.yml = "1"
		  run.yml = "x"
		1.0 c1
		2.0 c2
		  a.yml = gone
		3.0 c3
		4.0 c4
		  a.yml = "2"
		  link.yml = "file now"
		5.0 submodule
		  a.yml = gone
		6.0 away
		  link.yml = gone
		7.0 folder of that name
		  run.yml = gone
		  run.yml/go.mod = "m"
		`)
}

func TestSizesThatAreRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	b.commit(commitOf{message: "sizes", files: map[string]string{
		"fits.yml": strings.Repeat("a", metrics.MaxBlob), "over.yml": strings.Repeat("b", metrics.MaxBlob+1),
		"unwatched.bin": strings.Repeat("c", 5<<20), "LICENSE": strings.Repeat("d", metrics.MaxPresenceBlob+1),
		"120000:link": "x",
	}})
	b.commit(commitOf{message: "small", files: map[string]string{"LICENSE": strings.Repeat("e", metrics.MaxPresenceBlob)}})
	b.done()

	s := newScanner(t, dir)
	s.scan()
	s.expect("local/pay", `
		0.0 sizes
		  LICENSE = too big: 4097
		  fits.yml = "aaaaaaaaaaaaaaaaaaaa"
		  over.yml = too big: 1048577
		1.0 small
		  LICENSE = "eeeeeeeeeeeeeeeeeeee"
		`)
	if got := len(s.store.Blobs); got != 4 {
		t.Errorf("%d blobs are known, want 4", got)
	}
}

func TestBytesStayAsTheyAre(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	odd := []string{"b\xff\xfe.yml", "sp ace\ttab.yml", "new\nline.yml", "quote\".yml", ":100644 x.yml", "\u00e4\u20ac.yml", "-dash.yml"}
	files := map[string]string{}
	for i, path := range odd {
		files[path] = fmt.Sprintf("\xff\x00\xfe %d", i)
	}
	b.commit(commitOf{message: "odd names", files: files})
	b.done()

	s := newScanner(t, dir)
	s.scan()
	got := map[string]string{}
	for _, c := range s.store.History(metrics.NewRepoID("local/pay")).Changes {
		got[c.Path] = s.store.Blobs[c.Blob].Content
	}
	if diff := cmp.Diff(files, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestDatesAreKeptRaw(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	for _, date := range []string{"1700000000 +0200", "1600000000 -0700", "4000000000 +0000", "99999999999 +0000", "0 +0000"} {
		b.commit(commitOf{message: date, date: date, files: map[string]string{"d.yml": date}})
	}
	b.done()
	tree := run(t, dir, "rev-parse", "main^{tree}")
	parent := run(t, dir, "rev-parse", "main")
	for _, date := range []string{"-1000 +0000", "notadate", "99999999999999999999999 +0000"} {
		parent = feed(t, dir, "tree "+tree+"\nparent "+parent+"\nauthor A <a@b> "+date+"\ncommitter A <a@b> "+date+"\n\n"+date+"\n",
			"hash-object", "-t", "commit", "-w", "--literally", "--stdin")
	}
	run(t, dir, "update-ref", "refs/heads/main", parent)

	s := newScanner(t, dir)
	s.scan()
	var got []metrics.Instant
	for _, c := range s.store.History(metrics.NewRepoID("local/pay")).Commits {
		got = append(got, c.Committed, c.Authored)
	}
	want := []metrics.Instant{
		1700000000, 1700000000, 1600000000, 1600000000, 4000000000, 4000000000, metrics.Forever, metrics.Forever,
		0, 0, 0, 0, 0, 0, metrics.Forever, metrics.Forever,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dates (-want +got):\n%s", diff)
	}
}

func TestSHA256(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir, "--object-format=sha256")
	root := b.commit(commitOf{message: "root", files: map[string]string{"a.yml": "1"}})
	side := b.commit(commitOf{branch: "side", from: []int{root}, message: "side", files: map[string]string{"a.yml": "2"}})
	b.commit(commitOf{from: []int{root, side}, message: "merge", files: map[string]string{"a.yml": "2"}})
	b.done()

	s := newScanner(t, dir)
	s.scan()
	s.expect("local/pay", `
		0.0 root
		  a.yml = "1"
		1.0 merge (merge)
		  a.yml = "2"
		1.1 side
		  a.yml = "2"
		`)
	if got := len(s.reading("local/pay").Head); got != 32 {
		t.Errorf("head has %d bytes, want 32", got)
	}
}
