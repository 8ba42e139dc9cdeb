package config

import (
	"errors"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

func pathShape() shape[metrics.Path] {
	type T = metrics.Path
	return object("a path", []field[T]{
		key("key", "Its name in answers.", name[metrics.PathKey]("a path key"), func(p *T) *metrics.PathKey { return &p.Key }).must(),
		key("title", "Its name for people; default: the key.", text(), func(p *T) *string { return &p.Title }),
		key("since", "When it was launched.", date(), func(p *T) *metrics.Instant { return &p.Since }),
		key("optional", "Doing without is allowed, and so a choice.", flag(), func(p *T) *bool { return &p.Optional }),
		key("eligible", "Which repositories it is meant for; default: all.", pointer(ruleShape()), func(p *T) **metrics.Rule { return &p.Eligible }),
		key("golden", "What shows that a repository uses it.", goldenShape(), func(p *T) *metrics.Rule { return &p.Golden }).must(),
		key("provided_by", "Globs of the repositories that provide it.", list("globs", repoGlob()), func(p *T) *[]string { return &p.ProvidedBy }),
		key("alternatives", "The other ways of doing the same job.", list("alternatives", alternativeShape(),
			once("key", "alternative key", func(a metrics.Alternative) string { return string(a.Key) })),
			func(p *T) *[]metrics.Alternative { return &p.Alternatives }),
		key("mandates", "Who has to use it, from when until when.", list("mandates", mandateShape()), func(p *T) *[]metrics.Mandate { return &p.Mandates }),
		key("latest", "Where its newest version is found.", latestShape(), func(p *T) *string { return &p.LatestTagsOf }),
		key("components", "Globs of the folders that split a monorepo.", list("globs", componentGlob()), func(p *T) *[]string { return &p.Components }),
		key("active_within", "Its pipeline must have run within this time.", duration(), func(p *T) *time.Duration { return &p.ActiveWithin }),
	}, hasSignal, func(_ *decoder, _ mapping, p *T) {
		if p.Title == "" {
			p.Title = string(p.Key)
		}
	})
}

func alternativeShape() shape[metrics.Alternative] {
	type T = metrics.Alternative
	own := narrow(name[metrics.WayKey]("an alternative key"), func(k metrics.WayKey) (metrics.WayKey, error) {
		if k == metrics.Golden {
			return "", errors.New(`"golden" is the way of the path itself, expected another key`)
		}
		return k, nil
	})
	return object("an alternative", []field[T]{
		key("key", "Its name in answers.", own, func(a *T) *metrics.WayKey { return &a.Key }).must(),
		key("since", "From when it can be chosen; default: always.", date(), func(a *T) *metrics.Instant { return &a.Since }),
		key("until", "Until when (exclusive); default: still.", date(), func(a *T) *metrics.Instant { return &a.Until }),
		key("when", "What shows that a repository uses it.", ruleShape(), func(a *T) *metrics.Rule { return &a.When }).must(),
	}, untilAfterFrom("since", func(a *T) *metrics.Instant { return &a.Since }, func(a *T) *metrics.Instant { return &a.Until }))
}

func mandateShape() shape[metrics.Mandate] {
	type T = metrics.Mandate
	return object("a mandate", []field[T]{
		key("teams", "Teams that it obliges; without teams, groups and repos it obliges all.",
			list("team keys", reference[metrics.TeamKey]("a team key", toTeam)), func(m *T) *[]metrics.TeamKey { return &m.Teams }),
		key("groups", "Groups of teams that it obliges.", list("groups", reference[string]("a group of teams", toGroup)),
			func(m *T) *[]string { return &m.Groups }),
		key("repos", "Globs of repositories that it obliges.", list("globs", repoGlob()), func(m *T) *[]string { return &m.Repos }),
		key("announced", "When it was made known.", date(), func(m *T) *metrics.Instant { return &m.Announced }),
		key("from", "When it comes into force.", date(), func(m *T) *metrics.Instant { return &m.From }),
		key("until", "When it ends (exclusive); default: never.", date(), func(m *T) *metrics.Instant { return &m.Until }),
		key("why", "The reason.", text(), func(m *T) *string { return &m.Why }),
	}, inForce, untilAfterFrom("from", func(m *T) *metrics.Instant { return &m.From }, func(m *T) *metrics.Instant { return &m.Until }))
}

// inForce lets a mandate whose begin is not given begin with its announcement.
func inForce(_ *decoder, m mapping, got *metrics.Mandate) {
	if m.find("from") == nil {
		got.From = got.Announced
	}
}

// latestShape reads where versions are tagged: a repository by its name or URL.
func latestShape() shape[string] {
	repo := narrow(name[string]("a repository such as github.com/acme/golden"), func(s string) (string, error) {
		if repo, ok := metrics.RepoName(s); ok {
			return repo, nil
		}
		s = strings.TrimSuffix(strings.ToLower(strings.Trim(s, "/")), ".git")
		if strings.Count(s, "/") < 1 || strings.ContainsAny(s, "*?[{ ") {
			return "", errors.New(quote(s) + " is no repository, expected one such as github.com/acme/golden")
		}
		return s, nil
	})
	return object("latest", []field[string]{
		key("tags_of", "The repository whose tags are the path's versions.", repo, func(s *string) *string { return s }).must(),
	})
}

// componentGlob is a glob of folders inside a repository.
func componentGlob() shape[string] {
	return narrow(glob("a glob of folders such as services/*"), func(s string) (string, error) {
		s = strings.Trim(s, "/")
		if s == "" || s == "." || strings.HasPrefix(s, "../") || s == ".." {
			return "", errors.New("expected a folder below the root of the repository, such as services/*")
		}
		return strings.TrimPrefix(s, "./"), nil
	})
}
