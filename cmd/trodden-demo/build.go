package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// A summary is what was built.
type summary struct{ repos, teams, commits int }

// build makes the organisation anew in o.dir, telling on progress how far
// it is.
func build(ctx context.Context, o options, progress io.Writer) (summary, error) {
	if err := makeRoom(o.dir); err != nil {
		return summary{}, err
	}
	c := newCrew(teams(), moves())
	all := repos()
	root := filepath.Join(o.dir, "repos")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return summary{}, fmt.Errorf("make folder %s: %w", root, err)
	}
	provider, rest := apart(all, "golden-workflows")
	first, err := place(root, provider).make(ctx, write(provider, c, o.today, o.seed, nil))
	if err != nil {
		return summary{}, fmt.Errorf("build %s: %w", provider.name, err)
	}
	shas, err := releaseCommits(ctx, place(root, provider).dir)
	if err != nil {
		return summary{}, err
	}
	s := summary{repos: len(all), teams: len(c.teams) - 1}
	s.commits, err = buildAll(ctx, rest, progress, func(ctx context.Context, r repo) (int, error) {
		return place(root, r).make(ctx, write(r, c, o.today, o.seed, shas))
	})
	if err != nil {
		return summary{}, err
	}
	s.commits += first
	return s, writeConfig(o, c)
}

// buildAll makes a few repositories at once and adds up their commits.
func buildAll(ctx context.Context, list []repo, progress io.Writer, one func(context.Context, repo) (int, error)) (int, error) {
	var mu sync.Mutex // guards the two counts and progress
	commits, done := 0, 0
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(min(max(runtime.NumCPU(), 2), 4))
	for _, r := range list {
		group.Go(func() error {
			n, err := one(ctx, r)
			if err != nil {
				return fmt.Errorf("build %s: %w", r.name, err)
			}
			mu.Lock()
			defer mu.Unlock()
			commits, done = commits+n, done+1
			if done%20 == 0 || done == len(list) {
				fmt.Fprintf(progress, "%d of %d repositories built\n", done, len(list))
			}
			return nil
		})
	}
	err := group.Wait()
	return commits, err
}

// apart takes the repository of that name out of the list.
func apart(list []repo, name string) (found repo, rest []repo) {
	for _, r := range list {
		if r.name == name {
			found = r
		} else {
			rest = append(rest, r)
		}
	}
	return found, rest
}

// releaseCommits reads which commit each tag of a repository names.
func releaseCommits(ctx context.Context, dir string) (map[string]string, error) {
	out, err := git(ctx, dir, nil, "for-each-ref", "--format=%(refname:strip=2) %(objectname)", "refs/tags")
	if err != nil {
		return nil, err
	}
	shas := map[string]string{}
	for line := range strings.Lines(out) {
		tag, sha, _ := strings.Cut(strings.TrimSpace(line), " ")
		shas[tag] = sha
	}
	return shas, nil
}

// makeRoom takes away what an earlier run built, and refuses a folder that holds
// anything else.
func makeRoom(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("read folder %s: %w", dir, err)
	}
	_, err = os.Stat(filepath.Join(dir, stamp))
	if err != nil && len(entries) > 0 {
		return fmt.Errorf("build in %s: the folder is not empty, and an earlier run did not make it", dir)
	}
	for _, name := range []string{"repos", "trodden.yaml"} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("clear %s: %w", dir, err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make folder %s: %w", dir, err)
	}
	note := []byte("trodden-demo built this folder, and replaces repos and trodden.yaml when it is run again.\n")
	if err := os.WriteFile(filepath.Join(dir, stamp), note, 0o644); err != nil {
		return fmt.Errorf("mark folder %s: %w", dir, err)
	}
	return nil
}
