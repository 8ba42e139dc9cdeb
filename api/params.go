package api

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/trodden/trodden/metrics"
)

const (
	defaultLimit = 1000
	maxLimit     = 100_000
	maxValue     = 2000 // bytes of one parameter
)

// params reads the query string of a request. It collects every mistake, so that one answer names all.
type params struct {
	values   map[string]string
	known    []string
	mistakes []mistake
}

// parseParams reads a raw query string of which only known names are allowed, each at most once. An empty
// value is the same as none.
func parseParams(raw string, known ...string) *params {
	p := &params{values: make(map[string]string), known: known}
	values, err := url.ParseQuery(raw)
	if err != nil {
		p.wrong("", "the query string cannot be read: %v", err)
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		p.accept(name, values[name])
	}
	return p
}

// accept takes the values of one name, or notes what is wrong with them.
func (p *params) accept(name string, values []string) {
	switch value := values[0]; {
	case !slices.Contains(p.known, name):
		p.wrong(name, "no such parameter here, known are %s", strings.Join(p.known, ", "))
	case len(values) > 1:
		p.wrong(name, "given %d times, expected once", len(values))
	case len(value) > maxValue:
		p.wrong(name, "%d bytes long, expected at most %d", len(value), maxValue)
	case !plainText(value):
		p.wrong(name, "not plain text")
	case value != "":
		p.values[name] = value
	}
}

// plainText reports whether a text can be shown anywhere as it is.
func plainText(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// wrong notes a mistake, once however often the parameter is read.
func (p *params) wrong(name, format string, args ...any) {
	m := mistake{Parameter: name, Detail: fmt.Sprintf(format, args...)}
	if !slices.Contains(p.mistakes, m) {
		p.mistakes = append(p.mistakes, m)
	}
}

// err returns a failure that names every mistake, or nil.
func (p *params) err() error {
	if len(p.mistakes) == 0 {
		return nil
	}
	texts := make([]string, len(p.mistakes))
	for i, m := range p.mistakes {
		texts[i] = strings.TrimPrefix(m.Parameter+": "+m.Detail, ": ")
	}
	return &failure{kind: metrics.ErrInvalid, detail: strings.Join(texts, "; "), mistakes: p.mistakes,
		hint: "GET " + openapiPath + " describes the parameters"}
}

// has reports whether the parameter was given.
func (p *params) has(name string) bool { return p.values[name] != "" }

// text returns the value as it stands.
func (p *params) text(name string) string { return p.values[name] }

// required returns the value, which must be there.
func (p *params) required(name, example string) string {
	if !p.has(name) && !slices.ContainsFunc(p.mistakes, func(m mistake) bool { return m.Parameter == name }) {
		p.wrong(name, "missing, expected something like %s", example)
	}
	return p.values[name]
}

// oneOf returns the value, which must be one of the allowed; the first of them holds where none is given.
func (p *params) oneOf(name string, allowed ...string) string {
	value := p.values[name]
	if value == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, value) {
		p.wrong(name, "%q is not known, expected one of %s", value,
			strings.Join(slices.DeleteFunc(slices.Clone(allowed), func(s string) bool { return s == "" }), ", "))
	}
	return value
}

// ofLists notes which of some parameters are given where no list is asked for: they narrow lists down.
func (p *params) ofLists(listed bool, names ...string) {
	for _, name := range names {
		if !listed && p.has(name) {
			p.wrong(name, "is for lists, expected detail=%s with it", ofUnits)
		}
	}
}

// truth returns whether something is to be so, or nil where nothing is asked.
func (p *params) truth(name string) *bool {
	switch p.oneOf(name, "", "true", "false") {
	case "true":
		return new(true)
	case "false":
		return new(false)
	}
	return nil
}

// instant returns the moment given, or otherwise the one given as default.
func (p *params) instant(name string, otherwise metrics.Instant) metrics.Instant {
	value := p.values[name]
	if value == "" {
		return otherwise
	}
	t, err := parseMoment(value)
	if err != nil {
		p.wrong(name, "%v", err)
		return otherwise
	}
	return t
}

// endsByAsOf notes where an end is asked for that lies after the moment of the answer: nothing later belongs into it.
func (p *params) endsByAsOf() {
	to, asOf := p.instant("to", 0), p.instant("as_of", 0)
	if asOf != 0 && to > asOf {
		p.wrong("to", "%s is after as_of, %s", to, asOf)
	}
}

// parseMoment reads a date or time that the store can keep.
func parseMoment(value string) (metrics.Instant, error) {
	t, err := metrics.ParseInstant(value)
	if err != nil {
		return 0, fmt.Errorf("%q is no date, expected 2026-07-01 or 2026-07-01T10:00:00Z", value)
	}
	if t <= metrics.Beginning || t >= metrics.Forever {
		return 0, fmt.Errorf("%q is out of range, expected a date between %s and %s", value,
			metrics.Beginning.Time().AddDate(0, 0, 1).Format(time.DateOnly),
			metrics.Forever.Time().Format(time.DateOnly))
	}
	return t, nil
}

// limit returns the number of rows asked for; 0 means all.
func (p *params) limit() int {
	value := p.values["limit"]
	if value == "" {
		return defaultLimit
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 0 || n > maxLimit {
		p.wrong("limit", "%q is no number of rows, expected 1 to %d, or 0 for all", value, maxLimit)
		return defaultLimit
	}
	return n
}

// canonical returns the given parameters, but for those left out, in an order that does not depend on the
// request's. Two requests with the same canonical form ask the same.
func (p *params) canonical(without ...string) string {
	q := make(url.Values, len(p.values))
	for name, value := range p.values {
		if !slices.Contains(without, name) {
			q.Set(name, value)
		}
	}
	return q.Encode()
}
