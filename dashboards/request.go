package dashboards

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

// request is what the address of a page asks for. What cannot be used is told on the page, which then
// shows itself without it.
type request struct {
	address  string
	values   map[string]string // the filters that were given
	now      metrics.Instant   // as questions are asked
	clock    metrics.Instant   // as it really is
	asOf     metrics.Instant   // now where it is not given
	from, to metrics.Instant   // of series; to is asOf where it is not given
	interval string
	mistakes []string
}

// filterNames are the parameters that pages know.
func filterNames() []string {
	return []string{
		"path", "team", "group", "state", "as_of", "from", "to", "interval", "repo", "only", "reason", "next",
		"source", "field", "verdict", "cause", "entity", "kill", "measure", "by", "version", "lag", "origin", "way", "show", "filled", "fillable", "without", "automated", "active", "choice", "runs", "embed",
		"was", "became", "manner", "outcome", "came", "moved", "work", "format",
	}
}

// whose are the filters that say about whose repositories a page is; links from figures to their lists keep them.
var whose = []string{"team", "group"}

// defaultReach is how far back series go where no begin is given.
const defaultReach = 3 * 365 * metrics.Day

// parseRequest reads the address of a page.
func parseRequest(u *url.URL, now metrics.Instant) *request {
	q := &request{address: u.Path, values: make(map[string]string), now: now}
	values, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		q.wrong("The address cannot be read: %v.", err)
	}
	for _, name := range filterNames() {
		value := strings.TrimSpace(values.Get(name))
		most := 1000
		if name == "kill" { // a checkbox a field
			value, most = strings.Join(values[name], ","), 10_000
		} else if n := len(values[name]); n > 1 {
			q.wrong("%s is given %d times, where one is expected; the first holds.", name, n)
		}
		if len(value) > most || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == '\uFFFD' }) {
			q.unreadable(name, value, most)
		} else if value != "" {
			q.values[name] = value
		}
	}
	q.strangers(values)
	q.keepMoments(values)
	if q.asOf = q.past("as_of", now); q.asOf > now { // where it is tomorrow already, that is now, and so are lists and files that it leads to
		q.asOf = now
		delete(q.values, "as_of")
	}
	q.to = q.past("to", q.asOf)
	q.from = q.instant("from", max(q.to-defaultReach, metrics.Beginning+1))
	if q.from >= q.to {
		q.wrong("From (%s) is not before to (%s).", minute(q.from), minute(q.to))
		q.from = max(q.to-defaultReach, metrics.Beginning+1)
	}
	q.interval = q.oneOf("interval", "month", "week", "quarter")
	if q.interval == "week" && q.to-q.from > 10*366*metrics.Day {
		q.wrong("More than ten years of weeks; months are shown.")
		q.interval = "month"
	}
	return q
}

// strangers tells of parameters that pages do not know: who mistypes one would see figures of something else. Those that other programs
// add to addresses to follow them are passed over.
func (q *request) strangers(values url.Values) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		known := slices.Contains(filterNames(), strings.TrimSuffix(name, momentSuffix)) || strings.HasPrefix(name, "utm_")
		if !known && len(q.mistakes) < 5 {
			q.wrong("%q is no filter, so it narrows nothing down.", clipped(name))
		}
	}
}

// momentSuffix ends the names of what forms send beside their dates: the moments that these were the days of.
const momentSuffix = "_moment"

// keepMoments takes a moment in place of a date that a form sent as it was: date fields know no hours.
func (q *request) keepMoments(values url.Values) {
	for _, name := range []string{"as_of", "from", "to"} {
		if moment := values.Get(name + momentSuffix); moment != "" && dateField(moment) == q.values[name] {
			q.values[name] = moment
		}
	}
}

// wrong notes a mistake, as a sentence.
func (q *request) wrong(format string, args ...any) {
	q.mistakes = append(q.mistakes, fmt.Sprintf(format, args...))
}

// instant reads a moment.
func (q *request) instant(name string, otherwise metrics.Instant) metrics.Instant {
	value, given := q.values[name]
	if !given {
		return otherwise
	}
	t, err := metrics.ParseInstant(value)
	switch {
	case err != nil:
		q.wrong("%s: %q is no date; write 2026-07-01.", name, value)
	case t <= metrics.Beginning || t >= metrics.Forever:
		q.wrong("%s: %q is out of range; write a date between %s and %s.", name, value, day(metrics.Beginning+metrics.Day), day(metrics.Forever-metrics.Day))
	default:
		return t
	}
	delete(q.values, name)
	return otherwise
}

// past reads a moment of which something can be known.
func (q *request) past(name string, otherwise metrics.Instant) metrics.Instant {
	t := q.instant(name, otherwise)
	if t <= q.now+metrics.Day {
		return t
	}
	q.wrong("%s: %s has not come yet, so nothing is known of it; this is up to %s.", name, day(t), day(otherwise))
	delete(q.values, name)
	return otherwise
}

// oneOf reads a word from a list; the first holds where none is given.
func (q *request) oneOf(name string, allowed ...string) string {
	value, given := q.values[name]
	if !given {
		return allowed[0]
	}
	if !slices.Contains(allowed, value) {
		names := slices.DeleteFunc(slices.Clone(allowed), func(name string) bool { return name == "" })
		q.wrong("%s: %q is not known; it is one of %s.", name, value, strings.Join(names, ", "))
		delete(q.values, name)
		return allowed[0]
	}
	return value
}

// unreadable notes that a value is no text that a filter takes.
func (q *request) unreadable(name, value string, most int) {
	if len(value) > most {
		q.wrong("%s is too long: %s bytes, where at most %s are taken.", name, count(len(value)), count(most))
		return
	}
	q.wrong("%s is not plain text.", name)
}

// flag reads a yes or no; nil where it is not given.
func (q *request) flag(name string) *bool {
	switch q.oneOf(name, "", "true", "false") {
	case "true":
		return new(true)
	case "false":
		return new(false)
	}
	return nil
}

// chosen reports whether somebody chose a time.
func (q *request) chosen() bool { return q.values["from"] != "" || q.values["to"] != "" }

// since is when a time begins that is this long unless somebody chose its begin.
func (q *request) since(reach metrics.Instant) metrics.Instant {
	if q.values["from"] != "" {
		return q.from
	}
	return max(q.to-reach, metrics.Beginning+1)
}

// link returns the address of a page with the moment and the named filters of this one, and further
// parameters as pairs of name and value; an empty value takes a parameter away.
func (q *request) link(address string, keep []string, pairs ...string) string {
	v := make(url.Values)
	for _, name := range append([]string{"as_of"}, keep...) {
		if value, ok := q.values[name]; ok {
			v.Set(name, value)
		}
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
		if pairs[i+1] == "" {
			v.Del(pairs[i])
		}
	}
	if len(v) == 0 {
		return address
	}
	return address + "?" + v.Encode()
}

// dateField returns a moment as date fields take it.
func dateField(value string) string {
	if t, err := metrics.ParseInstant(value); err == nil {
		return t.Time().Format(time.DateOnly)
	}
	return ""
}

// beginOfDay says which moment a date is, where something came later on the same day; "" where that does not matter.
func (q *request) beginOfDay(later metrics.Instant) string {
	if q.asOf%metrics.Day != 0 || later < q.asOf || later >= q.asOf+metrics.Day {
		return ""
	}
	return " A date is the begin of its day, 00:00 UTC: take As of away to see what is so now."
}
