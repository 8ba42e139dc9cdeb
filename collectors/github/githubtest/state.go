package githubtest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// state is everything that the peer knows. Whoever changes it holds the lock alone; whoever answers shares it.
type state struct {
	mu       sync.RWMutex
	last     int64 // newest id given out
	accounts map[string]*account
	repos    map[int64]*repository
	names    map[string]int64 // every name that a repository has or had, lower case
	listed   []*repository    // in the order in which they were made
	objects  *objects.Store
}

func (s *state) init() {
	s.last = 1000
	s.accounts = map[string]*account{}
	s.repos = map[int64]*repository{}
	s.names = map[string]int64{}
	s.objects = objects.NewStore()
}

func (s *state) id() int64 {
	s.last++
	return s.last
}

// nodeID is the global id of something; kind is its short name, such as R for repositories.
func nodeID(kind string, id int64) string {
	return kind + "_" + base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s:%d", kind, id))
}

// fromNodeID takes a global id apart.
func fromNodeID(node string) (kind string, id int64, ok bool) {
	kind, coded, _ := strings.Cut(node, "_")
	raw, err := base64.RawURLEncoding.DecodeString(coded)
	if err != nil {
		return "", 0, false
	}
	number, ok := strings.CutPrefix(string(raw), kind+":")
	if !ok {
		return "", 0, false
	}
	id, err = strconv.ParseInt(number, 10, 64)
	return kind, id, err == nil
}

// account is a user or an organisation.
type account struct {
	id      int64
	login   string
	org     bool
	bot     bool
	created time.Time

	teams    []*team
	members  []Member
	rulesets []*ruleset
}

func (a *account) kind() string {
	switch {
	case a.org:
		return "Organization"
	case a.bot:
		return "Bot"
	}
	return "User"
}

func (a *account) nodeID() string { return nodeID(a.kind()[:1], a.id) }

// AddOrganization makes an organisation.
func (p *Peer) AddOrganization(login string) { p.addAccount(login, true) }

// AddUser makes a user.
func (p *Peer) AddUser(login string) { p.addAccount(login, false) }

func (p *Peer) addAccount(login string, org bool) {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	p.state.account(login, p.Now()).org = org
}

// account returns the account of this login, which is made a user where there is none.
func (s *state) account(login string, now time.Time) *account {
	key := strings.ToLower(login)
	if s.accounts[key] == nil {
		s.accounts[key] = &account{id: s.id(), login: login, bot: strings.HasSuffix(key, "[bot]"), created: now}
	}
	return s.accounts[key]
}

// owner returns an account that exists already; a test that names another is wrong.
func (s *state) owner(login string) *account {
	a := s.accounts[strings.ToLower(login)]
	if a == nil {
		panic("githubtest: there is no account " + login)
	}
	return a
}

// must returns a repository that exists; a test that names another is wrong.
func (s *state) must(name string) *repository {
	r := s.repo(name)
	if r == nil {
		panic("githubtest: there is no repository " + name)
	}
	return r
}

// repo returns the repository that has, or had, this name; nil where there is none.
func (s *state) repo(name string) *repository { return s.repos[s.names[strings.ToLower(name)]] }

// owned lists the repositories of an account.
func (s *state) owned(a *account) []*repository {
	var list []*repository
	for _, r := range s.listed {
		if r.owner == a {
			list = append(list, r)
		}
	}
	return list
}

// member returns what an account is in the list of somebody's members.
func member(list []Member, login string) int {
	return slices.IndexFunc(list, func(m Member) bool { return strings.EqualFold(m.Login, login) })
}
