package api

import (
	"cmp"
	"context"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// readAdoption reads what adoption is asked for. The moment is not among it: the view has that.
func readAdoption(p *params, now metrics.Instant) query.AdoptionQuestion {
	q := query.AdoptionQuestion{
		By:       query.By(p.oneOf("by", texts(query.Bys())...)),
		Interval: query.Interval(p.oneOf("interval", append([]string{""}, texts(query.Intervals())...)...)),
		From:     p.instant("from", 0), To: p.instant("to", 0),
	}
	if q.Interval == "" && !p.has("interval") {
		for _, name := range []string{"from", "to"} {
			if p.has(name) {
				p.wrong(name, "needs interval, which is one of week, month, quarter; as_of asks for one moment")
			}
		}
	}
	p.endsByAsOf()
	if end := cmp.Or(q.To, p.instant("as_of", now)); q.From != 0 && q.From >= end {
		p.wrong("from", "%s is not before the end of the series, %s", q.From, end)
	}
	return q
}

func (s *Server) getAdoption(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery,
		listParams("path", "team", "group", "by", "from", "to", "interval", "as_of")...)
	q := readAdoption(p, s.instant())
	v, err := s.view(c, p, keep)
	if err != nil || v.done {
		return err
	}
	ctx := c.Request().Context()
	q.AsOf, q.To = v.asOf, v.end(q.To)
	if q.Path, q.Team, q.Group, err = s.knownFilters(ctx, p); err != nil {
		return err
	}
	switch q.By {
	case query.ByOrigin:
		return answer(c, v, once(s, q, query.AdoptionByOrigin, func(r query.OriginRow) adoptionKey {
			return adoptionKey{r.Period, r.Path, r.Origin.String()}
		}))
	case query.ByWay:
		return answer(c, v, once(s, q, query.AdoptionByWay, func(r query.WayRow) adoptionKey {
			return adoptionKey{r.Period, r.Path, string(r.Way)}
		}))
	}
	return answer(c, v, once(s, q, query.Adoption, keyOfAdoption))
}

// adoptionKey tells the rows of an answer apart.
type adoptionKey struct {
	Period string          `json:"period"`
	Path   metrics.PathKey `json:"path"`
	Of     string          `json:"of"` // team, group, origin or way
}

func keyOfAdoption(r query.AdoptionRow) adoptionKey {
	k := adoptionKey{Period: r.Period, Path: r.Path}
	if r.Team != nil {
		k.Of = string(*r.Team)
	}
	if r.Group != nil {
		k.Of = *r.Group
	}
	return k
}

// once is the list of an answer that is asked for whole, when its first page is.
func once[T any](s *Server, q query.AdoptionQuestion, ask func(context.Context, query.DB, query.AdoptionQuestion) ([]T, error),
	key func(T) adoptionKey) list[T, adoptionKey] {
	return list[T, adoptionKey]{key: key, ask: func(ctx context.Context, after *adoptionKey, limit int) ([]T, error) {
		rows, err := ask(ctx, s.db, q)
		if err != nil {
			return nil, hinted(err, "ask for a shorter series, or a longer interval")
		}
		return whole(rows, key).ask(ctx, after, limit)
	}}
}

// texts are the names of a list's values.
func texts[T ~string](list []T) []string {
	names := make([]string, len(list))
	for i, v := range list {
		names[i] = string(v)
	}
	return names
}
