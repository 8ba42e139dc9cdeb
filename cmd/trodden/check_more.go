package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// lacker is a source that can find out which of its parts the host does not show, and what they take.
type lacker interface {
	Lacks(ctx context.Context, repo metrics.Repo) (map[string]string, error)
}

// lacks notes which parts a source would not be shown: by the scopes of its token, where the host tells of them, else by
// asking for each of them. It reports whether that is not to be known beforehand.
func (p *program) lacks(ctx context.Context, s config.Source, source collectors.Source, got *sourceCheck) (untold bool) {
	if s.GitHub != nil {
		if scopes, told := p.scopes.of(s.Name); told {
			got.lacks = githubLacks(s.GitHub, scopes)
			return false
		}
	}
	asked, can := source.(lacker)
	if !can || got.problem != "" {
		return false
	}
	lacks, err := asked.Lacks(ctx, sample(got.listed))
	for _, part := range slices.Sorted(maps.Keys(lacks)) {
		got.lacks = append(got.lacks, lack{part, lacks[part]})
	}
	if s.GitHub != nil && err == nil {
		if needs := unseen(s.GitHub, nil, false, got.listed); needs != "" {
			got.lacks = append(got.lacks, lack{unlisted, needs})
		}
	}
	return err != nil
}

// sample is the repository that stands for all where parts are tried: the first that is not empty.
func sample(listed []metrics.Repo) metrics.Repo {
	for _, repo := range listed {
		if repo.HostID != "" && !empty(repo) && !repo.Archived {
			return repo
		}
	}
	return metrics.Repo{}
}

// clones are those that reading the history of a source takes.
type clones struct {
	Repos int    `json:"repos"`
	Dir   string `json:"dir"`
	Limit int64  `json:"limit_bytes"` // of what all clones in the folder take
	Bytes int64  `json:"host_bytes"`  // that the repositories take at their host, with all that is in them; 0 where it does not tell
}

// historyOf returns how the history of a source is read, if it is.
func historyOf(s config.Source) (h config.History, wanted bool) {
	switch {
	case s.GitHub != nil:
		h = s.GitHub.History
	case s.GitLab != nil:
		h = s.GitLab.History
	}
	return h, h.Wanted
}

func clonesFor(h config.History, env config.Environment, repos int) (*clones, error) {
	dir, err := clonesDir(h, env)
	return &clones{Repos: repos, Dir: dir, Limit: h.Room()}, err
}

// size says how large the clones will be, as far as that is known.
func (c *clones) size() string {
	if c.Bytes == 0 {
		return "how large they are is not known before"
	}
	return "with contents they take " + roughly(c.Bytes) + " at their host"
}

// weigher is a source that asks how large listed repositories are, because its host does not tell that with its list.
type weigher interface {
	Weigh(ctx context.Context, listed []metrics.Repo) error
}

// sizesOf adds up what listed repositories take at their host; 0 where the host does not tell of one.
func sizesOf(ctx context.Context, source collectors.Source, listed []metrics.Repo) (sum int64) {
	if asks, can := source.(weigher); can && asks.Weigh(ctx, slices.DeleteFunc(slices.Clone(listed), empty)) != nil {
		return 0
	}
	sized, can := source.(interface{ Bytes(metrics.Repo) int64 })
	for _, repo := range listed {
		if empty(repo) {
			continue
		}
		if !can || sized.Bytes(repo) == 0 {
			return 0
		}
		sum += sized.Bytes(repo)
	}
	return sum
}

// roughly shows an amount of data in words short enough to be read.
func roughly(bytes int64) string {
	switch {
	case bytes >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(bytes)/1e9)
	case bytes >= 1e6:
		return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.0f kB", max(1, float64(bytes)/1e3))
}

// more says what a scan would lack of a source, and what it would clone.
func (s sourceCheck) more() (lines []string) {
	switch {
	case s.first != nil:
		lines = append(lines, s.first.words())
	case s.never:
		lines = append(lines, "never read: the first scan reads all of it, with its whole history")
	}
	for _, l := range s.lacks {
		lines = append(lines, fmt.Sprintf("not read: %s, which take %s", l.Part, l.Needs))
	}
	if len(s.refused) > 0 && s.problem == "" {
		lines = append(lines, refusedWords(s.refused))
	}
	if s.untold && s.problem == "" {
		lines = append(lines, "what its token may do the host does not say: a scan warns of the parts that it does not show")
	}
	if s.clones != nil {
		lines = append(lines, fmt.Sprintf("history: %s cloned, without contents, into %s, which keeps at most %s; %s",
			count(s.clones.Repos, "repository is", "repositories are"), s.clones.Dir, roomOf(s.clones.Limit), s.clones.size()))
	}
	return lines
}

// roomOf shows an amount of data as configurations have it.
func roomOf(bytes int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"TB", 1e12}, {"GB", 1e9}} {
		if bytes >= unit.size && bytes%(unit.size/10) == 0 {
			return fmt.Sprintf("%g %s", float64(bytes)/float64(unit.size), unit.name)
		}
	}
	return fmt.Sprintf("%g MB", float64(bytes)/1e6)
}
