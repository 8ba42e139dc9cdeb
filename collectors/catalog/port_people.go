package catalog

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// people lists the teams and the persons, which Port keeps as entities of blueprints of its own.
func (r *portReading) people(blueprints map[string]portBlueprint) error {
	teams, ok := blueprints["_team"]
	if !ok {
		r.out = append(r.out, "teams")
	} else if err := r.teams(&teams); err != nil {
		return err
	}
	users, ok := blueprints["_user"]
	if !ok {
		r.out, r.roster.closed = append(r.out, "users"), true
		return nil
	}
	return r.users(&users)
}

// teams lists the teams. Which one a team is in is what a relation from teams to one of them tells.
func (r *portReading) teams(b *portBlueprint) error {
	plan, err := planOf(PortBlueprint{Blueprint: b.Identifier}, b, map[string]string{"_team": kindGroup, "_user": kindUser})
	if err != nil {
		return err
	}
	delete(plan.fields, "$team")
	var parents []string
	for name, relation := range b.Relations {
		if relation.Target == b.Identifier && !relation.Many {
			parents = append(parents, name)
		}
	}
	slices.Sort(parents)
	err = r.search(plan, func(e *portEntity) error { return r.take(r.team(plan, parents, e)) })
	r.roster.known = err == nil && len(r.roster.teams) > 0
	return r.out.unless("teams", err)
}

func (r *portReading) team(plan *portPlan, parents []string, e *portEntity) Item {
	item := r.item(plan, e)
	title := e.Title.first()
	item.Team = &Team{Title: title, Aliases: []string{title}}
	for _, relation := range parents {
		if parent := e.Relations[relation].first(); parent != "" {
			item.Team.Parent = refOf(kindGroup, parent)
			break
		}
	}
	r.roster.team(item.Entity.Ref, title)
	return item
}

// users lists the persons, who tell which teams they are in. Those that were disabled are in none.
func (r *portReading) users(b *portBlueprint) error {
	plan := &portPlan{blueprint: b.Identifier}
	if _, ok := b.Schema.Properties["status"]; ok {
		plan.fields = map[string]string{"status": "status"}
	}
	err := r.search(plan, func(e *portEntity) error { return r.take(r.user(e)) })
	r.roster.closed = err != nil || len(r.roster.users) == 0
	return r.out.unless("users", err)
}

// user is a person: what else Port knows of them is nobody's business.
func (r *portReading) user(e *portEntity) Item {
	id := e.Identifier.first()
	r.roster.users[strings.ToLower(id)] = true
	spelling := collectors.Spelling{Name: e.Title.first(), Email: id}
	if mailed(id) == nil {
		spelling = collectors.Spelling{Name: id}
	}
	item := Item{Entity: metrics.Entity{Ref: refOf(kindUser, id)}, Spelled: []collectors.Spelling{spelling}}
	if strings.EqualFold(e.Properties["status"].first(), "disabled") {
		return item
	}
	for _, team := range e.Team {
		if ref := r.roster.owner(team).Ref; ref.Kind == kindGroup {
			item.In = append(item.In, ref)
		}
	}
	return item
}

// portEdits are what people changed last, as far as Port tells.
type portEdits struct {
	newest map[portThing]metrics.Instant
	humans map[string]bool // ids of users; what has another id is an integration
}

// portThing is an entity of a blueprint.
type portThing struct{ blueprint, entity string }

// of is when a human last changed an entity: by the audit log, or because the last change of all is one by a user. When
// anything else changed it says nothing.
func (d *portEdits) of(blueprint string, e *portEntity) metrics.Instant {
	at := d.newest[portThing{blueprint, e.Identifier.first()}]
	if d.humans[e.UpdatedBy.first()] {
		at = max(at, moment(e.UpdatedAt.first()))
	}
	return at
}

// moment is a time as portals write it; Beginning where it is none.
func moment(text string) metrics.Instant {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return metrics.Beginning
	}
	return metrics.At(at)
}

// edited reads who is a user, and what people changed.
func (r *portReading) edited() (portEdits, error) {
	edits := portEdits{newest: map[portThing]metrics.Instant{}, humans: map[string]bool{}}
	var got struct{ Users []struct{ ID string } }
	query := url.Values{"fields": {"id", "email"}}
	if err := r.out.unless("ids of users", r.wire.ask(r.ctx, request{path: "v1/users", query: query}, &got)); err != nil {
		return edits, err
	}
	for _, user := range got.Users {
		edits.humans[user.ID] = user.ID != ""
	}
	return edits, r.out.unless("audit log", r.audits(&edits))
}

// Bounds of the audit log. Port has no pages of it: the next request asks for what is older than the last answer.
const (
	portAudits     = 1000
	portAuditPages = 20
)

// portAudit is a change as the audit log has it. Which entity it is about is told under two names.
type portAudit struct {
	Trigger struct{ Origin, At string }
	Context struct{ Blueprint, Entity, BlueprintIdentifier, EntityIdentifier string }
}

func (r *portReading) audits(edits *portEdits) error {
	query := url.Values{
		"resources": {"entity"}, "origin": {"UI"}, "status": {"SUCCESS"}, "includes": {"context", "trigger"}, "limit": {strconv.Itoa(portAudits)},
	}
	if r.config.Since != metrics.Beginning {
		query.Set("from", r.config.Since.String())
	}
	for range portAuditPages {
		var got struct{ Audits *[]portAudit }
		if err := r.wire.ask(r.ctx, request{path: "v1/audit-log", query: query}, &got); err != nil {
			return err
		}
		if got.Audits == nil {
			return r.wire.say(errGarbled)
		}
		before := edits.note(*got.Audits) + 1 // of the oldest second some may be missing
		if len(*got.Audits) < portAudits || before.String() == query.Get("to") {
			return nil
		}
		query.Set("to", before.String())
	}
	r.log.Info("older changes by people are not looked for", "portal", r.wire.product, "before", query.Get("to"))
	return nil
}

// note keeps the newest change by a human of each entity, and returns the time of the oldest.
func (d *portEdits) note(audits []portAudit) metrics.Instant {
	oldest := metrics.Forever
	for _, a := range audits {
		at := moment(a.Trigger.At)
		oldest = min(oldest, at)
		if a.Trigger.Origin != "UI" {
			continue
		}
		thing := portThing{a.Context.Blueprint + a.Context.BlueprintIdentifier, a.Context.Entity + a.Context.EntityIdentifier}
		d.newest[thing] = max(d.newest[thing], at)
	}
	return oldest
}
