package github

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// repoNode is a repository as lists tell of it. Everything that the schema lets be null is a pointer.
type repoNode struct {
	DatabaseID       *int64 `json:"databaseId"`
	NameWithOwner    string
	IsArchived       bool
	ArchivedAt       *time.Time
	IsFork           bool
	IsTemplate       bool
	IsEmpty          bool
	Visibility       string
	CreatedAt        time.Time
	PushedAt         *time.Time
	UpdatedAt        time.Time
	DiskUsage        *int
	DefaultBranchRef *struct {
		Name   string
		Target *struct{ OID string }
	}
	TemplateRepository *struct{ NameWithOwner string }
	RepositoryTopics   *struct {
		Nodes []*struct{ Topic struct{ Name string } }
	}
}

func instant(t *time.Time) metrics.Instant {
	if t == nil {
		return metrics.Beginning
	}
	return metrics.At(*t)
}

// name is the identity of the repository owner/name.
func (s *Source) name(full string) string { return s.host + "/" + strings.ToLower(full) }

// hostID is what the host calls a repository for good; "" where it does not say.
func (s *Source) hostID(id *int64) string {
	if id == nil {
		return ""
	}
	return fmt.Sprintf("%s#%d", s.host, *id)
}

// fact is what a list tells of a repository. What it does not tell stays as it was.
func (s *Source) fact(n *repoNode, had metrics.Repo) metrics.Repo {
	repo := metrics.Repo{
		Name: s.name(n.NameWithOwner), Source: s.Name(), Seen: s.config.Now(), Location: s.web + n.NameWithOwner,
		Created: metrics.At(n.CreatedAt), LastPush: instant(n.PushedAt), Archived: n.IsArchived, ArchivedAt: instant(n.ArchivedAt),
		Fork: n.IsFork, Template: n.IsTemplate, Topics: n.topics(), Properties: had.Properties, Languages: had.Languages,
		HostID: s.hostID(n.DatabaseID), Visibility: metrics.Visibility(strings.ToLower(n.Visibility)),
	}
	if n.DiskUsage != nil {
		s.sizes.Store(repo.HostID, int64(*n.DiskUsage)<<10)
	}
	if n.TemplateRepository != nil {
		repo.TemplateOf = s.name(n.TemplateRepository.NameWithOwner)
	}
	if branch := n.DefaultBranchRef; branch != nil {
		repo.DefaultBranch = branch.Name
		if branch.Target != nil {
			repo.Head, _ = metrics.ParseOID(branch.Target.OID) // one that is none is not known: reading finds out
		}
	}
	return repo
}

// Bytes is how large a listed repository is at its host, with all that is in it; 0 where that is not known.
func (s *Source) Bytes(repo metrics.Repo) int64 {
	size, _ := s.sizes.Load(repo.HostID)
	bytes, _ := size.(int64)
	return bytes
}

func (n *repoNode) topics() []string {
	if n.RepositoryTopics == nil {
		return nil
	}
	var names []string
	for _, t := range n.RepositoryTopics.Nodes {
		if t != nil {
			names = append(names, t.Topic.Name)
		}
	}
	slices.Sort(names)
	return names
}

// split returns the owner and the name of a repository as its host spells them.
func (s *Source) split(repo metrics.Repo) (owner, name string) {
	full, ok := strings.CutPrefix(repo.Location, s.web)
	if !ok {
		full = strings.TrimPrefix(repo.Name, s.host+"/")
	}
	owner, name, _ = strings.Cut(full, "/")
	return owner, name
}

// index finds what the store has of repositories.
type index struct {
	hosts map[string]*collectors.Had
	names map[string]*collectors.Had
}

func newIndex(known *collectors.Known) index {
	x := index{map[string]*collectors.Had{}, map[string]*collectors.Had{}}
	for i := range known.Repos {
		had := &known.Repos[i]
		x.names[had.Name] = had
		if had.HostID != "" {
			x.hosts[had.HostID] = had
		}
	}
	return x
}

// of returns what there is of a repository, and whether there is anything.
func (x index) of(hostID, name string) (collectors.Had, bool) {
	had := x.hosts[hostID]
	if had == nil && x.names[name] != nil && (hostID == "" || x.names[name].HostID == "") {
		had = x.names[name]
	}
	if had == nil {
		return collectors.Had{}, false
	}
	return *had, true
}
