package clickhouse

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed sql/catalog_links.sql
	catalogLinksSQL string
	//go:embed sql/links_told.sql
	linksToldSQL string
)

// WriteLinks stores what was found out about links. Of each the newest check holds.
func (db *DB) WriteLinks(ctx context.Context, rows []metrics.Link) error {
	return together(ctx, step{len(rows), "links", func(ctx context.Context) error {
		return db.insert(ctx, "INSERT INTO catalog_links (url, answers, status, checked, since, failed, answered)",
			pick(rows, func(l *metrics.Link) string { return l.URL }),
			pick(rows, func(l *metrics.Link) int8 { return int8(l.Answers) }),
			pick(rows, func(l *metrics.Link) uint16 { return uint16(l.Status) }),
			times(rows, func(l *metrics.Link) metrics.Instant { return l.Checked }),
			times(rows, func(l *metrics.Link) metrics.Instant { return l.Since }),
			times(rows, func(l *metrics.Link) metrics.Instant { return l.Failed }),
			times(rows, func(l *metrics.Link) metrics.Instant { return l.Answered }))
	}})
}

// Links returns what is known of links, by URL.
func (db *DB) Links(ctx context.Context) ([]metrics.Link, error) {
	type row struct {
		metrics.Link
		status uint16
	}
	rows, err := collect(ctx, db, catalogLinksSQL, nil, func(r *row) []any {
		return []any{&r.URL, (*uint8)(&r.Answers), &r.status, (*int64)(&r.Checked), (*int64)(&r.Since), (*int64)(&r.Failed), (*int64)(&r.Answered)}
	})
	if err != nil {
		return nil, fmt.Errorf("list what is known of links: %w", err)
	}
	return pick(rows, func(r *row) metrics.Link {
		r.Status = int(r.status)
		return r.Link
	}), nil
}

// LinksTold returns the links that entities have now, of some catalogs and in the files of repositories, each once.
func (db *DB) LinksTold(ctx context.Context, sources []string) ([]string, error) {
	args := map[string]any{"sources": append([]string{""}, sources...)} // an empty list has no type
	list, err := collect(ctx, db, linksToldSQL, args, func(url *string) []any { return []any{url} })
	if err != nil {
		return nil, fmt.Errorf("list the links of entities: %w", err)
	}
	return list, nil
}
