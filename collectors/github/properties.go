package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
)

// propertyValues are the custom properties of a repository.
type propertyValues struct {
	FullName   string `json:"repository_full_name"`
	Properties []struct {
		Name  string          `json:"property_name"`
		Value json.RawMessage `json:"value"`
	} `json:"properties"`
}

// properties asks for the custom properties of all repositories of an organisation. Where there are none to be had,
// because the host has no such thing or does not let the token see them, what is known stays.
func (l *list) properties(ctx context.Context) error {
	s := l.source
	if s.config.Org == "" {
		return nil
	}
	defined, err := l.defined(ctx)
	all := map[string]map[string]string{}
	for next := 1; next > 0 && defined && err == nil; {
		next, err = s.somePropertyValues(ctx, next, all)
	}
	if slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity}, status(err)) {
		s.config.Log.Info("custom properties are not to be had", "source", s.Name(), "org", s.config.Org, "answer", words(err))
		return nil
	}
	if err != nil {
		return fmt.Errorf("custom properties: %w", err)
	}
	l.props = all
	return nil
}

// defined reports whether the organisation defines any custom property. Most define none, and then the values of a
// hundred repositories need not cost a request.
func (l *list) defined(ctx context.Context) (bool, error) {
	if slices.ContainsFunc(l.known.Repos, func(r collectors.Had) bool { return len(r.Properties) > 0 }) {
		return true, nil
	}
	names, _, err := l.source.client.Organizations.GetAllCustomProperties(ctx, l.source.config.Org)
	return len(names) > 0, err
}

// somePropertyValues adds a page of the values by the names of repositories, and returns which page is next.
func (s *Source) somePropertyValues(ctx context.Context, page int, all map[string]map[string]string) (next int, err error) {
	req, err := s.client.NewRequest(http.MethodGet, fmt.Sprintf("orgs/%s/properties/values?per_page=%d&page=%d", s.config.Org, listed, page), nil)
	if err != nil {
		return 0, err
	}
	var some []propertyValues
	resp, err := s.client.Do(ctx, req, &some)
	if err != nil {
		return 0, err
	}
	for _, repo := range some {
		all[strings.ToLower(repo.FullName)] = repo.values()
	}
	return resp.NextPage, nil
}

// values returns the properties that have one; several of one property are joined.
func (p propertyValues) values() map[string]string {
	set := map[string]string{}
	for _, property := range p.Properties {
		var one string
		var several []string
		switch {
		case json.Unmarshal(property.Value, &one) == nil && one != "":
			set[property.Name] = one
		case json.Unmarshal(property.Value, &several) == nil && len(several) > 0:
			set[property.Name] = strings.Join(several, ",")
		}
	}
	return set
}
