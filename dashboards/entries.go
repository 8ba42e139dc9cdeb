package dashboards

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// mostEntries is how many entries of catalogs the pages of teams and repositories list.
const mostEntries = 20

// entries lists entries of catalogs with what is not so in them. Next says what it means that there are none.
func (p *Pages) entries(ctx context.Context, q *request, ask query.CatalogEntitiesQuestion, next string) (table, error) {
	t := table{Label: "Entries of catalogs", Columns: texts("Entry", "Catalog", "Owner", "Fresh", "Not so"), Next: next}
	ask.Limit, ask.AsOf = mostEntries+1, q.asOf
	if q.asOf != q.now {
		t.Next = "What was found in catalogs is kept of the newest scan that read them. Of an earlier moment it is not known; choose a later one."
	}
	rows, err := query.CatalogEntities(ctx, p.DB, ask)
	if err != nil {
		return t, fmt.Errorf("ask for entries of catalogs: %w", err)
	}
	for _, row := range rows[:min(len(rows), mostEntries)] {
		entry := say(row.Entity)
		if row.Repo != "" {
			entry.Sub = []string{metrics.UnitName(row.Repo, row.Folder)}
		}
		var wrong []string
		for _, f := range row.Fields {
			if f.Verdict == "wrong" || f.Verdict == "aged" {
				wrong = append(wrong, f.Field+": "+f.Reason)
			}
		}
		not := say("")
		if len(wrong) > 0 {
			not = say(wrong[0], wrong[1:]...)
		}
		owner := say(ownerWords(row.Owner.Right), row.Owner.Values...)
		t.Rows = append(t.Rows, []cell{entry, say(row.Source), owner, say(row.Fresh), not})
	}
	t.Caption = plural(len(t.Rows), "entry", "entries")
	if len(rows) > mostEntries {
		t.Caption = fmt.Sprintf("The first %d entries", mostEntries)
	}
	return t, nil
}

// ownerWords says in words whether an owner is right.
func ownerWords(right string) string {
	switch right {
	case "yes":
		return "right"
	case "no":
		return "wrong"
	}
	return "not known"
}
