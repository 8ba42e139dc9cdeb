package catalog

import (
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/trodden/trodden/metrics"
)

// cortexPages lists the pages of what a path has under a name, each with how many entries there are in all. Where a page of
// the full size is refused it asks for smaller ones. One that has nothing new, and is not the last one, ends the list with an
// error: however many there are to be, nobody knows whether they ever end.
func cortexPages[T any](r *cortexReading, path, name string, query url.Values) iter.Seq2[cortexPage[T], error] {
	return func(yield func(cortexPage[T], error) bool) {
		met := map[uint64]bool{}
		for page := 0; ; page++ {
			got, err := cortexAsk[T](r, path, name, query, page)
			if page == 0 && statusOf(err) == http.StatusBadRequest && r.size > cortexPageLeast {
				r.size = cortexPageLeast
				got, err = cortexAsk[T](r, path, name, query, page)
			}
			if err == nil && !got.news(met) && !got.last() {
				err = got.nothing()
			}
			if !yield(got, err) || err != nil || got.last() {
				return
			}
		}
	}
}

// cortexPage is a page of a list.
type cortexPage[T any] struct {
	entries      []T
	raw          []json.RawMessage // the entries as they came
	total, pages int
	at           int // which page it is, from 0 on
}

func (p *cortexPage[T]) last() bool { return p.at+1 >= p.pages }

// news reports whether any of the entries was not met before, and notes them.
func (p *cortexPage[T]) news(met map[uint64]bool) bool {
	before := len(met)
	for _, entry := range p.raw {
		met[metrics.Fingerprint(string(entry))] = true
	}
	return len(met) > before
}

// nothing is why a list is not read on behind the page.
func (p *cortexPage[T]) nothing() error {
	return fmt.Errorf("nothing is new on page %d of the %d that Cortex says there are: the list is not read on", p.at+1, p.pages)
}

func cortexAsk[T any](r *cortexReading, path, name string, query url.Values, page int) (got cortexPage[T], err error) {
	got.at = page
	asked := url.Values{"page": {strconv.Itoa(page)}, "pageSize": {strconv.Itoa(r.size)}}
	for key, values := range query {
		asked[key] = values
	}
	var answer map[string]json.RawMessage
	if err := r.wire.ask(r.ctx, request{path: "api/v1/" + path, query: asked}, &answer); err != nil {
		return got, err
	}
	var entries *[]T
	for key, into := range map[string]any{name: &entries, "total": &got.total, "totalPages": &got.pages} {
		if answer[key] == nil {
			continue
		}
		if err := json.Unmarshal(answer[key], into); err != nil {
			return got, r.wire.say(err)
		}
	}
	if entries == nil {
		return got, r.wire.say(errGarbled)
	}
	got.entries = *entries
	return got, json.Unmarshal(answer[name], &got.raw)
}
