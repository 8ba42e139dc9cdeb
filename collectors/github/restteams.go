package github

import (
	"context"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/metrics"
)

// pages goes through the pages of a list of REST from the next one on, even of one that says that every page has a next
// one: 0 stands before the first page, -1 behind the last.
func pages[T any](next *int, ask func(at github.ListOptions) ([]T, *github.Response, error), take func(T)) error {
	for *next >= 0 {
		at := github.ListOptions{Page: max(*next, 1), PerPage: listed}
		some, resp, err := ask(at)
		if err != nil {
			return err
		}
		for _, one := range some {
			take(one)
		}
		if *next = resp.NextPage; *next <= at.Page {
			*next = -1
		}
	}
	return nil
}

// plainCrews reads the teams of the organisation by REST, with two requests for each team.
func (s *Source) plainCrews(ctx context.Context, at *census) error {
	err := pages(&at.Page, func(at github.ListOptions) ([]*github.Team, *github.Response, error) {
		return s.client.Teams.ListTeams(ctx, s.config.Org, &at)
	}, func(t *github.Team) {
		at.Crews = append(at.Crews, &crew{Slug: t.GetSlug(), Parent: t.GetParent().GetSlug(), Name: t.GetName()})
	})
	for ; err == nil && at.Whole < len(at.Crews); at.Whole++ {
		if err = s.fillPlain(ctx, at.Crews[at.Whole]); err != nil {
			break
		}
	}
	if err == nil {
		ownMembers(at.Crews)
	}
	return err
}

// fillPlain asks for the members and grants of a team.
func (s *Source) fillPlain(ctx context.Context, c *crew) error {
	err := pages(&c.MemberPage, func(at github.ListOptions) ([]*github.User, *github.Response, error) {
		return s.client.Teams.ListTeamMembersBySlug(ctx, s.config.Org, c.Slug, &github.TeamListTeamMembersOptions{ListOptions: at})
	}, func(m *github.User) { s.enlist(c, m.GetLogin()) })
	if err != nil {
		return err
	}
	return pages(&c.GrantPage, func(at github.ListOptions) ([]*github.Repository, *github.Response, error) {
		return s.client.Teams.ListTeamReposBySlug(ctx, s.config.Org, c.Slug, &at)
	}, func(r *github.Repository) {
		c.grant(r.GetFullName(), plainPermission(r.Permissions))
	})
}

// ownMembers takes from each team who is in a team below it: REST counts them as members of both. Whoever really is in
// both is then known to be in the lower one only.
func ownMembers(crews []*crew) {
	bySlug := make(map[string]*crew, len(crews))
	listed := make(map[string]map[metrics.AliasID]bool, len(crews))
	for _, c := range crews {
		bySlug[c.Slug], listed[c.Slug] = c, map[metrics.AliasID]bool{}
		for _, m := range c.Members {
			listed[c.Slug][m.Identities[0].Alias] = true
		}
	}
	for _, c := range crews {
		if above := bySlug[c.Parent]; above != nil && above != c {
			above.Members = slices.DeleteFunc(slices.Clone(above.Members), func(m introduction) bool { return listed[c.Slug][m.Identities[0].Alias] })
		}
	}
}

// plainPermission is the most that a team may do.
func plainPermission(may map[string]bool) metrics.Permission {
	switch {
	case may["admin"]:
		return metrics.MayAdmin
	case may["maintain"]:
		return metrics.MayMaintain
	case may["push"]:
		return metrics.MayPush
	case may["triage"]:
		return metrics.MayTriage
	}
	return metrics.MayRead
}
