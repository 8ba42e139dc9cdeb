package classify

import (
	"encoding/json"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// Standing returns the paths, by their keys, about which the same follows from the same facts under both
// definitions, so that what was concluded under the old ones stands. It is none where anything but the paths
// changed: teams and thresholds say something about every path.
func Standing(old, now metrics.Definitions) []metrics.PathKey {
	if !same(apartFromPaths(old), apartFromPaths(now)) {
		return nil
	}
	var keys []metrics.PathKey
	for i := range now.Paths {
		path := &now.Paths[i]
		j := slices.IndexFunc(old.Paths, func(p metrics.Path) bool { return p.Key == path.Key })
		if j >= 0 && same(old.Paths[j], *path) && !seesAll(path, now) {
			keys = append(keys, path.Key)
		}
	}
	return keys
}

func apartFromPaths(d metrics.Definitions) metrics.Definitions {
	d.Paths = nil
	return d
}

// same compares what may have been stored in between, where an empty list and none are two things.
func same(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// seesAll reports whether rules of a path may look at files that are only there for another: expressions see
// everything, and where there are components, which files there are depends on what all paths look at.
func seesAll(p *metrics.Path, d metrics.Definitions) bool {
	return slices.ContainsFunc(pathSignals(p), func(s metrics.Signal) bool { return s.Kind == "cel" }) &&
		slices.ContainsFunc(d.Paths, func(p metrics.Path) bool { return len(p.Components) > 0 })
}

// Only returns a classifier that concludes about these paths alone, for repositories of which no runs are known: how
// often a path runs is judged beside all others. What is no conclusion about a path, who owns a repository and which of
// its files are not understood, is concluded in whole.
func (c *Classifier) Only(paths []metrics.PathKey) *Classifier {
	some := *c
	some.paths = slices.Clone(c.paths)
	for i := range some.paths {
		p := &some.paths[i]
		if p.idle = !slices.Contains(paths, p.def.Key); !p.idle {
			some.asked = append(some.asked, p.signals...)
		}
	}
	return &some
}
