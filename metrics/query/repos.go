package query

import (
	"context"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

var (
	//go:embed repos.sql
	reposSQL string
	//go:embed repo.sql
	repoSQL string
)

// ReposQuestion says which repositories are asked for.
type ReposQuestion struct {
	After string // the ones that follow this name
	Limit int    // at most so many; 0: all
	Only  string // one of RepoSelections
}

// RepoRow is a repository that was seen.
type RepoRow struct {
	Repo          string         `json:"repo"` // newest name
	RepoID        metrics.RepoID `json:"-"`
	FormerNames   []string       `json:"former_names"`
	Location      string         `json:"location"`
	DefaultBranch string         `json:"default_branch"`
	Head          *string        `json:"head"` // null in an empty repository
	Created       *time.Time     `json:"created"`
	Archived      bool           `json:"archived"`
	Fork          bool           `json:"fork"`
	Template      bool           `json:"template"`
	Shallow       bool           `json:"shallow"`
	Topics        []string       `json:"topics"`
	Languages     []string       `json:"languages"`
	ReadAt        *time.Time     `json:"read_at"`  // when it was last read, or tried to be
	Complete      bool           `json:"complete"` // that went well
	Reason        metrics.Reason `json:"reason"`   // why it did not
	Detail        string         `json:"detail"`   // the same in words
}

// repoRow is a row of repos.sql.
type repoRow struct {
	Repo          string     `ch:"repo"`
	RepoID        uint64     `ch:"repo_id"`
	FormerNames   []string   `ch:"former_names"`
	Location      string     `ch:"location"`
	DefaultBranch string     `ch:"default_branch"`
	Head          string     `ch:"head"`
	Created       *time.Time `ch:"created"`
	Archived      bool       `ch:"archived"`
	Fork          bool       `ch:"fork"`
	Template      bool       `ch:"template"`
	Shallow       bool       `ch:"shallow"`
	Topics        []string   `ch:"topics"`
	Languages     []string   `ch:"languages"`
	ReadAt        *time.Time `ch:"read_at"`
	Complete      bool       `ch:"complete"`
	Reason        string     `ch:"reason"`
	Detail        string     `ch:"detail"`
}

func (r *repoRow) answer() RepoRow {
	return RepoRow{
		Repo: r.Repo, RepoID: metrics.RepoID(r.RepoID), FormerNames: texts(r.FormerNames), Location: r.Location,
		DefaultBranch: r.DefaultBranch, Head: object(r.Head), Created: r.Created, Archived: r.Archived, Fork: r.Fork,
		Template: r.Template, Shallow: r.Shallow, Topics: texts(r.Topics), Languages: texts(r.Languages),
		ReadAt: r.ReadAt, Complete: r.Complete, Reason: metrics.Reason(r.Reason), Detail: r.Detail,
	}
}

// Repos returns the repositories that were ever seen, by name.
func Repos(ctx context.Context, db DB, q ReposQuestion) ([]RepoRow, error) {
	holds, err := selected(RepoSelections(), q.Only)
	if err != nil {
		return nil, err
	}
	return picked(&q.After, q.Limit, func(r RepoRow) string { return r.Repo }, func(after *string, most int) ([]RepoRow, error) {
		args := map[string]any{"continued": *after != "", "after_repo": *after, "limit": limit(most)}
		rows, err := ask[repoRow](ctx, db, "for repositories", reposSQL, args)
		return answers(rows, (*repoRow).answer), err
	}, holds)
}

// FindUnit returns the unit that a name means: github.com/acme/pay, or github.com/acme/mono//services/pay for
// a component. Any name that the repository ever had is good, in any case of letters, also as the URL of a
// remote, and so is the end of one after a slash (acme/pay, pay) where it means one repository only. What is not found is
// metrics.ErrNotFound, what means several metrics.ErrInvalid.
func FindUnit(ctx context.Context, db DB, name string) (unit metrics.Unit, repo string, err error) {
	short, component := metrics.SplitUnitName(name)
	type row struct {
		RepoID uint64 `ch:"repo_id"`
		Repo   string `ch:"repo"`
		Rank   uint8  `ch:"rank"`
	}
	rows, err := ask[row](ctx, db, "for a repository", repoSQL, map[string]any{"name": short, "tail": "/" + short})
	if err != nil {
		return unit, "", err
	}
	if len(rows) == 0 || short == "" {
		return unit, "", fmt.Errorf("repository %q is not known: %w", name, metrics.ErrNotFound)
	}
	// Several may have had a name one after the other, the newest first; a mere end must mean one.
	if len(rows) > 1 && rows[0].Rank > wholeName && rows[0].Rank == rows[1].Rank {
		names := answers(rows, func(r *row) string { return r.Repo })
		return unit, "", fmt.Errorf("%q may be any of %s: %w", name, strings.Join(names, ", "), metrics.ErrInvalid)
	}
	return metrics.Unit{Repo: metrics.RepoID(rows[0].RepoID), Component: component}, rows[0].Repo, nil
}

// wholeName is the rank in repo.sql up to which a name was given whole.
const wholeName = 2
