package gitlab

import (
	"cmp"
	"encoding/json"
	"errors"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// look is what is known of a project when a round comes to it, which decides what is to be read of it beside its files.
// Where it is left open the round keeps that.
type look struct {
	Due     bool             `json:"due,omitempty"`     // it is its turn to be asked, whatever seems to happen in it
	Forced  bool             `json:"forced,omitempty"`  // something happened in it, as somebody told, or it was archived
	Before  metrics.Instant  `json:"before,omitempty"`  // when it was read before; Beginning where that failed, as then nobody knows since when
	Whole   bool             `json:"whole,omitempty"`   // it was read before, to its end
	Files   string           `json:"files,omitempty"`   // see configFiles; "" until they are read
	Former  string           `json:"former,omitempty"`  // its default branch until this listing
	Founder int              `json:"founder,omitempty"` // id of who created it
	Creator metrics.AliasID  `json:"creator,omitempty"` // who that is
	Asked   bool             `json:"asked,omitempty"`   // the host was asked for that
	Given   []metrics.Access `json:"given,omitempty"`   // whom it is given to
	Told    bool             `json:"told,omitempty"`    // and that is known

	Again uint32          `json:"again,omitempty"` // what could not be read of it before, and is to be tried now
	Since metrics.Instant `json:"since,omitempty"` // from when on: see collectors.Lack
}

// treeStep is how far the reading of the tree of a project came.
const treeStep = "tree"

// seen is what is kept of a tree that is seen in part.
type seen struct {
	Head      metrics.OID
	Looked    metrics.Instant
	Branch    string
	Languages []string
	States    []metrics.FileState
	Wanted    []present.File
	After     string
	Next      string
	Told      int
	Begun     bool
	Sole      bool
	Lone      bool
}

// stood finds out how a project stands: as an earlier run of the round left it, or as it was before.
func (s *Source) stood(r *reading) {
	round := s.round.Load()
	stand, open := round.Of(r.Repo.ID)
	if open && json.Unmarshal(stand.Note, &r.look) != nil {
		r.look, open = look{}, false
	}
	if !open {
		_, due := s.turn.Load(r.Repo.HostID)
		_, shut := s.shut.Load(r.Repo.HostID)
		r.look = look{Due: due || s.everyTurn.Load(), Forced: s.forced.Load() || shut, Whole: r.Last.Reading.Complete}
		if r.look.Whole {
			r.look.Before = r.Last.Reading.At
		}
		s.lacks(r)
	}
	s.noticed(r)
	if !open {
		return
	}
	r.Repo.Creator = cmp.Or(r.Repo.Creator, r.look.Creator)
	var t seen
	switch {
	case stand.Files && r.Last.Reading.Complete:
		r.stands, r.Parts, r.before = true, stand.Parts, stand.Parts
	case round.Load(collectors.StepOf(treeStep, r.Repo.ID), &t):
		r.begun, r.sole, r.lone, r.after, r.next, r.told, r.States, r.Wanted = t.Begun, t.Sole, t.Lone, t.After, t.Next, t.Told, t.States, t.Wanted
		r.All = false // what else there is was not kept
		r.Repo.Head, r.Repo.DefaultBranch, r.Repo.Languages, r.Looked = t.Head, t.Branch, t.Languages, t.Looked
	}
}

// noticed exchanges with the round what this listing, or that of the run that left the project, told of it.
func (s *Source) noticed(r *reading) {
	id := r.Repo.HostID
	if given, told := s.given.Load(id); told {
		r.look.Given, r.look.Told = given.([]metrics.Access), true
	} else if r.look.Told {
		s.given.Store(id, r.look.Given)
	}
	if founder, told := s.founders.Load(id); told {
		r.look.Founder, _ = founder.(int)
	} else if r.look.Founder > 0 {
		s.founders.Store(id, r.look.Founder)
	}
	if former, told := s.former.Load(id); told {
		r.look.Former, _ = former.(string)
	} else if r.look.Former != "" {
		s.former.Store(id, r.look.Former)
	}
}

// decide notes what the files of a project say about its pipeline, when they are read.
func (r *reading) decide() {
	if r.look.Files == "" {
		r.look.Files = configFiles(r, includesKnown(r.Repo))
	}
}

// leave notes how a project stands when a run is done with it.
func (s *Source) leave(r *reading) {
	round, step := s.round.Load(), collectors.StepOf(treeStep, r.Repo.ID)
	unread := errors.Is(spent(r.Err), collectors.ErrSpent)
	if unread && (r.begun || r.sole) {
		round.Save(step, seen{
			Head: r.Repo.Head, Looked: cmp.Or(r.Looked, s.config.Now()), Branch: r.Repo.DefaultBranch, Languages: r.Repo.Languages,
			States: r.States, Wanted: r.Wanted, After: r.after, Next: r.next, Told: r.told, Begun: r.begun, Sole: r.sole, Lone: r.lone,
		})
	} else {
		round.Drop(step)
	}
	if !unread && !r.Done.Left {
		round.Close(r.Repo.ID)
		return
	}
	r.look.Creator = r.Repo.Creator
	note, err := json.Marshal(r.look)
	if err != nil {
		return // never: it is numbers, flags and names of files and teams
	}
	round.Leave(r.Repo.ID, collectors.Stand{Files: !unread, Parts: r.Parts, Note: note})
}
