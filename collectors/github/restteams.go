package github

import (
	"context"
	"slices"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/metrics"
)

// pages goes through all pages of a list of REST, even one that says that every page has a next one.
func pages[T any](ask func(at github.ListOptions) ([]T, *github.Response, error)) (all []T, err error) {
	for at := (github.ListOptions{Page: 1, PerPage: listed}); ; {
		some, resp, err := ask(at)
		if err != nil {
			return nil, err
		}
		if all = append(all, some...); resp.NextPage <= at.Page {
			return all, nil
		}
		at.Page = resp.NextPage
	}
}

// plainCrews reads the teams of the organisation by REST, with two requests for each team.
func (s *Source) plainCrews(ctx context.Context) ([]*crew, error) {
	teams, err := pages(func(at github.ListOptions) ([]*github.Team, *github.Response, error) {
		return s.client.Teams.ListTeams(ctx, s.config.Org, &at)
	})
	if err != nil {
		return nil, err
	}
	crews := make([]*crew, 0, len(teams))
	for _, t := range teams {
		c, err := s.plainCrew(ctx, t)
		if err != nil {
			return nil, err
		}
		crews = append(crews, c)
	}
	return ownMembers(crews), nil
}

func (s *Source) plainCrew(ctx context.Context, t *github.Team) (*crew, error) {
	c := &crew{slug: t.GetSlug(), parent: t.GetParent().GetSlug(), name: t.GetName(), grants: map[string]metrics.Permission{}}
	members, err := pages(func(at github.ListOptions) ([]*github.User, *github.Response, error) {
		return s.client.Teams.ListTeamMembersBySlug(ctx, s.config.Org, c.slug, &github.TeamListTeamMembersOptions{ListOptions: at})
	})
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		c.members = append(c.members, m.GetLogin())
	}
	repos, err := pages(func(at github.ListOptions) ([]*github.Repository, *github.Response, error) {
		return s.client.Teams.ListTeamReposBySlug(ctx, s.config.Org, c.slug, &at)
	})
	if err != nil {
		return nil, err
	}
	for _, r := range repos {
		c.grants[strings.ToLower(r.GetFullName())] = plainPermission(r.Permissions)
	}
	return c, nil
}

// ownMembers takes from each team who is in a team below it: REST counts them as members of both. Whoever really is in
// both is then known to be in the lower one only.
func ownMembers(crews []*crew) []*crew {
	bySlug := make(map[string]*crew, len(crews))
	listed := make(map[string][]string, len(crews))
	for _, c := range crews {
		bySlug[c.slug], listed[c.slug] = c, c.members
	}
	for _, c := range crews {
		if above := bySlug[c.parent]; above != nil && above != c {
			above.members = slices.DeleteFunc(slices.Clone(above.members), func(login string) bool { return slices.Contains(listed[c.slug], login) })
		}
	}
	return crews
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
