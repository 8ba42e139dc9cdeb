package collectors

import (
	"slices"
	"sync"

	"github.com/trodden/trodden/metrics"
)

// identities tells which repository is meant by what a source lists: the one that its host knows by the same id,
// else the one that has or had the name, else a new one.
type identities struct {
	mu    sync.Mutex
	hosts map[string]metrics.RepoID   // by the host's own id
	names map[string][]metrics.RepoID // who has or had a name, the last one at the end
	of    map[metrics.RepoID]identity
}

// identity is what one repository is known by.
type identity struct{ name, host string }

// newIdentities takes the rows of repositories, oldest first.
func newIdentities(rows []metrics.Repo) *identities {
	all := &identities{
		hosts: make(map[string]metrics.RepoID), names: make(map[string][]metrics.RepoID, len(rows)),
		of: make(map[metrics.RepoID]identity, len(rows)),
	}
	for i := range rows {
		all.note(&rows[i])
	}
	return all
}

// note learns under which name a repository was seen.
func (x *identities) note(repo *metrics.Repo) {
	known := x.of[repo.ID]
	if repo.HostID != "" {
		known.host = repo.HostID
		x.hosts[repo.HostID] = repo.ID
	}
	if known.name != repo.Name {
		known.name = repo.Name
		x.names[repo.Name] = append(slices.DeleteFunc(x.names[repo.Name], func(id metrics.RepoID) bool { return id == repo.ID }), repo.ID)
	}
	x.of[repo.ID] = known
}

// resolve gives a listed repository its id. Where a source that knows no more than an old name lists one whose host
// says how it is called now, it gets that name too: an old name does not become the newest again.
func (x *identities) resolve(repo metrics.Repo) metrics.Repo {
	x.mu.Lock()
	defer x.mu.Unlock()
	id, ok := x.find(repo)
	if !ok {
		id = x.make(repo)
	}
	repo.ID = id
	if known := x.of[id]; repo.HostID == "" && known.host != "" {
		repo.Name = known.name
	}
	x.note(&repo)
	return repo
}

// find looks for a repository. Of those that had its name, the one that has it comes first, then the one that had
// it last. One that the host knows by another id is another one that had the name before.
func (x *identities) find(repo metrics.Repo) (found metrics.RepoID, ok bool) {
	if id, ok := x.hosts[repo.HostID]; ok && repo.HostID != "" {
		return id, true
	}
	for _, id := range x.names[repo.Name] {
		known := x.of[id]
		if repo.HostID != "" && known.host != "" {
			continue
		}
		found, ok = id, true
		if known.name == repo.Name {
			return found, true
		}
	}
	return found, ok
}

// make returns a new id. It is that of the name, unless another repository began with it.
func (x *identities) make(repo metrics.Repo) metrics.RepoID {
	id := metrics.NewRepoID(repo.Name)
	if _, taken := x.of[id]; taken {
		return metrics.NewRepoID(repo.Name + "#" + repo.HostID)
	}
	return id
}
