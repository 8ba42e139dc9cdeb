package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// view is how one request wants its answer, and what it is an answer of.
type view struct {
	address  string // path and parameters but for the page
	question uint64 // fingerprint of what is asked
	format   format
	limit    int             // 0: all rows
	asOf     metrics.Instant // the moment the answer is for
	after    json.RawMessage // key of the last row of the page before; nil: the first page
	scan     scanPart
	judged   *time.Time // when catalogs were judged that the answer is about; nil where it is about none
	state    string     // what the answer depends on, for the ETag; of a volatile one its rows come to it
	done     bool       // the request has been answered: nothing changed since the caller asked last
}

// keeping says whether a caller may use an answer again.
type keeping bool

const (
	keep     keeping = true  // it changes with the data's generation
	volatile keeping = false // it changes by itself
)

// listParams returns the parameters of a list, those that all lists have last.
func listParams(own ...string) []string { return append(own, "limit", "next", "format") }

// clockSkew is how far the clocks of callers may be ahead.
const clockSkew = 5 * 60

// view reads what all lists have in common. Every mistake of the request has been noted in p by then.
func (s *Server) view(c echo.Context, p *params, k keeping) (view, error) {
	r := c.Request()
	now, err := s.settled(r.Context())
	if err != nil {
		return view{}, err
	}
	v := view{
		address: r.URL.Path + "?" + p.canonical("next"), limit: p.limit(), asOf: p.instant("as_of", now),
		question: metrics.Fingerprint(r.URL.Path, p.canonical("next", "limit", "format")),
	}
	name := p.oneOf("format", formatNames()...)
	v.format = formats()[max(0, slices.IndexFunc(formats(), func(f format) bool { return f.name == name }))]
	if p.has("next") {
		from, err := decodeCursor(p.text("next"), v.question)
		if err != nil {
			p.wrong("next", "%v", err)
		}
		v.after, v.asOf = from.After, from.AsOf
	}
	if soon := max(now, s.instant()) + clockSkew; v.asOf > soon {
		p.wrong("as_of", "%s is in the future: nothing can be told of it yet", v.asOf)
	}
	if err := p.err(); err != nil {
		return view{}, err
	}
	fresh, err := query.Fresh(r.Context(), s.db, v.asOf)
	if err != nil {
		return view{}, fmt.Errorf("ask how fresh the data are: %w", err)
	}
	v.scan = newScanPart(fresh)
	moment := v.asOf.String()
	if !p.has("as_of") && !p.has("next") {
		moment = "now " + (now - now%60).String()
	}
	v.state = fmt.Sprint(v.address, p.text("next"), moment, fresh, s.version)
	if k == keep {
		v.done, err = unchanged(c, v.state)
	}
	return v, err
}

// unchanged sets the ETag of an answer that depends on nothing but the given text, and answers 304 where
// the caller has it already.
func unchanged(c echo.Context, text string) (bool, error) {
	tag := fmt.Sprintf(`W/"%016x"`, metrics.Fingerprint(text))
	c.Response().Header().Set("ETag", tag)
	for _, have := range strings.Split(c.Request().Header.Get("If-None-Match"), ",") {
		have = strings.TrimSpace(have)
		if have == "*" || have != "" && strings.TrimPrefix(have, "W/") == strings.TrimPrefix(tag, "W/") {
			return true, c.NoContent(http.StatusNotModified)
		}
	}
	return false, nil
}

// tail returns what stands beside the rows; next is "" at the end of the answer.
func (v view) tail(next string) tail {
	t := tail{AsOf: v.asOf.Time(), Scan: v.scan, JudgedAt: v.judged}
	if next != "" {
		t.Next = &next
	}
	return t
}

// cursor returns the cursor of the page that follows the row with this key.
func (v view) cursor(key any) (string, error) {
	after, err := json.Marshal(key)
	if err != nil {
		return "", err
	}
	return cursor{Question: v.question, AsOf: v.asOf, After: after}.encode()
}

// settled is now, for questions: where answers are kept, questions of one minute are asked for one moment, unless
// the data changed in between.
func (s *Server) settled(ctx context.Context) (metrics.Instant, error) {
	if cache, ok := s.db.(*query.Cache); ok {
		return cache.Settled(ctx, 60)
	}
	return s.instant(), nil
}

// instant is now.
func (s *Server) instant() metrics.Instant { return metrics.At(s.now()) }

// end returns until when a series goes that is asked for until to (0: as long as can be told): of what comes after
// the moment of the answer nothing is known yet.
func (v view) end(to metrics.Instant) metrics.Instant {
	if to == 0 {
		return 0
	}
	return min(to, v.asOf+1)
}
