package catalog

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// CortexConfig says how Cortex is reached, and where in it stands what it has no place for.
type CortexConfig struct {
	URL    string // https://api.getcortexapp.com where empty
	Key    string // an API key that may view
	HTTP   *http.Client
	Budget *quota.Budget // of a run; nil is no cap
	Log    *slog.Logger  // may be nil

	// Types are the types of entities that are read; services, resources and domains where there are none.
	Types []string
	// Fields tell which custom data a field is, by the name of the field. Lifecycle and tier are taken from the keys
	// lifecycle and tier where nothing is said; other keys are fields under names of their own: property.KEY.
	Fields map[string]string
	// Hosts are the code hosts by the provider that Cortex names, for repositories of which it gives no address. Those of
	// GitHub, GitLab, Bitbucket and Azure DevOps are known.
	Hosts map[string]string
}

// Cortex reads the catalog of Cortex, https://docs.cortex.io/api.
type Cortex struct {
	config CortexConfig
	wire   *wire
	log    *slog.Logger
	keys   map[string]string // names of fields, by the key of custom data
	size   int               // entries of a page
}

// Sizes of pages: as many as Cortex gives today, and as many as it always gave.
const (
	cortexPageMost  = 1000
	cortexPageLeast = 250
)

// NewCortex returns a portal. It refuses what cannot be right, and asks nothing.
func NewCortex(config CortexConfig) (*Cortex, error) {
	if config.Key == "" {
		return nil, fmt.Errorf("cortex needs an API key: %w", metrics.ErrInvalid)
	}
	c := &Cortex{config: config, log: logOf(config.Log), keys: map[string]string{}, size: cortexPageMost}
	for _, field := range []string{metrics.FieldLifecycle, metrics.FieldTier} {
		if config.Fields[field] == "" {
			c.keys[field] = field
		}
	}
	for field, key := range config.Fields {
		c.keys[strings.ToLower(key)] = field
	}
	var err error
	c.wire, err = newWire(wiring{
		product: "Cortex", url: config.URL, usual: "https://api.getcortexapp.com", family: cortexLimits(), client: config.HTTP, budget: config.Budget,
		log: config.Log, credential: quota.Static("API key", "Authorization", "Bearer "+config.Key), secrets: []string{config.Key},
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// cortexLimits are the limits of Cortex: 1,000 requests a minute, of which only an answer that refuses tells.
func cortexLimits() quota.Family {
	anything := regexp.MustCompile(``)
	return quota.Family{
		Name: "cortex", AtOnce: 1, Resources: []quota.Resource{{Name: quota.REST, Route: anything, Takes: time.Second}},
		Rates: []quota.Rate{{Route: anything, Points: 1000, Per: time.Minute}},
	}
}

// Requests implements Portal.
func (c *Cortex) Requests() int { return c.wire.requests() }

// Items implements Portal. Teams come first, so that owners can be told from each other.
func (c *Cortex) Items(ctx context.Context) iter.Seq2[Item, error] {
	return listing(func(take func(Item) error) error {
		r := &cortexReading{Cortex: c, ctx: ctx, take: take, roster: newRoster(), edited: map[string]metrics.Instant{}, verified: map[string]metrics.Instant{}, files: map[string]cortexFile{}, drift: map[string][]string{}}
		return r.all()
	})
}

// cortexReading is one reading of the catalog.
type cortexReading struct {
	*Cortex
	ctx    context.Context
	take   func(Item) error
	roster *roster
	out    leftOut

	edited   map[string]metrics.Instant // when a human last changed an entity, by tag
	verified map[string]metrics.Instant // when one last said that all of it is right, likewise
	files    map[string]cortexFile      // descriptors, by tag
	drift    map[string][]string        // what Cortex finds gone, by tag
}

func (r *cortexReading) all() error {
	for _, part := range []struct {
		name string
		read func() error
	}{
		{"teams", r.teams}, {"discovery audit", r.discovered}, {"verifications", r.verifications}, {"gitops logs", r.logged},
	} {
		if err := r.out.unless(part.name, part.read()); err != nil {
			return err
		}
	}
	r.out.tell(r.log, r.wire.product, "give the API key the permissions to view them")
	return r.entities()
}

// cortexEntity is an entity as the list tells of it.
type cortexEntity struct {
	Tag         string `json:"tag"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Description loose  `json:"description"`
	Groups      loose  `json:"groups"`
	IsArchived  bool   `json:"isArchived"`
	Git         *struct {
		Provider      string `json:"provider"`
		Repository    string `json:"repository"`
		RepositoryURL string `json:"repositoryUrl"`
		Basepath      string `json:"basepath"`
	} `json:"git"`
	Hierarchy struct {
		Parents []struct{ Tag, Type string } `json:"parents"`
	} `json:"hierarchy"`
	Links []struct {
		URL string `json:"url"`
	} `json:"links"`
	Metadata []struct {
		Key   string `json:"key"`
		Value loose  `json:"value"`
	} `json:"metadata"`
	Owners *struct {
		Teams []struct {
			Tag        string `json:"tag"`
			IsArchived bool   `json:"isArchived"`
		} `json:"teams"`
		Individuals []struct {
			Email string `json:"email"`
		} `json:"individuals"`
	} `json:"owners"`
}

// entities lists the entities. Pages are counted through, so one that is deleted meanwhile moves another one to a page that
// was read already: where their number changes, or not as many were told in the end, the list is not whole.
func (r *cortexReading) entities() error {
	query := url.Values{
		"includeOwners": {"true"}, "includeMetadata": {"true"}, "includeLinks": {"true"}, "includeArchived": {"true"}, "hierarchyDepth": {"1"},
	}
	if len(r.config.Types) > 0 {
		query["types"] = r.config.Types
	}
	seen, had, total, moved := told{}, 0, -1, false
	for page, err := range cortexPages[cortexEntity](r, "catalog", "entities", query) {
		if err != nil {
			return fmt.Errorf("list the catalog of Cortex: %w", err)
		}
		moved = moved || total >= 0 && page.total != total
		total = page.total
		for _, e := range page.entries {
			if e.Tag == "" || seen.again(e.Tag) {
				continue
			}
			if err := r.take(r.item(&e)); err != nil {
				return err
			}
		}
		if len(seen) == had && !page.last() {
			return fmt.Errorf("list the catalog of Cortex: %w", page.nothing())
		}
		had = len(seen)
	}
	delete(seen, "")
	if moved || len(seen) != total {
		return fmt.Errorf("the catalog moved while it was read, or is not whole: %d entities of %d are told", len(seen), total)
	}
	return nil
}

// item is an entity as all catalogs tell of it. One that is archived is in no catalog that people see.
func (r *cortexReading) item(e *cortexEntity) Item {
	filled := newFilled()
	filled.set(metrics.FieldTitle, e.Name)
	filled.set(metrics.FieldDescription, e.Description...)
	filled.set(metrics.FieldType, e.Type)
	filled.set(metrics.FieldTags, e.Groups...)
	filled.set(metrics.FieldLinks)
	for _, link := range e.Links {
		filled.set(metrics.FieldLinks, link.URL)
	}
	r.placed(e, filled)
	r.custom(e, filled)
	entity := metrics.Entity{Ref: e.ref(), Orphan: e.IsArchived, Edited: r.edited[e.Tag], Verified: r.verified[e.Tag], Descriptor: r.files[e.Tag].Place}
	entity.Repo, entity.Folder = r.located(e, filled)
	owners := r.owners(e, filled)
	entity.Fields = filled.fields()
	entity.Problems = append(filled.problems, r.drift[e.Tag]...)
	if e.IsArchived {
		entity.Problems = append(entity.Problems, "it is archived in Cortex")
	}
	return Item{Entity: entity, Owners: owners}
}

// placed fills in what an entity is part of.
func (r *cortexReading) placed(e *cortexEntity, filled *filled) {
	filled.set(metrics.FieldParent)
	for _, parent := range e.Hierarchy.Parents {
		field := metrics.FieldParent
		switch strings.ToLower(parent.Type) {
		case "system":
			field = metrics.FieldSystem
		case "domain":
			field = metrics.FieldDomain
		}
		if parent.Tag != "" {
			filled.set(field, refOf(cmp.Or(parent.Type, "domain"), parent.Tag).String())
		}
	}
}

// custom fills in custom data, of which Cortex has no lifecycle and no tier of its own.
func (r *cortexReading) custom(e *cortexEntity, filled *filled) {
	for _, field := range r.keys {
		filled.set(field)
	}
	for _, data := range e.Metadata {
		if isOurs(data.Key) {
			continue
		}
		field, ok := r.keys[strings.ToLower(data.Key)]
		if !ok {
			field = "property." + data.Key
		}
		filled.set(field, data.Value...)
	}
}

// located fills in where an entity comes from.
func (r *cortexReading) located(e *cortexEntity, filled *filled) (repo, folder string) {
	filled.set(metrics.FieldSource)
	if e.Git == nil {
		return "", ""
	}
	source := cmp.Or(e.Git.RepositoryURL, e.Git.Repository)
	if source == "" {
		return "", ""
	}
	folder = folderOf(e.Git.Basepath)
	if folder != "" {
		filled.set(metrics.FieldSource, source+"//"+folder)
	} else {
		filled.set(metrics.FieldSource, source)
	}
	repo, within := locate(source, r.host(e.Git.Provider))
	return repo, cmp.Or(folder, within)
}

// host is the code host of a provider.
func (r *cortexReading) host(provider string) string {
	provider = strings.ToLower(provider)
	for name, host := range r.config.Hosts {
		if strings.EqualFold(name, provider) {
			return host
		}
	}
	known := map[string]string{"gitlab": "gitlab.com", "bitbucket": "bitbucket.org", "azure": "dev.azure.com", "azuredevops": "dev.azure.com", "azure_devops": "dev.azure.com"}
	return cmp.Or(known[provider], "github.com")
}

// owners fills in the owners. Cortex itself tells which teams are archived.
func (r *cortexReading) owners(e *cortexEntity, filled *filled) (owners []Owner) {
	filled.set(metrics.FieldOwner)
	if e.Owners == nil {
		return nil
	}
	for _, team := range e.Owners.Teams {
		if strings.TrimSpace(team.Tag) == "" {
			continue
		}
		filled.set(metrics.FieldOwner, team.Tag)
		owner := r.roster.owner(team.Tag)
		owner.Gone = team.IsArchived
		owners = append(owners, owner)
	}
	for _, person := range e.Owners.Individuals {
		if strings.TrimSpace(person.Email) == "" {
			continue
		}
		filled.set(metrics.FieldOwner, person.Email)
		owners = append(owners, r.roster.owner(person.Email))
	}
	return owners
}
