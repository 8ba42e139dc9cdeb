package dashboards

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
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

// after returns the row that a page of a list follows; nil for the first page.
func after[K any](q *request) *K {
	var key K
	b, err := base64.RawURLEncoding.DecodeString(q.values["next"])
	if len(b) == 0 || err != nil || json.Unmarshal(b, &key) != nil {
		return nil
	}
	return &key
}

// onPage cuts off what follows a page of rows, of which one more than it shows was asked for; more says whether there is any.
func onPage[R any](rows []R) (page []R, more bool) {
	return rows[:min(len(rows), unitsPerPage)], len(rows) > unitsPerPage
}

// files adds the addresses of the same list, narrowed down as it is, from the API.
func (page *unitsPage) files(q *request, address string, asked []string, pairs ...string) {
	page.JSON = q.link(address, asked, pairs...)
	page.CSV = q.link(address, asked, append(slices.Clone(pairs), "format", "csv", "limit", "0")...)
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
