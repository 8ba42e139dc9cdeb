package hosttest

import (
	"fmt"
	"strconv"
)

// MostPerPage is how many entries a page of a list has at most.
const MostPerPage = 100

// Slice is a page of a list, which is empty beyond its end.
func Slice[T any](list []T, page, per int) []T {
	return list[min(len(list), (page-1)*per):min(len(list), page*per)]
}

// Page reads which page of a list is asked for, and how many entries it has: as many as usual where that is not said,
// and a hundred at most.
func (c *Call) Page(usual int) (page, per int) {
	page, _ = strconv.Atoi(c.Given("page"))
	if per, _ = strconv.Atoi(c.Given("per_page")); per < 1 {
		per = usual
	}
	return max(page, 1), min(per, MostPerPage)
}

// Link adds a link to the same list, with another value of a parameter, on the server at base.
func (c *Call) Link(base, rel, name, value string) {
	query := c.Request.URL.Query()
	query.Set(name, value)
	link := fmt.Sprintf(`<%s%s?%s>; rel="%s"`, base, c.Request.URL.EscapedPath(), query.Encode(), rel)
	if so := c.Header.Get("Link"); so != "" {
		link = so + ", " + link
	}
	c.Header.Set("Link", link)
}
