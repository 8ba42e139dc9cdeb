package git_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// foldersNow is when the walks of these tests are made.
const foldersNow = metrics.Instant(1_800_003_600)

// days is the date of a commit so many days before the walk.
func days(ago float64) string {
	return fmt.Sprintf("%d +0000", int64(foldersNow)-int64(ago*float64(metrics.Day)))
}

// recent makes a repository with an old root commit, which holds some files, and a commit for each given one behind another.
func recent(t *testing.T, commits ...commitOf) (dir string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	b.commit(commitOf{message: "root", date: days(400), files: map[string]string{"README": "x", "svc/pay/main.go": "1", "svc/pay/db/a.sql": "2", "svc/cart/main.go": "3"}})
	for _, c := range commits {
		if c.date == "" {
			c.date = days(10)
		}
		b.commit(c)
	}
	b.done()
	return dir
}

// folders lists the commits of a repository that was scanned with their folders, one a line, without the old ones that have none.
func (s *scanner) folders(repo string) (lines []string) {
	for _, c := range s.store.History(metrics.NewRepoID(repo)).Commits {
		if title := s.title(c.OID); title != "root" || len(c.Folders) > 0 {
			lines = append(lines, fmt.Sprintf("%s %q", title, c.Folders))
		}
	}
	return lines
}

// manyFiles are n files in folders of their own below one.
func manyFiles(below string, n int) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("%s/f%03d/x/file", below, i)] = fmt.Sprint(i)
	}
	return files
}

func TestFolders(t *testing.T) {
	files := func(paths ...string) map[string]string {
		all := map[string]string{}
		for _, path := range paths {
			all[path] = "new"
		}
		return all
	}
	full := manyFiles("svc", 62)
	full["README"], full["svc/pay/main.go"] = "new", "new"
	over := manyFiles("svc", 63)
	over["README"], over["svc/pay/main.go"], over["docs/a/b/c/d"] = "new", "new", "new"
	top := map[string]string{"README": "new"}
	for i := range 65 {
		top[fmt.Sprintf("top%d/file", i)] = "new"
	}
	for _, test := range []struct {
		name   string
		commit commitOf
		want   string
	}{
		{"a file", commitOf{files: files("svc/pay/main.go")}, `["svc/pay"]`},
		{"files of a folder, and of one below", commitOf{files: files("svc/pay/main.go", "svc/pay/go.mod", "svc/pay/db/a.sql")}, `["svc/pay" "svc/pay/db"]`},
		{"a file at the root", commitOf{files: files("README")}, `[""]`},
		{"files at the root and elsewhere", commitOf{files: files("README", "svc/cart/main.go", "z/z")}, `["" "svc/cart" "z"]`},
		{"a file that goes", commitOf{files: map[string]string{"svc/pay/main.go": ""}}, `["svc/pay"]`},
		{"a file that moves", commitOf{raw: "R svc/pay/main.go svc/ship/main.go\n"}, `["svc/pay" "svc/ship"]`},
		{"a folder that moves", commitOf{raw: "R svc/pay lib/pay\n"}, `["lib/pay" "lib/pay/db" "svc/pay" "svc/pay/db"]`},
		{"a mode", commitOf{files: map[string]string{"100755:svc/pay/main.go": "1"}}, `["svc/pay"]`},
		{"a link", commitOf{files: map[string]string{"120000:svc/pay/link": "main.go"}}, `["svc/pay"]`},
		{"names with odd letters", commitOf{files: files("sv\nc/p\"a\\y/ß\t/x")}, `["sv\nc/p\"a\\y/ß\t"]`},
		{"nothing", commitOf{}, `[]`},
		{"from the future", commitOf{date: days(-400), files: files("svc/pay/main.go")}, `["svc/pay"]`},
		{"at the edge of what is kept", commitOf{date: days(200), files: files("svc/pay/main.go")}, `["svc/pay"]`},
		{"before that", commitOf{date: days(200.01), files: files("svc/pay/main.go")}, `[]`},
		{"without a date", commitOf{date: "0 +0000", files: files("svc/pay/main.go")}, `[]`},
		{"as many folders as are told apart", commitOf{files: full}, `["" ` + quoted("svc/f%03d/x", 62) + ` "svc/pay"]`},
		{"more: whole trees of them", commitOf{files: over}, `["" "docs/" "svc/"]`},
		{"more at the top than are told apart", commitOf{files: top}, `["" "/"]`},
		{"many below a single one", commitOf{files: manyFiles("svc/pay/src", 1000)}, `["svc/pay/src/"]`},
		{"two in each of many", commitOf{files: func() map[string]string {
			all := manyFiles("svc", 40)
			for path := range manyFiles("svc", 40) {
				all[strings.Replace(path, "/x/", "/y/", 1)] = "new"
			}
			return all
		}()}, `[` + quoted("svc/f%03d/", 40) + `]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.commit.message = "work"
			s := newScanner(t, recent(t, test.commit))
			s.scan()
			if diff := cmp.Diff(s.folders("local/pay"), []string{"work " + test.want}); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
			if !s.store.Walks[0].Folders {
				t.Error("the walk does not tell that it kept folders")
			}
		})
	}
}

// quoted lists n names, in quotes.
func quoted(format string, n int) string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("%q", fmt.Sprintf(format, i))
	}
	return strings.Join(names, " ")
}

// TestFoldersBehindMerges finds the folders of those who made a change, and none of who merged it. What a later walk brings is
// known as if all were walked at once.
func TestFoldersBehindMerges(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	put := func(path string) map[string]string { return map[string]string{path: path} }
	root := b.commit(commitOf{message: "root", date: days(400), files: put("README")})
	old := b.commit(commitOf{branch: "side", from: []int{root}, message: "old", date: days(300), files: put("old/x")})
	side := b.commit(commitOf{branch: "side", from: []int{old}, message: "side", date: days(20), files: put("svc/pay/x")})
	direct := b.commit(commitOf{from: []int{root}, message: "direct", date: days(19), files: put("svc/cart/x")})
	back := b.commit(commitOf{branch: "side", from: []int{side, direct}, message: "back merge", date: days(18), files: put("svc/cart/x")})
	last := b.commit(commitOf{branch: "side", from: []int{back}, message: "last", date: days(17), files: put("docs/x")})
	b.commit(commitOf{from: []int{direct, last}, message: "merge", date: days(16), files: map[string]string{"old/x": "old/x", "svc/pay/x": "svc/pay/x", "docs/x": "docs/x"}})
	b.done()
	want := []string{`direct ["svc/cart"]`, `merge []`, `old []`, `side ["svc/pay"]`, `back merge []`, `last ["docs"]`}

	s := newScanner(t, dir)
	s.scan()
	if diff := cmp.Diff(s.folders("local/pay"), want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
	b.commit(commitOf{message: "next", date: days(15), files: put("svc/pay/x/y")})
	b.done()
	s.scan()
	if diff := cmp.Diff(s.folders("local/pay"), append(want, `next ["svc/pay" "svc/pay/x"]`)); diff != "" {
		t.Errorf("after another commit: -got +want\n%s", diff)
	}
}

// TestFoldersOfWhatIsCutOff does not take the commit at which a history is cut off for one that made all that is there.
func TestFoldersOfWhatIsCutOff(t *testing.T) {
	put := func(path string) commitOf { return commitOf{message: path, files: map[string]string{path: path}} }
	whole := recent(t, put("svc/pay/x"), put("svc/cart/x"))
	dir := filepath.Join(t.TempDir(), "pay.git")
	run(t, "", "clone", "--quiet", "--bare", "--depth=2", "file://"+whole, dir)
	s := newScanner(t, dir)
	s.scan()
	if diff := cmp.Diff(s.folders("local/pay"), []string{`svc/pay/x ["/"]`, `svc/cart/x ["svc/cart"]`}); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
}

// TestFoldersAgreeWithGit compares what is kept of a busy history with what git lists for each folder.
func TestFoldersAgreeWithGit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	busyRepo(t, dir, 120)
	s := newScanner(t, dir)
	s.now = 1700000000 + 3600 // the walk is an hour later: all commits are after it or just before
	s.scan()
	for _, folder := range []string{"pkg3", "services", "services/s7", "docs/deep/er", ".github", "none"} {
		var got []string
		for _, c := range s.store.History(metrics.NewRepoID("local/pay")).Commits {
			if slices.ContainsFunc(c.Folders, func(f string) bool { return f == folder || strings.HasPrefix(f, folder+"/") }) {
				got = append(got, c.OID.String())
			}
		}
		want := strings.Fields(run(t, dir, "log", "--no-merges", "--format=%H", "main", "--", folder))
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %d commits, want %d", folder, len(got), len(want))
		}
	}
}
