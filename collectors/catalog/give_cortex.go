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

const (
	// cortexTakings is how many facts are taken back at once, for each takes a request: the others are with the next offers.
	cortexTakings = 300
	// cortexTaken is of how many entities they are before that is told.
	cortexTaken = 20
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
	offer := found.offer()
	if later := offer.putOff(cortexTakings); later > 0 {
		offer.Lacks = append(offer.Lacks, fmt.Sprintf("%d facts that are over are taken back by the next scans", later))
	}
	return offer, nil
}

// cortexRight is what an API key needs.
const cortexRight = "the API key needs the permission Edit entities beside that to view them"

// ref is how all catalogs refer to an entity.
func (e *cortexEntity) ref() metrics.EntityRef { return refOf(cmp.Or(e.Type, "service"), e.Tag) }

// has is what an entity has under a key of custom data, be it empty.
func (e *cortexEntity) has(key string) (value string, there bool) {
	for _, data := range e.Metadata {
		if strings.EqualFold(data.Key, key) {
			return data.Value.first(), true
		}
	}
	return "", false
}

// Give implements Taker: custom data of many entities at once, as
// https://docs.cortex.io/api/rest/custom-data/add-custom-data-in-bulk describes. A key that is there is overwritten. Nothing takes
// keys away in bulk: that is done one by one, behind what is written with them.
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
		if err := c.put(ctx, writes); err != nil {
			return err
		}
		if err := c.takeBack(ctx, writes, given); err != nil {
			return err
		}
	}
	return nil
}

// cortexData is the path of custom data.
const cortexData = "api/v1/catalog/custom-data"

// put writes the values of entities, if there are any.
func (c *Cortex) put(ctx context.Context, writes []Write) error {
	values := cortexGift(writes)
	if len(values) == 0 {
		return nil
	}
	if err := c.wire.give(ctx, http.MethodPut, request{path: cortexData, body: map[string]any{"values": values}}); err != nil {
		return fmt.Errorf("write custom data to Cortex: %w", c.wire.ungiven(err, cortexRight))
	}
	return nil
}

// takeBack deletes the keys of facts that are taken back, and tells of all writes that are done then.
func (c *Cortex) takeBack(ctx context.Context, writes []Write, given func([]Write) error) error {
	var done []Write
	var failed error
	for _, w := range writes {
		if failed = c.delete(ctx, w); failed != nil {
			break
		}
		if done = append(done, w); len(done) < cortexTaken || !w.takesBack() {
			continue
		}
		if err := given(done); err != nil {
			return err
		}
		done = nil
	}
	if len(done) == 0 {
		return failed
	}
	return cmp.Or(given(done), failed)
}

// delete deletes keys of one entity, as
// https://docs.cortex.io/api/rest/custom-data-advanced/delete-custom-data-by-key-for-entity describes, whatever characters are in
// them. An entity that is gone has none.
func (c *Cortex) delete(ctx context.Context, w Write) error {
	for _, v := range w.Values {
		if !v.Back {
			continue
		}
		err := c.wire.give(ctx, http.MethodDelete, request{path: cortexData, query: url.Values{"tag": {w.name}, "key": {v.Key}}})
		if err != nil && statusOf(err) != http.StatusNotFound {
			return fmt.Errorf("delete custom data of %s in Cortex: %w", w.Ref, c.wire.ungiven(err, cortexRight))
		}
	}
	return nil
}

// cortexDatum is a key of custom data with its value.
type cortexDatum struct {
	Key   string `json:"key"`
	Value any    `json:"value"`
}

// cortexGift is what is written: values by the tags of entities. What there is no value for now is an empty text.
func cortexGift(writes []Write) map[string][]cortexDatum {
	values := make(map[string][]cortexDatum, len(writes))
	for _, w := range writes {
		for _, v := range w.Values {
			if !v.Back {
				values[w.name] = append(values[w.name], cortexDatum{v.Key, v.json("")})
			}
		}
	}
	return values
}
