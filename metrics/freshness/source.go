package freshness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// source judges where a thing is said to lie: whether the repository is there under that name, and the folder in it. Nobody
// reads which folders there are, so that one in which no file is known may be there or not. How long ago it was confirmed says
// nothing then, for the repository, at least, is looked up. That it is archived makes its place no other.
func (j *judge) source(s *subject) Field {
	names := j.world.reposNamed(s.Record, s.field)
	if s.Repo != "" && !slices.Contains(names, s.Repo) {
		names = append(names, s.Repo)
	}
	if len(names) == 0 {
		return unchecked(CauseUnchecked, "it names no repository")
	}
	f := j.repos(s, names)
	if f.Verdict != Right || s.here.repo == nil {
		return f
	}
	if s.here.repo.Archived {
		f.Cause, f.Reason = CauseArchived, "the repository that it names is there, though archived"
	}
	switch {
	case s.Folder == "":
	case s.here.repo.There[s.Folder]:
		f.Reason += "; so is the folder in it"
	default:
		f.Verdict, f.Cause = Unverified, CauseUnchecked
		f.Reason += "; nobody looked up the folder in it"
	}
	return f
}

// repos judges the repositories that a field names: one that is wrong makes the field so.
func (j *judge) repos(s *subject, names []string) Field {
	found := Field{Verdict: Right, Cause: CauseThere, Reason: "the repository that it names is there"}
	var unknown *Field
	for _, name := range names {
		f := j.repo(s, name)
		switch f.Verdict {
		case Wrong:
			return f
		case Aged:
			unknown = &f
		case Right:
			found.Evidence = append(found.Evidence, f.Evidence...)
		}
	}
	if unknown != nil {
		return *unknown
	}
	return found
}

func (j *judge) repo(s *subject, name string) Field {
	r, known := j.world.repo(name)
	switch held := s.confirmed.found(CauseGone) && j.world.Lapsed.owner(name); {
	case !known && !j.world.everyRepo(name) && !held:
		return unchecked(CauseUnchecked, "nothing is known of the repository that it names")
	case !known:
		return goneRepo(name, metrics.Beginning)
	case j.past(r.Gone):
		return goneRepo(name, r.Gone)
	case r.Name != name:
		return Field{
			Verdict: Wrong, Cause: CauseRenamed, Reason: fmt.Sprintf("its repository is called %s by now", r.Name),
			Evidence: []Evidence{{Fact: "repository", Subject: r.Name}},
		}
	}
	return Field{Verdict: Right, Evidence: []Evidence{{Fact: "repository", Subject: name}}}
}

func goneRepo(name string, since metrics.Instant) Field {
	return Field{
		Verdict: Wrong, Cause: CauseGone, Since: since, Reason: fmt.Sprintf("there is no repository %s", quote(name)),
		Evidence: []Evidence{{Fact: "repository", Subject: name, At: since}},
	}
}

// slugs are annotations whose value is the name of a repository on a host of its own.
var slugs = map[string]string{
	"annotation.github.com/project-slug":    "github.com",
	"annotation.gitlab.com/project-slug":    "gitlab.com",
	"annotation.bitbucket.org/project-slug": "bitbucket.org",
}

// instances are annotations that say which host the slug is one of, where it is not the usual one.
var instances = map[string]string{"annotation.gitlab.com/project-slug": "annotation.gitlab.com/instance"}

// reposNamed returns the identities of the repositories that the values of a field name: as slugs, or as URLs on a host
// of which repositories are known. A URL may lead on into the repository.
func (x *index) reposNamed(r *Record, f *metrics.EntityField) []string {
	var names []string
	host, slug := slugs[f.Name]
	if slug {
		host = instance(r, f.Name, host)
	}
	for _, v := range f.Values {
		name, ok := "", false
		if slug {
			name, ok = x.slugged(r, host, v)
		} else {
			name, ok = x.repoAt(v)
		}
		if ok && !placeholder(v) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// slugged returns the repository that a slug names: on its host or, where nothing is known of it there, on that of the
// repository which the thing is about or is described in, if it is or was called so there. Installations of their own have
// slugs that do not tell their host.
func (x *index) slugged(r *Record, host, slug string) (name string, ok bool) {
	name, ok = metrics.RepoName("https://" + host + "/" + slug)
	if _, known := x.repo(name); known {
		return name, ok
	}
	for _, at := range [...]string{r.Repo, r.Descriptor.Repo} {
		own, _, _ := strings.Cut(at, "/")
		if there, is := metrics.RepoName("https://" + own + "/" + slug); is {
			if _, known := x.repo(there); known {
				return there, true
			}
		}
	}
	return name, ok
}

// instance returns the host on which a slug is one, as the entity itself may say.
func instance(r *Record, field, host string) string {
	i := slices.IndexFunc(r.Fields, func(f metrics.EntityField) bool { return f.Name == instances[field] && len(f.Values) == 1 })
	if i < 0 {
		return host
	}
	return r.Fields[i].Values[0]
}

// repoAt returns the repository at a URL: the longest part of it that is known to be one, else what is one by the manner
// in which hosts write theirs: all before the part that leads into it, or the shortest part of two names behind the host
// or more in which no repositories are known to be.
func (x *index) repoAt(url string) (name string, ok bool) {
	url = strings.TrimPrefix(strings.TrimSpace(url), "url:")
	if !strings.Contains(url, "://") && !strings.HasPrefix(url, "git@") {
		return "", false
	}
	whole, ok := metrics.RepoName(url)
	if !ok || !x.folders[whole[:max(strings.IndexByte(whole, '/'), 0)]] {
		return "", false
	}
	for at := len(whole); at > 0; at = strings.LastIndexByte(whole[:at], '/') {
		if _, known := x.repo(strings.TrimSuffix(whole[:at], ".git")); known {
			return strings.TrimSuffix(whole[:at], ".git"), true
		}
	}
	if before, _, found := strings.Cut(whole, "/-/"); found {
		return before, true
	}
	parts := strings.Split(whole, "/")
	for n := 3; n <= len(parts); n++ {
		if name = strings.Join(parts[:n], "/"); !x.folders[name] {
			return name, true
		}
	}
	return "", false
}

// links judges URLs by what answered there when they were tried: a dead one makes the field wrong.
func (j *judge) links(s *subject) Field {
	alive := Field{Verdict: Right, Cause: CauseThere, Reason: "something answers at each of its links"}
	for _, url := range s.field.Values {
		switch link := j.world.Links[url]; {
		case placeholder(url):
		case link.State == LinkDead:
			return Field{
				Verdict: Wrong, Cause: CauseDead, Since: link.Since, Reason: fmt.Sprintf("nothing answers at %s", quote(url)),
				Evidence: []Evidence{{Fact: "link", Subject: url, At: link.Since}},
			}
		case link.State == LinkAlive:
			alive.Evidence = append(alive.Evidence, Evidence{Fact: "link", Subject: url, At: link.Since})
		default:
			alive.Verdict = Aged
		}
	}
	if alive.Verdict != Right {
		return unchecked(CauseUnchecked, "not every link was tried")
	}
	return alive
}
