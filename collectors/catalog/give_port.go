package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// portRight is what a client id needs.
const portRight = "the client id needs rights to change entities of the blueprints"

// everything takes every fact.
func everything(metrics.PortalFact) bool { return true }

// Look implements Taker. Port takes those properties alone that a blueprint has: what it lacks is told.
func (p *Port) Look(ctx context.Context, gifts []Gift) (Offer, error) {
	if err := fitting(gifts); err != nil {
		return Offer{}, err
	}
	r := &portReading{Port: p, ctx: ctx, refs: told{}}
	blueprints, err := r.blueprints()
	if err != nil {
		return Offer{}, p.wire.ungiven(err, portRight)
	}
	plans, err := plansOf(p.config.Mapping, blueprints)
	if err != nil {
		return Offer{}, err
	}
	found, lacks := newReceivers(gifts), []string(nil)
	for _, plan := range plans {
		places := placesOf(blueprints[plan.blueprint])
		if err := r.receive(plan, places, found); err != nil {
			return Offer{}, fmt.Errorf("list the entities of %s: %w", plan.blueprint, p.wire.ungiven(err, portRight))
		}
		lacks = append(lacks, places.words(plan.blueprint)...)
	}
	offer := found.offer()
	offer.Lacks = lacks
	return offer, nil
}

// receive looks up what the entities of a blueprint have.
func (r *portReading) receive(plan *portPlan, places *portPlaces, found *receivers) error {
	asked := *plan
	asked.fields = map[string]string{}
	for key := range places.types {
		asked.fields[key] = key
	}
	return r.search(&asked, func(e *portEntity) error {
		id := e.Identifier.first()
		has := func(key string) (value string, there bool) {
			return e.Properties[key].first(), len(e.Properties[key]) > 0
		}
		found.take(r.ref(plan, id), func(g Gift) Write { return g.offered(id, plan.blueprint, places.take, has) })
		return nil
	})
}

// portPlaces are the properties of a blueprint that facts can be written to, and what was found to be missing.
type portPlaces struct {
	types   map[string]string // by key
	lacking map[string]string // the types that they would need
	unlike  map[string]string // that are there, and cannot hold what is told
}

// placesOf are the places of a blueprint.
func placesOf(b portBlueprint) *portPlaces {
	p := &portPlaces{types: map[string]string{}, lacking: map[string]string{}, unlike: map[string]string{}}
	for key, text := range b.Schema.Properties {
		if !isOurs(key) {
			continue
		}
		var property struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(text, &property) == nil {
			p.types[key] = property.Type
		}
	}
	return p
}

// take reports whether there is a place for a fact, and notes it where there is none.
func (p *portPlaces) take(f metrics.PortalFact) bool {
	key, needs := keyOf(f), "string"
	if f.Kind == metrics.TruthFact {
		needs = "boolean"
	}
	switch kind, there := p.types[key]; {
	case !there:
		p.lacking[key] = needs
	case kind != needs:
		p.unlike[key] = needs
	default:
		return true
	}
	return false
}

// words say what a blueprint lacks, and how it gets that.
func (p *portPlaces) words(blueprint string) (list []string) {
	named := func(of map[string]string) string {
		var names []string
		for _, key := range slices.Sorted(maps.Keys(of)) {
			names = append(names, key+" ("+of[key]+")")
		}
		return strings.Join(names, ", ")
	}
	if len(p.lacking) > 0 {
		list = append(list, fmt.Sprintf("blueprint %q of Port has no place for %s: add properties with these identifiers and types in the builder", blueprint, named(p.lacking)))
	}
	if len(p.unlike) > 0 {
		list = append(list, fmt.Sprintf("blueprint %q of Port has properties of other types, expected %s: change them in the builder", blueprint, named(p.unlike)))
	}
	return list
}

// Give implements Taker: properties of one entity after the other, as https://docs.port.io/api-reference/patch-an-entity
// describes, which leaves all other properties alone, and makes no entity that was deleted meanwhile.
func (p *Port) Give(ctx context.Context, offer []Write, given func([]Write) error) error {
	rest, err := changes(offer, given)
	if err != nil {
		return err
	}
	var refused refusals
	for _, w := range rest {
		err := p.patch(ctx, w)
		if errors.Is(err, errUnaddressed) || slices.Contains([]int{http.StatusNotFound, http.StatusUnprocessableEntity}, statusOf(err)) {
			refused.add(w.Ref, err)
			continue
		}
		if err != nil {
			return fmt.Errorf("change %s in Port: %w", w.Ref, p.wire.ungiven(err, portRight))
		}
		if err := given([]Write{w}); err != nil {
			return err
		}
	}
	return refused.err()
}

// errUnaddressed means that the address of an entity would be that of something else.
var errUnaddressed = errors.New("no address leads to an entity of that name")

// patch changes properties of one entity.
func (p *Port) patch(ctx context.Context, w Write) error {
	if w.name == "." || w.name == ".." {
		return errUnaddressed
	}
	properties := map[string]any{}
	for _, v := range w.Values {
		properties[v.Key] = v.json(nil)
	}
	path := "v1/blueprints/" + url.PathEscape(w.in) + "/entities/" + url.PathEscape(w.name)
	return p.wire.give(ctx, http.MethodPatch, request{path: path, body: map[string]any{"properties": properties}})
}
