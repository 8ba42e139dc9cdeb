package catalog

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Bounds of an event of OpsLevel, which takes none over 4 MiB.
const (
	opsLevelGifts     = 500 // services
	opsLevelGiftBytes = 2 << 20
)

// opsLevelNames asks how services are called.
const opsLevelNames = `query Names($after:String!,$first:Int!){account{services(after:$after,first:$first){totalCount
nodes{id aliases type{aliases}} ` + paging + `}}}`

// newEvents makes the wire of a custom event integration. Its address lets in by itself: it is a secret.
func newEvents(config OpsLevelConfig) (*wire, error) {
	if config.Events == "" {
		return nil, nil
	}
	anything := regexp.MustCompile(``)
	at, err := url.Parse(config.Events)
	if err != nil {
		return nil, fmt.Errorf("the address of the custom event integration of OpsLevel is none: %w", metrics.ErrInvalid)
	}
	key := at.Path[strings.LastIndex(at.Path, "/")+1:]
	return newWire(wiring{
		product: "OpsLevel", url: config.Events, client: config.HTTP, budget: config.Budget, log: config.Log, secrets: []string{config.Events, key},
		family:     quota.Family{Name: "opslevel-events", AtOnce: 1, Resources: []quota.Resource{{Name: quota.REST, Route: anything, Takes: 10 * time.Second}}},
		credential: quota.Credential{Name: "address of the integration", Authorize: func(*http.Request) error { return nil }},
	})
}

// errNoEvents means that there is nowhere to send events to.
var errNoEvents = errors.New("OpsLevel is told by a custom event integration, and none is configured: make one below its integrations, and give its URL as push: {url: …}")

// Look implements Taker. OpsLevel shows nobody what came as an event: all that differs from what was told last is written. No
// event takes another one back: what is over is not in the next one, which has no facts at all where all of it is.
func (o *OpsLevel) Look(ctx context.Context, gifts []Gift) (Offer, error) {
	if err := fitting(gifts); err != nil {
		return Offer{}, err
	}
	found := newReceivers(gifts)
	r := &opsLevelReading{OpsLevel: o, ctx: ctx}
	for page, err := range opsLevelPages[opsLevelService](r, "services", opsLevelNames) {
		if err != nil {
			return Offer{}, fmt.Errorf("list the services of OpsLevel: %w", o.wire.ungiven(err, "the API token has to be allowed to read"))
		}
		for _, s := range page {
			name := first(s.Aliases, s.ID)
			found.take(refOf(s.kind(), name), func(g Gift) Write {
				return named(g.offered(name, "", everything, nil))
			})
		}
	}
	offer := found.offer()
	if o.events == nil {
		offer.Lacks = append(offer.Lacks, errNoEvents.Error())
	}
	return offer, nil
}

// named calls values as events do.
func named(w Write) Write {
	for i := range w.Values {
		w.Values[i].Key = w.Values[i].Name()
	}
	return w
}

// Give implements Taker: events to the URL of a custom event integration, as https://docs.opslevel.com/docs/custom-event-checks
// describes. Each has a list of services; a check finds them with .services[].service, and what is told about one in its facts.
func (o *OpsLevel) Give(ctx context.Context, offer []Write, given func([]Write) error) error {
	if o.events == nil {
		return errNoEvents
	}
	some, err := parcels(offer, opsLevelGifts, opsLevelGiftBytes)
	if err != nil {
		return err
	}
	for _, writes := range some {
		if err := o.events.give(ctx, http.MethodPost, request{query: o.events.base.Query(), body: opsLevelGift(writes)}); err != nil {
			return fmt.Errorf("send an event to OpsLevel: %w", o.events.ungiven(err, "the URL is that which OpsLevel shows for the custom event integration"))
		}
		if err := given(writes); err != nil {
			return err
		}
	}
	return nil
}

// opsLevelGift is an event. Facts without a value are left out of it.
func opsLevelGift(writes []Write) any {
	type service struct {
		Service string         `json:"service"`
		Facts   map[string]any `json:"facts"`
	}
	services := make([]service, len(writes))
	for i, w := range writes {
		services[i] = service{w.name, map[string]any{}}
		for _, v := range w.Values {
			if value := v.json(nil); value != nil {
				services[i].Facts[v.Name()] = value
			}
		}
	}
	return map[string]any{"services": services}
}
