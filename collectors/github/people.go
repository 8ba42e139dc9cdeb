package github

import (
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// author is who wrote a commit. User is null where the address belongs to no account.
type author struct {
	Name  *string
	Email *string
	User  *struct{ Login string }
}

// actor is an account that did something.
type actor struct {
	Type  string `json:"__typename"`
	Login string
}

// login is how commits call the account: GraphQL leaves out what marks a program.
func (a *actor) login() string {
	if a.Type == "Bot" && !strings.HasSuffix(a.Login, marked) {
		return a.Login + marked
	}
	return a.Login
}

// marked is how the logins of programs end.
const marked = "[bot]"

func account(login string) collectors.Spelling { return collectors.Spelling{Name: "@" + login} }

// alias is the keyed hash of an account; 0 where there is none.
func (s *Source) alias(login string) metrics.AliasID {
	if login == "" || s.config.People == nil {
		return 0
	}
	return s.config.People.Alias([]byte("@"+login), nil)
}

// identify says who an account is. One that is a program, and is configured as one that somebody asks, by its name
// without the mark, is that.
func (s *Source) identify(login string) ([]metrics.Identity, []metrics.Membership) {
	if login == "" || s.config.People == nil {
		return nil, nil
	}
	now := s.config.Now()
	identities, memberships := s.config.People.Identify(account(login), account(login), false, s.Name(), now)
	if plain, is := strings.CutSuffix(login, marked); is {
		as, _ := s.config.People.Identify(account(plain), account(plain), false, s.Name(), now)
		for i := range identities {
			if len(as) > 0 && as[0].Kind == metrics.Initiator {
				identities[i].Kind = metrics.Initiator
			}
		}
	}
	return identities, memberships
}

// meet says who an account is, once a run, and returns what kind of account it is. Whoever is known as the member of a
// team is told of with the teams: a later word on a spelling takes its memberships away.
func (x *side) meet(login string) metrics.Kind {
	s := x.source
	identities, memberships := s.identify(login)
	if len(identities) == 0 {
		return 0
	}
	kind := identities[0].Kind
	if _, met := s.met.LoadOrStore(identities[0].Alias, true); met || s.member(identities[0].Alias) {
		return kind
	}
	x.Batch.Identities = append(x.Batch.Identities, identities...)
	x.Batch.Memberships = append(x.Batch.Memberships, memberships...)
	return kind
}

// member reports whether the source ever saw an account in a team.
func (s *Source) member(alias metrics.AliasID) bool {
	for _, m := range s.state.known() {
		if m.Alias == alias {
			return true
		}
	}
	return false
}

// authors links the addresses of commits to the accounts that they belong to: members are known by the one, the
// authors of commits by the other.
func (x *side) authors(all []*reading) {
	s := x.source
	if s.config.People == nil {
		return
	}
	for _, r := range all {
		for _, a := range r.news.authors {
			if a.Email == nil || *a.Email == "" || a.User == nil || a.User.Login == "" {
				continue
			}
			spelled := collectors.Spelling{Email: *a.Email}
			if a.Name != nil {
				spelled.Name = *a.Name
			}
			if _, met := s.met.LoadOrStore(spelled, true); met {
				continue
			}
			identities, memberships := s.config.People.Identify(spelled, account(a.User.Login), false, s.Name(), s.config.Now())
			x.Batch.Identities = append(x.Batch.Identities, identities...)
			x.Batch.Memberships = append(x.Batch.Memberships, memberships...)
		}
	}
}
