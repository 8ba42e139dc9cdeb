package collectors

import "github.com/trodden/trodden/metrics"

// Only holds the names, and what hosts call them for good (see metrics.Repo.HostID), of the repositories that alone
// are read: somebody told that something of them is new. The nil Only leaves nothing out.
type Only map[string]bool

// NewOnly returns an Only of names and host ids; empty ones do not count.
func NewOnly(names ...string) Only {
	o := make(Only, len(names))
	for _, name := range names {
		if name != "" {
			o[name] = true
		}
	}
	return o
}

// Holds reports whether a listed repository is to be read.
func (o Only) Holds(repo metrics.Repo) bool { return o == nil || o[repo.Name] || o[repo.HostID] }
