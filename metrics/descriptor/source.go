package descriptor

import (
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// slugs are the annotations that name a repository without its host, with the host where installations do not say another.
var slugs = []struct{ annotation, instance, host string }{
	{"github.com/project-slug", "", "github.com"},
	{"gitlab.com/project-slug", "gitlab.com/instance", "gitlab.com"},
	{"bitbucket.org/project-slug", "", "bitbucket.org"},
}

// aboutRepo are the kinds of entities that are about the repository that holds their descriptor where they do not name
// another.
var aboutRepo = []string{"component", "api", "resource", "template"}

// source says which repository an entity is about: the one that it names, else that of its descriptor. Only the former
// makes a field, which holds what is named and nothing that comes from where the descriptor lies: moving that changes none.
func (d *draft) source(annotations mapping) {
	for _, slug := range slugs {
		if e, ok := annotations.get(slug.annotation); ok && d.about(e.value, d.slug(text(e.value), slug.host, annotations.text(slug.instance))) {
			d.Folder = d.home()
			break
		}
	}
	if e, ok := annotations.get("backstage.io/source-location"); ok {
		if at, ok := d.sourcePlace(text(e.value)); ok && (d.Repo == "" || d.Repo == at.Repo) {
			d.about(e.value, at)
		}
	}
	if d.Repo == "" && slices.Contains(aboutRepo, d.Ref.Kind) {
		d.Repo = d.file.Place.Repo
		d.Folder = d.home()
	}
}

// sourcePlace returns the repository that a source location names, and the folder in it: of a file, the one that it lies in. A
// place that is no URL, such as dir:/srv, is on some machine, in no repository that it tells.
func (d *draft) sourcePlace(location string) (at metrics.Place, ok bool) {
	target := strings.TrimPrefix(strings.TrimSpace(location), "url:")
	kind, _, typed := strings.Cut(target, ":")
	switch {
	case !typed:
		at, _, ok = d.target(target)
		return at, ok
	case strings.Contains(kind, "@") || kind == "ssh": // a remote of git
		name, ok := metrics.RepoName(target)
		return metrics.Place{Repo: name}, ok && strings.Count(name, "/") >= 2
	}
	if at, ok = webPlace(target); ok && showsFile(target, at.Path) {
		at.Path = path.Dir(at.Path)
	}
	return at, ok
}

// showsFile reports whether a page of a code host is one of a file, of which the path is known. Hosts lead from pages of files
// to those of folders where these are named instead: what has no dot in its name is taken for a folder. Where hosts have one
// kind of page for both only what is YAML is taken for a file.
func showsFile(link, inside string) bool {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || inside == "" || strings.HasSuffix(u.Path, "/") {
		return false
	}
	name := path.Base(inside)
	view := path.Base(path.Dir(path.Clean(strings.TrimSuffix(u.Path, inside))))
	switch {
	case u.Hostname() == "raw.githubusercontent.com", view == "raw":
		return true
	case view == "tree":
		return false
	case view == "blob", view == "edit", view == "blame":
		return strings.Contains(strings.TrimPrefix(name, "."), ".")
	}
	return path.Ext(name) == ".yaml" || path.Ext(name) == ".yml"
}

// beside are the names of descriptors that lie in the folder of what they describe. Those with other names are collected in
// folders of their own, as are those below folders that begin with a dot.
var beside = []string{"catalog-info", "cortex", "opslevel", "port"}

// home returns the folder of what the descriptor describes where that is told by nothing but its place; "" is all of the
// repository, or of another one.
func (d *draft) home() string {
	name, _, _ := strings.Cut(path.Base(d.file.Place.Path), ".")
	dir := folder(path.Dir(d.file.Place.Path))
	if d.Repo != d.file.Place.Repo || !slices.Contains(beside, name) || strings.HasPrefix(dir, ".") || strings.Contains(dir, "/.") {
		return ""
	}
	return dir
}

// about notes what an entity is about, as a value names it. It reports whether that is a repository.
func (d *draft) about(n *node, at metrics.Place) bool {
	if at.Repo == "" {
		return false
	}
	d.Repo, d.Folder = at.Repo, folder(at.Path)
	v := reading{}
	v.add(n, metrics.UnitName(d.Repo, d.Folder))
	delete(d.places, metrics.FieldSource)
	d.Fields = slices.DeleteFunc(d.Fields, func(f metrics.EntityField) bool { return f.Name == metrics.FieldSource })
	d.set(metrics.FieldSource, n, v)
	return true
}

// slug returns the repository that is named without its host: on the host of the descriptor where that is its name there,
// as installations of their own have slugs that do not tell their host.
func (r *reader) slug(name, host, instance string) metrics.Place {
	name = strings.ToLower(strings.Trim(strings.TrimSpace(name), "/"))
	if !strings.Contains(name, "/") || strings.ContainsAny(name, " {}$") {
		return metrics.Place{}
	}
	if _, after, ok := strings.Cut(r.file.Place.Repo, "/"); ok && after == name {
		return metrics.Place{Repo: r.file.Place.Repo}
	}
	if instance != "" {
		_, bare, ok := strings.Cut(instance, "://")
		if host = strings.ToLower(strings.Trim(bare, "/")); !ok {
			host = strings.ToLower(instance)
		}
	}
	return metrics.Place{Repo: host + "/" + name}
}

// folder returns a path as entities have folders: without slashes around it, "" for the root.
func folder(dir string) string {
	return strings.Trim(path.Clean("/"+dir), "/")
}

// views are the folders in URLs of hosts behind which a branch and a path come.
var views = []string{"blob", "tree", "raw", "edit", "src", "blame"}

// webPlace returns the file or folder that a page of a code host shows, and whether that page is a folder's.
func webPlace(link string) (at metrics.Place, ok bool) {
	u, err := url.Parse(strings.TrimSpace(link))
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return metrics.Place{}, false
	}
	if u.Hostname() == "raw.githubusercontent.com" {
		return rawPlace(u.Path)
	}
	repo, inside := u.Path, u.Query().Get("path")
	if before, after, found := strings.Cut(u.Path, "/-/"); found {
		repo, inside = before, behindBranch(strings.Split(after, "/"))
	} else if parts := strings.Split(strings.Trim(u.Path, "/"), "/"); len(parts) > 2 && slices.Contains(views, parts[2]) {
		repo, inside = parts[0]+"/"+parts[1], behindBranch(parts[2:])
	}
	name, ok := metrics.RepoName(u.Scheme + "://" + u.Host + "/" + strings.Trim(repo, "/"))
	return metrics.Place{Repo: name, Path: strings.Trim(inside, "/")}, ok && strings.Count(name, "/") >= 2
}

// behindBranch returns the path behind a view and a branch. A branch with slashes in its name cannot be told from folders:
// it is taken to have none.
func behindBranch(parts []string) string {
	if len(parts) < 3 {
		return ""
	}
	return strings.Join(parts[2:], "/")
}

// rawPlace returns the file behind a path of GitHub's host for contents: owner, name, branch, path.
func rawPlace(p string) (metrics.Place, bool) {
	parts := strings.SplitN(strings.Trim(p, "/"), "/", 4)
	if len(parts) < 4 {
		return metrics.Place{}, false
	}
	inside := strings.TrimPrefix(parts[3], "heads/")
	return metrics.Place{Repo: strings.ToLower("github.com/" + parts[0] + "/" + parts[1]), Path: inside}, true
}
