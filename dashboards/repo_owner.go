package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// mostOwners is how many owners, one after the other, the page of a repository lists.
const mostOwners = 20

// ownership lists who owned a repository, the newest first, and where it stands who does. Found is what led to the states of its
// units.
func (p *Pages) ownership(ctx context.Context, q *request, known *known, unit metrics.Unit, repo string, found map[string]metrics.Explanation) (table, error) {
	t := table{Label: "Ownership", Columns: texts("Team", "Since", "Until", "Said by", "Where"),
		Next: "No source names an owner. Name one in CODEOWNERS or in a catalog, or name the repository in teams of trodden.yaml."}
	ask := query.OwnershipQuestion{Repo: unit.Repo, AsOf: q.asOf}
	if unit.Component != "" {
		ask.Unit = &unit
	}
	rows, err := query.Ownership(ctx, p.DB, ask)
	if err != nil {
		return t, fmt.Errorf("ask for owners: %w", err)
	}
	t.Caption = plural(len(rows), "owner", "owners") + ", the newest first"
	if len(rows) > mostOwners {
		t.Caption = fmt.Sprintf("The newest %d of %d owners", mostOwners, len(rows))
	}
	slices.SortStableFunc(rows, func(a, b query.OwnershipRow) int { return cmp.Compare(begun(b), begun(a)) })
	for _, row := range rows[:min(len(rows), mostOwners)] {
		where, err := p.ownerPlace(ctx, q, row, repo, found[row.Component])
		if err != nil {
			return t, err
		}
		team := lead(cmp.Or(known.teamTitle(row.Team), string(row.Team)), q.teamLink(row.Team))
		if row.Component != "" {
			team.Sub = []string{row.Component}
		}
		since, until := say("always"), say("still")
		if row.From != nil {
			since = timed(stampOf(row.From))
		}
		if row.Until != nil {
			until = timed(stampOf(row.Until))
		}
		t.Rows = append(t.Rows, []cell{team, since, until, say(ownerSources[row.Source]), where})
	}
	return t, nil
}

// begun orders owners by when they began to be it.
func begun(r query.OwnershipRow) metrics.Instant {
	if r.From == nil {
		return metrics.Beginning
	}
	return metrics.At(*r.From)
}

// ownerSources says what names owners.
var ownerSources = map[metrics.OwnerSource]string{
	metrics.OwnerConfig: "teams in trodden.yaml", metrics.OwnerCatalog: "catalog",
	metrics.OwnerCodeowners: "CODEOWNERS", metrics.OwnerProvider: "rights on the code host",
}

// ownerPlace is where it stands who owns something: the entry of a catalog, or the line of a file. Of former owners that is not kept.
func (p *Pages) ownerPlace(ctx context.Context, q *request, row query.OwnershipRow, repo string, found metrics.Explanation) (cell, error) {
	if row.Until != nil {
		return say(""), nil
	}
	var place cell
	i := slices.IndexFunc(found.Owners, func(e metrics.OwnerEvidence) bool { return e.Source == row.Source && e.Team == row.Team })
	if i >= 0 {
		place = p.ownerLine(repo, found.Commit.String(), found.Owners[i])
	}
	if row.Source != metrics.OwnerCatalog || place.Text != "" {
		return orDash(place), nil
	}
	entries, err := query.CatalogEntities(ctx, p.DB, query.CatalogEntitiesQuestion{Repo: repo, Team: row.Team, Counted: true, AsOf: q.asOf})
	if err != nil {
		return place, fmt.Errorf("ask for the entry that names an owner: %w", err)
	}
	i = slices.IndexFunc(entries, func(e query.CatalogEntityRow) bool { return e.Folder == row.Component })
	if i < 0 {
		return say(""), nil
	}
	return entryCell(q, entries[i], "in "+entries[i].Source), nil
}

// ownerLine is the line that names an owner, as it was in a commit.
func (p *Pages) ownerLine(repo, commit string, e metrics.OwnerEvidence) cell {
	if e.File == "" {
		return cell{Text: e.Text, Code: true}
	}
	where := e.File
	if e.Line > 0 {
		where += ":" + strconv.Itoa(e.Line)
	}
	return cell{Text: where, Code: true, Href: p.line(repo, commit, e.File, e.Line), Sub: []string{e.Text}}
}

// orDash is the cell, or a dash where it is empty.
func orDash(c cell) cell {
	if c.Text == "" {
		return say("")
	}
	return c
}

// entryCell names an entry of a catalog and leads to what was found out about it.
func entryCell(q *request, r query.CatalogEntityRow, below ...string) cell {
	return lead(r.Entity, q.link("/catalog/entities", nil, "source", r.Source, "entity", r.Entity), below...)
}
