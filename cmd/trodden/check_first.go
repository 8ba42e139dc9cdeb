package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// firstScan is what the first scan of a source takes, as far as that can be told before. Requests are between those that
// files take and those where every repository has pipelines, changes and deployments of its own.
type firstScan struct {
	Repos   int `json:"repos"`
	Least   int `json:"requests_least"`
	Most    int `json:"requests_most"`
	Seconds int `json:"seconds_most"` // within what hosts allow
}

// What a first scan asks of a host, as scans of its test peer show: so many repositories are listed, and their files are read,
// with one request; and beside those, what is asked once a source.
const (
	listedAtOnce = 100
	treesAtOnce  = 25
	blobsAtOnce  = 50
	oncePerHost  = 6

	hourly      = 5000 // requests that GitHub allows a token; GitLab allows more in a minute than is asked
	eachTakes   = 150 * time.Millisecond
	hourSeconds = 3600
)

// firstOf estimates the first scan of a source with so many repositories that have a commit; nil where it asks no host.
func firstOf(s config.Source, repos int) *firstScan {
	pages := func(size int) int { return (repos + size - 1) / size }
	f := &firstScan{Repos: repos, Least: oncePerHost + pages(listedAtOnce) + pages(treesAtOnce) + pages(blobsAtOnce)}
	switch {
	case s.GitHub != nil:
		p := githubParts(s.GitHub.Parts)
		f.Most = f.Least + pages(blobsAtOnce) + repos*wanted(p.Runs, p.Pulls, p.Deployments)
		if tokens := max(1, len(s.GitHub.Tokens)); f.Most > hourly*tokens {
			f.Seconds = (f.Most - hourly*tokens) * hourSeconds / (hourly * tokens)
		}
	case s.GitLab != nil:
		p := gitlabParts(s.GitLab.Parts)
		f.Most = f.Least + repos*(1+wanted(p.Runs, p.Pulls, p.Deployments)) // one tells what a pipeline includes
	default:
		return nil
	}
	f.Seconds += int(time.Duration(f.Most) * eachTakes / time.Second)
	return f
}

// wanted counts what is wanted.
func wanted(parts ...bool) (n int) {
	for _, part := range parts {
		if part {
			n++
		}
	}
	return n
}

// words says it in a sentence.
func (f *firstScan) words() string {
	return fmt.Sprintf("never read: the first scan reads all of it, with about %s to %s requests, which take at most about %s",
		number(f.Least), number(f.Most), atMost(time.Duration(f.Seconds)*time.Second))
}

// atMost shows a time that is estimated, rounded up.
func atMost(d time.Duration) string {
	switch {
	case d <= time.Minute:
		return "a minute"
	case d <= 2*time.Hour:
		return count(int((d+time.Minute-1)/time.Minute), "minute", "minutes")
	}
	return count(int((d+time.Hour-1)/time.Hour), "hour", "hours")
}

// neverRead says of a list of checked sources what their first scan takes, where no scan has read them: nobody knows while
// another process has the store.
func neverRead(sources []config.Source, list []sourceCheck, open *pending) {
	if open == nil || len(open.Outdated) > 0 {
		return
	}
	for i := range list {
		s := &list[i]
		if s.never = !s.catalog && !slices.Contains(open.Read, s.name) && s.problem == ""; s.never {
			s.first = firstOf(sources[i], s.repos-s.empty-len(s.unreadable))
		}
	}
}
