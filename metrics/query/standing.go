package query

import (
	"context"
	_ "embed"
	"slices"
)

var (
	//go:embed standing.sql
	standingSQL string
	//go:embed unread.sql
	unreadSQL string
)

// part is the newest scan of a part of the repositories.
type part struct {
	Source     string   `ch:"source"` // the only one that it read; "" for all
	Shard      uint16   `ch:"shard"`  // which of Shards parts; 0 of 0 for all
	Shards     uint16   `ch:"shards"`
	Complete   bool     `ch:"complete"`
	Lacking    []string `ch:"lacking"` // where it is not, the sources that it lacks something of; none where it may be any
	Configured []string `ch:"configured"`
}

// of reports whether a scan read a source.
func (p *part) of(source string) bool { return p.Source == "" || p.Source == source }

// well reports whether a scan that read a source listed and read all of it.
func (p *part) well(source string) bool {
	return p.Complete || len(p.Lacking) > 0 && !slices.Contains(p.Lacking, source)
}

// standing returns the newest scans of all parts, newest first.
func standing(ctx context.Context, db DB) ([]part, error) {
	return ask[part](ctx, db, "how the newest scans ended", standingSQL, nil)
}

// complete reports whether the newest scan of each repository could read its source there, be these scans of parts or of
// one source. So a part that nobody read is lacking, and so is one that was read badly, until it is read well itself.
func complete(parts []part) bool {
	for _, source := range sourcesOf(parts) {
		if !covered(parts, source) {
			return false
		}
	}
	return len(parts) > 0
}

// sourcesOf are the configured sources. Where no scan said yet which these are, they are those that scans name, beside "" for
// whatever else there is.
func sourcesOf(parts []part) []string {
	if len(parts) > 0 && len(parts[0].Configured) > 0 {
		return parts[0].Configured
	}
	sources := []string{""}
	for _, p := range parts {
		sources = append(sources, p.Source)
	}
	slices.Sort(sources)
	return slices.Compact(sources)
}

// mostKinds bounds how many kinds of repositories are told apart. More need divisions into hundreds of parts that have no
// divisor in common: then the older ones are taken as if they had not been.
const mostKinds = 1 << 20

// covered reports whether every repository of a source was read well by the newest scan that read it. Repositories are of
// one kind where all divisions have them in the same parts: their ids leave the same rest when they are divided by a number
// that every division's is a divisor of.
func covered(parts []part, source string) bool {
	open, left := []bool{true}, 1 // kinds that no scan read that was looked at
	for _, p := range parts {
		if !p.of(source) {
			continue
		}
		shards := max(int(p.Shards), 1)
		times := shards / divisor(len(open), shards)
		if len(open)*times > mostKinds {
			return false
		}
		open, left = slices.Repeat(open, times), left*times
		for kind := max(int(p.Shard), 1) - 1; kind < len(open); kind += shards {
			if !open[kind] {
				continue
			}
			if !p.well(source) {
				return false
			}
			open[kind] = false
			left--
		}
		if left == 0 {
			return true
		}
	}
	return false
}

// divisor is the greatest one that two numbers have in common.
func divisor(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// unread counts the repositories that scans of parts listed and left to scans of other parts, which never came.
func unread(ctx context.Context, db DB, parts []part) (n int, err error) {
	if !slices.ContainsFunc(parts, func(p part) bool { return p.Shards > 1 }) {
		return 0, nil
	}
	rows, err := ask[struct {
		Source string `ch:"source"`
		Others uint32 `ch:"others"`
		Had    uint64 `ch:"had"`
	}](ctx, db, "how many repositories nobody read", unreadSQL, nil)
	for _, r := range rows {
		n += max(int(r.Others)-int(r.Had), 0)
	}
	return n, err
}
