package gitlab

import (
	"regexp"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// account is a user of the host. Emails are addresses that are known to be theirs.
type account struct {
	login string
	email string
	bot   bool
}

// machine matches the users that GitLab makes for access tokens of projects and groups.
var machine = regexp.MustCompile(`^(project|group)_\d+_bot`)

func (a account) spelling() collectors.Spelling { return collectors.Spelling{Name: "@" + a.login} }

// alias is the keyed hash of an account; 0 where there is none.
func (s *Source) alias(login string) metrics.AliasID {
	if login == "" || s.config.People == nil {
		return 0
	}
	return s.config.People.Alias([]byte("@"+login), nil)
}

// meet says who an account is, once a run for each address that goes with it, and returns what kind of account it is.
func (s *Source) meet(batch *metrics.Batch, a account) metrics.Kind {
	if a.login == "" || s.config.People == nil {
		return 0
	}
	if kind, met := s.met.Load(a); met {
		return kind.(metrics.Kind)
	}
	identities, memberships := s.identify(a)
	if len(identities) == 0 {
		return 0
	}
	s.met.Store(a, identities[0].Kind)
	batch.Identities = append(batch.Identities, identities...)
	batch.Memberships = append(batch.Memberships, memberships...)
	return identities[0].Kind
}

// identify links an account to its address, so that commits under that address are its.
func (s *Source) identify(a account) ([]metrics.Identity, []metrics.Membership) {
	as := a.spelling()
	if a.email != "" {
		as = collectors.Spelling{Email: a.email}
	}
	identities, memberships := s.config.People.Identify(a.spelling(), as, false, s.Name(), s.config.Now())
	if a.bot || machine.MatchString(strings.ToLower(a.login)) {
		for i := range identities {
			if identities[i].Kind == metrics.Human {
				identities[i].Kind = metrics.Bot
			}
		}
	}
	return identities, memberships
}

// authorOf links the author of a project's last commit to the address that it was made under.
func (s *Source) authorOf(batch *metrics.Batch, x *node) {
	if x.Repository == nil || x.Repository.Tree == nil || x.Repository.Tree.LastCommit == nil {
		return
	}
	c := x.Repository.Tree.LastCommit
	if c.Author != nil && c.AuthorEmail != nil {
		s.meet(batch, account{login: c.Author.Username, email: *c.AuthorEmail})
	}
}
