package git

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
)

// TestTagsByGit compares how tags are found in files with what git says, which is asked for clones that keep them
// otherwise.
func TestTagsByGit(t *testing.T) {
	dir := t.TempDir()
	commit := commitIn(t, dir)
	for _, args := range [][]string{
		{"tag", "v1.0.0", commit}, {"tag", "a/b/v1.0.0", commit}, {"pack-refs", "--all"},
		{"-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "-m", "x", "v1.1.0", commit}, {"tag", "-f", "v1.0.0", commit + "^{tree}"},
		{"update-ref", "refs/heads/v9.0.0", commit}, {"symbolic-ref", "refs/tags/v1.2.0", "refs/tags/v1.1.0"},
	} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	c, err := openClone(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.tags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	byGit, err := c.askTags(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(byGit, files); diff != "" || len(files) != 4 {
		t.Errorf("%d tags (-git +files):\n%s", len(files), diff)
	}
}

func TestParseObject(t *testing.T) {
	id := strings.Repeat("ab", 20)
	oid, _ := metrics.ParseOID(id)
	for _, test := range []struct {
		name, kind, text string
		want             object
	}{
		{"a tag", "tag", "object " + id + "\ntype commit\ntag v1\ntagger A <a> 5 +0000\n\nx", object{"tag", oid, 5}},
		{"a tag with a date in its message", "tag", "object " + id + "\ntype commit\ntag v1\n\ntagger A <a> 5 +0000\n", object{"tag", oid, 0}},
		{"a tag that names nothing", "tag", "object x\ntagger A <a> 5 +0000\n", object{"tag", "", 5}},
		{"a tag without a word", "tag", "", object{"tag", "", 0}},
		{"a commit", "commit", "tree " + id + "\nauthor A <a> 4 +0000\ncommitter A <a> 5 +0000\n\nobject x", object{"commit", "", 5}},
		{"a date before all time", "commit", "tree x\ncommitter A <a> -5 +0000\n", object{"commit", "", 0}},
	} {
		if got := parseObject(test.kind, test.text); got != test.want {
			t.Errorf("%s: got %+v, want %+v", test.name, got, test.want)
		}
	}
}

func FuzzEachCommit(f *testing.F) {
	id := strings.Repeat("ab", 20)
	f.Add(id + " " + id + "\n" + id + "\n\n")
	f.Add("x")
	f.Fuzz(func(t *testing.T, text string) {
		_ = eachCommit(bufio.NewReader(strings.NewReader(text)), func(commit metrics.OID, parents []metrics.OID) error {
			if !strings.Contains(strings.ToLower(text), commit.String()) {
				t.Errorf("%q: commit %s comes from nowhere", text, commit)
			}
			return nil
		})
	})
}
