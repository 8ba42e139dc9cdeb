package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// properties are the custom properties of an organisation's repositories, as far as they are read.
type properties struct {
	All   map[string]map[string]string // by owner/name, lower case; nil where there are none to be had
	Next  int                          // page; 0 before the first, -1 behind the last
	Whole bool
}

// propertiesStep is how far the reading of properties came, until the list is at its end.
const propertiesStep = "properties"

// valuesNode are the custom properties of a repository.
type valuesNode struct {
	FullName   string `json:"repository_full_name"`
	Properties []struct {
		Name  string          `json:"property_name"`
		Value json.RawMessage `json:"value"`
	} `json:"properties"`
}

// describe gives a repository the properties that are read of owner/name. Where they are not read, what is known stays.
func (p *properties) describe(repo *metrics.Repo, full string) {
	if p.All != nil {
		repo.Properties = p.All[strings.ToLower(full)]
	}
}

// describe does so with a repository as it was, and reports whether it is the same then.
func (l *list) describe(had *collectors.Had) (same bool) {
	before := had.Properties
	owner, name := l.source.split(had.Repo)
	l.props.describe(&had.Repo, owner+"/"+name)
	return maps.Equal(before, had.Properties)
}

// propertiesDue reports whether custom properties were missed, and are to be tried again now.
func (l *list) propertiesDue() bool {
	lack, due := l.source.state.missing().Due(collectors.Nowhere)
	return due && lack.Parts&propertiesMissed != 0
}

// properties asks for the custom properties of all repositories of an organisation. Where there are none to be had,
// because the host has no such thing or does not let the token see them, and where they cannot be read, what is known
// stays.
func (l *list) properties(ctx context.Context) error {
	s := l.source
	if s.config.Org == "" || s.config.Unsigned {
		return nil
	}
	at := &l.props
	s.state.open().Load(propertiesStep, at)
	if at.Whole {
		return nil
	}
	err := l.somePropertyValues(ctx, at)
	if slices.Contains([]int{http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusUnprocessableEntity}, status(err)) {
		s.config.Log.Info("custom properties are not to be had", "source", s.Name(), "org", s.config.Org, "answer", words(err))
		*at, err = properties{}, nil
	}
	if err != nil {
		return l.failed(ctx, err)
	}
	s.told(propertiesMissed)
	at.Whole = true
	return nil
}

// failed notes that custom properties cannot be read. Where nothing more may be asked, or nobody is let in, nothing else
// can be listed either. It is told when something else is listed: where nothing is, one cause is told once.
func (l *list) failed(ctx context.Context, err error) error {
	if errors.Is(err, quota.ErrRefused) || errors.Is(err, collectors.ErrSpent) || ctx.Err() != nil {
		return fmt.Errorf("custom properties: %w", err)
	}
	l.bare = func() { _ = l.source.failed(ctx, propertiesPart, nil, err) } // which fails as above alone
	l.props = properties{Whole: true}
	return nil
}

// confess tells that custom properties cannot be read, if that is so.
func (l *list) confess() {
	if l.bare != nil {
		l.bare()
		l.bare = nil
	}
}

// somePropertyValues asks for the values that are not known yet.
func (l *list) somePropertyValues(ctx context.Context, at *properties) error {
	if at.Next == 0 {
		defined, err := l.defined(ctx)
		if err != nil {
			return err
		}
		at.All, at.Next = map[string]map[string]string{}, 1
		if !defined {
			at.Next = -1
		}
	}
	for at.Next > 0 {
		next, err := l.source.propertyValues(ctx, at.Next, at.All)
		if err != nil {
			return err
		}
		at.Next = next
		if next == 0 {
			at.Next = -1
		}
	}
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

// propertyValues adds a page of the values by the names of repositories, and returns which page is next.
func (s *Source) propertyValues(ctx context.Context, page int, all map[string]map[string]string) (next int, err error) {
	req, err := s.client.NewRequest(http.MethodGet, fmt.Sprintf("orgs/%s/properties/values?per_page=%d&page=%d", s.config.Org, listed, page), nil)
	if err != nil {
		return 0, err
	}
	var some []valuesNode
	resp, err := s.client.Do(ctx, req, &some)
	if err != nil {
		return 0, err
	}
	for _, repo := range some {
		if err := named(repo.FullName); err != nil {
			return 0, err
		}
		all[strings.ToLower(repo.FullName)] = repo.values()
	}
	return following(page, resp)
}

// values returns the properties that have one; several of one property are joined.
func (p valuesNode) values() map[string]string {
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
