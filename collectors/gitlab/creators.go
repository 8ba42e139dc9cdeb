package gitlab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// usersQuery tells of users by their ids.
var usersQuery = "query($ids: [ID!]) {\n\tusers(ids: $ids, first: " + strconv.Itoa(listed) + ") { nodes { id username bot } }\n}\n"

// creators says of projects of which it is not known who created them. A list tells the id of that user, which is
// neither a name nor an address: those are asked for, a hundred at once. Where that fails it is tried the next time.
func (s *Source) creators(ctx context.Context, all []*reading) {
	if !s.config.Parts.Teams || s.config.People == nil {
		return
	}
	founder := func(r *reading) int {
		id, _ := s.founders.Load(r.Repo.HostID)
		number, _ := id.(int)
		return number
	}
	var ids []string
	for _, r := range all {
		id := founder(r)
		if id <= 0 || r.Repo.Creator != 0 || r.look.Asked {
			continue
		}
		if _, asked := s.users.LoadOrStore(id, metrics.AliasID(0)); !asked {
			ids = append(ids, fmt.Sprintf("gid://gitlab/User/%d", id))
		}
	}
	if len(ids) > 0 {
		err := s.askUsers(ctx, ids)
		if errors.Is(err, collectors.ErrSpent) {
			s.unasked(ids, all, founder, err)
			return
		}
		if err != nil {
			s.config.Log.Info("who created projects is not known", "source", s.Name(), "error", words(err))
		}
		s.credit(err)
	}
	for _, r := range all {
		r.look.Asked = true
		if alias, told := s.users.Load(founder(r)); told && r.Repo.Creator == 0 {
			r.Repo.Creator = alias.(metrics.AliasID)
		}
	}
}

// What became of asking who created projects, in one run.
const (
	creatorsTold int32 = iota + 1
	creatorsUntold
)

// credit notes whether it was told who created projects. Where it was not, for a reason that may pass, a list of all
// projects is needed to ask again: a list of news does not tell which users they were.
func (s *Source) credit(err error) {
	if err != nil && passes(err) {
		s.credits.Store(creatorsUntold)
	} else {
		s.credits.CompareAndSwap(0, creatorsTold)
	}
}

// creditsMissed says whether it is missed who created projects, when all reading is over.
func (s *Source) creditsMissed() {
	told := s.credits.Swap(0)
	if told == 0 {
		return
	}
	missed := uint32(0)
	if told == creatorsUntold {
		missed = creatorsMissed
	}
	s.missed.Load().Note(collectors.Nowhere, creatorsMissed&^missed, missed, metrics.Beginning, s.config.Now())
}

// uncredited reports whether all projects are to be listed so that it can be asked again who created them.
func (s *Source) uncredited() bool {
	lack, _ := s.missed.Load().Due(collectors.Nowhere)
	return lack.Parts&creatorsMissed != 0
}

// unasked leaves the projects for another run whose creators nothing could be asked about.
func (s *Source) unasked(ids []string, all []*reading, founder func(*reading) int, err error) {
	for _, id := range ids {
		s.users.Delete(idOf(id))
	}
	for _, r := range all {
		id := founder(r)
		if _, told := s.users.Load(id); id > 0 && r.Repo.Creator == 0 && !r.look.Asked && !told {
			r.Err = err
		}
	}
}

// askUsers asks who users are, no more than a hundred: in two halves where the host does not tell that at once.
func (s *Source) askUsers(ctx context.Context, ids []string) error {
	err := s.someUsers(ctx, ids)
	if !overloads(err) {
		return err
	}
	for half := range slices.Chunk(ids, (len(ids)+1)/2) {
		if err := s.someUsers(ctx, half); err != nil {
			return err
		}
	}
	return nil
}

// someUsers asks once. Where something is missing it fails, and who was told of is known all the same.
func (s *Source) someUsers(ctx context.Context, ids []string) error {
	var got struct {
		Data   struct{ Users *struct{ Nodes []*userNode } }
		Errors []*graphError
	}
	if err := s.send(ctx, usersQuery, map[string]any{"ids": ids}, &got); err != nil {
		return err
	}
	if got.Data.Users == nil || got.Data.Users.Nodes == nil {
		return refusedBy(got.Errors)
	}
	batch := &metrics.Batch{}
	for _, u := range got.Data.Users.Nodes {
		if u == nil || u.Username == "" {
			continue
		}
		s.meet(batch, account{login: u.Username, bot: u.Bot != nil && *u.Bot})
		s.users.Store(idOf(u.ID), s.alias(u.Username))
	}
	s.held.add(batch)
	if len(got.Errors) > 0 {
		return refusedBy(got.Errors)
	}
	return nil
}

// userNode is a user in an answer.
type userNode struct {
	ID       string
	Username string
	Bot      *bool
}
