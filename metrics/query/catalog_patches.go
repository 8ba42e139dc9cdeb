package query

import (
	"cmp"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed catalog_patches.sql
	catalogPatchesSQL string
	//go:embed catalog_contents.sql
	catalogContentsSQL string
)

// CatalogPatchesQuestion says which wrong owners are to be corrected. The zero value of a filter is no filter.
type CatalogPatchesQuestion struct {
	Source string
	Repo   string          // whose files they stand in
	Team   metrics.TeamKey // that the wrong owner means, or that is the right one
}

// CatalogPatchRow is a wrong owner that stands in a file of a repository, and what corrects it. All corrections of a file are
// one patch: the first row of the file has it, and the rows below it that are corrected, too, have none of their own.
type CatalogPatchRow struct {
	Source  string           `json:"source"`
	Entity  string           `json:"entity"`         // kind:namespace/name
	Repo    string           `json:"repo"`           // whose file it is
	File    string           `json:"file"`           // "" where none was read that describes the entity
	Line    *int             `json:"line"`           // that the owner stands on; null where that is not known
	From    string           `json:"from"`           // as it was judged: a person is nobody in particular
	To      string           `json:"to"`             // as it is to be written; "" where it cannot be corrected
	Team    *metrics.TeamKey `json:"team"`           // that To means; null where nobody is certainly the right owner
	Because string           `json:"because"`        // what tells that: commits, config, codeowners or provider; "" where nothing does
	Rests   *ActualCommits   `json:"actual_commits"` // what that rests on, where it is commits
	Wrong   string           `json:"wrong"`          // the reason of the verdict, in words
	Patch   *string          `json:"patch"`          // in unified format
	Reason  string           `json:"reason"`         // why it cannot be corrected, in words
}

// CatalogPatchKey tells the rows of an answer apart.
type CatalogPatchKey struct {
	Source string `json:"source"`
	Entity string `json:"entity"`
	Repo   string `json:"repo"`
	File   string `json:"file"`
	Line   int    `json:"line,omitempty"` // that the owner stands on; 0 where that is not known
}

// Key returns what tells the row from others.
func (r CatalogPatchRow) Key() CatalogPatchKey {
	key := CatalogPatchKey{Source: r.Source, Entity: r.Entity, Repo: r.Repo, File: r.File}
	if r.Line != nil {
		key.Line = *r.Line
	}
	return key
}

// wrongOwner is a row of catalog_patches.sql.
type wrongOwner struct {
	Source    string   `ch:"source"`
	Kind      string   `ch:"kind"`
	Namespace string   `ch:"namespace"`
	Name      string   `ch:"name"`
	Repo      string   `ch:"repo"`
	File      string   `ch:"file"`
	Blob      string   `ch:"blob"`
	Line      uint32   `ch:"line"`
	Said      []string `ch:"said"`   // owners, as the file has them
	Owners    []string `ch:"owners"` // as they were judged
	Teams     []string `ch:"teams"`  // that they mean
	Actual    string   `ch:"actual"`
	Holds     uint32   `ch:"actual_commits"`
	All       uint32   `ch:"all_commits"`
	Cause     string   `ch:"cause"`
	Reason    string   `ch:"reason"`
	Evidence  string   `ch:"evidence"`
	Beside    string   `ch:"beside"`
	BesideBy  string   `ch:"beside_by"`
}

func (r *wrongOwner) ref() metrics.EntityRef {
	return metrics.EntityRef{Kind: r.Kind, Namespace: r.Namespace, Name: r.Name}
}

// CatalogPatches returns the wrong owners that stand in files of repositories, by repository, file, line, entity and catalog,
// with the patches that correct those of which the right owner is certain. They are made for the files as they were at the
// heads that were read last.
func CatalogPatches(ctx context.Context, db DB, q CatalogPatchesQuestion) ([]CatalogPatchRow, error) {
	args := map[string]any{"owner": metrics.FieldOwner, "described": metrics.DescribedSource}
	wrong, err := ask[wrongOwner](ctx, db, "for wrong owners in files", catalogPatchesSQL, args)
	if err != nil || len(wrong) == 0 {
		return []CatalogPatchRow{}, err
	}
	s, err := newSuccession(ctx, db, wrong)
	if err != nil {
		return nil, err
	}
	var changes []*ownerChange
	for i := range wrong {
		if c := s.change(&wrong[i]); q.asks(c) {
			changes = append(changes, c)
		}
	}
	inFiles := func(a, b *ownerChange) int {
		return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.ref().String(), b.ref().String()), cmp.Compare(a.Source, b.Source))
	}
	slices.SortFunc(changes, inFiles)
	if err := patchFiles(ctx, db, changes); err != nil {
		return nil, err
	}
	return answers(changes, func(c **ownerChange) CatalogPatchRow { return (*c).answer() }), nil
}

// asks reports whether a change is among what is asked for.
func (q CatalogPatchesQuestion) asks(c *ownerChange) bool {
	return metrics.AsksFor(q.Source, c.Source) && (q.Repo == "" || q.Repo == c.Repo) &&
		(q.Team == "" || q.Team == c.team || slices.Contains(c.Teams, string(q.Team)))
}

// patchFiles makes the patches of all files that have something to correct. Changes of one file lie together.
func patchFiles(ctx context.Context, db DB, changes []*ownerChange) error {
	contents, err := catalogContents(ctx, db, changes)
	if err != nil {
		return err
	}
	for len(changes) > 0 {
		first := changes[0]
		n := slices.IndexFunc(changes, func(c *ownerChange) bool { return c.Repo != first.Repo || c.File != first.File })
		if n < 0 {
			n = len(changes)
		}
		correctFile(metrics.Place{Repo: first.Repo, Path: first.File}, contents[first.Blob], changes[:n])
		changes = changes[n:]
	}
	return nil
}

// filesAtOnce is how many files are read in one question.
const filesAtOnce = 1000

// catalogContents returns what is in the files of changes, by blob. Those that nobody read are left out.
func catalogContents(ctx context.Context, db DB, changes []*ownerChange) (map[string]string, error) {
	type row struct {
		OID     string `ch:"oid"`
		Content string `ch:"content"`
	}
	contents := map[string]string{}
	for _, c := range changes {
		if c.Blob != "" && c.reason == "" {
			contents[c.Blob] = ""
		}
	}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(contents)), filesAtOnce) {
		rows, err := ask[row](ctx, db, "for the contents of catalog files", catalogContentsSQL, map[string]any{"oids": strings.Join(some, ",")})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			contents[r.OID] = r.Content
		}
	}
	return contents, nil
}

// answer is a change as answers have it.
func (c *ownerChange) answer() CatalogPatchRow {
	out := CatalogPatchRow{
		Source: c.Source, Entity: c.ref().String(), Repo: c.Repo, File: c.File, From: c.from, To: c.to, Because: c.because,
		Wrong: c.Reason, Reason: c.reason,
	}
	if c.team != "" {
		out.Team = &c.team
	}
	if c.because == becauseCommits {
		out.Rests = &ActualCommits{c.Holds, c.All}
	}
	if c.Line > 0 {
		line := int(c.Line)
		out.Line = &line
	}
	if c.patch != "" {
		out.Patch = &c.patch
	}
	return out
}

// nobodys returns the owner of which a verdict says that there is no such team, as the evidence has it: in lower case.
func (r *wrongOwner) nobodys() (string, error) {
	var evidence []CatalogEvidence
	if r.Cause != causeNoTeam || r.Evidence == "" {
		return "", nil
	}
	if err := json.Unmarshal([]byte(r.Evidence), &evidence); err != nil {
		return "", fmt.Errorf("read the evidence about the owner of %s: %w", r.ref(), err)
	}
	for _, e := range evidence {
		if e.Fact == "team" {
			return e.Subject, nil
		}
	}
	return "", nil
}
