package gitlabtest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Pages of a list.
const (
	defaultPage = 20
	largestPage = 100
)

func (c *call) perPage() int {
	n, err := strconv.Atoi(c.given("per_page"))
	if err != nil || n < 1 {
		return defaultPage
	}
	return min(n, largestPage)
}

func (c *call) page() int {
	n, err := strconv.Atoi(c.given("page"))
	if err != nil {
		return 1
	}
	return max(n, 1)
}

// paged makes the page of a list that was asked for and tells of the others. How many entries there are is
// told up to a number only; pages that are too far away are refused.
func paged[T any](c *call, list []T, show func(T) any) (any, error) {
	if c.given("pagination") == "keyset" {
		return nil, refuse(http.StatusMethodNotAllowed, "Keyset pagination is not yet available for this type of request")
	}
	page, per := c.page(), c.perPage()
	if most := c.peer.config.MaxOffset; page*per > most {
		no := refuse(http.StatusMethodNotAllowed, "Offset pagination has a maximum allowed offset of %d. Remaining records can be retrieved using keyset pagination.", most)
		no.body = object{"error": no.message}
		return nil, no
	}
	c.tellPages(page, per, len(list))
	return each(list[min(len(list), (page-1)*per):min(len(list), page*per)], show), nil
}

// tellPages fills in the headers of a page by number.
func (c *call) tellPages(page, per, total int) {
	last := max(1, (total+per-1)/per)
	header := func(name string, n int) {
		text := ""
		if n > 0 {
			text = strconv.Itoa(n)
		}
		c.header.Set(name, text)
	}
	header("X-Page", page)
	header("X-Per-Page", per)
	next := 0
	if page < last {
		next = page + 1
		c.link("next", "page", strconv.Itoa(next))
	}
	header("X-Next-Page", next)
	header("X-Prev-Page", page-1)
	if page > 1 {
		c.link("prev", "page", strconv.Itoa(page-1))
	}
	c.link("first", "page", "1")
	if total > c.peer.config.Totals {
		return
	}
	c.link("last", "page", strconv.Itoa(last))
	c.header.Set("X-Total", strconv.Itoa(total))
	c.header.Set("X-Total-Pages", strconv.Itoa(last))
}

// link adds a link to the same list with another parameter.
func (c *call) link(rel, name, value string) {
	query := c.request.URL.Query()
	query.Set(name, value)
	next := fmt.Sprintf(`<%s%s?%s>; rel="%s"`, c.peer.URL, c.request.URL.EscapedPath(), query.Encode(), rel)
	if so := c.header.Get("Link"); so != "" {
		next = so + ", " + next
	}
	c.header.Set("Link", next)
}

// keyset makes a page of a list that is in the order of what key says, the one that follows a given key. The
// link to the next page carries the parameter by which it is asked for.
func keyset[T any](c *call, list []T, param string, key func(T) string, show func(T) any) any {
	from := 0
	if after := c.given(param); after != "" {
		at := slices.IndexFunc(list, func(v T) bool { return key(v) == after })
		from = at + 1 // from the beginning where there is no such entry any more
	}
	page := list[from:min(len(list), from+c.perPage())]
	if from+len(page) < len(list) {
		c.link("next", param, key(page[len(page)-1]))
	}
	return each(page, show)
}

// order sorts a list as the parameters order_by and sort say.
func order[T any](c *call, list []T, by, direction string, keys map[string]func(T) string, id func(T) int64) error {
	by, direction = cmp.Or(c.given("order_by"), by), cmp.Or(c.given("sort"), direction)
	key := keys[by]
	switch {
	case key == nil:
		return invalid("order_by")
	case direction != "asc" && direction != "desc":
		return invalid("sort")
	}
	sign := 1
	if direction == "desc" {
		sign = -1
	}
	slices.SortStableFunc(list, func(a, b T) int {
		return sign * cmp.Or(strings.Compare(key(a), key(b)), cmp.Compare(id(a), id(b)))
	})
	return nil
}

// sortable writes a number so that texts have the order of their numbers.
func sortable(n int64) string { return fmt.Sprintf("%020d", n) }

// sortableTime writes a time so that texts have the order of their times.
func sortableTime(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000") }
