package dashboards

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// unitsPage is a list behind figures that are of no moment: what moved between two, or what stayed for how long.
type unitsPage struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	Table       table
	First, Next string
	CSV, JSON   string
}

// unitsPerPage is how many rows such a list has at once.
const unitsPerPage = 100

// unitsChunk is how many rows are asked for at once while those are looked for that a list shows.
const unitsChunk = 2000

// after returns the row that a page of a list follows; nil for the first page.
func after[K any](q *request) *K {
	var key K
	b, err := base64.RawURLEncoding.DecodeString(q.values["next"])
	if len(b) == 0 || err != nil || json.Unmarshal(b, &key) != nil {
		return nil
	}
	return &key
}

// pickRows takes the rows of one page out of a list that is asked for some rows at a time; more says whether others
// follow.
func pickRows[R, K any](from *K, key func(R) K, ask func(after *K) ([]R, error), holds func(R) bool) (picked []R, more bool, err error) {
	for {
		rows, err := ask(from)
		if err != nil {
			return nil, false, err
		}
		for _, row := range rows {
			switch {
			case !holds(row):
			case len(picked) == unitsPerPage:
				return picked, true, nil
			default:
				picked = append(picked, row)
			}
		}
		if len(rows) < unitsChunk {
			return picked, false, nil
		}
		last := key(rows[len(rows)-1])
		from = &last
	}
}

// links adds the addresses of other pages of the list; last is the key of its last row.
func (page *unitsPage) links(q *request, kept []string, more bool, last any) {
	part := ""
	if q.values["next"] != "" {
		page.First, part = q.link(q.address, kept), "a part of the list, "
	}
	if more {
		part = "a part of the list, "
		if key, err := json.Marshal(last); err == nil {
			page.Next = q.link(q.address, kept, "next", base64.RawURLEncoding.EncodeToString(key))
		}
	}
	page.Table.Caption = fmt.Sprintf("%s, %sby repository", plural(len(page.Table.Rows), "row", "rows"), part)
}
