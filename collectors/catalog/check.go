package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/trodden/trodden/collectors/quota"
)

// Check asks whether the catalog lets in, and how many entities it has, which told is false for where it does not say that.
// It takes one request of a catalog that has queries, and at most three of others.
func (b *Backstage) Check(ctx context.Context) (entities int, told bool, err error) {
	entities, told, err = b.size(ctx)
	if words := b.elsewhere(err); words != "" {
		return 0, false, quota.Say(words, err)
	}
	return entities, told, b.say(err)
}

// size is how many entities there are, as the first of the lists that this backend has tells.
func (b *Backstage) size(ctx context.Context) (entities int, told bool, err error) {
	var page struct {
		Items      *[]json.RawMessage
		TotalItems *int
	}
	err = b.look(ctx, request{path: queryPath, query: url.Values{"limit": {"0"}}}, &page)
	switch {
	case lacks(err), forbids(err):
		entities, told, plain := b.plainSize(ctx)
		return entities, told, eitherWay(err, plain)
	case err == nil && page.Items == nil:
		return 0, false, b.wire.say(errGarbled)
	case err != nil || page.TotalItems == nil:
		return 0, false, err
	}
	return *page.TotalItems, true, nil
}

// plainSize is the size of a catalog without queries. Where it does not count its entities it is enough that it lists them.
func (b *Backstage) plainSize(ctx context.Context) (entities int, told bool, err error) {
	r := newRead(nil, nil)
	if err := b.count(ctx, r); err != nil || r.total >= 0 {
		return r.total, err == nil, err
	}
	return 0, false, b.look(ctx, request{path: entitiesPath, query: url.Values{"limit": {"1"}}}, new([]json.RawMessage))
}

// look asks, and puts a refusal into the words of the backend.
func (b *Backstage) look(ctx context.Context, ask request, into any) error {
	_, err := b.stream(ctx, ask, func(in *elements) error { return in.Decode(into) })
	return err
}

// elsewhere says that something else is at the address; "" where nothing says so. Roadie and Spotify Portal answer as
// Backstage does.
func (b *Backstage) elsewhere(err error) string {
	away := answerOf(err)
	if away.Product = "Backstage"; away.Elsewhere(b.wire.base.String()) == "" {
		return ""
	}
	return b.wire.elsewhere(err)
}

// Check asks whether Port lets in, and has the blueprints and properties of the mapping: two requests, of which one is for a
// token. How many entities there are it does not tell with them.
func (p *Port) Check(ctx context.Context) (entities int, told bool, err error) {
	r := &portReading{Port: p, ctx: ctx}
	blueprints, err := r.blueprints()
	if err == nil {
		_, err = plansOf(p.config.Mapping, blueprints)
	}
	return 0, false, p.wire.unlet(err, "the client id and the secret are those that Port shows below Credentials")
}

// Check asks whether Cortex lets in, and how many entities it has, teams not among them: one request.
func (c *Cortex) Check(ctx context.Context) (entities int, told bool, err error) {
	query := url.Values{"pageSize": {"1"}, "includeArchived": {"true"}}
	if len(c.config.Types) > 0 {
		query["types"] = c.config.Types
	}
	page, err := cortexAsk[json.RawMessage](&cortexReading{Cortex: c, ctx: ctx}, "catalog", "entities", query, 0)
	return page.total, err == nil && page.total >= len(page.entries), c.wire.unlet(err, "the API key is one that Cortex made in its settings, and has to be allowed to view entities")
}

// opsLevelLook asks for the number of services, and for one of them where this OpsLevel does not tell it.
const opsLevelLook = `query Look($after:String!,$first:Int!){account{services(after:$after,first:$first){totalCount nodes{id}}}}`

// Check asks whether OpsLevel lets in, and how many services it has: one request, or two of an older one, which does not tell
// their number.
func (o *OpsLevel) Check(ctx context.Context) (entities int, told bool, err error) {
	r := &opsLevelReading{OpsLevel: o, ctx: ctx}
	var services connection[json.RawMessage]
	account, partial, err := r.query(opsLevelLook, map[string]any{"after": "", "first": 1})
	if err == nil {
		err = partial
	}
	if err == nil {
		err = r.decode(account["services"], &services)
	}
	if services.TotalCount != nil {
		entities, told = *services.TotalCount, true
	}
	return entities, told, o.wire.unlet(err, "the API token is one that OpsLevel made in its settings, and has to be allowed to read")
}

// unlet says why a portal that its vendor runs did not let in. Key says where that comes from which lets in.
func (w *wire) unlet(err error, key string) error {
	if words := w.elsewhere(err); words != "" {
		return quota.Say(words, err)
	}
	switch status := statusOf(err); {
	case err == nil:
		return nil
	case errors.Is(err, quota.ErrRefused), status == http.StatusUnauthorized, status == http.StatusForbidden:
		return quota.Say(fmt.Sprintf("%s; %s", err, key), err)
	case status == http.StatusNotFound:
		return quota.Say(fmt.Sprintf("%s: see whether the url is that of its API", err), err)
	}
	return err
}

// elsewhere says that something else is at the address of a portal; "" where nothing says so.
func (w *wire) elsewhere(err error) string {
	away := answerOf(err)
	away.Product, away.Text = w.product, w.hide(away.Text)
	return away.Elsewhere(w.base.String())
}

// answerOf is what a portal answered when it refused something; nothing where it did not.
func answerOf(err error) quota.Answer {
	var no *refusal
	if errors.As(err, &no) {
		return no.Answer
	}
	refused, _ := quota.Refused(err)
	return refused
}
