package catalog

import (
	"path"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Annotations that say where an entity is.
const (
	sourceLocation  = "backstage.io/source-location"
	managedLocation = "backstage.io/managed-by-location"
)

// slugs are the annotations that name a repository without its host, with the host where no other one is told.
var slugs = []struct{ annotation, instance, host string }{
	{"github.com/project-slug", "", "github.com"},
	{"gitlab.com/project-slug", "gitlab.com/instance", "gitlab.com"},
	{"bitbucket.org/project-slug", "", "bitbucket.org"},
}

// codeless are the kinds that are about no repository unless a slug says so. The catalog writes a source location into
// everything that it reads from a code host: where the file is.
var codeless = []string{kindGroup, kindUser, "location", "system", "domain"}

// locate says which repository an entity is about, and in which file it is written. The first annotation that names a
// repository holds: the slug, the source location, the place of the file itself.
func (e *envelope) locate(entity *metrics.Entity) {
	entity.Descriptor = placed(e.annotation(managedLocation))
	own := !slices.Contains(codeless, entity.Ref.Kind)
	source, folder := sourced(e.annotation(sourceLocation))
	switch slug := e.slug(source, entity.Descriptor.Repo); {
	case slug != "":
		entity.Repo = slug
	case own && source != "":
		entity.Repo = source
	case own:
		entity.Repo = entity.Descriptor.Repo
	}
	switch home := folderOf(path.Dir(entity.Descriptor.Path)); {
	case entity.Repo == "":
	case entity.Repo == source && (entity.Repo != entity.Descriptor.Repo || folder != home):
		entity.Folder = folder
	case entity.Repo == entity.Descriptor.Repo && strings.HasPrefix(path.Base(entity.Descriptor.Path), "catalog-info.") && !hidden(home):
		entity.Folder = home // else the file is in a collection, which the catalog takes for the source all the same
	}
}

// hidden reports whether a folder is below one whose name begins with a dot.
func hidden(folder string) bool {
	return strings.HasPrefix(folder, ".") || strings.Contains(folder, "/.")
}

// namesSource reports whether an entity names its repository itself.
func (e *envelope) namesSource() bool {
	source, _ := located(e.annotation(sourceLocation))
	return e.slug() != "" || source != "" && !slices.Contains(codeless, strings.ToLower(e.Kind.first()))
}

// slug is the repository that a slug names. It does not tell the host of an installation of one's own: that is the one of
// the place which leads to a repository of the same name.
func (e *envelope) slug(places ...string) string {
	for _, s := range slugs {
		name := strings.Trim(e.annotation(s.annotation), "/")
		if name == "" {
			continue
		}
		host := s.host
		if instance := e.annotation(s.instance); instance != "" {
			host = strings.TrimPrefix(strings.TrimPrefix(instance, "https://"), "http://")
		}
		for _, place := range places {
			if at, is, ok := strings.Cut(place, "/"); ok && strings.EqualFold(is, name) {
				host = at
			}
		}
		if repo, _ := locate("https://"+host+"/"+name, ""); repo != "" {
			return repo
		}
	}
	return ""
}

// located is the repository and the folder of a location, whose type ends at the first colon. Types such as github are from
// before there was url. A path of the backend's own machine is in no repository.
func located(location string) (repo, folder string) {
	if _, target, ok := strings.Cut(location, ":"); ok && (strings.HasPrefix(target, "http") || strings.HasPrefix(target, "git@")) {
		return locate(target, "")
	}
	return "", ""
}

// sourced is the repository of a source location, and the folder: of a file, the one that it lies in. Hosts lead from pages of
// files to those of folders where these are named instead: what has no dot in its name is taken for a folder. Where a host has
// one kind of page for both only what is YAML is taken for a file.
func sourced(location string) (repo, folder string) {
	repo, folder = located(location)
	name, bare := path.Base(folder), strings.TrimRight(location, " ")
	yaml := path.Ext(name) == ".yaml" || path.Ext(name) == ".yml"
	blob, _, _ := strings.Cut(bare, "/"+name)
	switch {
	case folder == "" || strings.HasSuffix(bare, "/") || strings.Contains(blob, "/tree/"):
	case yaml, strings.Contains(blob+"/", "/blob/") && strings.Contains(strings.TrimPrefix(name, "."), "."):
		folder = folderOf(path.Dir(folder))
	}
	return repo, folder
}

// placed is the file of a location.
func placed(location string) metrics.Place {
	repo, file := located(location)
	if repo == "" || file == "" {
		return metrics.Place{}
	}
	return metrics.Place{Repo: repo, Path: file}
}
