package dashboards

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// TestNoneOfSomeLeadsToThem: a rate that is 0 leads to what it counts, as nothing is so that could be listed.
func TestNoneOfSomeLeadsToThem(t *testing.T) {
	day := at("2026-06-30")
	records := judgedCatalog("port", day, math.NaN(), entity("port", 0, metrics.FieldOwner, "nobody", metrics.FieldLifecycle, "production"),
		entity("port", 1, metrics.FieldOwner, "nobody", metrics.FieldSystem, "shop"), entity("port", 2, metrics.FieldOwner, string(teamKey(3)), metrics.FieldLifecycle, "production"))
	p := newTest(t, judgedStore(t, records))
	none := regexp.MustCompile(`\b0 of (\d+)\b`)
	for page, least := range map[string]int{
		"/": 1, "/catalog": 6, "/catalog?kill=system": 8, "/explore?measure=catalog.freshness": 1, "/explore?measure=catalog.freshness&by=team": 1, "/explore?measure=catalog.owners&by=team": 1,
	} {
		_, root, _ := get(t, p, page)
		followed := 0
		for _, name := range []string{"td", "div"} {
			for _, place := range elements(root, name) {
				found := none.FindStringSubmatch(words(place))
				if found == nil || found[1] == "0" || strings.Contains(words(place), "(for ") || name == "div" && !strings.HasPrefix(attr(place, "class"), "headline") {
					continue
				}
				links := elements(place, "a")
				if len(links) == 0 {
					t.Errorf("%s: %q leads nowhere", page, words(place))
					continue
				}
				list := attr(links[0], "href")
				if !strings.HasPrefix(list, "/catalog/entities") {
					continue
				}
				if got := walk(t, p, list); strconv.Itoa(got) != found[1] {
					t.Errorf("%s: %q leads to %s, which has %d", page, words(place), list, got)
				}
				followed++
			}
		}
		if followed < least {
			t.Errorf("%s: followed %d rates that are 0, want %d", page, followed, least)
		}
	}
}

// TestNobodyCameBack leads to those that left.
func TestNobodyCameBack(t *testing.T) {
	list := func(outcome string) string { return "/stays?outcome=" + outcome }
	for want, r := range map[string]query.Rate{
		"/stays?outcome=returned": query.NewRate(1, 4, ""), "/stays?outcome=left": query.NewRate(0, 4, ""), "": query.NewRate(0, 0, metrics.ReasonEmpty),
	} {
		if got := returnedLink(r, list); got != want {
			t.Errorf("%d of %d leads to %q, want %q", r.Num, r.Den, got, want)
		}
	}
}
