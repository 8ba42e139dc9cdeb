package catalog

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Bounds of a request to Cortex, which takes no body over 2 MB.
const (
	cortexGifts     = 200 // entities
	cortexGiftBytes = 1 << 20
)

// Look implements Taker. Custom data is part of the list that a reading takes.
func (c *Cortex) Look(ctx context.Context, gifts []Gift) (Offer, error) {
	if err := fitting(gifts); err != nil {
		return Offer{}, err
	}
	query := url.Values{"includeMetadata": {"true"}, "includeArchived": {"true"}, "hierarchyDepth": {"1"}}
	if len(c.config.Types) > 0 {
		query["types"] = c.config.Types
	}
	found := newReceivers(gifts)
	for page, err := range cortexPages[cortexEntity](&cortexReading{Cortex: c, ctx: ctx}, "catalog", "entities", query) {
		if err != nil {
			return Offer{}, fmt.Errorf("list the catalog of Cortex: %w", c.wire.ungiven(err, cortexRight))
		}
		for _, e := range page.entries {
			if e.Tag != "" {
				found.take(e.ref(), func(g Gift) Write { return g.offered(e.Tag, "", everything, e.has) })
			}
		}
	}
	return found.offer(), nil
}

// cortexRight is what an API key needs.
const cortexRight = "the API key needs the permission Edit entities beside that to view them"

// ref is how all catalogs refer to an entity.
func (e *cortexEntity) ref() metrics.EntityRef { return refOf(cmp.Or(e.Type, "service"), e.Tag) }

// has is what an entity has under a key of custom data.
func (e *cortexEntity) has(key string) string {
	for _, data := range e.Metadata {
		if strings.EqualFold(data.Key, key) {
			return data.Value.first()
		}
	}
	return ""
}

// Give implements Taker: custom data of many entities at once, as
// https://docs.cortex.io/api/rest/custom-data/add-custom-data-in-bulk describes. A key that is there is overwritten.
func (c *Cortex) Give(ctx context.Context, offer []Write, given func([]Write) error) error {
	rest, err := changes(offer, given)
	if err != nil {
		return err
	}
	some, err := parcels(rest, cortexGifts, cortexGiftBytes)
	if err != nil {
		return err
	}
	for _, writes := range some {
		if err := c.wire.give(ctx, http.MethodPut, request{path: "api/v1/catalog/custom-data", body: cortexGift(writes)}); err != nil {
			return fmt.Errorf("write custom data to Cortex: %w", c.wire.ungiven(err, cortexRight))
		}
		if err := given(writes); err != nil {
			return err
		}
	}
	return nil
}

// cortexGift is the body of a request: values by the tags of entities. What there is no value for any more is an empty text,
// for nothing in bulk takes a key away.
func cortexGift(writes []Write) any {
	type data struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
	}
	values := make(map[string][]data, len(writes))
	for _, w := range writes {
		for _, v := range w.Values {
			values[w.name] = append(values[w.name], data{v.Key, v.json("")})
		}
	}
	return map[string]any{"values": values}
}
