package metrics

import "slices"

// Batch carries facts from a source to the store, one slice a kind. Facts are idempotent: writing the same
// fact twice changes nothing. A batch belongs to one source; it may mix repositories.
type Batch struct {
	Readings    []Reading
	Repos       []Repo
	Walks       []Walk
	Commits     []Commit
	FileChanges []FileChange
	SideChanges []SideChange
	Blobs       []Blob
	Identities  []Identity
	Memberships []Membership

	FileStates []FileState
	WatchSets  []WatchSet
	NamedFiles []NamedFiles

	Listings  []Listing
	Archivals []Archival

	Releases        []Release
	ReleasedCommits []ReleasedCommit

	Runs         []Run
	RunWindows   []RunWindow
	Deployments  []Deployment
	Pulls        []Pull
	Policies     []PolicyList
	Accesses     []AccessList
	HostTeams    []HostTeam
	HostWarnings []HostWarnings

	Snapshots    []Snapshot
	CatalogLists []CatalogList
}

// Rows returns the number of facts in the batch.
func (b *Batch) Rows() int {
	return len(b.Readings) + len(b.Repos) + len(b.Walks) + len(b.Commits) + len(b.FileChanges) +
		len(b.SideChanges) + len(b.Blobs) + len(b.Identities) + len(b.Memberships) + len(b.FileStates) + len(b.WatchSets) + len(b.NamedFiles) + len(b.Listings) + len(b.Releases) + len(b.ReleasedCommits) +
		len(b.Runs) + len(b.RunWindows) + len(b.Deployments) + len(b.Pulls) + len(b.Policies) + len(b.Accesses) + len(b.HostTeams) + len(b.HostWarnings) +
		len(b.Snapshots) + len(b.CatalogLists) + len(b.Archivals)
}

// Archival is a time in which a repository was archived, and which was seen to be over. It is told apart by repository and
// begin.
type Archival struct {
	Repo   RepoID
	Source string
	Period
}

// ArchivedSince is since when a repository is archived: as its host tells, or at the earliest when it was pushed to last.
func (r *Repo) ArchivedSince() Instant {
	if r.ArchivedAt != Beginning {
		return r.ArchivedAt
	}
	return r.LastPush
}

// Reading says that a source read a repository at a time, and whether it could.
type Reading struct {
	Source   string  // name of the source
	Repo     RepoID  // what was read
	At       Instant // when the reading ended
	Complete bool    // all that was wanted was read
	Reason   Reason  // why it was not complete
	Detail   string  // the error in words, for people; free of secrets
	Head     OID     // head of the default branch that was seen
	Watched  uint64  // fingerprint of the watched set (see WatchSet)
	Names    uint64  // fingerprint of what decides about names (bots, members, mailmap, key)
	Files    uint64  // the set of watched files at Head, of a source that reads no history; else 0
}

// Repo says that a repository exists, and what its host or clone tells about it.
type Repo struct {
	ID            RepoID
	Name          string            // identity: host/owner/name, lower case (see RepoName)
	Source        string            // name of the source that saw it
	Seen          Instant           // when it was seen so
	Location      string            // where the source finds it: a folder, or a URL without credentials
	DefaultBranch string            // short name; "" where HEAD is detached
	Head          OID               // newest commit of the default branch; empty in an empty repository
	Created       Instant           // Beginning where unknown
	LastPush      Instant           // Beginning where unknown
	Archived      bool              //
	ArchivedAt    Instant           // Beginning where unknown
	Fork          bool              //
	Template      bool              //
	Shallow       bool              // history before some commits is cut off
	Topics        []string          //
	Properties    map[string]string //
	Languages     []string          //
	TemplateOf    string            // name of the template it was created from
	HostID        string            // what its host calls it for good, such as github.com#12345; "" where no host was asked
	Visibility    Visibility        // "" where no host was asked
	Creator       AliasID           // the account that created it, as its host says; 0 where that does not: GitHub tells it in its audit log alone
}

// After returns what is known of a repository when r was seen after before. A source that asked no host takes nothing
// away from what a host said.
func (r Repo) After(before Repo) Repo {
	if r.HostID != "" || before.HostID == "" {
		return r
	}
	after := before
	after.Source, after.Seen, after.Location, after.Shallow = r.Source, r.Seen, r.Location, r.Shallow
	after.Name, after.DefaultBranch, after.Head = r.Name, r.DefaultBranch, r.Head
	return after
}

// Visibility says who can see a repository.
type Visibility string

// Visibilities of repositories.
const (
	Public   Visibility = "public"
	Internal Visibility = "internal" // everybody of the organisation, or of the enterprise that it is in
	Private  Visibility = "private"
)

// WalkID identifies one walk; it is the fingerprint of repository, base, head and watched set.
type WalkID uint64

// Walk is one read of the default branch's first-parent history, from just after Base to Head. Changes and
// commits belong to a walk. A refresh adds a walk whose Prev is the walk that ended at its Base; a head
// that does not descend from the last one, or a changed watched set, starts anew with an empty Base, as does one whose
// files name others that were not read.
// The row is written last, so that a walk that is there is complete and a killed one never counts.
type Walk struct {
	ID       WalkID
	Repo     RepoID
	Prev     WalkID   // 0 for the first walk of a chain
	Base     OID      // empty for the first walk of a chain
	Head     OID      //
	First    uint32   // position of the first landed commit in the chain, counted from 0
	Commits  uint32   // number of landed commits
	At       Instant  // when it was read
	Branch   string   // the branch that was walked
	Grafted  bool     // the chain's first commit is a graft: there was history before it
	Watched  uint64   // fingerprint of the watched set
	Watch    []string // globs whose files were read whole
	Presence []string // globs of files of which only the presence was asked
	Named    []string // globs of files that were read whole besides, since others of the repository name them
	Folders  bool     // its commits of the last 200 days tell the folders that they changed anything in
}

// Commit is a commit of a walk. Seq 0 is the commit that landed on the default branch at position Pos;
// higher numbers are the commits behind a merge at that position, oldest first.
type Commit struct {
	Repo        RepoID
	Walk        WalkID
	Pos         uint32
	Seq         uint32
	OID         OID
	Committed   Instant   // committer date as it stands in the commit
	Authored    Instant   // author date as it stands in the commit
	Author      AliasID   //
	CoAuthors   []AliasID // from Co-authored-by trailers
	RequestedBy []AliasID // from Requested-by trailers and the like
	Merge       bool      // has more than one parent
	Branch      string    // that a merge says it brought; "" where it says none
	Routine     bool      // its title is that of a change which programs make by themselves

	// Folders are those in which it changed anything, "" the root; of a walk that tells them, not of merges. One that ends in
	// a slash stands for any of those below it, and the slash alone for any but the root: of commits that changed many.
	Folders []string
}

// FileChange says that the commit that landed at Pos gave the watched file Path the content Blob, compared
// with its first parent. An empty Blob takes the file away; so does turning it into a symbolic link or a
// submodule, which are never followed.
type FileChange struct {
	Repo RepoID
	Walk WalkID
	Pos  uint32
	Path string
	Blob OID
}

// FileState says that a watched file had a content in a set of files, all of those that were there at a head. A
// reading names the set: that is when it was seen. It is no change, so that nobody is its author.
type FileState struct {
	Repo  RepoID
	Files uint64 // the set
	Path  string
	Blob  OID
}

// NamedFiles says that files of a set were read whole besides those that are watched, since others of it name them.
type NamedFiles struct {
	Repo  RepoID
	Files uint64 // the set
	Globs []string
}

// FilesID identifies a set of files, in whatever order they come; two sets with the same contents are the same. It
// is never 0, not even that of no file.
func FilesID(files []FileState) uint64 {
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = f.Path + "\x00" + string(f.Blob)
	}
	slices.Sort(lines)
	return Fingerprint(append([]string{"files"}, lines...)...) | 1
}

// SideChange says the same of commit Seq behind the merge at Pos: who really brought a change.
type SideChange struct {
	Repo RepoID
	Walk WalkID
	Pos  uint32
	Seq  uint32
	Path string
	Blob OID
}

// BlobStatus says what is known of a blob.
type BlobStatus uint8

// What is known of a blob.
const (
	BlobRead    BlobStatus = iota + 1 // Content holds all of it
	BlobTooBig                        // over the limit for its kind of rule; only Size is known
	BlobMissing                       // not in any clone that was read
)

// Blob is the content of a file, kept once however many repositories hold it.
type Blob struct {
	OID     OID
	Status  BlobStatus
	Size    uint64
	Home    RepoID // whose reading brought it; contents lie together by it
	Content string
	Path    string // of a file that has it; a hint for who passes it on, not stored
}

// Kind tells people from programs.
type Kind uint8

// Kinds of identities.
const (
	Human     Kind = iota + 1
	Bot            // a program that changes repositories on its own
	Initiator      // a program that changes repositories because somebody asked it to
)

// Identity says that a spelling belongs to a person. Several rows for one alias link its persons together
// (a .mailmap does that), whatever the order in which they arrive.
type Identity struct {
	Alias  AliasID
	Person PersonID
	Kind   Kind
	Source string
	Seen   Instant
}

// Habit is what an account's own commits, merges aside, say of who is behind it: a program, as long as all have the
// titles of changes which programs make by themselves.
type Habit struct {
	Alias   AliasID
	Routine []Instant // the first different moments of commits with such a title, at most HabitAfter; ascending
	Other   Instant   // the first commit with another title; Forever where there is none
}

// HabitAfter is how many commits make a habit.
const HabitAfter = 10

// Membership says that a person belongs to a team for a time.
type Membership struct {
	Alias  AliasID // the spelling in which the person was found to be a member
	Person PersonID
	Team   TeamKey
	Source string
	Period
	Seen Instant // where its alias was seen as that person later, without it, it does not hold any more
}

// Release is a tag of a repository that provides a path. Every tag is kept; which of them are versions is said by
// SplitTag. Its row is written behind those of the commits that it releases: a release that is there is complete.
type Release struct {
	Repo   RepoID
	Tag    string  // without refs/tags/
	Object OID     // what the tag names itself: a commit, or the tag object of an annotated one; empty: the tag is gone
	Commit OID     // where it leads in the end; empty where that is no commit
	At     Instant // when it was made: the tagger's date where there is one, else the committer's of the commit
	Source string
	Seen   Instant // when it was found to be so; a later row takes the place of an earlier one
}

// ReleasedCommit says of a commit which release brought it: of the tags that are whole versions and whose history
// contains it, the one that was made first. It holds as long as Tag leads to Tip.
type ReleasedCommit struct {
	Repo   RepoID
	Commit OID
	Tag    string
	Tip    OID // the commit of the tag
	Source string
	Seen   Instant
}

// Exemption excuses a repository (or one component) from a path for a time. Who, why and until when are
// part of it; ending one early keeps it in the trail.
type Exemption struct {
	Repo      RepoID
	Component string
	Path      PathKey
	Period           // in force
	By        string // who granted it
	Reason    string // why
	Recorded  Instant
	EndedBy   string // who ended it before its time, if anybody did
}

// Warning is something a scan stumbled over without failing: a file that does not parse.
type Warning struct {
	Repo    RepoID
	File    string
	Line    int
	Column  int
	Message string
}

// History is all that is known of one repository: what classify reads. Slices are in the order that their
// comments name.
type History struct {
	Repo       Repo         // the newest row
	Readings   []Reading    // oldest first
	Walks      []Walk       // the newest complete chain, oldest first
	Commits    []Commit     // of these walks, by position, then number behind the merge
	Changes    []FileChange // likewise by position
	Side       []SideChange // likewise by position, then number behind the merge
	States     []FileState  // of the sets that the readings name, by set and path
	Watch      WatchSet     // what was read at the last head that was only seen
	Named      []string     // globs of files that were read there besides, since others name them
	Exemptions []Exemption  // those in force or in the trail, any order
	Archivals  []Archival   // those that are over, oldest first
	Gone       Instant      // when every source that had it found that it is not there any more; Beginning while one has it

	Runs       []RunDays      // any order
	RunCounts  []RunCount     // by day
	RunWindows []RunWindow    // any order
	Pulls      []Pull         // those that were merged, of a repository with walks; any order
	Policies   []PolicyList   // where they turn; by source, oldest first
	Accesses   []AccessList   // likewise
	Warnings   []HostWarnings // the newest of each source

	CatalogClaims []CatalogClaim // of entities that are about the repository, by whatever name; oldest first
}

// CatalogClaim is what a portal says, from a moment on, about who owns the place that an entity is about. A later one of the
// same entity takes its place.
type CatalogClaim struct {
	Source string
	Ref    EntityRef
	Seen   Instant
	Folder string   // in the repository; "" for all of it
	Owners []string // references as the portal understands them, else as they are typed; none of persons
	Lost   []string // of them, those that are no team any more, as the portal itself says
	Gone   bool     // the entity is not there any more, or is about another repository
}
