package catalog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// cortexTeam is a team as Cortex tells of it: one of its own, or a group of an identity provider.
type cortexTeam struct {
	TeamTag    string `json:"teamTag"`
	IsArchived bool   `json:"isArchived"`
	Metadata   struct {
		Name        string `json:"name"`
		Description loose  `json:"description"`
	} `json:"metadata"`
	CortexTeam *struct {
		Members []cortexMember `json:"members"`
	} `json:"cortexTeam"`
	IdpGroup *struct {
		Group    string         `json:"group"`
		Provider string         `json:"provider"`
		Members  []cortexMember `json:"members"`
	} `json:"idpGroup"`
}

type cortexMember struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// teams lists the teams, archived ones as orphans, with what they are part of.
func (r *cortexReading) teams() error {
	var got struct{ Teams *[]cortexTeam }
	query := url.Values{"includeTeamsWithoutMembers": {"true"}}
	if err := r.wire.ask(r.ctx, request{path: "api/v1/teams", query: query}, &got); err != nil {
		return err
	}
	if got.Teams == nil {
		return r.wire.say(errGarbled)
	}
	parents, err := r.parents()
	if err != nil {
		return err
	}
	for _, team := range *got.Teams {
		if team.TeamTag == "" {
			return fmt.Errorf("a team without a tag: %w", r.wire.say(errGarbled))
		}
		if err := r.take(r.team(&team, parents[team.TeamTag])); err != nil {
			return err
		}
	}
	r.roster.known = len(r.roster.teams) > 0
	return nil
}

// parents are the tags of what teams are part of. Cortex has them apart, and keys may see the one and not the other.
func (r *cortexReading) parents() (map[string]string, error) {
	var got struct {
		Edges []struct{ ParentTeamTag, ChildTeamTag string }
	}
	err := r.wire.ask(r.ctx, request{path: "api/v1/teams/relationships"}, &got)
	parents := map[string]string{}
	for _, edge := range got.Edges {
		parents[edge.ChildTeamTag] = edge.ParentTeamTag
	}
	return parents, r.out.unless("relationships of teams", err)
}

func (r *cortexReading) team(t *cortexTeam, parent string) Item {
	team := &Team{Title: t.Metadata.Name, Known: true}
	if parent != "" {
		team.Parent = refOf(kindGroup, parent)
	}
	if t.CortexTeam != nil {
		team.Members = members(t.CortexTeam.Members)
	}
	if group := t.IdpGroup; group != nil {
		team.Members = append(team.Members, members(group.Members)...)
		team.Aliases = []string{group.Group}
		if strings.EqualFold(group.Provider, "github") && strings.Contains(group.Group, "/") {
			team.Aliases = []string{"@" + group.Group}
		}
	}
	filled := newFilled()
	filled.set(metrics.FieldTitle, t.Metadata.Name)
	filled.set(metrics.FieldDescription, t.Metadata.Description...)
	entity := metrics.Entity{Ref: refOf(kindGroup, t.TeamTag), Fields: filled.fields(), Problems: filled.problems, Orphan: t.IsArchived}
	if t.IsArchived {
		entity.Problems = append(entity.Problems, "it is archived in Cortex")
	}
	r.roster.team(entity.Ref)
	return Item{Entity: entity, Team: team}
}

func members(list []cortexMember) []collectors.Spelling {
	var spelled []collectors.Spelling
	for _, m := range list {
		if m.Name != "" || m.Email != "" {
			spelled = append(spelled, collectors.Spelling{Name: m.Name, Email: m.Email})
		}
	}
	return spelled
}

// discovered reads which repositories Cortex finds deleted or archived.
func (r *cortexReading) discovered() error {
	type event struct {
		Type       string
		MappingKey string
		IsIgnored  bool
		Entity     struct{ Tag string }
	}
	for _, kind := range []string{"REPOSITORY_DELETED", "REPOSITORY_ARCHIVED"} {
		what := strings.ToLower(strings.TrimPrefix(kind, "REPOSITORY_"))
		for page, err := range cortexPages[event](r, "discovery-audit", "events", url.Values{"type": {kind}}) {
			if err != nil {
				return err
			}
			for _, e := range page.entries {
				if e.Type == kind && e.Entity.Tag != "" && !e.IsIgnored {
					r.drift[e.Entity.Tag] = append(r.drift[e.Entity.Tag], fmt.Sprintf("its repository %s is %s, as Cortex finds", cmp.Or(e.MappingKey, "of this name"), what))
				}
			}
		}
	}
	return nil
}

// verifications reads when people confirmed that an entity is right.
func (r *cortexReading) verifications() error {
	type verification struct {
		Entity             struct{ Tag string }
		Status, VerifiedAt string
	}
	for page, err := range cortexPages[verification](r, "verifications", "verifications", url.Values{"status": {"VERIFIED_CORRECT"}}) {
		if err != nil {
			return err
		}
		for _, v := range page.entries {
			if v.Status == "VERIFIED_CORRECT" {
				r.verified[v.Entity.Tag] = max(r.verified[v.Entity.Tag], moment(v.VerifiedAt))
			}
		}
	}
	return nil
}

func (r *cortexReading) edit(tag string, at metrics.Instant) {
	r.edited[tag] = max(r.edited[tag], at)
}

// cortexLog is a push to descriptors. Which entity a file is of is told under one of two names, or not at all.
type cortexLog struct {
	DateCreated string
	Repository  struct{ Provider, RepositoryName string }
	Files       []struct {
		FileName string
		Error    json.RawMessage
		Entity   *struct {
			Tag, EntityTag, Operation string
		}
	}
}

// cortexFile is a descriptor as the newest push to it tells.
type cortexFile struct {
	metrics.Place
	at metrics.Instant
}

// cortexLogPages is how much of the log of pushes is read: 20,000 of them.
const cortexLogPages = 20

// logged reads when descriptors were changed, and where they are. A push that changed nothing, or failed, confirms nothing.
func (r *cortexReading) logged() error {
	pages := 0
	for page, err := range cortexPages[cortexLog](r, "gitops-logs", "logs", nil) {
		if err != nil {
			return err
		}
		for _, l := range page.entries {
			r.pushed(&l)
		}
		if pages++; pages == cortexLogPages && page.pages > pages {
			r.log.Info("more pushes to descriptors are not looked at", "portal", r.wire.product, "pages", page.pages)
			break
		}
	}
	return nil
}

func (r *cortexReading) pushed(l *cortexLog) {
	repo, _ := locate(l.Repository.RepositoryName, r.host(l.Repository.Provider))
	at := moment(l.DateCreated)
	for _, file := range l.Files {
		if file.Entity == nil || len(file.Error) > 0 && string(file.Error) != "null" {
			continue
		}
		tag := cmp.Or(file.Entity.Tag, file.Entity.EntityTag)
		if repo != "" && file.FileName != "" && at >= r.files[tag].at {
			r.files[tag] = cortexFile{metrics.Place{Repo: repo, Path: file.FileName}, at}
		}
		if op := file.Entity.Operation; op == "" || op == "CREATED" || op == "UPDATED" {
			r.edit(tag, at)
		}
	}
}
