package gitlab_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
)

// altered lets answers be altered on their way, as a proxy may or a host that is not well.
type altered struct {
	hits  func(*http.Request) bool
	times int // as many answers as that; all where 0
	alter func(*http.Request, *reply)
}

// reply is an answer on its way.
type reply struct {
	status int
	header http.Header
	body   any
}

// wrap alters what comes through a transport.
func (a altered) wrap(next http.RoundTripper) http.RoundTripper {
	var hit atomic.Int64
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		if !a.hits(r) || hit.Add(1) > int64(a.times) && a.times > 0 {
			return next.RoundTrip(r)
		}
		resp, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			return nil, err
		}
		changed := &reply{status: resp.StatusCode, header: resp.Header}
		if json.Unmarshal(text, &changed.body) != nil {
			changed.body = string(text)
		}
		a.alter(r, changed)
		if text, err = json.Marshal(changed.body); err != nil {
			return nil, err
		}
		changed.header.Del("Content-Length")
		return &http.Response{StatusCode: changed.status, Header: changed.header, Body: io.NopCloser(bytes.NewReader(text)), ContentLength: -1, Request: r}, nil
	})
}

// set puts a value at a place in an answer of GraphQL, in which * stands for each entry of a list, and beside it an error
// where there is a text of one.
func (a *reply) set(place string, value any, text string) {
	answer, _ := a.body.(map[string]any)
	setAt(answer["data"], strings.Split(place, "."), nil, value, func(at []any) {
		list, _ := answer["errors"].([]any)
		if text != "" {
			answer["errors"] = append(list, map[string]any{"message": text, "path": at})
		}
	})
}

func setAt(in any, path []string, been []any, value any, told func(at []any)) {
	at := func(step any) []any { return append(slices.Clone(been), step) }
	switch in := in.(type) {
	case map[string]any:
		name := path[0]
		if len(path) == 1 {
			in[name] = value
			told(at(name))
			return
		}
		setAt(in[name], path[1:], at(name), value, told)
	case []any:
		for i := range in {
			if len(path) == 1 {
				in[i] = value
				told(at(i))
			} else {
				setAt(in[i], path[1:], at(i), value, told)
			}
		}
	}
}

// queries are those with a text in them.
func queries(text string) func(*http.Request) bool { return passing{query: text}.hits }

// routes are those of paths that end so.
func routes(end string) func(*http.Request) bool {
	return func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, end) }
}
