package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/api"
)

// common is that several sources have the same repositories.
type common struct {
	Sources  []string `json:"sources"`
	Repos    int      `json:"repos"`
	Examples []string `json:"examples"`
	Once     bool     `json:"read_once"` // the first of them reads for all
	Apart    int      `json:"apart"`     // those of which they have different heads: the newest counts

	names []string // of all of them
}

// commonExamples is how many repositories are named that several sources have.
const commonExamples = 3

// words says it in a sentence.
func (c common) words() string {
	sources := strings.Join(c.Sources[:len(c.Sources)-1], ", ") + " and " + c.Sources[len(c.Sources)-1]
	text := fmt.Sprintf("sources %s have %s in common (%s", sources, count(c.Repos, "repository", "repositories"), strings.Join(c.Examples, ", "))
	if c.Repos > len(c.Examples) {
		text += ", …"
	}
	text += "): each counts once"
	if c.Once {
		text += ", and " + c.Sources[0] + " reads it for all of them"
	} else {
		text += ", and is read by each of them, as each reads something else"
	}
	if c.Apart > 0 {
		text += fmt.Sprintf("; %s at different heads, of which one counts (explain tells which)", are(c.Apart))
	}
	return text
}

// are begins a sentence about some of what was told.
func are(n int) string {
	if n == 1 {
		return "one of them is"
	}
	return fmt.Sprintf("%s of them are", number(n))
}

// part says of which repositories the sources have different heads.
func part(list []common, apart []string) {
	for i := range list {
		for _, name := range apart {
			if _, has := slices.BinarySearch(list[i].names, name); has {
				list[i].Apart++
			}
		}
	}
}

// inSources is where a repository is.
type inSources struct {
	sources []int // by their place
	once    bool  // one of them reads it for all
}

// commonTo gathers repositories, by name, that are in several sources.
func commonTo(names []string, repos map[string]inSources) []common {
	found := make(map[string]*common)
	for _, repo := range slices.Sorted(maps.Keys(repos)) {
		in := slices.Compact(slices.Sorted(slices.Values(repos[repo].sources)))
		if len(in) < 2 {
			continue
		}
		key := fmt.Sprint(in, repos[repo].once)
		c := found[key]
		if c == nil {
			c = &common{Once: repos[repo].once}
			for _, i := range in {
				c.Sources = append(c.Sources, names[i])
			}
			found[key] = c
		}
		c.names = append(c.names, repo)
		if c.Repos++; len(c.Examples) < commonExamples {
			c.Examples = append(c.Examples, repo)
		}
	}
	var list []common
	for _, key := range slices.Sorted(maps.Keys(found)) {
		list = append(list, *found[key])
	}
	return list
}

// common tells what the sources have in common.
func (o *overlap) common() []common {
	o.mu.Lock()
	defer o.mu.Unlock()
	repos := make(map[string]inSources, len(o.met))
	for _, m := range o.met {
		repos[m.name] = inSources{append(repos[m.name].sources, m.sources...), o.readOnce(m)}
	}
	var names []string
	for _, s := range o.sources {
		names = append(names, s.Name)
	}
	return commonTo(names, repos)
}

// inAPI is what sources have in common as answers have it.
func inAPI(list []common) (all []api.ScanCommon) {
	for _, c := range list {
		all = append(all, api.ScanCommon{Sources: c.Sources, Repos: c.Repos, Examples: c.Examples, Once: c.Once, Apart: c.Apart})
	}
	return all
}
