package catalog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// PortConfig says how Port is reached, and what stands where in it: its kinds of entities and their properties are made
// by whoever runs it.
type PortConfig struct {
	URL          string // https://api.port.io where empty; https://api.us.port.io for accounts of that region
	ClientID     string
	ClientSecret string
	HTTP         *http.Client  // carries requests; limits are kept without its help. May be nil
	Budget       *quota.Budget // of a run; nil is no cap
	Log          *slog.Logger  // may be nil

	// Mapping are the blueprints that are read, in this order. Where there is none it is the blueprint service, as a
	// component.
	Mapping []PortBlueprint
	// Host is the code host of repositories that are named without one; github.com where empty.
	Host string
	// Since is from when on the audit log is looked through for what people changed; Beginning for as long as Port keeps it.
	Since metrics.Instant
}

// Port reads the catalog of Port, https://docs.port.io/api-reference.
type Port struct {
	config PortConfig
	wire   *wire
	log    *slog.Logger
}

// NewPort returns a portal. It refuses what cannot be right, and asks nothing.
func NewPort(config PortConfig) (*Port, error) {
	if config.ClientID == "" || config.ClientSecret == "" {
		return nil, fmt.Errorf("port needs a client id and a client secret: %w", metrics.ErrInvalid)
	}
	if len(config.Mapping) == 0 {
		config.Mapping = []PortBlueprint{{Blueprint: "service", Kind: "component"}}
	}
	config.Host = cmp.Or(config.Host, "github.com")
	p := &Port{config: config, log: logOf(config.Log)}
	keys := &portKeys{id: config.ClientID, key: config.ClientSecret, budget: config.Budget}
	var err error
	p.wire, err = newWire(wiring{
		product: "Port", url: config.URL, usual: "https://api.port.io", family: portLimits(), client: config.HTTP, budget: config.Budget, log: config.Log,
		credential: quota.Credential{Name: "client id and secret", Authorize: func(*http.Request) error { return nil }}, secrets: []string{config.ClientSecret},
		sign: keys.sign,
	})
	if err != nil {
		return nil, err
	}
	p.wire.secret = keys.secret
	return p, nil
}

// portLimits are the limits of Port, which differ from route to route and are told in headers.
func portLimits() quota.Family {
	resource := func(name, route string, queries bool) quota.Resource {
		return quota.Resource{Name: name, Allowance: name, Route: regexp.MustCompile(route), Queries: queries, Takes: time.Second}
	}
	return quota.Family{
		Name: "port", AtOnce: 1,
		Resources: []quota.Resource{
			resource("search", `/entities/search$`, true), resource("audit-log", `/v1/audit-log$`, false), resource("users", `/v1/users$`, false),
			resource(quota.REST, ``, false),
		},
		Headers: quota.Headers{
			Limit: "X-Ratelimit-Limit", Remaining: "X-Ratelimit-Remaining", Reset: "X-Ratelimit-Reset", Others: []string{"X-Ratelimit-Period"},
		},
	}
}

// Requests implements Portal.
func (p *Port) Requests() int { return p.wire.requests() }

// Items implements Portal. Teams and persons come first, so that owners can be told from each other.
func (p *Port) Items(ctx context.Context) iter.Seq2[Item, error] {
	return listing(func(take func(Item) error) error {
		r := &portReading{Port: p, ctx: ctx, take: take, roster: newRoster(), refs: told{}}
		return r.all()
	})
}

// portReading is one reading of the catalog.
type portReading struct {
	*Port
	ctx    context.Context
	take   func(Item) error
	roster *roster
	edits  portEdits
	out    leftOut
	refs   told // of entities
}

// all reads everything. The mapping is checked before anything is listed.
func (r *portReading) all() error {
	blueprints, err := r.blueprints()
	if err != nil {
		return err
	}
	plans, err := plansOf(r.config.Mapping, blueprints)
	if err != nil {
		return err
	}
	if r.edits, err = r.edited(); err != nil {
		return err
	}
	if err := r.people(blueprints); err != nil {
		return err
	}
	r.out.tell(r.log, r.wire.product, "give the client id rights to read them")
	for _, plan := range plans {
		if err := r.entities(plan); err != nil {
			return err
		}
	}
	return nil
}

// blueprints lists the kinds of entities that there are, by identifier.
func (r *portReading) blueprints() (map[string]portBlueprint, error) {
	var got struct{ Blueprints *[]portBlueprint }
	err := r.wire.ask(r.ctx, request{path: "v1/blueprints"}, &got)
	if err == nil && got.Blueprints == nil {
		err = r.wire.say(errGarbled)
	}
	if err != nil {
		return nil, fmt.Errorf("list the blueprints of Port: %w", err)
	}
	all := map[string]portBlueprint{}
	for _, b := range *got.Blueprints {
		all[b.Identifier] = b
	}
	return all, nil
}

// portEntity is an entity as Port tells of it.
type portEntity struct {
	Identifier loose            `json:"identifier"`
	Title      loose            `json:"title"`
	Team       loose            `json:"team"`
	Properties map[string]loose `json:"properties"`
	Relations  map[string]loose `json:"relations"`
	UpdatedAt  loose            `json:"updatedAt"`
	UpdatedBy  loose            `json:"updatedBy"`
}

// portPage is how many entities are asked for at once: as many as Port gives.
const portPage = 1000

// search lists the entities of a blueprint, each once. One that is told twice, or without an identifier, means that the
// list moved while it was read, or is not all of it: that is an error at its end.
func (r *portReading) search(plan *portPlan, take func(*portEntity) error) error {
	seen, nexts, odd := told{}, told{}, 0
	body := map[string]any{"limit": portPage, "include": plan.include()}
	for {
		page, next, err := r.page(plan.blueprint, body)
		if err != nil {
			return err
		}
		before := len(seen)
		for _, e := range page {
			if id := e.Identifier.first(); id == "" || seen.again(id) {
				odd++
				continue
			}
			if err := take(&e); err != nil {
				return err
			}
		}
		if next == "" {
			break
		}
		if len(seen) == before {
			return errors.New("Port goes on behind a page that tells nothing new")
		}
		if nexts.again(next) {
			return errors.New("Port begins the list anew in the middle")
		}
		body["from"] = next
	}
	if odd > 0 {
		return fmt.Errorf("the list moved while it was read, or is not whole: %d entities are told twice or without an identifier", odd)
	}
	return nil
}

func (r *portReading) page(blueprint string, body map[string]any) (page []portEntity, next string, err error) {
	var got struct {
		Entities *[]portEntity
		Next     string
	}
	path := "v1/blueprints/" + url.PathEscape(blueprint) + "/entities/search"
	if err := r.wire.ask(r.ctx, request{path: path, body: body}, &got); err != nil {
		return nil, "", err
	}
	if got.Entities == nil {
		return nil, "", r.wire.say(errGarbled)
	}
	return *got.Entities, got.Next, nil
}

// entities lists the entities of a blueprint of the mapping.
func (r *portReading) entities(plan *portPlan) error {
	err := r.search(plan, func(e *portEntity) error {
		item := r.item(plan, e)
		item.Entity.Ref = r.ref(plan, e.Identifier.first())
		return r.take(item)
	})
	if err != nil && !errors.Is(err, errEnough) {
		return fmt.Errorf("list the entities of %s: %w", plan.blueprint, err)
	}
	return err
}

// ref is the reference of an entity that was not told yet. Where two blueprints of one kind have the same identifier, the
// blueprint is the namespace of the second.
func (r *portReading) ref(plan *portPlan, id string) metrics.EntityRef {
	ref := refOf(plan.kind, id)
	if r.refs.again(ref.String()) {
		ref.Namespace = strings.ToLower(plan.blueprint)
	}
	return ref
}

// item is an entity as all catalogs tell of it.
func (r *portReading) item(plan *portPlan, e *portEntity) Item {
	id := e.Identifier.first()
	filled := newFilled()
	for _, from := range slices.Sorted(maps.Keys(plan.fields)) {
		filled.set(plan.fields[from], plan.values(e, from)...)
	}
	entity := metrics.Entity{Ref: refOf(plan.kind, id), Fields: filled.fields(), Problems: filled.problems, Edited: r.edits.of(plan.blueprint, e)}
	for _, text := range filled.values[metrics.FieldSource] {
		if entity.Repo, entity.Folder = locate(text, r.config.Host); entity.Repo != "" {
			break
		}
	}
	item := Item{Entity: entity}
	for _, typed := range filled.values[metrics.FieldOwner] {
		item.Owners = append(item.Owners, r.roster.owner(typed))
	}
	return item
}
