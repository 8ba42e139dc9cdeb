// Package catalog reads software catalogs: portals that platform teams run or rent (Backstage, Roadie, Spotify Portal, Port,
// Cortex, OpsLevel). Each has a file of its own that knows its interface and turns what it tells into items, which are the
// same for all.
package catalog

import (
	"context"
	"iter"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// Portal is a software catalog. It is safe for use by one goroutine at a time.
type Portal interface {
	// Items lists everything in the catalog, each thing once. An error in the sequence means that the list is not complete,
	// and ends it: nothing may then be concluded to be gone.
	Items(ctx context.Context) iter.Seq2[Item, error]
	// Requests returns how many requests were made so far.
	Requests() int
}

// Recaller is a portal that is told before a reading what was there the last time. What its list may have passed over it looks
// up by name, so that nothing is concluded to be gone that merely moved while the list was read.
type Recaller interface {
	Recall(refs []metrics.EntityRef)
}

// Item is one thing in a catalog as its portal tells of it. People in it are in the clear: items never leave the collectors.
type Item struct {
	Entity  metrics.Entity        // Source and Seen are left to the reader; owners in its fields are as they were typed
	Owners  []Owner               // whom the portal takes the owners for
	Team    *Team                 // of a team: who is in it
	Spelled []collectors.Spelling // of a person: how they are written
	In      []metrics.EntityRef   // of a person: the teams that they are in
	Unread  string                // why nothing but what it is called could be read; "" where it was
}

// Owner is whom a portal takes an owner for.
type Owner struct {
	Ref    metrics.EntityRef    // the zero EntityRef where it is none in this catalog
	Person *collectors.Spelling // where it is a person
	Gone   bool                 // the portal itself says that there is no such team any more
	Unsure bool                 // the list ended before it was known whether that is a team or a person

	// Where the portal did not tell all, what was known before holds, and else that there is an owner of the name.
	Unlisted bool // it is not known whether there is one in this catalog
	Unasked  bool // it is not known whether there is one any more
}

// Team is a team as a catalog has it.
type Team struct {
	Title   string
	Parent  metrics.EntityRef     // the zero EntityRef where it is in none
	Aliases []string              // what hosts call it, as @org/team, and by which other names entities may name it as their owner
	Members []collectors.Spelling // where the team itself tells them; else persons tell which teams they are in
	Known   bool                  // Members are all of them
	Hidden  bool                  // it has members, and none of them is among the persons of the portal
}
