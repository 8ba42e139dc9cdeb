package dashboards

import (
	"context"
	"fmt"
	"strings"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// fillRepos is the list behind what the page of the data says of repositories: a row each, as it was read last.
func fillRepos(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	names, words := repoNarrowings()
	chosen, filter := only(q, names, words)
	page := unitsPage{Filters: known.filters(q), Table: table{Label: "Repositories as they were read", Columns: texts("Repository", "Read", "How that went", "Branch", "It is"),
		Next: "No repository is like that. Take the filter away."}}
	if known.fresh.Scanned == metrics.Beginning {
		page.Empty = known.empty()
	}
	page.Filters.prepend(q, filter)
	if page.Empty == nil {
		if err := p.fillRepoRows(ctx, q, &page, chosen); err != nil {
			return content{}, err
		}
	}
	page.Mistakes = q.mistakes
	return content{heading: "What was read", body: &page, intro: "Every repository that any scan saw, as it was read last: whole, with its history, or why not."}, nil
}

// fillRepoRows takes the rows of one page.
func (p *Pages) fillRepoRows(ctx context.Context, q *request, page *unitsPage, only string) error {
	ask := query.ReposQuestion{Only: only, Limit: unitsPerPage + 1}
	if after := after[string](q); after != nil {
		ask.After = *after
	}
	found, err := query.Repos(ctx, p.DB, ask)
	if err != nil {
		return fmt.Errorf("ask for repositories: %w", err)
	}
	rows, more := onPage(found)
	last := ""
	for _, r := range rows {
		name := lead(r.Repo, q.link("/repo", nil, "repo", r.Repo))
		if len(r.FormerNames) > 0 {
			name.Sub = []string{"formerly " + strings.Join(r.FormerNames, ", ")}
		}
		page.Table.Rows = append(page.Table.Rows, []cell{name, timed(stampOf(r.ReadAt)), readCell(r), {Text: orNothing(r.DefaultBranch), Code: r.DefaultBranch != ""}, say(orNothing(traits(r)))})
		last = r.Repo
	}
	page.links(q, []string{"only"}, more, last)
	page.files(q, "/api/v1/repos", []string{"only"}, "as_of", "")
	return nil
}

// readCell says how reading a repository went.
func readCell(r query.RepoRow) cell {
	if r.Complete {
		return say("read whole")
	}
	why := say(phrase.WhyUnknown(r.Reason))
	if r.Detail != "" {
		why.Sub = []string{r.Detail}
	}
	return why
}

// traits lists what is special about a repository.
func traits(r query.RepoRow) string {
	var list []string
	for _, t := range []struct {
		is   bool
		word string
	}{{r.Archived, "archived"}, {r.Shallow, "a shallow clone"}, {r.Fork, "a fork"}, {r.Template, "a template"}} {
		if t.is {
			list = append(list, t.word)
		}
	}
	return strings.Join(list, ", ")
}
