package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/quota"
)

// usedPools are what sources have asked through, by their names. The nil usedPools note nothing.
type usedPools struct {
	mu  sync.Mutex
	all map[string][]*quota.Pool
}

func (a *usedPools) note(source string, p *quota.Pool) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.all == nil {
		a.all = map[string][]*quota.Pool{}
	}
	a.all[source] = append(a.all[source], p)
}

// refusals adds to some refusals, by the names of sources, the credentials that hosts refuse while others of the same
// source do their work: nothing is missing because of that, and nobody would be told.
func (a *usedPools) refusals(of map[string][]string) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for source, pools := range a.all {
		for _, p := range pools {
			of[source] = append(of[source], p.Refusals()...)
		}
	}
}

// refused lists such credentials of one source, each once.
func (a *usedPools) refused(source string) []string {
	of := map[string][]string{}
	a.refusals(of)
	slices.Sort(of[source])
	return slices.Compact(of[source])
}

// refusals says which credentials were refused by the looks at sources or by the scan itself.
func (r scanRequest) refusals(scan *usedPools) (lacks []api.ScanLack) {
	of := map[string][]string{}
	if scan.refusals(of); r.checked != nil {
		r.checked.used.refusals(of)
	}
	for _, source := range slices.Sorted(maps.Keys(of)) {
		slices.Sort(of[source])
		if names := slices.Compact(of[source]); len(names) > 0 {
			lacks = append(lacks, api.ScanLack{Source: source, Part: "credentials", Why: refusedWords(names)})
		}
	}
	return lacks
}

func refusedWords(names []string) string {
	if len(names) == 1 {
		return fmt.Sprintf("the host refuses %s: it may be wrong, expired or revoked; the others do its work", names[0])
	}
	return fmt.Sprintf("the host refuses %s: they may be wrong, expired or revoked; the others do their work", strings.Join(names, ", "))
}

// nothingShown says that the list of an account is empty.
func nothingShown(owner string) string {
	return fmt.Sprintf("the list of %s is empty: the credentials may not see its repositories", owner)
}

// ownerOf is the account that a source of GitHub lists whole; "" where it lists none, or a part of it.
func ownerOf(s config.Source) string {
	if s.GitHub == nil || len(s.GitHub.Include)+len(s.GitHub.Exclude) > 0 {
		return ""
	}
	return cmp.Or(s.GitHub.Org, s.GitHub.User)
}
