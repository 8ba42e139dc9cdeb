package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected tables in testdata")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"trodden": main})
}

// TestScripts runs sessions of the real program. The engine is where make setup puts it.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			env.Setenv("SOON", time.Now().UTC().Add(4*time.Minute).Format(time.RFC3339)) // no future yet, and after every commit
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("TRODDEN_ENGINE", engineForTests())
			env.Setenv("EXAMPLES", filepath.Join(root, "deploy"))
			for _, name := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+name+"_NAME", "Ana")
				env.Setenv("GIT_"+name+"_EMAIL", "ana@acme.dev")
				env.Setenv("GIT_"+name+"_DATE", time.Now().AddDate(0, 0, -2).Format(time.RFC3339)) // repositories are active
			}
			return os.Mkdir(env.Getenv("HOME"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"clone": clone, "status": status, "await": await},
	})
}

// status runs trodden and checks its exit status: status 2 trodden adoption.
func status(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N program args...")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("%s: got exit status %s, want %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// await waits until a file holds a text: await FILE TEXT.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: await FILE TEXT")
	}
	tick, late := time.NewTicker(20*time.Millisecond), time.After(time.Minute)
	defer tick.Stop()
	for {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		if err == nil && strings.Contains(string(text), args[1]) {
			return
		}
		select {
		case <-tick.C:
		case <-late:
			ts.Fatalf("%s never held %s", args[0], args[1])
		}
	}
}

// clone makes a repository: clone DIR ORIGIN FILE...: the files of the script, committed. A DIR that ends in
// .git is bare; an ORIGIN of - is none.
func clone(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: clone DIR ORIGIN FILE...")
	}
	dir, origin, files := ts.MkAbs(args[0]), args[1], args[2:]
	git := func(args ...string) { ts.Check(ts.Exec("git", args...)) }
	work := strings.TrimSuffix(dir, ".git")
	git("init", "-q", "-b", "main", work)
	for _, file := range files {
		from, to, renamed := strings.Cut(file, "=")
		if !renamed {
			to = filepath.Base(from)
		}
		target := filepath.Join(work, to)
		ts.Check(os.MkdirAll(filepath.Dir(target), 0o755))
		ts.Check(os.WriteFile(target, []byte(ts.ReadFile(from)), 0o644))
	}
	git("-C", work, "add", "-A")
	git("-C", work, "commit", "-q", "--allow-empty", "-m", "Begin")
	if origin != "-" {
		git("-C", work, "remote", "add", "origin", origin)
	}
	if work != dir {
		git("clone", "-q", "--bare", work, dir)
		git("-C", dir, "remote", "remove", "origin")
		if origin != "-" {
			git("-C", dir, "remote", "add", "origin", origin)
		}
		ts.Check(os.RemoveAll(work))
	}
}
