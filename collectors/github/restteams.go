package github

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/metrics"
)

// pages goes through the pages of a list of REST from the next one on: 0 stands before the first page, -1 behind the last.
func pages[T any](next *int, ask func(at github.ListOptions) ([]T, *github.Response, error), take func(T) error) error {
	for *next >= 0 {
		at := github.ListOptions{Page: max(*next, 1), PerPage: listed}
		some, resp, err := ask(at)
		if err != nil {
			return err
		}
		for _, one := range some {
			if err := take(one); err != nil {
				return err
			}
		}
		following, err := following(at.Page, resp)
		if err != nil {
			return err
		}
		if *next = following; *next == 0 {
			*next = -1
		}
	}
	return nil
}

// plainCrews reads the teams of the organisation by REST, with two requests for each team.
func (s *Source) plainCrews(ctx context.Context, at *census) error {
	err := pages(&at.Page, func(at github.ListOptions) ([]*github.Team, *github.Response, error) {
		return s.client.Teams.ListTeams(ctx, s.config.Org, &at)
	}, func(t *github.Team) error {
		at.Crews = append(at.Crews, &crew{Slug: t.GetSlug(), Parent: t.GetParent().GetSlug(), Name: t.GetName()})
		return named(t.GetSlug())
	})
	for ; err == nil && at.Whole < len(at.Crews); at.Whole++ {
		if err = s.fillPlain(ctx, at.Crews[at.Whole]); err != nil {
			break
		}
	}
	if err == nil {
		s.ownMembers(at.Crews)
	}
	return err
}

// fillPlain asks for the members and grants of a team.
func (s *Source) fillPlain(ctx context.Context, c *crew) error {
	err := pages(&c.MemberPage, func(at github.ListOptions) ([]*github.User, *github.Response, error) {
		return s.client.Teams.ListTeamMembersBySlug(ctx, s.config.Org, c.Slug, &github.TeamListTeamMembersOptions{ListOptions: at})
	}, func(m *github.User) error {
		s.enlist(c, m.GetLogin())
		return named(m.GetLogin())
	})
	if err != nil {
		return err
	}
	return pages(&c.GrantPage, func(at github.ListOptions) ([]*github.Repository, *github.Response, error) {
		return s.client.Teams.ListTeamReposBySlug(ctx, s.config.Org, c.Slug, &at)
	}, func(r *github.Repository) error {
		c.grant(r.GetFullName(), plainPermission(r.Permissions))
		return named(r.GetFullName())
	})
}

// named fails for an entry of a list that has no name: a list of such tells nothing.
func named(name string) error {
	if name == "" {
		return fmt.Errorf("an entry without a name: %w", errGarbled)
	}
	return nil
}

// ownMembers takes from each team who is in a team below it: REST counts them as members of both, and has no way to tell
// whether they really are. Whoever is known to be in both stays so as long as both are told; of others only the lower one
// is known.
func (s *Source) ownMembers(crews []*crew) {
	known := map[stay]bool{}
	for _, m := range s.state.known() {
		known[stay{m.Alias, m.Team}] = known[stay{m.Alias, m.Team}] || m.To == metrics.Forever
	}
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
			above.Members = slices.DeleteFunc(slices.Clone(above.Members), func(m introduction) bool {
				alias := m.Identities[0].Alias
				return listed[c.Slug][alias] && !known[stay{alias, s.ref(above.Slug)}]
			})
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
