package gitlab

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/xanzy/go-gitlab"
)

// finding is why nothing can be read, as a look found out.
type finding string

// Error implements error.
func (f finding) Error() string { return string(f) }

// groupAt asks for a group by its full path. A server may lead from a path that the group had before to what it is now.
func (s *Source) groupAt(ctx context.Context, path string) (*gitlab.Group, error) {
	group, _, err := s.client.Groups.GetGroup(path, &gitlab.GetGroupOptions{WithProjects: gitlab.Ptr(false)}, gitlab.WithContext(ctx))
	return group, err
}

// renamed says that the group has another path. It is not read by the old one, even where REST still leads from there:
// GraphQL does not, and half of what is wanted would be missing.
func (s *Source) renamed(path string) finding {
	return finding(fmt.Sprintf("the group %s on %s has another path by now: configure group: %s", s.config.Group, s.host, path))
}

// absent says why a group or a user is not there: it has another path, or is of the other kind, or there is none. Only
// then the host is asked for what would tell.
func (s *Source) absent(ctx context.Context) finding {
	kind, name := "group", s.config.Group
	if s.config.User != "" {
		kind, name = "user", s.config.User
	}
	switch {
	case kind == "user" && s.isGroup(ctx, name):
		return s.misnomer(kind, "a group", "group", name)
	case kind == "group" && s.isUser(ctx, name):
		return s.misnomer(kind, "a user", "user", name)
	case kind == "group":
		if path := s.leads(ctx, name); path != "" {
			return s.renamed(path)
		}
	}
	return finding(fmt.Sprintf("there is no %s %s on %s, or the token does not see it", kind, name, s.host))
}

func (s *Source) misnomer(kind, other, key, name string) finding {
	return finding(fmt.Sprintf("there is no %s %s on %s, but %s of that name: configure %s: %s", kind, name, s.host, other, key, name))
}

// isGroup reports whether a name is the path of a group that is seen.
func (s *Source) isGroup(ctx context.Context, name string) bool {
	group, err := s.groupAt(ctx, name)
	return err == nil && strings.EqualFold(group.FullPath, name)
}

// isUser reports whether a name is that of a user.
func (s *Source) isUser(ctx context.Context, name string) bool {
	if strings.Contains(name, "/") {
		return false
	}
	users, _, err := s.client.Users.ListUsers(&gitlab.ListUsersOptions{Username: &name}, gitlab.WithContext(ctx))
	return err == nil && len(users) == 1 && strings.EqualFold(users[0].Username, name)
}

// leads returns the path of the group to which the page of a path leads that a group had before; "" where it leads to
// none. The API does not tell of it, and pages of private groups do not either, as no token opens them.
func (s *Source) leads(ctx context.Context, path string) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.web+path, nil)
	if err != nil {
		return ""
	}
	stays := *s.http
	stays.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	resp, err := stays.Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	to, err := resp.Location()
	if err != nil {
		return ""
	}
	return s.pathOf(ctx, to)
}

// pathOf returns the path of the group whose page is at an address; "" where the host knows no such group.
func (s *Source) pathOf(ctx context.Context, page *url.URL) string {
	path, here := strings.CutPrefix(page.Scheme+"://"+page.Host+page.Path, s.at()+"/")
	path = strings.Trim(strings.TrimPrefix(path, "groups/"), "/")
	if !here || path == "" {
		return ""
	}
	group, err := s.groupAt(ctx, path)
	if err != nil {
		return ""
	}
	return group.FullPath
}
