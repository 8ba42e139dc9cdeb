package gitlab

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Names of properties that a project is given.
const (
	// configPath is where GitLab looks for the pipeline of a project that does not leave it at .gitlab-ci.yml: a file
	// of the project, one of another project as FILE@GROUP/PROJECT, or an address.
	configPath = "ci_config_path"
	// frameworks are the names of the compliance frameworks that a project carries, divided by commas.
	frameworks = "compliance_frameworks"
	// includesOf is what the pipeline of a project includes, as GitLab put it together the last two times: see includes.
	includesOf = "ci_includes"
)

func instant(t *time.Time) metrics.Instant {
	if t == nil {
		return metrics.Beginning
	}
	return metrics.At(*t)
}

// name is the identity of the project of a full path.
func (s *Source) name(full string) string { return s.host + "/" + strings.ToLower(full) }

// hostID is what the host calls a project for good; "" where it does not say.
func (s *Source) hostID(id int) string {
	if id <= 0 {
		return ""
	}
	host, _, _ := strings.Cut(s.host, "/")
	return fmt.Sprintf("%s#%d", host, id)
}

// number is the id of a project at its host; 0 where the host did not say.
func number(repo metrics.Repo) int {
	_, digits, _ := strings.Cut(repo.HostID, "#")
	id, _ := strconv.Atoi(digits)
	return id
}

// owns reports whether something that is of the project of this id, or of one that is not told, can be of this one.
func (r *reading) owns(project int) bool { return project == 0 || project == r.id }

// identified fails where an answer does not say which project it is of.
func identified(x *gitlab.Project) error {
	if x == nil || x.ID <= 0 || x.PathWithNamespace == "" {
		return fmt.Errorf("a project without an id or a path: %w", errGarbled)
	}
	return nil
}

// fact is what a list tells of a project. What it does not tell stays as it was.
func (s *Source) fact(x *gitlab.Project, had metrics.Repo) metrics.Repo {
	repo := metrics.Repo{
		Name: s.name(x.PathWithNamespace), Source: s.Name(), Seen: s.config.Now(), Location: s.web + x.PathWithNamespace,
		DefaultBranch: x.DefaultBranch, Head: had.Head, Created: instant(x.CreatedAt), LastPush: instant(x.LastActivityAt),
		Archived: x.Archived, Fork: x.ForkedFromProject != nil, Topics: slices.Sorted(slices.Values(x.Topics)), Languages: had.Languages,
		Properties: properties(x), HostID: s.hostID(x.ID), Visibility: cmp.Or(metrics.Visibility(x.Visibility), had.Visibility), Creator: had.Creator,
	}
	if told := had.Properties[includesOf]; told != "" {
		if repo.Properties == nil {
			repo.Properties = map[string]string{}
		}
		repo.Properties[includesOf] = told
	}
	if repo.Properties[configPath] != had.Properties[configPath] {
		repo.Head = "" // other files are to be read
	}
	return repo
}

func properties(x *gitlab.Project) map[string]string {
	all := map[string]string{}
	if x.CIConfigPath != "" {
		all[configPath] = withoutUser(x.CIConfigPath)
	}
	if len(x.ComplianceFrameworks) > 0 {
		all[frameworks] = strings.Join(slices.Sorted(slices.Values(x.ComplianceFrameworks)), ",")
	}
	if len(all) == 0 {
		return nil
	}
	return all
}

// index finds what the store has of projects.
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

// of returns what there is of a project; the zero Had where there is nothing.
func (x index) of(hostID, name string) collectors.Had {
	had := x.hosts[hostID]
	if had == nil && x.names[name] != nil && (hostID == "" || x.names[name].HostID == "") {
		had = x.names[name]
	}
	if had == nil {
		return collectors.Had{}
	}
	return *had
}
