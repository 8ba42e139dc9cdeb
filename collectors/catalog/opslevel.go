package catalog

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// OpsLevelConfig says how OpsLevel is reached.
type OpsLevelConfig struct {
	URL    string // https://app.opslevel.com where empty; GraphQL answers at /graphql below it
	Token  string // an API token that may read
	Events string // the URL of a custom event integration, which is a secret; "" where OpsLevel is told nothing
	HTTP   *http.Client
	Budget *quota.Budget // of a run; nil is no cap
	Log    *slog.Logger  // may be nil
}

// OpsLevel reads the catalog of OpsLevel, https://docs.opslevel.com/docs/graphql.
type OpsLevel struct {
	wire   *wire
	events *wire // nil where OpsLevel is told nothing
	log    *slog.Logger
}

// NewOpsLevel returns a portal. It refuses what cannot be right, and asks nothing.
func NewOpsLevel(config OpsLevelConfig) (*OpsLevel, error) {
	if config.Token == "" {
		return nil, fmt.Errorf("opslevel needs an API token: %w", metrics.ErrInvalid)
	}
	wire, err := newWire(wiring{
		product: "OpsLevel", url: strings.TrimSuffix(strings.TrimRight(config.URL, "/"), "/graphql"), usual: "https://app.opslevel.com",
		family: opsLevelLimits(), client: config.HTTP, budget: config.Budget, log: config.Log,
		credential: quota.Static("API token", "Authorization", "Bearer "+config.Token), secrets: []string{config.Token},
	})
	if err != nil {
		return nil, err
	}
	events, err := newEvents(config)
	if err != nil {
		return nil, err
	}
	return &OpsLevel{wire, events, logOf(config.Log)}, nil
}

// opsLevelLimits are the limits of OpsLevel, which tells of none before they are reached.
func opsLevelLimits() quota.Family {
	return quota.Family{Name: "opslevel", AtOnce: 1, Resources: []quota.Resource{{Name: quota.GraphQL, Route: regexp.MustCompile(``), Queries: true, Takes: 10 * time.Second}}}
}

// Requests implements Portal.
func (o *OpsLevel) Requests() int {
	if o.events == nil {
		return o.wire.requests()
	}
	return o.wire.requests() + o.events.requests()
}

// Items implements Portal. Persons and teams come first, so that owners can be told from each other.
func (o *OpsLevel) Items(ctx context.Context) iter.Seq2[Item, error] {
	return listing(func(take func(Item) error) error {
		r := &opsLevelReading{OpsLevel: o, ctx: ctx, take: take, roster: newRoster(), typed: map[string]string{}, addresses: map[string]string{}}
		return r.all()
	})
}

// opsLevelReading is one reading of the catalog.
type opsLevelReading struct {
	*OpsLevel
	ctx    context.Context
	take   func(Item) error
	roster *roster

	typed     map[string]string // owners of repositories that no longer exist, as descriptors have them, by alias of the repository
	addresses map[string]string // of repositories whose alias does not tell, by alias
	lacks     leftOut           // fields that this OpsLevel does not have
	odd       int               // things told twice or without a name
}

func (r *opsLevelReading) all() error {
	for _, part := range []struct {
		name string
		read func() error
	}{
		{"users", r.users}, {"teams", r.teams}, {"repositories", r.repositories}, {"services", r.services},
	} {
		if err := part.read(); err != nil {
			return fmt.Errorf("list the %s of OpsLevel: %w", part.name, err)
		}
	}
	r.lacks.tell(r.log, r.wire.product, "this OpsLevel is older")
	if r.odd > 0 {
		return fmt.Errorf("the catalog moved while it was read, or is not whole: %d things are told twice or without a name", r.odd)
	}
	return nil
}

// users lists the persons that may still log in.
func (r *opsLevelReading) users() error {
	type user struct{ ID, Name, Email string }
	seen := told{}
	for page, err := range opsLevelPages[user](r, "users", opsLevelUsers) {
		for _, u := range page {
			if u.Email == "" || seen.again(u.ID) {
				r.odd++
				continue
			}
			r.roster.users[strings.ToLower(u.Email)] = true
			item := Item{Entity: metrics.Entity{Ref: refOf(kindUser, u.Email)}, Spelled: []collectors.Spelling{{Name: u.Name, Email: u.Email}}}
			if err := r.take(item); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// opsLevelTeam is a team as OpsLevel tells of it.
type opsLevelTeam struct {
	ID               string
	Alias            string
	Aliases          []string
	Name             string
	Responsibilities string
	ParentTeam       *struct{ Alias string }
	Memberships      connection[opsLevelMember]
}

type opsLevelMember struct {
	User *struct{ Name, Email string }
}

func (r *opsLevelReading) teams() error {
	seen := told{}
	for page, err := range opsLevelPages[opsLevelTeam](r, "teams", opsLevelTeams) {
		for _, t := range page {
			if t.Alias == "" || seen.again(t.ID) {
				r.odd++
				continue
			}
			members, err := opsLevelRest(r, t.Memberships, "team", t.ID, "memberships", opsLevelMembers)
			if err != nil {
				return err
			}
			if err := r.take(r.team(&t, members)); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	r.roster.known = len(r.roster.teams) > 0
	return nil
}

// team is a team as all catalogs tell of it. Members that were deactivated are in it no more.
func (r *opsLevelReading) team(t *opsLevelTeam, members []opsLevelMember) Item {
	filled := newFilled()
	filled.set(metrics.FieldTitle, t.Name)
	filled.set(metrics.FieldDescription, t.Responsibilities)
	team, has := &Team{Title: t.Name, Known: true, Aliases: t.Aliases}, false
	if t.ParentTeam != nil && t.ParentTeam.Alias != "" {
		team.Parent = refOf(kindGroup, t.ParentTeam.Alias)
	}
	for _, m := range members {
		has = has || m.User != nil
		if m.User != nil && r.roster.users[strings.ToLower(m.User.Email)] {
			team.Members = append(team.Members, collectors.Spelling{Name: m.User.Name, Email: m.User.Email})
		}
	}
	team.Hidden = has && len(team.Members) == 0
	ref := refOf(kindGroup, t.Alias)
	r.roster.team(ref, t.Aliases...)
	return Item{Entity: metrics.Entity{Ref: ref, Fields: filled.fields(), Problems: filled.problems}, Team: team}
}

// repositories keeps of the repositories what services do not tell: their address, and the owner that their descriptor names
// though there is no such team any more.
func (r *opsLevelReading) repositories() error {
	type repository struct {
		DefaultAlias, URL, OwnerAlias string
		Owner                         *struct{ Alias string }
	}
	for page, err := range opsLevelPages[repository](r, "repositories", opsLevelRepositories) {
		for _, repo := range page {
			if repo.OwnerAlias != "" && repo.Owner == nil {
				r.typed[repo.DefaultAlias] = repo.OwnerAlias
			}
			if at, _ := locate(repo.DefaultAlias, ""); at == "" {
				r.addresses[repo.DefaultAlias] = repo.URL
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// opsLevelService is a service as OpsLevel tells of it.
type opsLevelService struct {
	ID           string
	Name         string
	Aliases      []string
	Description  string
	Product      string
	Framework    string
	Language     string
	Type         *struct{ Aliases []string }
	Lifecycle    *struct{ Alias string }
	Tier         *struct{ Alias string }
	Owner        *struct{ Alias string }
	Parent       *struct{ Aliases []string }
	ConfigErrors []struct{ Message, SourceFilename string }
	Repos        connection[opsLevelRepo]
	Tags         connection[opsLevelTag]
	Tools        connection[opsLevelTool]
}

type opsLevelRepo struct {
	Node                struct{ DefaultAlias string }
	ServiceRepositories []struct{ BaseDirectory string }
}

type opsLevelTag struct{ Key, Value string }

type opsLevelTool struct{ URL string }

func (r *opsLevelReading) services() error {
	seen := told{}
	for page, err := range opsLevelPages[opsLevelService](r, "services", opsLevelServices) {
		for _, s := range page {
			if s.ID == "" || seen.again(s.ID) {
				r.odd++
				continue
			}
			item, err := r.item(&s)
			if err != nil {
				return err
			}
			if err := r.take(item); err != nil {
				return err
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// item is a service as all catalogs tell of it, once all that it has many of is read.
func (r *opsLevelReading) item(s *opsLevelService) (Item, error) {
	repos, err1 := opsLevelRest(r, s.Repos, "service", s.ID, "repos", opsLevelRepos)
	tags, err2 := opsLevelRest(r, s.Tags, "service", s.ID, "tags", opsLevelTags)
	tools, err3 := opsLevelRest(r, s.Tools, "service", s.ID, "tools", opsLevelTools)
	if err := cmp.Or(err1, err2, err3); err != nil {
		return Item{}, fmt.Errorf("service %s: %w", s.Name, err)
	}
	filled := newFilled()
	s.fill(filled)
	for _, tag := range tags {
		filled.set(metrics.FieldTags, tag.Key+":"+tag.Value)
	}
	for _, tool := range tools {
		filled.set(metrics.FieldLinks, tool.URL)
	}
	entity := metrics.Entity{Ref: refOf(s.kind(), first(s.Aliases, s.ID))}
	entity.Repo, entity.Folder = r.located(repos, filled)
	owners := r.owner(s, repos, filled)
	entity.Fields, entity.Problems = filled.fields(), filled.problems
	for _, e := range s.ConfigErrors {
		entity.Problems = append(entity.Problems, strings.TrimPrefix(e.SourceFilename+": "+e.Message, ": "))
	}
	return Item{Entity: entity, Owners: owners}, nil
}

// kind is the type of a component; before OpsLevel had types all were services.
func (s *opsLevelService) kind() string {
	if s.Type == nil {
		return "service"
	}
	return first(s.Type.Aliases, "service")
}

// first is the first of some aliases that is one, else something else.
func first(aliases []string, other string) string {
	return cmp.Or(append(slices.Clone(aliases), other)...)
}

// fill fills in what a service tells once.
func (s *opsLevelService) fill(filled *filled) {
	for field, value := range map[string]string{
		metrics.FieldTitle: s.Name, metrics.FieldDescription: s.Description, metrics.FieldType: s.kind(),
		"property.product": s.Product, "property.framework": s.Framework, "property.language": s.Language,
		metrics.FieldOwner: "", metrics.FieldSystem: "", metrics.FieldTags: "", metrics.FieldLinks: "", metrics.FieldSource: "",
		metrics.FieldLifecycle: alias(s.Lifecycle), metrics.FieldTier: alias(s.Tier),
	} {
		filled.set(field, value)
	}
	if s.Parent != nil && len(s.Parent.Aliases) > 0 {
		filled.set(metrics.FieldSystem, refOf("system", s.Parent.Aliases[0]).String())
	}
}

func alias(of *struct{ Alias string }) string {
	if of == nil {
		return ""
	}
	return of.Alias
}

// located fills in where a service comes from. The first repository is what it is about.
func (r *opsLevelReading) located(repos []opsLevelRepo, filled *filled) (repo, folder string) {
	for _, of := range repos {
		at, within := locate(cmp.Or(r.addresses[of.Node.DefaultAlias], of.Node.DefaultAlias), "")
		if len(of.ServiceRepositories) > 0 {
			within = cmp.Or(folderOf(of.ServiceRepositories[0].BaseDirectory), within)
		}
		source := of.Node.DefaultAlias
		if within != "" {
			source += "//" + within
		}
		filled.set(metrics.FieldSource, source)
		if repo == "" {
			repo, folder = at, within
		}
	}
	return repo, folder
}

// owner fills in the owner. OpsLevel shows none where the descriptor names one that does not exist any more; the
// repository still tells how it was called.
func (r *opsLevelReading) owner(s *opsLevelService, repos []opsLevelRepo, filled *filled) []Owner {
	if name := alias(s.Owner); name != "" {
		filled.set(metrics.FieldOwner, name)
		return []Owner{r.roster.owner(name)}
	}
	for _, of := range repos {
		if name := r.typed[of.Node.DefaultAlias]; name != "" {
			filled.set(metrics.FieldOwner, name)
			owner := r.roster.owner(name)
			owner.Gone, owner.Unasked = owner.Ref == metrics.EntityRef{} && owner.Person == nil, owner.Unlisted && owner.Person == nil
			return []Owner{owner}
		}
	}
	return nil
}
