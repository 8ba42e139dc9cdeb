package dashboards

import (
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// embedded is one chart by itself, to be shown within a page of somebody else's.
type embedded struct {
	Title, Org string
	Of         string // whose figures they are, as far as the chart itself does not say so
	Mistakes   []string
	Chart      chart
	AsOf       stamp
	Whole      string // the page that the chart is from
	Unknown    string // how many repositories are unknown; "" for none
}

// eachChart calls a function for each chart of what a page shows, whatever it is a part of.
func eachChart(body any, do func(*chart)) {
	visit(reflect.ValueOf(body), do)
}

func visit(v reflect.Value, do func(*chart)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			visit(v.Elem(), do)
		}
	case reflect.Slice:
		for i := range v.Len() {
			visit(v.Index(i), do)
		}
	case reflect.Struct:
		if v.CanAddr() && v.CanInterface() {
			if c, is := v.Addr().Interface().(*chart); is {
				if c.ID != "" {
					do(c)
				}
				return
			}
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i), do)
			}
		}
	}
}

// embeddable gives each chart of a page the address at which it is by itself.
func (q *request) embeddable(body any) {
	eachChart(body, func(c *chart) { c.Embed = q.here("embed", c.ID) })
}

// here returns the address of this page with everything that it was asked for, and one thing more; without it where that is
// empty.
func (q *request) here(name, value string) string {
	v := make(url.Values)
	for name, value := range q.values {
		v.Set(name, value)
	}
	if v.Del(name); value != "" {
		v.Set(name, value)
	}
	if len(v) == 0 {
		return q.address
	}
	return q.address + "?" + v.Encode()
}

// embed answers with one chart of a page that has a status. Whoever may show it in a page of theirs is configured; nobody else's
// browser does.
func (p *Pages) embed(w http.ResponseWriter, r *http.Request, q *request, l *layout, status int) {
	id := q.values["embed"]
	e := embedded{Title: l.Heading, Org: p.Org, AsOf: newStamp(q.asOf, minute), Whole: q.here("embed", ""), Mistakes: slices.Clone(q.mistakes)}
	if l.Freshness != nil && l.Freshness.Unknown {
		e.Unknown = l.Freshness.UnknownText
	}
	eachChart(l.Body, func(c *chart) {
		if c.ID == id {
			e.Chart = *c
			e.Chart.Whole = e.Whole
			e.Chart.Label, _, _ = strings.Cut(c.Label, "; the table has") // which is on the page
		}
	})
	problem, failed := l.Body.(problem)
	switch known, err := p.known(r.Context(), q); {
	case failed:
		e.Mistakes = []string{problem.What}
	case e.Chart.ID == "":
		status = http.StatusNotFound
	case err != nil || len(e.Mistakes) > 0: // the chart of something else would be taken for what was asked for
		status, e.Chart = http.StatusBadRequest, chart{}
	default:
		e.Of = known.embedded(q, l.Heading, e.Chart.Label)
	}
	if p.EmbedIn != nil {
		if hosts := p.EmbedIn(); len(hosts) > 0 {
			h := w.Header()
			h.Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self' "+strings.Join(hosts, " "), 1))
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
	}
	l.Body = e
	p.write(w, r, status, p.templates[embedPage], *l)
}

// embedded says whose figures a chart by itself has: what its page is about, and how that was narrowed down.
func (k *known) embedded(q *request, heading, label string) string {
	path := k.path(q)
	if title := k.title(path); title == heading || strings.Contains(label, title) {
		path = ""
	}
	parts := []string{heading, k.whose(path, k.team(q), k.group(q))}
	if q.address == "/" || q.address == "/team" && k.team(q) != "" { // whose headings name no more than the rest says
		parts = parts[1:]
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}

// embedPage is the address under which the template of charts by themselves is kept; it is none that can be asked for.
const embedPage = "embed"

// badge answers with a picture of how a team stands on a path: /badges/PATH/TEAM.svg.
func (p *Pages) badge(w http.ResponseWriter, r *http.Request) {
	path, file := r.PathValue("path"), r.PathValue("file")
	team, ok := strings.CutSuffix(file, ".svg")
	if !ok {
		http.NotFound(w, r)
		return
	}
	b, status := p.newBadge(r.Context(), metrics.PathKey(path), metrics.TeamKey(team))
	w.Header().Set("Content-Type", "image/svg+xml; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if status == http.StatusOK {
		w.Header().Set("Cache-Control", "private, max-age=300")
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'")
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // pictures of what a reader may see anyway
	w.WriteHeader(status)
	if err := badges.Execute(w, b); err != nil {
		p.Log.Debug("send badge", "path", path, "error", fmt.Errorf("write: %w", err))
	}
}
