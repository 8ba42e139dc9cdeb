package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors/quota"
)

const (
	// pageSize is how many entities are asked for at once: 10,000 take 8 requests, and 3 more for the rest.
	pageSize  = 1250
	maxEntity = 1 << 20  // bytes of an entity that is read in full
	maxWhole  = 32 << 20 // bytes of an entity that is read for its name
)

// Addresses of the catalog below that of the backend.
const (
	entitiesPath = "api/catalog/entities"
	queryPath    = entitiesPath + "/by-query"
	refsPath     = entitiesPath + "/by-refs"
	pendingPath  = entitiesPath + "/unprocessed/pending"
	failedPath   = entitiesPath + "/unprocessed/failed"
	facetsPath   = "api/catalog/entity-facets"
)

// backstageFamily is what a backend allows: anything, unless it was told to limit requests, of which it tells in headers.
func backstageFamily() quota.Family {
	return quota.Family{
		Name: "backstage", AtOnce: 1,
		Resources: []quota.Resource{
			{Name: "lookups", Allowance: "requests", Route: regexp.MustCompile(`/entities/by-refs$`), Queries: true},
			{Name: quota.REST, Allowance: "requests", Route: regexp.MustCompile(``)},
		},
		Headers: quota.Headers{Limit: "X-Ratelimit-Limit", Remaining: "X-Ratelimit-Remaining", Reset: "X-Ratelimit-Reset"},
	}
}

// list reads the list by queries, or as it was before there were any. Where queries are forbidden that may be the word of a
// gateway that does not know them; where the plain list is refused, too, it is that of the catalog.
func (b *Backstage) list(ctx context.Context, r *read) error {
	var queries error
	if !b.old {
		queries = b.query(ctx, r)
		if r.listed > 0 || !lacks(queries) && !forbids(queries) {
			return queries
		}
		b.log.Debug("the catalog has no queries: its plain list is read", "portal", b.product(), "answer", queries.Error())
	}
	if err := b.count(ctx, r); err != nil {
		return err
	}
	r.numbered = true
	err := b.plain(ctx, r)
	b.old = err == nil && !forbids(queries)
	return eitherWay(queries, err)
}

// eitherWay is why neither queries nor the plain list can be read: that queries are forbidden, where the plain list is, too,
// or is not there.
func eitherWay(queries, plain error) error {
	if forbids(queries) && (lacks(plain) || forbids(plain)) {
		return queries
	}
	return plain
}

// count asks how many entities there are: the plain list does not say, and goes on by numbers, so that it passes over one
// for each that leaves meanwhile. Not every server tells; how many there were to be is not known then.
func (b *Backstage) count(ctx context.Context, r *read) error {
	var told struct {
		Facets struct{ Kind []struct{ Count int } }
	}
	err := b.wire.ask(ctx, request{path: facetsPath, query: url.Values{"facet": {"kind"}}}, &told)
	if lacks(err) || forbids(err) || statusOf(err) >= http.StatusInternalServerError {
		b.log.Debug("the catalog does not tell how many entities it has", "portal", b.product(), "answer", err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	r.total = 0
	for _, kind := range told.Facets.Kind {
		r.total += kind.Count
	}
	return nil
}

// lacks reports whether an error says that there is no such address.
func lacks(err error) bool {
	return slices.Contains([]int{http.StatusNotFound, http.StatusMethodNotAllowed}, statusOf(err))
}

// forbids reports whether an error says that the token may not ask for that.
func forbids(err error) bool { return statusOf(err) == http.StatusForbidden }

// Lists that would never end.
var (
	errEmptyPage = errors.New("a page without entities is not the last one")
	errNothing   = errors.New("a page that tells nothing new is not the last one")
	errCircle    = errors.New("the list goes on at a page that was read before")
)

// endless says why a list that goes on somewhere would never end, after a page of so many entities, behind so many that were
// told before; nil where it may.
func (r *read) endless(count, before int, nexts told, next string) error {
	switch {
	case count == 0:
		return errEmptyPage
	case r.named() == before:
		return errNothing
	case nexts.again(next):
		return errCircle
	}
	return nil
}

// query reads the list by cursors. One that is refused, as after an update of the backend, is begun anew once; what was
// told before is not told again.
func (b *Backstage) query(ctx context.Context, r *read) error {
	err := b.pages(ctx, r)
	if statusOf(err) != http.StatusBadRequest || r.listed == 0 {
		return err
	}
	b.log.Warn("the catalog refuses its own cursor: its list is begun anew", "portal", b.product())
	r.anew()
	return b.pages(ctx, r)
}

// pages reads the list from its beginning.
func (b *Backstage) pages(ctx context.Context, r *read) error {
	query, nexts := url.Values{"limit": {strconv.Itoa(pageSize)}}, told{}
	for {
		p, before := page{each: r.entity}, r.named()
		if _, err := b.stream(ctx, request{path: queryPath, query: query}, p.query); err != nil {
			return err
		}
		if r.total < 0 && p.total != nil {
			r.total = *p.total
		}
		if err := r.release(false); err != nil {
			return err
		}
		next := p.info.NextCursor
		if next == "" || r.twice > 0 { // which it may be over and over
			return nil
		}
		if err := r.endless(p.count, before, nexts, next); err != nil {
			return err
		}
		query.Set("cursor", next)
	}
}

// plain reads the list as older servers have it. They say in a header where it goes on; of one that does not, the page
// after a full one is asked for, for a proxy may have dropped the header.
func (b *Backstage) plain(ctx context.Context, r *read) error {
	query, nexts := url.Values{"limit": {strconv.Itoa(pageSize)}}, told{}
	for offset := 0; ; {
		p, before := page{each: r.entity}, r.named()
		header, err := b.stream(ctx, request{path: entitiesPath, query: query}, p.list)
		if err != nil {
			return err
		}
		if err := r.release(false); err != nil {
			return err
		}
		offset += p.count
		switch next := nextOf(header); {
		case r.twice > 0: // a server that does not go on
			return nil
		case next != nil:
			query = next
		case p.count == pageSize && offset != r.total:
			query = url.Values{"limit": {strconv.Itoa(pageSize)}, "offset": {strconv.Itoa(offset)}}
		default:
			return nil
		}
		if err := r.endless(p.count, before, nexts, query.Encode()); err != nil {
			return err
		}
	}
}

// linked matches a link to the next page.
var linked = regexp.MustCompile(`<([^>]*)>\s*;\s*rel="?next"?`)

// nextOf is what is asked for the next page; nil where there is none. Of the address nothing else counts: it leaves out
// what is before /entities.
func nextOf(h http.Header) url.Values {
	found := linked.FindStringSubmatch(strings.Join(h.Values("Link"), ", "))
	if found == nil {
		return nil
	}
	at, err := url.Parse(found[1])
	if err != nil {
		return nil
	}
	return at.Query()
}

// neverValid reads what the catalog has taken in and never could process.
func (b *Backstage) neverValid(ctx context.Context, r *read) error {
	for _, path := range []string{pendingPath, failedPath} {
		p := page{each: r.unprocessed}
		_, err := b.stream(ctx, request{path: path}, p.rows)
		if lacks(err) || forbids(err) {
			b.quiet(err)
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// quiet says once that a backend does not tell what was never valid.
func (b *Backstage) quiet(err error) {
	if !b.silent {
		b.log.Debug("the catalog does not tell what it could not process", "portal", b.product(), "answer", err.Error())
	}
	b.silent = true
}

// stream sends a request and has its answer read as it comes.
func (b *Backstage) stream(ctx context.Context, ask request, read func(*elements) error) (http.Header, error) {
	req, err := b.wire.request(ctx, ask)
	if err != nil {
		return nil, err
	}
	resp, err := b.wire.client.Do(req)
	if err != nil {
		return nil, b.wire.say(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, b.refused(resp)
	}
	if err := read(newElements(resp.Body)); errors.Is(err, errEnough) {
		return nil, err
	} else if err != nil {
		return nil, b.wire.say(err)
	}
	return resp.Header, nil
}

// refused reads why a backend refuses.
func (b *Backstage) refused(resp *http.Response) error {
	var said struct{ Error struct{ Message string } }
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRefusal))
	text := string(body)
	if err == nil && json.Unmarshal(body, &said) == nil {
		text = said.Error.Message
	}
	return &refusal{quota.Answer{Product: b.product(), Status: resp.StatusCode, Text: b.wire.hide(text), Header: resp.Header, Body: body}}
}
