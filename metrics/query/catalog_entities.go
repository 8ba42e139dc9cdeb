package query

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

//go:embed catalog_entities.sql
var catalogEntitiesSQL string

// CatalogVerdicts lists the words for verdicts on fields.
func CatalogVerdicts() []string {
	var words []string
	for _, v := range freshness.Verdicts() {
		words = append(words, v.String())
	}
	return words
}

// CatalogAdvices lists the words for what can be done with fields.
func CatalogAdvices() []string {
	return []string{string(freshness.Automate), string(freshness.Keep), string(freshness.Kill)}
}

// CatalogEntitiesQuestion says which entities of catalogs are asked for. The zero value of a filter is no filter.
type CatalogEntitiesQuestion struct {
	Source  string // of one catalog; metrics.Portals for all but that of files
	Kind    string
	Entity  string          // kind:namespace/name, or namespace/name, which means every kind
	Repo    string          // that it is about
	Team    metrics.TeamKey // that its owner means
	Verdict string          // on one of its fields, on Field where that is given
	Field   string          // that it has
	Filled  string          // yes or no: whether Field is, or any; of things that count it is not where others of their kind have it

	// Fillable is yes or no, of what counts: whether something could fill Field, or any. Together with Filled and Verdict it asks
	// for one field that all of them hold for. What was judged before that was kept is neither.
	Fillable string

	// Automated are fields, with commas between, that for Then are right wherever something could fill them. Of what was judged before
	// it was kept what could, there is nothing.
	Automated string

	Fresh   string          // yes, no or unknown
	Ghost   string          // likewise
	Without string          // fields that nobody would be asked for, with commas between
	Then    string          // whether they would be fresh without those: yes, no or unknown; gained: yes, and they are not now
	Orphan  string          // yes, or no
	Found   string          // whether the portal itself finds problems: yes, or no
	Right   string          // whether the owner is: yes, no or unknown
	Steps   OwnerSteps      // likewise, whether it reaches them
	Counted bool            // only those that count: no people, teams nor places of files
	AsOf    metrics.Instant // none where catalogs were judged later the last time: only what was found then is kept; 0: now

	After *CatalogEntityKey // the rows that follow this one
	Limit int               // at most so many; 0: all
}

// CatalogEntityKey is what entities are ordered by. Files can describe the same one in several places.
type CatalogEntityKey struct {
	Source    string `json:"source"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	FileRepo  string `json:"file_repo,omitempty"`
	File      string `json:"file,omitempty"`
	Begins    uint32 `json:"begins,omitempty"` // the first line of what it says, of which more may be in one file
}

// CatalogEntityRow is an entity of a catalog with the verdicts on its fields. Truths are yes, no or unknown.
type CatalogEntityRow struct {
	Source  string              `json:"source"`
	Entity  string              `json:"entity"` // kind:namespace/name
	Repo    string              `json:"repo"`   // that it is about, "" where it names none
	Folder  string              `json:"folder"`
	File    *CatalogFile        `json:"file"` // that it is written in; null where that is not known
	Counted bool                `json:"counted"`
	Fresh   string              `json:"fresh"`
	Ghost   string              `json:"ghost"`
	GhostBy string              `json:"ghost_by"` // why
	Owner   CatalogOwner        `json:"owner"`
	Orphan  bool                `json:"orphan"`
	Found   []string            `json:"problems"` // what the portal itself finds wrong
	Fields  []CatalogFieldState `json:"fields"`   // by name; those alone that the verdict or field asked for is about
	key     CatalogEntityKey
}

// CatalogFile is a file of a repository.
type CatalogFile struct {
	Repo string `json:"repo"`
	Path string `json:"path"`
}

// CatalogOwner says how far the owner of an entity gets on the ladder.
type CatalogOwner struct {
	Values []string         `json:"values"` // as they were typed
	Steps  OwnerSteps       `json:"steps"`
	Right  string           `json:"right"`
	Teams  []string         `json:"teams"`  // whom it means
	Actual *metrics.TeamKey `json:"actual"` // who holds most commits, certainly and alone; null where that cannot be said
	Rests  *ActualCommits   `json:"actual_commits"`
}

// ActualCommits are the human commits of 180 days that tell who really owns something; null where none do.
type ActualCommits struct {
	Team uint32 `json:"team"` // its own
	All  uint32 `json:"all"`  // all that were made there, or may have been
}

// OwnerSteps are the steps of the owner ladder.
type OwnerSteps struct {
	O1 string `json:"O1"`
	O2 string `json:"O2"`
	O3 string `json:"O3"`
	O4 string `json:"O4"`
	O5 string `json:"O5"`
}

// CatalogFieldState is the verdict on a field of an entity.
type CatalogFieldState struct {
	Field     string            `json:"field"`
	Verdict   string            `json:"verdict"`
	Cause     string            `json:"cause"`
	Reason    string            `json:"reason"` // in words
	Values    []string          `json:"values"`
	Line      *int              `json:"line"`      // in the file; null where that is not known
	Confirmed *time.Time        `json:"confirmed"` // null where that is not known
	EditedBy  string            `json:"edited_by"` // human, machine, or "" where that is not known
	Since     *time.Time        `json:"since"`     // of what is wrong
	Dated     bool              `json:"dated"`     // since is when it became so, rather than when that was found
	Evidence  []CatalogEvidence `json:"evidence"`
	Truth     *string           `json:"source_of_truth"` // what could fill it, "" for nothing; null where that was not asked
}

// CatalogEvidence is a fact that a verdict rests on.
type CatalogEvidence struct {
	Fact    string `json:"fact"` // team, member, commits, deployment, repository, folder, entity, link
	Subject string `json:"subject"`
	At      string `json:"at"` // since when, or when last; "" where that is not known
}

// Key returns where the row stands in the order of entities.
func (r CatalogEntityRow) Key() CatalogEntityKey { return r.key }

// entityRow is a row of catalog_entities.sql.
type entityRow struct {
	Source      string      `ch:"source"`
	Kind        string      `ch:"kind"`
	Namespace   string      `ch:"namespace"`
	Name        string      `ch:"name"`
	Counted     bool        `ch:"counted"`
	Fresh       string      `ch:"fresh"`
	Ghost       string      `ch:"ghost"`
	GhostBy     string      `ch:"ghost_by"`
	OwnerSteps  []string    `ch:"owner_steps"`
	OwnerRight  string      `ch:"owner_right"`
	OwnerTeams  []string    `ch:"owner_teams"`
	OwnerActual string      `ch:"owner_actual"`
	OwnerHolds  uint32      `ch:"actual_commits"`
	AllCommits  uint32      `ch:"all_commits"`
	Repo        string      `ch:"repo"`
	Folder      string      `ch:"folder"`
	FileRepo    string      `ch:"file_repo"`
	File        string      `ch:"file"`
	Begins      uint32      `ch:"begins"`
	Orphan      bool        `ch:"orphan"`
	Problems    []string    `ch:"problems"`
	Field       []string    `ch:"field"`
	Verdict     []string    `ch:"verdict"`
	Cause       []string    `ch:"cause"`
	Reason      []string    `ch:"reason"`
	FieldValues [][]string  `ch:"field_values"`
	FieldLine   []uint32    `ch:"field_line"`
	Confirmed   []time.Time `ch:"confirmed"`
	EditedBy    []string    `ch:"edited_by"`
	Since       []time.Time `ch:"since"`
	Dated       []bool      `ch:"dated"`
	Evidence    string      `ch:"evidence"`

	Fillable      []string `ch:"fillable"`
	FillableBy    []string `ch:"fillable_by"`
	FillableKnown bool     `ch:"fillable_known"`
}

// truth is what could fill a field: "" for nothing, nil where that was not asked.
func (r *entityRow) truth(field string) *string {
	if !r.FillableKnown {
		return nil
	}
	by := ""
	if i := slices.Index(r.Fillable, field); i >= 0 {
		by = r.FillableBy[i]
	}
	return &by
}

// CatalogEntities returns entities with the verdicts on their fields, by source, kind, namespace and name.
func CatalogEntities(ctx context.Context, db DB, q CatalogEntitiesQuestion) ([]CatalogEntityRow, error) {
	after := CatalogEntityKey{}
	if q.After != nil {
		after = *q.After
	}
	rows, err := ask[entityRow](ctx, db, "for entities of catalogs", catalogEntitiesSQL, map[string]any{
		"source": q.Source, "kind": q.Kind, "entity": q.Entity, "repo": q.Repo, "team": string(q.Team), "verdict": q.Verdict, "field": q.Field,
		"filled": q.Filled, "fillable": q.Fillable, "fresh": q.Fresh, "ghost": q.Ghost, "fields": strings.Split(q.Without, ","), "automated": strings.Split(q.Automated, ","), "then": q.Then, "orphan": q.Orphan, "problems": q.Found, "right": q.Right,
		"steps": []string{q.Steps.O1, q.Steps.O2, q.Steps.O3, q.Steps.O4, q.Steps.O5}, "counted": q.Counted, "continued": q.After != nil, "after_source": after.Source,
		"after_kind": after.Kind, "after_namespace": after.Namespace, "after_name": after.Name, "after_file_repo": after.FileRepo, "after_file": after.File,
		"after_begins": after.Begins, "limit": limit(q.Limit), "at": moment(cmp.Or(q.AsOf, metrics.Forever)),
	})
	if err != nil {
		return nil, err
	}
	list := make([]CatalogEntityRow, len(rows))
	for i := range rows {
		if list[i], err = rows[i].answer(q); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// CatalogOwnerRow says of a thing in a catalog how far its owner gets on the ladder.
type CatalogOwnerRow struct {
	Source  string           `json:"source"`
	Entity  string           `json:"entity"`
	Repo    string           `json:"repo"`
	Folder  string           `json:"folder"`
	Owner   []string         `json:"owner"` // as it was typed
	Steps   OwnerSteps       `json:"steps"`
	Right   string           `json:"right"`
	Teams   []string         `json:"teams"`  // whom it means
	Actual  *metrics.TeamKey `json:"actual"` // who holds most commits, certainly and alone; null where that cannot be said
	Rests   *ActualCommits   `json:"actual_commits"`
	Verdict string           `json:"verdict"`
	Cause   string           `json:"cause"`
	Reason  string           `json:"reason"` // in words
	Since   *time.Time       `json:"since"`  // of what is wrong
	Fresh   string           `json:"fresh"`
	key     CatalogEntityKey
}

// Key returns where the row stands in the order of entities.
func (r CatalogOwnerRow) Key() CatalogEntityKey { return r.key }

// CatalogOwners returns the owners of things in catalogs, by source, kind, namespace and name. Whatever the question says of
// fields, the owner is meant.
func CatalogOwners(ctx context.Context, db DB, q CatalogEntitiesQuestion) ([]CatalogOwnerRow, error) {
	q.Field, q.Counted = metrics.FieldOwner, true
	entities, err := CatalogEntities(ctx, db, q)
	return answers(entities, func(e *CatalogEntityRow) CatalogOwnerRow {
		owner := e.Fields[0] // things that count have one, be it empty
		return CatalogOwnerRow{
			Source: e.Source, Entity: e.Entity, Repo: e.Repo, Folder: e.Folder, Owner: e.Owner.Values, Steps: e.Owner.Steps, Right: e.Owner.Right,
			Teams: e.Owner.Teams, Actual: e.Owner.Actual, Rests: e.Owner.Rests, Verdict: owner.Verdict, Cause: owner.Cause, Reason: owner.Reason, Since: owner.Since,
			Fresh: e.Fresh, key: e.key,
		}
	}), err
}

func (r *entityRow) answer(q CatalogEntitiesQuestion) (CatalogEntityRow, error) {
	out := CatalogEntityRow{
		Source: r.Source, Entity: metrics.EntityRef{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}.String(), Repo: r.Repo, Folder: r.Folder,
		Counted: r.Counted, Fresh: r.Fresh, Ghost: r.Ghost, GhostBy: r.GhostBy, Orphan: r.Orphan, Found: texts(r.Problems),
		Owner:  CatalogOwner{Values: []string{}, Right: r.OwnerRight, Teams: texts(r.OwnerTeams)},
		Fields: []CatalogFieldState{}, key: CatalogEntityKey{r.Source, r.Kind, r.Namespace, r.Name, r.FileRepo, r.File, r.Begins},
	}
	if r.File != "" {
		out.File = &CatalogFile{Repo: r.FileRepo, Path: r.File}
	}
	if s := r.OwnerSteps; len(s) == 5 {
		out.Owner.Steps = OwnerSteps{s[0], s[1], s[2], s[3], s[4]}
	}
	if r.OwnerActual != "" {
		team := metrics.TeamKey(r.OwnerActual)
		out.Owner.Actual, out.Owner.Rests = &team, &ActualCommits{r.OwnerHolds, r.AllCommits}
	}
	var evidence [][]CatalogEvidence
	if err := json.Unmarshal([]byte(r.Evidence), &evidence); err != nil {
		return out, fmt.Errorf("read the evidence about %s: %w", out.Entity, err)
	}
	for i, field := range r.Field {
		if field == metrics.FieldOwner {
			out.Owner.Values = texts(r.FieldValues[i])
		}
		truth := r.truth(field)
		if !q.tells(field, r.Verdict[i], truth) {
			continue
		}
		state := CatalogFieldState{
			Field: field, Verdict: r.Verdict[i], Cause: r.Cause[i], Reason: r.Reason[i], Values: texts(r.FieldValues[i]), Confirmed: known(r.Confirmed[i]),
			EditedBy: r.EditedBy[i], Since: known(r.Since[i]), Dated: r.Dated[i], Evidence: slices.Clip(evidence[i]), Truth: truth,
		}
		if line := int(r.FieldLine[i]); line > 0 {
			state.Line = &line
		}
		out.Fields = append(out.Fields, state)
	}
	for _, field := range q.lacking(r) {
		out.Fields = append(out.Fields, CatalogFieldState{Field: field, Verdict: freshness.Empty.String(), Cause: string(freshness.CauseEmpty),
			Reason: "its entity does not have it, as others of its kind do", Values: []string{}, Evidence: []CatalogEvidence{}, Truth: r.truth(field)})
	}
	slices.SortStableFunc(out.Fields, func(a, b CatalogFieldState) int { return strings.Compare(a.Field, b.Field) })
	return out, nil
}

// tells reports whether an answer has a field with that verdict, and that source of truth.
func (q CatalogEntitiesQuestion) tells(field, verdict string, truth *string) bool {
	empty := verdict == freshness.Empty.String()
	return (q.Field == "" || field == q.Field) && (q.Verdict == "" || verdict == q.Verdict) && (q.Filled == "" || empty == (q.Filled == "no")) &&
		(q.Fillable == "" || truth != nil && (*truth != "") == (q.Fillable == "yes"))
}

// lacking are the fields of an answer that its entity does not have, while others of its kind do.
func (q CatalogEntitiesQuestion) lacking(r *entityRow) []string {
	there := func(field string) bool { return slices.Contains(r.Field, field) }
	switch {
	case q.Verdict != "" || q.Filled == "yes" || q.Filled == "" && q.Fillable == "":
		return nil
	case q.Fillable == "yes":
		return slices.DeleteFunc(slices.Clone(r.Fillable), func(field string) bool { return there(field) || q.Field != "" && field != q.Field })
	case q.Field == "" || there(q.Field):
		return nil
	}
	return []string{q.Field}
}

// known is a moment, nil where it is not known.
func known(t time.Time) *time.Time {
	if metrics.At(t) <= metrics.Beginning {
		return nil
	}
	return &t
}
