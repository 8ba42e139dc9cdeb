package query

import (
	"context"
	_ "embed"

	"github.com/trodden/trodden/metrics"
)

//go:embed friction_people.sql
var frictionPeopleSQL string

// someone is who is behind accounts: a person, or the one account that nothing is known of.
type someone struct {
	id      uint64
	account bool
}

// accounts knows who is behind which. Nothing of it ever leaves a question but counts.
type accounts struct {
	person map[uint64]uint64 // by alias
	same   map[uint64]uint64 // union-find: towards the smallest id of one person
	kind   map[uint64]metrics.Kind
}

// askAccounts asks for all accounts.
func askAccounts(ctx context.Context, db DB) (*accounts, error) {
	rows, err := ask[struct {
		Alias   uint64   `ch:"alias"`
		Persons []uint64 `ch:"persons"`
		Kind    uint8    `ch:"kind"`
	}](ctx, db, "who is who", frictionPeopleSQL, nil)
	a := &accounts{make(map[uint64]uint64, len(rows)), make(map[uint64]uint64), make(map[uint64]metrics.Kind, len(rows))}
	for _, r := range rows {
		a.person[r.Alias], a.kind[r.Alias] = r.Persons[0], metrics.Kind(r.Kind)
		for _, other := range r.Persons[1:] {
			a.join(r.Persons[0], other)
		}
	}
	return a, err
}

func (a *accounts) join(x, y uint64) {
	x, y = a.root(x), a.root(y)
	if x != y {
		a.same[max(x, y)] = min(x, y)
	}
}

func (a *accounts) root(id uint64) uint64 {
	for {
		next, ok := a.same[id]
		if !ok {
			return id
		}
		id = next
	}
}

// of returns who is behind an account.
func (a *accounts) of(alias uint64) someone {
	if person, known := a.person[alias]; known {
		return someone{id: a.root(person)}
	}
	return someone{id: alias, account: true}
}

// program reports whether an account is known not to be a person's.
func (a *accounts) program(alias uint64) bool {
	return a.kind[alias] == metrics.Bot || a.kind[alias] == metrics.Initiator
}
