package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// fivePaths is the configuration that the promise about scans speaks of.
//
//go:embed five-paths.yaml
var fivePaths string

// walks are the floor: what git alone takes to tell the history of the repositories, one after the other.
var walks = [][]string{
	{"log", "--first-parent", "--raw", "-z", "--no-renames", "--no-abbrev", "HEAD"},
	{"log", "--no-merges", "--raw", "-z", "--no-renames", "--no-abbrev", "HEAD"},
}

// scanFigures measures cold and repeated scans against the floor, in turn, round by round.
func scanFigures(ctx context.Context, corpus, binary string, rounds int) ([]figure, error) {
	dir, err := os.MkdirTemp("", "trodden-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if corpus == "" {
		corpus = filepath.Join(dir, "demo", "repos")
		if err := command(ctx, "go", "run", "./cmd/trodden-demo", filepath.Dir(corpus)).Run(); err != nil {
			return nil, fmt.Errorf("build the sample organisation: %w", err)
		}
	}
	repos, err := clones(corpus)
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "trodden.yaml")
	if err := os.WriteFile(config, []byte(fmt.Sprintf(fivePaths, strings.Join(globs(corpus, repos), ", "))), 0o600); err != nil {
		return nil, err
	}
	var m measured
	for round := range rounds {
		if err := m.round(ctx, repos, binary, config, filepath.Join(dir, fmt.Sprintf("store%d", round))); err != nil {
			return nil, err
		}
	}
	return m.figures(ctx, repos)
}

// measured holds the seconds of each round, and the largest memory of a scan in MiB.
type measured struct {
	floor, cold, again []float64
	bare               []float64 // the floor with git's output thrown away unread, which no program can do with
	memory             float64
}

func (m *measured) round(ctx context.Context, repos []string, binary, config, store string) error {
	floor, err := walkAll(ctx, repos, io.Discard)
	if err != nil {
		return err
	}
	bare, err := walkAll(ctx, repos, nil)
	if err != nil {
		return err
	}
	cold, err := m.scan(ctx, binary, config, store)
	if err != nil {
		return err
	}
	again, err := m.scan(ctx, binary, config, store)
	if err != nil {
		return err
	}
	m.floor, m.bare, m.cold, m.again = append(m.floor, floor), append(m.bare, bare), append(m.cold, cold), append(m.again, again)
	fmt.Fprintf(os.Stderr, "floor %.2f s (%.2f s unread), cold scan %.2f s, scan with nothing new %.2f s\n", floor, bare, cold, again)
	return os.RemoveAll(store)
}

func (m *measured) scan(ctx context.Context, binary, config, store string) (seconds float64, err error) {
	cmd := command(ctx, binary, "scan", "--config", config, "--clickhouse", "embedded:"+store)
	begin := time.Now()
	err = cmd.Run()
	seconds = time.Since(begin).Seconds()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		err = nil // done, some repositories are unknown
	}
	if err != nil {
		return 0, fmt.Errorf("scan: %w", err)
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		m.memory = max(m.memory, float64(usage.Maxrss)/1024)
	}
	return seconds, nil
}

func (m *measured) figures(ctx context.Context, repos []string) ([]figure, error) {
	commits := 0
	for _, repo := range repos {
		out, err := exec.CommandContext(ctx, "git", "-C", repo, "rev-list", "--count", "HEAD").Output()
		if err != nil {
			continue // an empty or broken clone has none
		}
		var n int
		if _, err := fmt.Sscan(string(out), &n); err == nil {
			commits += n
		}
	}
	note := fmt.Sprintf("%d repositories, %d commits; floor %.2f s", len(repos), commits, median(m.floor))
	var cold, bare, again []float64
	for i := range m.floor {
		cold = append(cold, m.cold[i]/m.floor[i])
		bare = append(bare, m.cold[i]/m.bare[i])
		again = append(again, (m.again[i]-0.7)/m.floor[i])
	}
	return []figure{
		{Name: "scan.cold", Value: median(cold), Unit: "x floor", Limit: 1.0, AtMost: true, Note: note + fmt.Sprintf("; %.2f x the floor with nobody reading", median(bare))},
		{Name: "scan.again", Value: median(again), Unit: "x floor, less 0.7 s", Limit: 0.2, AtMost: true, Note: fmt.Sprintf("%.2f s", median(m.again))},
		{Name: "scan.memory", Value: m.memory, Unit: "MiB", Limit: 1024, AtMost: true},
	}, nil
}

// walkAll takes the walks over all repositories, whose output goes to out; nil is the null device.
func walkAll(ctx context.Context, repos []string, out io.Writer) (seconds float64, err error) {
	begin := time.Now()
	for _, walk := range walks {
		for _, repo := range repos {
			cmd := exec.CommandContext(ctx, "git", append([]string{"-C", repo}, walk...)...)
			cmd.Stdout = out
			// A broken or empty clone fails here as it does in the scan; its time counts for both.
			if err := cmd.Run(); err != nil && ctx.Err() != nil {
				return 0, ctx.Err()
			}
		}
	}
	return time.Since(begin).Seconds(), nil
}

// globs are the patterns under which clones lie.
func globs(corpus string, repos []string) []string {
	var list []string
	for _, pattern := range []string{"*", "*/*"} {
		full := filepath.Join(corpus, pattern)
		if slices.ContainsFunc(repos, func(repo string) bool { ok, _ := filepath.Match(full, repo); return ok }) {
			list = append(list, `"`+full+`"`)
		}
	}
	return list
}

// clones lists the repositories of a corpus.
func clones(corpus string) ([]string, error) {
	var list []string
	for _, pattern := range []string{"*", "*/*"} {
		found, err := filepath.Glob(filepath.Join(corpus, pattern))
		if err != nil {
			return nil, err
		}
		for _, dir := range found {
			_, bare := os.Stat(filepath.Join(dir, "HEAD"))
			_, work := os.Stat(filepath.Join(dir, ".git"))
			if filepath.Base(dir) != ".git" && (bare == nil || work == nil) {
				list = append(list, dir)
			}
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no clones in %s", corpus)
	}
	return list, nil
}

func command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	return cmd
}

func median(list []float64) float64 {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[len(sorted)/2]
}
