package git_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/metrics"
)

// write writes a file, with the folders above it.
func write(t testing.TB, text string, path ...string) {
	t.Helper()
	file := filepath.Join(path...)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// names returns what is in a folder.
func names(t testing.TB, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, entry := range list {
		out = append(out, entry.Name())
	}
	return out
}

// TestNothingOfTheCloneRuns scans a repository that tries everything to have a program run: each would leave
// a file behind.
func TestNothingOfTheCloneRuns(t *testing.T) {
	traces := t.TempDir()
	t.Setenv("TMPDIR", t.TempDir())
	dir := filepath.Join(t.TempDir(), "pay")
	run(t, "", "init", "--quiet", "--initial-branch=main", dir)
	write(t, "*.yml diff=evil filter=evil\n*.txt merge=evil\n", dir, ".gitattributes")
	write(t, "on: push\n", dir, "ci.yml")
	run(t, dir, "add", ".")
	run(t, dir, "commit", "--quiet", "-m", "one\n\nCo-authored-by: Bob <bob@acme.dev>")
	write(t, "on: pull_request\n", dir, "ci.yml")
	run(t, dir, "commit", "--quiet", "-a", "-m", "two")
	run(t, dir, "tag", "-a", "-m", "one", "v1.0.0")
	trapClone(t, dir, traces)
	trapEnvironment(t, traces)
	for _, file := range names(t, traces) { // what setting the traps ran
		if err := os.RemoveAll(filepath.Join(traces, file)); err != nil {
			t.Fatal(err)
		}
	}
	before := names(t, filepath.Join(dir, ".git"))

	s := newScanner(t, dir)
	s.config.Providers = []string{"**"}
	s.scan()
	s.config.Branch = "main"
	s.names.Bots = []string{"changed*"}
	s.scan()
	h := s.store.History(metrics.NewRepoID("local/pay"))
	if len(h.Commits) != 2 || len(h.Changes) != 2 || s.reading("local/pay").Reason != "" {
		t.Errorf("got %d commits, %d changes and the reason %q, want 2, 2 and none", len(h.Commits), len(h.Changes), s.reading("local/pay").Reason)
	}
	if len(s.store.Releases) != 1 || len(s.store.Released) != 2 {
		t.Errorf("got %d tags and %d commits in releases, want 1 and 2", len(s.store.Releases), len(s.store.Released))
	}
	if got := names(t, traces); len(got) > 0 {
		t.Errorf("the scan left %v behind", got)
	}
	if diff := cmp.Diff(before, names(t, filepath.Join(dir, ".git"))); diff != "" {
		t.Errorf("the clone was changed (-before +after):\n%s", diff)
	}
	if got := names(t, os.Getenv("TMPDIR")); len(got) > 0 {
		t.Errorf("the scan left %v in the folder for temporary files", got)
	}
	if s.linked("Ana <ana@acme.dev>", "Mallory <mallory@evil.dev>") || len(s.persons("Ana <ana@acme.dev>")) != 1 {
		t.Error("a .mailmap outside of the history was used")
	}
	try(dir, "status")
	try(dir, "log", "-p")
	if len(names(t, traces)) == 0 {
		t.Error("the traps of this test do not work: plain git left no trace")
	}
}

// trap returns a command that leaves a trace.
func trap(traces, name string) string { return "touch " + filepath.Join(traces, name) + "; cat" }

// trapClone sets every trap that a clone can hold.
func trapClone(t *testing.T, dir, traces string) {
	home := filepath.Dir(dir)
	for _, setting := range []string{
		"core.fsmonitor", "core.sshCommand", "core.pager", "core.editor", "core.askPass", "core.gitProxy", "pager.log",
		"core.alternateRefsCommand", "diff.evil.command", "diff.evil.textconv", "diff.external", "filter.evil.clean",
		"filter.evil.smudge", "filter.evil.process", "merge.evil.driver", "gpg.program", "gpg.ssh.program", "alias.log",
		"alias.cat-file", "credential.helper", "uploadpack.packObjectsHook", "remote.origin.uploadpack", "remote.origin.vcs",
	} {
		value := trap(traces, setting)
		if strings.HasPrefix(setting, "alias.") || setting == "credential.helper" {
			value = "!" + value
		}
		run(t, dir, "config", setting, value)
	}
	for setting, value := range map[string]string{
		"core.hooksPath": filepath.Join(home, "hooks"), "log.showSignature": "true", "log.mailmap": "true",
		"mailmap.file": filepath.Join(home, "other-mailmap"), "mailmap.blob": "HEAD:ci.yml", "log.follow": "true",
		"diff.renames": "copies", "diff.noprefix": "true", "diff.orderFile": filepath.Join(home, "order"),
		"log.showRoot": "false", "log.diffMerges": "combined", "core.quotePath": "false", "color.ui": "always",
		"format.pretty": "oneline", "log.date": "human", "i18n.logOutputEncoding": "UTF-16", "core.abbrev": "4",
		"include.path": filepath.Join(home, "included"), "core.attributesFile": filepath.Join(home, "attributes"),
		"extensions.partialClone": "origin", "remote.origin.promisor": "true", "core.worktree": home, "blame.ignoreRevsFile": "x",
	} {
		run(t, dir, "config", setting, value)
	}
	hook := "#!/bin/sh\n" + trap(traces, "hook") + "\n"
	for _, name := range []string{"post-checkout", "pre-commit", "reference-transaction", "post-index-change", "fsmonitor-watchman", "pre-auto-gc"} {
		write(t, hook, home, "hooks", name)
		write(t, hook, dir, ".git", "hooks", name)
	}
	write(t, "[core]\n\tfsmonitor = "+trap(traces, "included")+"\n[alias]\n\tlog = !"+trap(traces, "included")+"\n", home, "included")
	write(t, "*.yml diff=evil\n", home, "attributes")
	write(t, "*.yml diff=evil filter=evil\n", dir, ".git", "info", "attributes")
	write(t, "ci.yml\n", home, "order")
	write(t, "Mallory <mallory@evil.dev> <ana@acme.dev>\n", home, "other-mailmap")
}

// trapEnvironment sets traps in the environment of the scan.
func trapEnvironment(t *testing.T, traces string) {
	for key, value := range map[string]string{
		"GIT_EXTERNAL_DIFF": trap(traces, "env"), "GIT_PAGER": trap(traces, "env"), "GIT_SSH_COMMAND": trap(traces, "env"),
		"GIT_EDITOR": trap(traces, "env"), "PAGER": trap(traces, "env"),
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": trap(traces, "env"),
		"GIT_CONFIG_PARAMETERS": "'core.pager=" + trap(traces, "env") + "'", "GIT_TRACE": filepath.Join(traces, "trace"),
		"GIT_TRACE2": filepath.Join(traces, "trace2"), "GIT_INDEX_FILE": filepath.Join(traces, "index"),
	} {
		t.Setenv(key, value)
	}
}

// partialClone makes a clone without some objects, whose remote would leave a trace when it is asked for
// them.
func partialClone(t *testing.T, filter, traces string) (dir string) {
	home := t.TempDir()
	origin := filepath.Join(home, "origin.git")
	b := newRepo(t, origin)
	b.commit(commitOf{message: "one", files: map[string]string{"ci.yml": "1", "deep/go.mod": "module x"}})
	b.commit(commitOf{message: "two", files: map[string]string{"ci.yml": "2"}})
	b.done()
	run(t, origin, "config", "uploadpack.allowFilter", "true")
	run(t, origin, "config", "uploadpack.allowAnySHA1InWant", "true")
	dir = filepath.Join(home, "pay.git")
	run(t, home, "clone", "--quiet", "--bare", "--filter="+filter, "file://"+origin, dir)
	run(t, dir, "config", "remote.origin.uploadpack", "touch "+filepath.Join(traces, "fetched")+"; git-upload-pack")
	return dir
}

func TestPartialClonesAreNeverCompleted(t *testing.T) {
	tests := []struct {
		name, filter string
		reason       metrics.Reason
		want         string
	}{
		{name: "blobs are missing and the repository is known", filter: "blob:none", want: `
		0.0 one
		  ci.yml = missing
		  deep/go.mod = missing
		1.0 two
		  ci.yml = missing
		`},
		{name: "without trees it is unknown", filter: "tree:0", reason: metrics.ReasonMissingObjects, want: ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			traces := t.TempDir()
			dir := partialClone(t, test.filter, traces)
			s := newScanner(t, dir)
			summary := s.scan()
			got := s.reading("local/pay")
			if got.Reason != test.reason || got.Complete != (test.reason == "") || summary.Unknown != len(test.reason)/len("missing_objects") {
				t.Errorf("reading is %+v with %d unknown, want the reason %q", got, summary.Unknown, test.reason)
			}
			s.expect("local/pay", test.want)
			if left := names(t, traces); len(left) > 0 {
				t.Fatalf("objects were fetched: %v", left)
			}
			if _, ok := try(dir, "-c", "protocol.file.allow=always", "cat-file", "-p", "HEAD:ci.yml"); !ok || len(names(t, traces)) == 0 {
				t.Error("the trap of this test does not work: plain git left no trace")
			}
		})
	}
}

func TestMissingBlobsComeFromAnotherClone(t *testing.T) {
	traces := t.TempDir()
	dir := partialClone(t, "blob:none", traces)
	whole := filepath.Join(filepath.Dir(dir), "origin.git")
	s := newScanner(t, dir)
	s.scan()
	s.config.Dirs = []string{whole}
	s.scan()
	s.expect("local/pay", `
		0.0 one
		  ci.yml = "1"
		  deep/go.mod = "module x"
		1.0 two
		  ci.yml = "2"
		`)
}

func TestDamage(t *testing.T) {
	tests := []struct {
		name   string
		damage func(t *testing.T, dir string)
		reason metrics.Reason
		detail string // part of it
		want   string // the history, where it can be read
	}{
		{name: "a pack is overwritten", reason: metrics.ReasonUnreadable, detail: "git log in", damage: func(t *testing.T, dir string) {
			pack := packs(t, dir)[0]
			text, err := os.ReadFile(pack)
			if err != nil {
				t.Fatal(err)
			}
			for i := 12; i < len(text)-20; i++ {
				text[i] ^= 0xff
			}
			overwrite(t, pack, text)
		}},
		{name: "a pack is cut", reason: metrics.ReasonUnreadable, damage: func(t *testing.T, dir string) {
			pack := packs(t, dir)[0]
			text, err := os.ReadFile(pack)
			if err != nil {
				t.Fatal(err)
			}
			overwrite(t, pack, text[:len(text)/2])
		}},
		{name: "a tree is gone", reason: metrics.ReasonMissingObjects, detail: "unable to read tree", damage: func(t *testing.T, dir string) {
			loosen(t, dir)
			removeObject(t, dir, run(t, dir, "rev-parse", "main~1^{tree}"))
		}},
		{name: "a commit is gone", reason: metrics.ReasonMissingObjects, damage: func(t *testing.T, dir string) {
			loosen(t, dir)
			removeObject(t, dir, run(t, dir, "rev-parse", "main~1"))
		}},
		{name: "the head is gone", reason: metrics.ReasonMissingObjects, damage: func(t *testing.T, dir string) {
			loosen(t, dir)
			removeObject(t, dir, run(t, dir, "rev-parse", "main"))
		}},
		{name: "a commit is empty", reason: metrics.ReasonUnreadable, damage: func(t *testing.T, dir string) {
			loosen(t, dir)
			overwrite(t, objectFile(dir, run(t, dir, "rev-parse", "main~1")), nil)
		}},
		{name: "a blob is gone", damage: func(t *testing.T, dir string) {
			loosen(t, dir)
			removeObject(t, dir, run(t, dir, "rev-parse", "main~1:ci.yml"))
		}, want: "0.0 c0\n  ci.yml = \"0\"\n1.0 c1\n  ci.yml = missing\n2.0 c2\n  ci.yml = \"2\"\n"},
		{name: "a blob is damaged", damage: func(t *testing.T, dir string) {
			loosen(t, dir)
			file := objectFile(dir, run(t, dir, "rev-parse", "main~1:ci.yml"))
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text[len(text)-3] ^= 0xff
			overwrite(t, file, text)
		}, want: "0.0 c0\n  ci.yml = \"0\"\n1.0 c1\n  ci.yml = missing\n2.0 c2\n  ci.yml = \"2\"\n"},
		{name: "HEAD is gone", reason: metrics.ReasonUnreadable, detail: "HEAD is missing", damage: func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "HEAD")); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "HEAD is nonsense", reason: metrics.ReasonUnreadable, detail: "neither a commit nor a name", damage: func(t *testing.T, dir string) {
			write(t, "secret", dir, "HEAD")
		}},
		{name: "HEAD leads out of the clone", reason: metrics.ReasonUnreadable, detail: "leads out of it", damage: func(t *testing.T, dir string) {
			write(t, "ref: refs/../../../etc/passwd\n", dir, "HEAD")
		}},
		{name: "HEAD leads round in a circle", reason: metrics.ReasonUnreadable, detail: "circle", damage: func(t *testing.T, dir string) {
			write(t, "ref: refs/heads/main\n", dir, "refs/heads/main")
		}},
		{name: "the branch is an empty file", reason: metrics.ReasonUnreadable, detail: "neither", damage: func(t *testing.T, dir string) {
			write(t, "", dir, "refs/heads/main")
		}},
		{name: "objects are gone", reason: metrics.ReasonUnreadable, damage: func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "objects")); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "the configuration is nonsense", damage: func(t *testing.T, dir string) {
			write(t, "[[[\x00 = ]\n\"", dir, "config")
		}, want: "0.0 c0\n  ci.yml = \"0\"\n1.0 c1\n  ci.yml = \"1\"\n2.0 c2\n  ci.yml = \"2\"\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			home := t.TempDir()
			dir := filepath.Join(home, "pay.git")
			b := newRepo(t, dir)
			for i := range 3 {
				b.commit(commitOf{message: fmt.Sprintf("c%d", i), files: map[string]string{"ci.yml": fmt.Sprint(i)}})
			}
			b.done()
			well := newRepo(t, filepath.Join(home, "well.git"))
			well.commit(commitOf{message: "well", files: map[string]string{"ci.yml": "well"}})
			well.done()
			test.damage(t, dir)

			s := newScanner(t, filepath.Join(home, "*.git"))
			summary := s.scan()
			got := s.reading("local/pay")
			if got.Reason != test.reason || got.Complete != (test.reason == "") || !strings.Contains(got.Detail, test.detail) || strings.Contains(got.Detail, "secret") {
				t.Errorf("reading is %+v, want the reason %q and %q", got, test.reason, test.detail)
			}
			if test.want != "" {
				var lines []string
				for line := range strings.Lines(s.lines("local/pay")) {
					lines = append(lines, line)
				}
				got := strings.Join(lines, "")
				for i := range 3 { // git cannot show the titles of every damaged clone
					got = strings.Replace(got, s.store.History(metrics.NewRepoID("local/pay")).Commits[i].OID.String(), fmt.Sprintf("c%d", i), 1)
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("history (-want +got):\n%s", diff)
				}
			}
			if summary.Repos != 2 || s.reading("local/well").Reason != "" || !s.reading("local/well").Complete {
				t.Errorf("%d repositories, reading of the other one is %+v", summary.Repos, s.reading("local/well"))
			}
		})
	}
}

func packs(t *testing.T, dir string) []string {
	run(t, dir, "repack", "-adq")
	list, err := filepath.Glob(filepath.Join(dir, "objects", "pack", "*.pack"))
	if err != nil || len(list) == 0 {
		t.Fatalf("no packs in %s: %v", dir, err)
	}
	return list
}

// loosen puts every object into a file of its own.
func loosen(t *testing.T, dir string) {
	for _, pack := range packs(t, dir) {
		text, err := os.ReadFile(pack)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Join(dir, "objects", "pack")); err != nil {
			t.Fatal(err)
		}
		feed(t, dir, string(text), "unpack-objects", "-q")
	}
}

func objectFile(dir, oid string) string { return filepath.Join(dir, "objects", oid[:2], oid[2:]) }

func removeObject(t *testing.T, dir, oid string) {
	t.Helper()
	if err := os.Remove(objectFile(dir, oid)); err != nil {
		t.Fatal(err)
	}
}

func overwrite(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.Chmod(file, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestClonesOfOthersAreRead scans a clone that git takes for another user's, which it would refuse to work
// in.
func TestClonesOfOthersAreRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay")
	run(t, "", "init", "--quiet", "--initial-branch=main", dir)
	write(t, "on: push\n", dir, "ci.yml")
	run(t, dir, "add", ".")
	run(t, dir, "commit", "--quiet", "-m", "one")
	if os.Getuid() == 0 { // only then it can be given away
		err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			if err == nil {
				err = os.Lchown(path, 12345, 12345)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := try(dir, "log", "-1"); ok {
			t.Error("plain git reads the clone: this test shows nothing")
		}
	}
	s := newScanner(t, dir)
	s.scan()
	if got := s.reading("local/pay"); !got.Complete {
		t.Errorf("reading is %+v, want a complete one", got)
	}
}

// TestCancelledScanEnds cancels a scan in the middle: it ends, tidies up, and says nothing bad about the
// repository.
func TestCancelledScanEnds(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := filepath.Join(t.TempDir(), "pay.git")
	busyRepo(t, dir, 300)
	s := newScanner(t, dir)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := collectors.Run(ctx, collectors.Options{
		Sources: []collectors.Source{s.source()}, Store: cancelling{s.store, cancel}, Workers: 1,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != context.Canceled {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	if len(s.store.Walks) != 0 || len(s.store.Readings) != 0 {
		t.Errorf("got %d walks and %d readings, want none", len(s.store.Walks), len(s.store.Readings))
	}
	if got := names(t, os.Getenv("TMPDIR")); len(got) > 0 {
		t.Errorf("%v is left", got)
	}
	s.scan()
	if got := s.reading("local/pay"); !got.Complete {
		t.Errorf("reading after the next scan is %+v, want a complete one", got)
	}
}

// cancelling ends the run when it is asked for blobs.
type cancelling struct {
	*collectorstest.Store
	cancel context.CancelFunc
}

func (c cancelling) Lacking(ctx context.Context, blobs []metrics.OID) ([]metrics.OID, error) {
	c.cancel()
	return c.Store.Lacking(ctx, blobs)
}
