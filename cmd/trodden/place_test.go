package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/trodden/trodden/metrics/clickhouse"
)

// place is a folder with a configuration, repositories and a store, where the real program is run as a
// process of its own.
type place struct {
	testing.TB
	dir    string
	store  string
	env    []string // NAME=VALUE, beside what the tests have
	served bool     // a server runs, which is asked
}

// newPlace makes a place whose configuration reads the repositories below its folder repos.
func newPlace(t testing.TB, paths string) *place {
	t.Helper()
	p := &place{TB: t, dir: t.TempDir(), store: "store"}
	p.configure(paths)
	return p
}

func (p *place) configure(paths string) {
	p.Helper()
	text := "sources: [{git: {dirs: [\"repos/*\"]}}]\n" + paths
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		p.Fatal(err)
	}
}

func (p *place) repos() string { return filepath.Join(p.dir, "repos") }

func (p *place) storeDir() string { return filepath.Join(p.dir, p.store) }

// with returns the same place with another store, for a test.
func (p *place) with(t testing.TB, store string) *place {
	return &place{TB: t, dir: p.dir, store: store, env: slices.Clip(p.env)}
}

// setenv sets a variable of the commands that are run from here on, and of no others: tests run side by side.
func (p *place) setenv(name, value string) { p.env = append(p.env, name+"="+value) }

// opening is held by who has the store of a place open in this process, which can have one open at a time.
var opening sync.Mutex

// open opens the store in this process, for what no command does, until it is shut. It waits for others that do so.
func (p *place) open() (db *clickhouse.DB, shut func()) {
	p.Helper()
	opening.Lock()
	db, err := clickhouse.Open(p.Context(), "embedded:"+p.storeDir(), clickhouse.Options{Engine: engineForTests()})
	if err != nil {
		opening.Unlock()
		p.Fatal(err)
	}
	return db, func() {
		defer opening.Unlock()
		if err := db.Close(); err != nil {
			p.Error(err)
		}
	}
}

// command prepares a run of the program.
func (p *place) command(args ...string) *exec.Cmd {
	cmd := exec.Command("trodden", args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "TRODDEN_CONFIG="+filepath.Join(p.dir, "trodden.yaml"),
		"TRODDEN_CLICKHOUSE=embedded:"+p.storeDir(), "TRODDEN_ENGINE="+engineForTests())
	cmd.Env = append(cmd.Env, p.env...)
	return cmd
}

// serve runs a server in the place until it is told to stop. Many questions are answered faster so: the engine starts
// once.
func (p *place) serve() (stop func()) {
	p.Helper()
	if p.served {
		return func() {}
	}
	cmd := p.command("serve", "--addr", "127.0.0.1:0", "--no-cron")
	out, err := cmd.StdoutPipe()
	if err != nil {
		p.Fatal(err)
	}
	var log bytes.Buffer
	cmd.Stderr = &log
	if err := cmd.Start(); err != nil {
		p.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "listening on ") {
		p.Fatalf("got %q (%v), want the address\n%s", line, err, &log)
	}
	p.served = true
	return func() {
		p.served = false
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			p.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			p.Errorf("serve: %v\n%s", err, &log)
		}
	}
}

// run runs the program to its end, which must have the exit status, and returns what it prints.
func (p *place) run(status int, args ...string) (stdout, stderr string) {
	p.Helper()
	stdout, stderr, got := p.ends(args...)
	if got != status {
		p.Fatalf("trodden %s: got exit status %d, want %d\n%s%s", strings.Join(args, " "), got, status, stdout, stderr)
	}
	return stdout, stderr
}

// ends runs the program to its end, whatever its exit status, and returns that with what it prints.
func (p *place) ends(args ...string) (stdout, stderr string, status int) {
	p.Helper()
	var out, errs bytes.Buffer
	cmd := p.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// ask returns the rows of an answer.
func ask[Row any](p *place, args ...string) []Row {
	p.Helper()
	out, _ := p.run(exitDone, append(args, "--output", "json")...)
	var answer struct{ Data []Row }
	if err := json.Unmarshal([]byte(out), &answer); err != nil {
		p.Fatal(err)
	}
	return answer.Data
}

// passing matches what differs between two scans of the same: when they ran.
var passing = regexp.MustCompile(`"(as_of|read_at)":"[^"]*"|"scan":\{[^}]*\}`)

// answers returns everything that the store of this place answers, without the times of its scans.
func (p *place) answers() string {
	p.Helper()
	defer p.serve()()
	var all strings.Builder
	for _, question := range [][]string{{"states"}, {"events"}, {"adoption", "--interval", "month"}} {
		out, _ := p.run(exitDone, append(question, "--output", "json")...)
		all.WriteString(strings.ReplaceAll(passing.ReplaceAllString(out, "-"), `},{`, "},\n{"))
	}
	return all.String()
}
