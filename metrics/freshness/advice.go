package freshness

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Advice says what to do with a field.
type Advice string

// What can be done with fields.
const (
	Automate Advice = "automate" // let what knows it fill it
	Keep     Advice = "keep"
	Kill     Advice = "kill"
)

// Below which shares a field that people fill is not worth their while: of the entities that have it filled, and of the
// filled that are neither wrong nor aged. From half of the entities on a program is taken to fill it. Of what programs read
// it is told where half of it or more is wrong.
const (
	fewFilled  = 0.4
	fewSound   = 0.6
	halfFilled = 0.5
	halfWrong  = 0.5
)

// What could fill fields, beside the places that name owners.
const (
	truthCommits  = "commits"
	truthArchival = "archival and deployments"
	truthHost     = "code host"
	truthTopics   = "topics"
)

// fill returns what could fill a field of an entity: something that is known and no catalog; "" where nothing is.
func (j *judge) fill(e *Judged, field string) string {
	repo, _ := j.world.repo(e.Repo)
	switch {
	case repo == nil:
		return ""
	case field == metrics.FieldOwner && repo.ownedBy(e.Folder) != "":
		return string(repo.ownedBy(e.Folder))
	case field == metrics.FieldOwner && e.Owner.Actual != "":
		return truthCommits
	case field == metrics.FieldLifecycle && (j.past(repo.Gone) || repo.Archived || repo.DeploysKnown && e.Folder == ""):
		return truthArchival
	case field == metrics.FieldSource && !j.past(repo.Gone), slugs[field] != "" && !j.past(repo.Gone):
		return truthHost
	case field == metrics.FieldTemplate && repo.TemplateOf != "":
		return truthHost
	case field == metrics.FieldTags && len(repo.Topics) > 0:
		return truthTopics
	}
	return ""
}

// fill finds for each counted entity which fields something could fill: of those that it has, or that others of its kind do.
func (out *Judgement) fill() {
	names := out.fieldsByKind()
	for i := range out.Entities {
		e := &out.Entities[i]
		if !e.Counted {
			continue
		}
		for _, field := range names[e.Ref.Kind] {
			if truth := out.judge.fill(e, field); truth != "" {
				e.Fills = append(e.Fills, Fill{field, truth})
			}
		}
	}
}

// fieldsByKind returns the fields that counted entities of each kind have, by name.
func (out *Judgement) fieldsByKind() map[string][]string {
	sets := map[string]map[string]bool{}
	for i := range out.Entities {
		e := &out.Entities[i]
		if !e.Counted {
			continue
		}
		if sets[e.Ref.Kind] == nil {
			sets[e.Ref.Kind] = map[string]bool{}
		}
		for k := range e.Fields {
			sets[e.Ref.Kind][e.Fields[k].Name] = true
		}
	}
	names := make(map[string][]string, len(sets))
	for kind, set := range sets {
		names[kind] = slices.Sorted(maps.Keys(set))
	}
	return names
}

// truth returns what could fill a field of an entity; "" where nothing could.
func (e *Judged) truth(field string) string {
	i, ok := slices.BinarySearchFunc(e.Fills, field, func(f Fill, name string) int { return strings.Compare(f.Field, name) })
	if !ok {
		return ""
	}
	return e.Fills[i].Truth
}

// truths finds what could fill a field: that which could do so for most entities, and for how many anything could.
func (out *Judgement) truths(a *FieldAudit, kinds map[string]bool) {
	by := map[string]int{}
	for i := range out.Entities {
		e := &out.Entities[i]
		if !e.Counted || !kinds[e.Ref.Kind] {
			continue
		}
		a.Fillable.Den++
		if truth := e.truth(a.Field); truth != "" {
			a.Fillable.Num++
			by[truth]++
		}
	}
	for _, truth := range slices.Sorted(maps.Keys(by)) {
		if by[truth] > by[a.Truth] {
			a.Truth = truth
		}
	}
}

// need is who cannot do without a field, whether people keep it up or not.
type need uint8

const (
	noNeed  need = iota
	read         // programs: without it a page of the portal is empty, or an integration finds nothing
	demands      // the portal, which takes in no entity without it
)

// demanded are the fields that the schema of Backstage requires of things, by their kinds. The owner is left out, which
// nothing can do without.
var demanded = map[string][]string{
	"component": {metrics.FieldType, metrics.FieldLifecycle}, "api": {metrics.FieldType, metrics.FieldLifecycle},
	"resource": {metrics.FieldType}, "template": {metrics.FieldType},
}

// needed returns who cannot do without a field of an entity. Annotations are there for programs alone, and where source and
// template are told apart from them, they are annotations, too; a template is a program, and an API its definition.
func needed(r *Record, field string) need {
	property, of := strings.CutPrefix(field, "property.")
	switch kind := r.Ref.Kind; {
	case r.Backstage && slices.Contains(demanded[kind], field):
		return demands
	case field == metrics.FieldSource, field == metrics.FieldTemplate, strings.HasPrefix(field, "annotation."):
		return read
	case of && (kind == "template" || kind == "api" && property == "definition"):
		return read
	}
	return noNeed
}

// advise says what to do with a field, and what that would do to catalog freshness. Whatever else is true of them, three
// sorts of fields are never advised to be killed: the owner, with which everything begins that is asked of a catalog, what
// the portal demands, and what programs read, though few may have it filled. Nor does it speak against references that
// lead somewhere that few things have any: not everything depends on something.
func (out *Judgement) advise(a *FieldAudit, needs need) {
	machine, _ := a.Machine.Value()
	fillable, _ := a.Fillable.Value()
	filled, _ := a.Filled.Value()
	sound := a.sound()
	a.Advice, a.IfFollowed = Keep, out.Fresh
	switch {
	case filled >= fewFilled && sound >= fewSound && machine >= halfFilled:
		a.Why = "programs fill it"
	case fillable >= halfFilled:
		a.Advice, a.Why = Automate, fmt.Sprintf("%s could fill it", a.Truth)
		a.IfFollowed = out.freshness(nil, set(a.Field))
	case a.Field == metrics.FieldOwner:
		a.Why = "everything needs an owner"
	case needs == demands:
		a.Why = "Backstage requires it"
	case needs == read:
		a.Why = "programs read it"
		if wrong, _ := a.Wrong.Value(); wrong >= halfWrong {
			a.Why = fmt.Sprintf("programs read it, and %d of %d are wrong", a.Wrong.Num, a.Wrong.Den)
		}
	case filled < fewFilled && !a.leads():
		a.kill(out, fmt.Sprintf("only %d of %d have it filled", a.Filled.Num, a.Filled.Den))
	case sound < fewSound:
		a.kill(out, a.unsound())
	default:
		a.Why = "people keep it up"
	}
}

func (a *FieldAudit) kill(out *Judgement, why string) {
	a.Advice, a.Why, a.IfFollowed = Kill, why, out.Without(a.Field)
}

// leads reports whether the field holds references, of which some lead to what is there.
func (a *FieldAudit) leads() bool {
	_, refers := Refers(a.Field, "")
	return refers && a.Right.Num > 0
}

// sound returns the share of the filled that is neither wrong nor aged; 0 where none is filled.
func (a *FieldAudit) sound() float64 {
	return float64(a.Right.Den-a.Wrong.Num-a.Aged.Num) / float64(cmp.Or(a.Right.Den, 1))
}

// IfAllFollowed returns what catalog freshness would be if all of the advice were followed.
func (out *Judgement) IfAllFollowed(audit []FieldAudit) Share {
	advised := map[string]Advice{}
	for _, a := range audit {
		advised[a.Field] = a.Advice
	}
	return out.freshness(
		func(field string) bool { return advised[field] == Kill },
		func(field string) bool { return advised[field] == Automate },
	)
}

// unsound says how many of those that have a field filled are wrong, and how many are old.
func (a *FieldAudit) unsound() string {
	var parts []string
	if a.Wrong.Num > 0 {
		parts = append(parts, fmt.Sprintf("%d are wrong", a.Wrong.Num))
	}
	if a.Aged.Num > 0 {
		parts = append(parts, fmt.Sprintf("%d were confirmed too long ago", a.Aged.Num))
	}
	return fmt.Sprintf("of %d that have it filled, %s", a.Wrong.Den, strings.Join(parts, " and "))
}
