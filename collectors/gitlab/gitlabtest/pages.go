package gitlabtest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/hosttest"
)

// usualPage is how many entries a page of a list has where that is not said.
const usualPage = 20

// paged makes the page of a list that was asked for and tells of the others. How many entries there are is
// told up to a number only; pages that are too far away are refused.
func paged[T any](c *call, list []T, show func(T) any) (any, error) {
	if c.Given("pagination") == "keyset" {
		return nil, hosttest.Refuse(http.StatusMethodNotAllowed, "Keyset pagination is not yet available for this type of request")
	}
	page, per := c.Page(usualPage)
	if most := c.peer.config.MaxOffset; page*per > most {
		no := hosttest.Refuse(http.StatusMethodNotAllowed, "Offset pagination has a maximum allowed offset of %d. Remaining records can be retrieved using keyset pagination.", most)
		no.Body = object{"error": no.Message}
		return nil, no
	}
	c.tellPages(page, per, len(list))
	return hosttest.Each(hosttest.Slice(list, page, per), show), nil
}

// tellPages fills in the headers of a page by number.
func (c *call) tellPages(page, per, total int) {
	last := max(1, (total+per-1)/per)
	header := func(name string, n int) {
		text := ""
		if n > 0 {
			text = strconv.Itoa(n)
		}
		c.Header.Set(name, text)
	}
	header("X-Page", page)
	header("X-Per-Page", per)
	next := 0
	if page < last {
		next = page + 1
		c.Link(c.peer.URL, "next", "page", strconv.Itoa(next))
	}
	header("X-Next-Page", next)
	header("X-Prev-Page", page-1)
	if page > 1 {
		c.Link(c.peer.URL, "prev", "page", strconv.Itoa(page-1))
	}
	c.Link(c.peer.URL, "first", "page", "1")
	if total > c.peer.config.Totals {
		return
	}
	c.Link(c.peer.URL, "last", "page", strconv.Itoa(last))
	c.Header.Set("X-Total", strconv.Itoa(total))
	c.Header.Set("X-Total-Pages", strconv.Itoa(last))
}

// keyset makes a page of a list that is in the order of what key says, the one that follows a given key. The
// link to the next page carries the parameter by which it is asked for.
func keyset[T any](c *call, list []T, param string, key func(T) string, show func(T) any) any {
	from := 0
	if after := c.Given(param); after != "" {
		at := slices.IndexFunc(list, func(v T) bool { return key(v) == after })
		from = at + 1 // from the beginning where there is no such entry any more
	}
	_, per := c.Page(usualPage)
	page := list[from:min(len(list), from+per)]
	if from+len(page) < len(list) {
		c.Link(c.peer.URL, "next", param, key(page[len(page)-1]))
	}
	return hosttest.Each(page, show)
}

// order sorts a list as the parameters order_by and sort say.
func order[T any](c *call, list []T, by, direction string, keys map[string]func(T) string, id func(T) int64) error {
	by, direction = cmp.Or(c.Given("order_by"), by), cmp.Or(c.Given("sort"), direction)
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
