package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// sourceLack is what a source does not show to its token, be there any or not: where something is missing from a list,
// nothing else tells of it.
type sourceLack struct {
	Source string    `json:"source"`
	Part   string    `json:"part"`
	Needs  string    `json:"needs"`
	Why    string    `json:"why,omitempty"`  // the host denies it
	Since  time.Time `json:"since,omitzero"` // when it did first
}

// words says it in a sentence.
func (l sourceLack) words() string {
	switch {
	case l.Why != "" && l.Since.IsZero(): // it is no matter of a part
		return fmt.Sprintf("source %s: %s", l.Source, l.Why)
	case l.Why != "":
		text := fmt.Sprintf("source %s: not read: %s, as %s", l.Source, l.Part, l.Why)
		if l.Needs != "" {
			text += "; it takes " + l.Needs
		}
		return text + l.Since.Format(" (since 2006-01-02T15:04Z)")
	}
	return fmt.Sprintf("source %s: not read: %s, if there are any; they take %s", l.Source, l.Part, l.Needs)
}

// unlisted is the part of a source that lists leave out without a word.
const unlisted = "private repositories"

// unseen says what the private repositories of an organisation or a user would take, "" where nothing is missing or nobody
// knows. Scopes are those that the token has, where the host told of them; else it counts whether any private repository
// is shown: a token that is given some repositories lists the public ones beside them.
func unseen(g *config.GitHub, scopes []string, told bool, listed []metrics.Repo) (needs string) {
	private := slices.ContainsFunc(listed, func(r metrics.Repo) bool {
		return r.Visibility == metrics.Private || r.Visibility == metrics.Internal
	})
	switch {
	case g.Org == "" && g.User == "", told && slices.Contains(scopes, "repo"):
		return ""
	case told:
		return "the scope repo"
	case private, g.Org == "", len(listed) == 0:
		return ""
	case len(g.Tokens) == 0 && g.App == nil:
		return "a token"
	}
	return "access of its token to them, and none is shown"
}

// denied are the parts of sources that their hosts deny.
func denied(list []collectors.Refusal) (lacks []api.ScanLack) {
	for _, r := range list {
		lacks = append(lacks, api.ScanLack{Source: r.Source, Part: r.Part, Needs: r.Needs, Why: r.Why, Since: r.Since.Time().UTC()})
	}
	return lacks
}

// lacks says which of its sources a scan could not list in full without being told so. It asks no host: scopes come with the
// looks at tokens, and what is shown is in the store; listed says whether everything is.
func (s *services) lacks(ctx context.Context, r scanRequest, list []config.Source, listed bool) (lacks []api.ScanLack, err error) {
	if r.checked == nil || r.checked.scopes == nil || !slices.ContainsFunc(list, func(c config.Source) bool { return c.GitHub != nil }) {
		return nil, nil
	}
	known, err := s.db.Repos(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c.GitHub == nil {
			continue
		}
		shown := slices.DeleteFunc(slices.Clone(known), func(repo metrics.Repo) bool { return repo.Source != c.Name })
		if owner := ownerOf(c); owner != "" && len(shown) == 0 && listed && r.Shard == "" {
			lacks = append(lacks, api.ScanLack{Source: c.Name, Part: "repositories", Why: nothingShown(owner)})
		}
		scopes, told := r.checked.scopes.of(c.Name)
		if needs := unseen(c.GitHub, scopes, told, shown); needs != "" {
			lacks = append(lacks, api.ScanLack{Source: c.Name, Part: unlisted, Needs: needs})
		}
	}
	return lacks, nil
}
