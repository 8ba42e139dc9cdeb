package config

import (
	"errors"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// Source is one place that facts come from. One of Git, GitHub, GitLab and Catalog is set, by its kind.
type Source struct {
	Kind    string // git, github, gitlab, or the kind of a catalog
	Name    string // what scan --source takes: the kind, or the name given
	At      Problem
	Git     *Git
	GitHub  *GitHub
	GitLab  *GitLab
	Catalog *Catalog
}

// secrets returns what the source needs to be let in.
func (s Source) secrets() []Secret {
	switch {
	case s.GitHub != nil && s.GitHub.App != nil:
		return []Secret{s.GitHub.App.Key}
	case s.GitHub != nil:
		return s.GitHub.Tokens
	case s.GitLab != nil:
		return s.GitLab.Tokens
	case s.Catalog != nil:
		return []Secret{s.Catalog.ClientID, s.Catalog.Token, s.Catalog.PushURL}
	default:
		return nil
	}
}

// Git are local clones.
type Git struct {
	Name   string
	Dirs   []string // globs of the clones' folders, absolute
	Branch string   // "" for that of origin/HEAD, else HEAD
	Fetch  bool     // bring the clones up to date before they are read
}

// GitHub is what is read of github.com, GitHub Enterprise, or a test server. One of Org, User and Repos is set.
type GitHub struct {
	Name    string
	Org     string
	User    string
	Repos   []string // owner/name
	Include []string // globs of names
	Exclude []string
	Tokens  []Secret // none, where there is an App
	URL     string
	App     *GitHubApp
	Parts   Parts
	History History
}

// GitHubApp is how an app signs in.
type GitHubApp struct {
	ID           int
	Installation int
	Key          Secret
}

// sourceKinds lists all kinds: how each is read, and what it may call itself.
func sourceKinds() []field[Source] {
	kinds := []field[Source]{
		kind("git", "Local clones, bare or not.", gitShape(), func(s *Source) **Git { return &s.Git }, func(g *Git) string { return g.Name }),
		kind("github", "Repositories of a GitHub organisation.", githubShape(), func(s *Source) **GitHub { return &s.GitHub }, func(g *GitHub) string { return g.Name }),
		kind("gitlab", "Repositories of a GitLab group.", gitlabShape(), func(s *Source) **GitLab { return &s.GitLab }, func(g *GitLab) string { return g.Name }),
	}
	return append(kinds, catalogKinds()...)
}

func kind[T any](name, doc string, s shape[T], at func(*Source) **T, called func(*T) string) field[Source] {
	return field[Source]{key: name, schema: s.schema.described(doc), read: func(d *decoder, n ast.Node, into *Source) {
		got := new(T)
		s.read(d, n, got)
		*at(into) = got
		into.Kind, into.Name = name, name
		if own := called(got); own != "" {
			into.Name = own
		}
	}}
}

// sourceShape reads an entry of sources: a mapping of its kind to what that kind needs.
func sourceShape() shape[Source] {
	kinds := sourceKinds()
	s := object("a source", kinds, func(d *decoder, m mapping, got *Source) {
		if len(m.entries) == 0 {
			d.problemf(m.node, "an empty source, expected one of %s", strings.Join(keysOf(kinds), ", "))
		}
		if len(m.entries) > 1 {
			d.problem(m.entries[1].at, "a second kind in one source, expected each in an entry of its own")
		}
		for _, e := range m.entries {
			if v, null := d.value(e.value).(*ast.NullNode); null {
				d.problemf(v, "expected a mapping (what %s needs), found nothing", e.key)
			}
		}
	})
	s.schema.MinKeys, s.schema.MaxKeys = 1, 1
	return shape[Source]{schema: s.schema, read: func(d *decoder, n ast.Node, into *Source) {
		if v := d.value(n); v != nil {
			at := first(v).Position
			into.At = Problem{File: d.file, Line: at.Line, Column: at.Column}
		}
		s.read(d, n, into)
	}}
}

// namedOnce gives the second source of a kind that has no name of its own a number, and refuses a name
// given twice.
func namedOnce(d *decoder, n ast.Node, got []Source) {
	onePort(d, n, got)
	last := len(got) - 1
	taken := func(name string) bool {
		return slices.ContainsFunc(got[:last], func(s Source) bool { return s.Name == name })
	}
	name := got[last].Name
	if name == "" || !taken(name) {
		return
	}
	if name != got[last].Kind {
		d.problemf(n, "duplicate source name %s, expected each once", quote(name))
		return
	}
	for i := 2; taken(got[last].Name); i++ {
		got[last].Name = name + "-" + strconv.Itoa(i)
	}
}

// onePort refuses a second server at the host of another: the names of repositories, which clones have too, tell no
// ports, so that what the two have would be taken for one.
func onePort(d *decoder, n ast.Node, got []Source) {
	last := server(got[len(got)-1])
	for _, s := range got[:len(got)-1] {
		if other := server(s); last != nil && other != nil && strings.EqualFold(other.Hostname(), last.Hostname()) && other.Port() != last.Port() {
			d.problemf(n, "a server at another port of %s, of which source %s reads: their repositories would have the same names", last.Hostname(), s.Name)
			return
		}
	}
}

// server is the address of the code host of a source; nil where it is the public one, or there is none.
func server(s Source) *url.URL {
	var address string
	switch {
	case s.GitHub != nil:
		address = s.GitHub.URL
	case s.GitLab != nil:
		address = s.GitLab.URL
	}
	at, err := url.Parse(address)
	if err != nil || at.Host == "" {
		return nil
	}
	return at
}

const nameDoc = "What scan --source calls it; default: its kind."

func sourceName() shape[string] { return name[string]("a name") }

func gitShape() shape[Git] {
	return object("a git source", []field[Git]{
		key("name", nameDoc, sourceName(), func(g *Git) *string { return &g.Name }),
		key("dirs", "Globs of the clones' folders; ~ is the home folder, relative ones begin at this file.",
			nonEmpty(list("globs", folderGlob()), "glob of clones"), func(g *Git) *[]string { return &g.Dirs }).must(),
		key("branch", "The branch to read; default: that of origin/HEAD, else HEAD.", branch(), func(g *Git) *string { return &g.Branch }),
		key("fetch", "Bring the clones up to date before they are read.", flag(), func(g *Git) *bool { return &g.Fetch }),
	})
}

// folderGlob is a glob of folders; it becomes absolute.
func folderGlob() shape[string] {
	s := glob("a glob of folders such as ~/src/acme/*")
	return shape[string]{schema: s.schema, read: func(d *decoder, n ast.Node, into *string) {
		var got string
		s.read(d, n, &got)
		switch {
		case got == "":
		case strings.HasPrefix(got, "~") && got != "~" && !strings.HasPrefix(got, "~/"):
			d.problemf(d.value(n), "%s names another user's folder, expected ~/… for your own", quote(got))
		case filepath.IsAbs(got) || strings.HasPrefix(got, "~"):
			*into = d.env.path(d.dir, got)
		default:
			*into = filepath.Join(quoteMeta(d.dir), got)
		}
	}}
}

// quoteMeta keeps a folder whose name has brackets in it from being taken for a glob.
func quoteMeta(dir string) string {
	if !strings.ContainsAny(dir, `*?[{\`) {
		return dir
	}
	var b strings.Builder
	for _, r := range dir {
		if strings.ContainsRune(`*?[]{}\`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// branch is the name of a branch. A leading hyphen would be an option to git.
func branch() shape[string] {
	return narrow(text(), func(s string) (string, error) {
		if strings.HasPrefix(s, "-") || strings.ContainsAny(s, " ~^:?*[\\\t\n\r\x00") || strings.Contains(s, "..") {
			return "", errors.New(quote(s) + " is no branch, expected a name such as main")
		}
		return s, nil
	})
}

func githubShape() shape[GitHub] {
	names := list("globs", glob("a glob of names such as pay-* or acme/pay-*"))
	return object("a github source", append([]field[GitHub]{
		key("name", nameDoc, sourceName(), func(g *GitHub) *string { return &g.Name }),
		key("org", "The organisation; or user, or repos.", account("an organisation"), func(g *GitHub) *string { return &g.Org }),
		key("user", "The user, instead of an organisation.", account("a user"), func(g *GitHub) *string { return &g.User }),
		key("repos", "Repositories as owner/name, instead of all that an organisation has.",
			nonEmpty(list("repositories", hostedRepo()), "repository"), func(g *GitHub) *[]string { return &g.Repos }),
		key("include", "Globs of the names of repositories to read, of owner/name where there is a / in them; default: all.", names, func(g *GitHub) *[]string { return &g.Include }),
		key("exclude", "Likewise of repositories not to read.", names, func(g *GitHub) *[]string { return &g.Exclude }),
		key("token", "A token.", onlySecret(), func(g *GitHub) *[]Secret { return &g.Tokens }),
		key("tokens", "Several tokens, which share the requests.", list("tokens", secret()), func(g *GitHub) *[]Secret { return &g.Tokens }),
		key("url", "Of GitHub Enterprise or a test server.", address(), func(g *GitHub) *string { return &g.URL }),
		key("app", "A GitHub App, instead of a token.", pointer(appShape()), func(g *GitHub) **GitHubApp { return &g.App }),
	}, slices.Concat(
		partKeys(func(g *GitHub) *Parts { return &g.Parts }), historyKeys(func(g *GitHub) *History { return &g.History }),
	)...), oneTarget, oneSignature)
}

// hostedRepo is a repository as its host names it.
func hostedRepo() shape[string] {
	return narrow(text(), func(s string) (string, error) {
		if owner, repo, ok := strings.Cut(s, "/"); !ok || owner == "" || repo == "" || strings.ContainsAny(repo, "/ ") {
			return "", errors.New(quote(s) + " is no repository, expected owner/name such as acme/pay")
		}
		return s, nil
	})
}

// oneTarget refuses a source that does not say what to read, or says it twice.
func oneTarget(d *decoder, m mapping, _ *GitHub) {
	given := ""
	for _, e := range m.entries {
		switch e.key {
		case "org", "user", "repos":
			if given != "" {
				d.problemf(e.at, "%s beside %s, expected one of the two", e.key, given)
			}
			given = e.key
		}
	}
	if given == "" {
		d.problemAt(firstKey(m.node), "no repositories in a github source, expected one of the keys org, user and repos")
	}
}

// oneSignature refuses several ways to sign in.
func oneSignature(d *decoder, m mapping, g *GitHub) {
	if g.App != nil && len(g.Tokens) > 0 {
		d.problem(d.value(m.find("app")), "an app beside a token, expected one of the two")
	}
	if m.find("token") != nil && m.find("tokens") != nil {
		d.problem(d.value(m.find("tokens")), "tokens beside a token, expected one of the two")
	}
}

// onlySecret is a secret that becomes a list of one.
func onlySecret() shape[[]Secret] {
	s := secret()
	return shape[[]Secret]{schema: s.schema, read: func(d *decoder, n ast.Node, into *[]Secret) {
		var got Secret
		if s.read(d, n, &got); got.Given() {
			*into = append(*into, got)
		}
	}}
}

func appShape() shape[GitHubApp] {
	id := whole("a whole number above 0", 1, 1<<53)
	return object("an app", []field[GitHubApp]{
		key("id", "Id of the app.", id, func(a *GitHubApp) *int { return &a.ID }).must(),
		key("installation", "Id of its installation.", id, func(a *GitHubApp) *int { return &a.Installation }).must(),
		key("key", "Its private key.", secret(), func(a *GitHubApp) *Secret { return &a.Key }).must(),
	})
}

// pointer makes what may be missing a pointer.
func pointer[T any](s shape[T]) shape[*T] {
	return shape[*T]{schema: s.schema, read: func(d *decoder, n ast.Node, into **T) {
		*into = new(T)
		s.read(d, n, *into)
	}}
}
