package freshness

import "github.com/trodden/trodden/metrics"

// World is what is known at a moment of all that catalogs speak of.
type World struct {
	Now   metrics.Instant // the moment that is judged
	Repos []Repo
	// Listed names the owners (host/owner, lower case) all of whose repositories are in Repos: what is not among them is
	// gone. Of other owners a repository that is not in Repos is one that nobody knows.
	Listed []string

	Teams      []Team
	TeamsKnown bool // these are all teams that there are, those of the catalog included

	Complete bool                                  // the catalog was read whole: what is not among the entities is not in it
	Unread   bool                                  // it never was: a repository without an entity may have one all the same
	Open     map[string]bool                       // repositories, by name, that may have an entity in what was not read of it
	Kinds    []string                              // of which kinds that is so; none for all
	Vanished map[metrics.EntityRef]metrics.Instant // when entities were first missed
	Missing  map[metrics.EntityRef]Missing         // teams, of the kind group, that are not there as the portal says; what is configured is
	Lapsed   Lapse                                 // of what all was known before

	// Part says that the catalog is only what files describe. Teams, and what is of kinds or in namespaces of which no file
	// tells, may be all the same; where there are Others, or Repos of who is not Listed, so may all else.
	Part      bool
	Others    bool                       // there are other catalogs, which may have what this one has not
	Elsewhere map[metrics.EntityRef]bool // what those of them have that were read whole
	AllTeams  bool                       // all of them were, and have all teams that there are

	Links map[string]Link // by URL, as it stands in the field; those that are missing were not tried
}

// Repo is what is known of a repository.
type Repo struct {
	Name       string          // identity
	Former     []string        // identities that it had before
	Gone       metrics.Instant // since when it is not there any more; Beginning while it is
	Archived   bool            //
	ArchivedAt metrics.Instant // Beginning where that is not known

	LastHuman metrics.Instant // the newest human commit; Beginning where there is none, or none is known
	Work      Work            // in all of it
	Folders   map[string]Work // in folders of it, with all below them; those that are missing are not told apart
	There     map[string]bool // folders with files that are known to be at its head; others may be there or not

	Deployed     metrics.Instant // the newest successful deployment to production; Beginning where there is none
	DeploysKnown bool            // it is known whether there is one

	Owner      metrics.TeamKey // who owns it by what is no catalog; "" where nobody does
	OwnedBy    metrics.OwnerSource
	Owners     map[string]metrics.OwnerSource // the same of its components: what names an owner, by folder
	Topics     []string
	TemplateOf string // the template that it was created from
}

// Windows in which commits count: for a step of the ladder, and for whose a repository really is.
const (
	lately = 90 * metrics.Day
	long   = 180 * metrics.Day
)

// Work says who committed lately, to a repository or to a folder of it.
type Work struct {
	Known    bool            // these are all human commits of 180 days, Maybe included
	Lapsed   bool            // they are not for no other reason than that the newest reading failed
	All      Count           // human commits
	Maybe    Count           // more of them, which were made here or elsewhere in the repository
	Unplaced Count           // of both, those of people who may be in a team that is not known; who is known to be in none is not among them
	Last     metrics.Instant // the newest of All; Beginning where there is none
	Led      metrics.Instant // since when some team or other has most, as LedSince says, where that is known; else Beginning
	Teams    []TeamWork
}

// TeamWork says how much of it the members of a team did, as it was made up then.
type TeamWork struct {
	Team metrics.TeamKey
	Count
	Maybe Count           // more of them, as in Work
	Last  metrics.Instant // its newest commit, however long ago; Beginning where none is known
}

// Count is a number of commits within the last days.
type Count struct{ In90, In180 int }

// Missing is since when there is no such team.
type Missing struct {
	At    metrics.Instant
	Found bool // by At there was none, and nobody knows since when
}

// Team is what is known of a team.
type Team struct {
	Key     metrics.TeamKey
	Aliases []string         // other spellings in catalogs; * and ? are special. Those of persons count as the team, too
	Gone    metrics.Instant  // since when there is no such team any more, as the portal says; Beginning while there is
	Found   bool             // by Gone there was none, and nobody knows since when
	Members []metrics.Period // when each of those who are or were in it was an active member
	Known   bool             // Members are all of them
	Several bool             // it is several teams of one name: nobody can tell who is in which
}

// LinkState says whether something answers at a URL.
type LinkState uint8

// What is known of links.
const (
	LinkUnknown LinkState = iota
	LinkAlive
	LinkDead
)

// Link is what was found out about a URL.
type Link struct {
	State LinkState
	Since metrics.Instant // since when it is so; Beginning where that is not known
}
