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
		return text + ", and " + c.Sources[0] + " reads it for all of them"
	}
	return text + ", and is read by each of them, as each reads something else"
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
		repos[m.name] = inSources{append(repos[m.name].sources, m.sources...), m.reads < 2}
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
		all = append(all, api.ScanCommon(c))
	}
	return all
}
