package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
			env.Setenv("HOME", filepath.Join(env.WorkDir, "home"))
			env.Setenv("EXAMPLES", filepath.Join(root, "deploy"))
			for _, name := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+name+"_NAME", "Ana")
				env.Setenv("GIT_"+name+"_EMAIL", "ana@acme.dev")
				env.Setenv("GIT_"+name+"_DATE", "2024-01-01T10:00:00Z")
			}
			return os.Mkdir(env.Getenv("HOME"), 0o755)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"clone": clone, "status": status},
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
