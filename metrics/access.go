package metrics

import "strings"

// HostTeam is a team or group as a code host has it. It is told apart by Ref and Source; a later sighting takes the
// place of an earlier one. Who was in it when is told by Membership, with Ref for its team.
type HostTeam struct {
	Ref    TeamKey // as people write it in CODEOWNERS, lower case: @acme/pay-devs
	Parent TeamKey // the one that it is part of; "" for none
	Name   string
	Source string
	Seen   Instant

	Aliases []TeamKey // of a team of a catalog: what hosts call it, as they do in Ref, and other names that the catalog has for it
	Retired Instant   // since when its catalog is not configured any more; Beginning while it is
}

// Names returns the names that the catalog of a team has for it besides that in Ref.
func (t *HostTeam) Names() (names []TeamKey) {
	for _, alias := range t.Aliases {
		if alias.IsName() {
			names = append(names, alias)
		}
	}
	return names
}

// IsName reports whether a team is called by a mere name, rather than by a reference or an address, which lists and wildcards
// are not either.
func (k TeamKey) IsName() bool { return k != "" && !strings.ContainsAny(string(k), "@:/*?|,") }

// PortalTeams is which teams the catalog of a portal has and had, by the names in which references to them end. Those of a name
// may overlap, those of Known are in order, and apart.
type PortalTeams struct {
	Source string
	Read   Period              // from its first list until it is not configured any more
	Known  []Period            // when all of its teams are known: from a list that had all of them to the next one that had not
	Teams  map[string][]Period // when it has one of that name
}

// AccessList is the full list of the teams that a repository is given to, as a source saw it. It is told apart by
// repository, source and Seen. An empty one says that it is given to none; one that could not be read whole is not
// written, one that is the same as the one before need not be.
type AccessList struct {
	Repo   RepoID
	Source string
	Seen   Instant
	List   []Access // any order
}

// Access says what a team may do with a repository, by a grant to the team itself and not to one above it.
type Access struct {
	Team       TeamKey // as HostTeam.Ref
	Permission Permission
}

// Permission is what somebody may do with a repository; each holds those before it.
type Permission uint8

// Permissions. Those of GitLab in the order of its levels: guest and planner, reporter, developer, maintainer, owner.
const (
	MayRead Permission = iota + 1
	MayTriage
	MayPush
	MayMaintain
	MayAdmin
)

// HostWarnings is the full list of what a host finds wrong with files of a repository, such as an owner in CODEOWNERS
// that does not exist. The newest of each source holds. It is told apart by repository, source and Seen. In List,
// Repo is not set, and Message is the host's short word for the mistake, never a text with names in it.
type HostWarnings struct {
	Repo   RepoID
	Source string
	Seen   Instant
	List   []Warning // any order
}
