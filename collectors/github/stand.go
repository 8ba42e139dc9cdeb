package github

import (
	"cmp"
	"encoding/json"
	"errors"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/metrics"
)

// treeStep is how far the reading of the tree of a repository came.
const treeStep = "tree"

// seen is what is kept of a tree that is seen in part.
type seen struct {
	Listed    metrics.OID // the head as it was listed: with another one the tree is read anew
	Head      metrics.OID
	Looked    metrics.Instant
	Branch    string
	Languages []string
	States    []metrics.FileState
	Wanted    []present.File
	Nested    []subtree
	Begun     bool
	Sole      bool
	Lone      bool
	Asked     bool
	Spoken    bool
}

// stood finds out how a repository stands that an earlier run of the round left.
func (s *Source) stood(r *reading) {
	round := s.state.open()
	stand, open := round.Of(r.Repo.ID)
	if open && json.Unmarshal(stand.Note, &r.look) != nil {
		r.look, open = look{}, false
	}
	if !open {
		r.look.First = r.Last.Reading.At == metrics.Beginning || !r.Last.Reading.Complete && r.Last.Reading.Files == 0
		s.lacks(r)
		return
	}
	if stand.Files && r.Last.Reading.Complete {
		r.stands, r.Parts, r.before = true, stand.Parts, stand.Parts
		return
	}
	var t seen
	if !round.Load(collectors.StepOf(treeStep, r.Repo.ID), &t) || t.Listed != r.listed {
		return
	}
	r.begun, r.sole, r.lone, r.asked, r.spoken, r.nested, r.States, r.Wanted = t.Begun, t.Sole, t.Lone, t.Asked, t.Spoken, t.Nested, t.States, t.Wanted
	r.All = false // what else there is was not kept
	r.Repo.Head, r.Repo.DefaultBranch, r.Repo.Languages, r.Looked = t.Head, t.Branch, t.Languages, t.Looked
}

// leave notes how a repository stands when a run is done with it.
func (s *Source) leave(r *reading) {
	round, step := s.state.open(), collectors.StepOf(treeStep, r.Repo.ID)
	unread := errors.Is(r.Err, collectors.ErrSpent)
	if unread && (r.begun || r.asked || r.sole) {
		round.Save(step, seen{
			Listed: r.listed, Head: r.Repo.Head, Looked: cmp.Or(r.Looked, s.config.Now()), Branch: r.Repo.DefaultBranch, Languages: r.Repo.Languages, States: r.States, Wanted: r.Wanted,
			Nested: r.nested, Begun: r.begun, Sole: r.sole, Lone: r.lone, Asked: r.asked, Spoken: r.spoken,
		})
	} else {
		round.Drop(step)
	}
	if !unread && !r.Done.Left {
		round.Close(r.Repo.ID)
		return
	}
	r.look.News = r.news
	note, err := json.Marshal(r.look)
	if err != nil {
		return // never: it is numbers and flags
	}
	round.Leave(r.Repo.ID, collectors.Stand{Files: !unread, Parts: r.Parts, Note: note})
}
