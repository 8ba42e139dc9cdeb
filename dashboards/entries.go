package dashboards

import (
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// mostEntries is how many entries of catalogs the pages of teams and repositories list.
const mostEntries = 20

// entries lists entries of catalogs with what is not so in them. Next says what it means that there are none.
func (p *Pages) entries(ctx context.Context, q *request, ask query.CatalogEntitiesQuestion, next string) (table, error) {
	t := table{Label: "Entries of catalogs", Columns: texts("Entry", "Catalog", "Owner", "Fresh", "What is wrong"), Next: next}
	ask.Limit, ask.AsOf = mostEntries+1, q.asOf
	if q.asOf != q.now {
		t.Next = "What was found in catalogs is kept of the newest scan that read them. Of an earlier moment it is not known; choose a later one."
	}
	rows, err := query.CatalogEntities(ctx, p.DB, ask)
	if err != nil {
		return t, fmt.Errorf("ask for entries of catalogs: %w", err)
	}
	measure, err := p.measure(ctx, q)
	if err != nil {
		return t, err
	}
	for _, row := range rows[:min(len(rows), mostEntries)] {
		entry := entryCell(q, row)
		if row.Repo != "" {
			entry.Sub = []string{metrics.UnitName(row.Repo, row.Folder)}
		}
		not := say("")
		if wrong := notSo(row); len(wrong) > 0 {
			not = say(wrong[0], wrong[1:]...)
		}
		owner := say(ownerWords(row.Owner.Right), row.Owner.Values...)
		t.Rows = append(t.Rows, []cell{entry, say(row.Source), owner, say(row.Fresh, spoilt(row, measure)...), not})
	}
	t.Caption = plural(len(t.Rows), "entry", "entries")
	if len(rows) > mostEntries {
		t.Caption = fmt.Sprintf("The first %d entries", mostEntries)
	}
	return t, nil
}

// notSo lists the fields of an entry that are not as they should be, each with its reason.
func notSo(row query.CatalogEntityRow) []string {
	var list []string
	for _, f := range row.Fields {
		switch {
		case f.Verdict == "aged" && f.Confirmed != nil:
			list = append(list, f.Field+": aged, last confirmed "+day(metrics.At(*f.Confirmed)))
		case f.Verdict == "wrong", f.Verdict == "aged", ownerSpoils(row, f):
			list = append(list, f.Field+": "+f.Reason)
		}
	}
	return list
}

// spoilt lists the fields for which an entry is not fresh, or not known to be.
func spoilt(row query.CatalogEntityRow, m *metrics.Measure) []string {
	var list []string
	for _, f := range row.Fields {
		switch {
		case ownerSpoils(row, f):
			list = append(list, "owner "+ownerWords(row.Owner.Right))
		case f.Field == metrics.FieldOwner, m == nil, f.Verdict != "wrong" && f.Verdict != "aged":
		case slices.Contains(m.FreshFields, f.Field):
			list = append(list, f.Field+" "+f.Verdict)
		}
	}
	return list
}

// ownerSpoils reports whether a field is an owner for which its entry is not fresh.
func ownerSpoils(row query.CatalogEntityRow, f query.CatalogFieldState) bool {
	return row.Counted && f.Field == metrics.FieldOwner && row.Owner.Right != "yes"
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
