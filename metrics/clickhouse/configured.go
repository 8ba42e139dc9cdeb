package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/configured.sql
	configuredSQL string
	//go:embed sql/retired.sql
	retiredSQL string
	//go:embed sql/scan_begins.sql
	scanBeginsSQL string
)

// PutSources notes which sources are configured from a moment on, and reports whether that is a change. What others
// brought counts from then on only where none of these says anything. Of some of them, such as the only one that a scan
// reads, nothing follows for the rest: they are added to those that are known.
func (db *DB) PutSources(ctx context.Context, sources []string, all bool, from metrics.Instant) (changed bool, err error) {
	known, at, err := db.configured(ctx)
	if err != nil || known == nil && !all {
		return false, err
	}
	list := slices.Clone(sources)
	if !all {
		list = append(list, known...)
	}
	slices.Sort(list)
	if list = slices.Compact(list); slices.Equal(list, known) || len(list) == 0 {
		return false, nil
	}
	err = db.insert(ctx, "INSERT INTO configured (at, sources)", []int64{int64(max(from, at+1))}, perRow{list})
	if err != nil {
		return false, fmt.Errorf("write which %d sources are configured: %w", len(list), err)
	}
	return true, nil
}

// SourcesKnown reports whether it was ever noted which sources are configured.
func (db *DB) SourcesKnown(ctx context.Context) (bool, error) {
	sources, _, err := db.configured(ctx)
	return sources != nil, err
}

// configured returns which sources were configured when that was said last, by name; nil where it never was.
func (db *DB) configured(ctx context.Context) (sources []string, at metrics.Instant, err error) {
	var rows []struct {
		At      int64    `ch:"at"`
		Sources []string `ch:"sources"`
	}
	if err := db.Select(ctx, &rows, configuredSQL, nil); err != nil {
		return nil, 0, fmt.Errorf("look up which sources are configured: %w", err)
	}
	if len(rows) == 0 {
		return nil, 0, nil
	}
	return rows[0].Sources, metrics.Instant(rows[0].At), nil
}

// Retired are the sources that brought repositories and are not configured any more.
type Retired map[string]bool

// Retired returns them.
func (db *DB) Retired(ctx context.Context) (Retired, error) {
	var rows []struct {
		Source string `ch:"source"`
	}
	if err := db.Select(ctx, &rows, retiredSQL, nil); err != nil {
		return nil, fmt.Errorf("look up which sources are not configured any more: %w", err)
	}
	list := make(Retired, len(rows))
	for _, row := range rows {
		list[row.Source] = true
	}
	return list, nil
}

// compare puts them before the others.
func (x Retired) compare(a, b string) int {
	switch {
	case x[a] == x[b]:
		return 0
	case x[a]:
		return -1
	}
	return 1
}

// audience is who is listened to.
type audience struct {
	retired Retired
	begins  []metrics.Instant // of scans, oldest first, where anything is retired
}

func (db *DB) audience(ctx context.Context) (a audience, err error) {
	if a.retired, err = db.Retired(ctx); err != nil || len(a.retired) == 0 {
		return a, err
	}
	a.begins, err = collect(ctx, db, scanBeginsSQL, nil, func(at *metrics.Instant) []any { return []any{(*int64)(at)} })
	if err != nil {
		return a, fmt.Errorf("list when scans began: %w", err)
	}
	return a, nil
}

// hear leaves out of a history what retired sources say of how it is, since another source reads the repository: all is
// then as if they had never been there. What they said in scans before stays, so does what happened, and all that nobody
// else tells of.
func (a audience) hear(h *metrics.History) {
	if len(a.retired) == 0 {
		return
	}
	a.endWindows(h)
	told := a.told(h.Readings)
	if told == metrics.Forever {
		return
	}
	x := a.retired
	h.Readings = slices.DeleteFunc(h.Readings, func(r metrics.Reading) bool { return x[r.Source] && r.At >= told })
	h.Warnings = slices.DeleteFunc(h.Warnings, func(w metrics.HostWarnings) bool { return x[w.Source] })
	h.Policies = closed(h.Policies, func(l *metrics.PolicyList) (string, bool) { return l.Source, x[l.Source] && l.Seen >= told },
		func(l metrics.PolicyList) (metrics.PolicyList, bool) {
			return metrics.PolicyList{Repo: l.Repo, Source: l.Source, Seen: told}, x[l.Source]
		})
	h.Accesses = closed(h.Accesses, func(l *metrics.AccessList) (string, bool) { return l.Source, x[l.Source] && l.Seen >= told },
		func(l metrics.AccessList) (metrics.AccessList, bool) {
			return metrics.AccessList{Repo: l.Repo, Source: l.Source, Seen: told}, x[l.Source]
		})
}

// told returns when the scan began in which a source read the repository first that is not retired; metrics.Forever where
// none has. What is read in one scan is read at once, whichever source comes first.
func (a audience) told(readings []metrics.Reading) metrics.Instant {
	at := metrics.Forever
	for i := range readings {
		if r := &readings[i]; r.Complete && !a.retired[r.Source] {
			at = min(at, r.At)
		}
	}
	n, same := slices.BinarySearch(a.begins, at)
	if at == metrics.Forever || same || n == 0 {
		return at
	}
	return a.begins[n-1]
}

// endWindows ends the times in which retired sources know all runs when they read the repository last.
func (a audience) endWindows(h *metrics.History) {
	last := make(map[string]metrics.Instant)
	for i := range h.Readings {
		if r := &h.Readings[i]; r.Complete {
			last[r.Source] = max(last[r.Source], r.At)
		}
	}
	for i := range h.RunWindows {
		if w := &h.RunWindows[i]; a.retired[w.Source] {
			w.To = min(w.To, max(w.Seen, last[w.Source]))
		}
	}
}

// closed leaves out lists that are too late, and ends what the last one before says of a source of which that is to end.
// Lists of one source follow one another.
func closed[L any](lists []L, late func(*L) (source string, is bool), end func(L) (L, bool)) []L {
	var kept []L
	for i := range lists {
		source, is := late(&lists[i])
		if is {
			continue
		}
		kept = append(kept, lists[i])
		if i+1 < len(lists) {
			if next, late := late(&lists[i+1]); next == source && !late {
				continue
			}
		}
		if last, has := end(lists[i]); has {
			kept = append(kept, last)
		}
	}
	return kept
}
