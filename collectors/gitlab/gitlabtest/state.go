package gitlabtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// state is everything that the peer knows. Whoever changes it holds the lock alone; whoever answers shares it.
type state struct {
	mu       sync.RWMutex
	last     int64 // newest id given out
	users    []*user
	spaces   map[string]*namespace // by full path, lower case
	former   map[string]*namespace // likewise, by paths that they had before
	projects map[int64]*project
	listed   []*project       // by id
	paths    map[string]int64 // every full path that a project has or had, lower case
	objects  *objects.Store
}

func (s *state) init() {
	s.last = 100
	s.spaces = map[string]*namespace{}
	s.former = map[string]*namespace{}
	s.projects = map[int64]*project{}
	s.paths = map[string]int64{}
	s.objects = objects.NewStore()
}

func (s *state) id() int64 {
	s.last++
	return s.last
}

// globalID is the id of something in GraphQL; kind is such as Project.
func globalID(kind string, id int64) string { return fmt.Sprintf("gid://gitlab/%s/%d", kind, id) }

// User is somebody as a test declares them.
type User struct {
	Username string
	Name     string // Username where empty
	Email    string
	Public   bool // everybody sees the address
	Bot      bool
	State    string // active where empty
	Created  time.Time
}

type user struct {
	User
	id    int64
	space *namespace
}

// AddUser makes a user, with a namespace of their own.
func (p *Peer) AddUser(declared User) int64 {
	p.state.mu.Lock()
	defer p.state.mu.Unlock()
	u := p.state.user(declared.Username, p.Now())
	created := u.Created
	u.User = declared
	u.Name, u.State = cmp.Or(u.Name, u.Username), cmp.Or(u.State, "active")
	if u.Created.IsZero() {
		u.Created = created
	}
	return u.id
}

// user returns the user of this name, who is made where there is none.
func (s *state) user(name string, now time.Time) *user {
	if u := s.findUser(name); u != nil {
		return u
	}
	u := &user{User: User{Username: name, Name: name, State: "active", Created: now}, id: s.id()}
	u.space = &namespace{id: s.id(), kind: "user", path: name, name: name}
	s.spaces[strings.ToLower(name)] = u.space
	s.users = append(s.users, u)
	return u
}

func (s *state) findUser(name string) *user {
	i := slices.IndexFunc(s.users, func(u *user) bool { return strings.EqualFold(u.Username, name) })
	if i < 0 {
		return nil
	}
	return s.users[i]
}

// must returns a project that exists; a test that names another is wrong.
func (s *state) must(path string) *project {
	x := s.project(path)
	if x == nil {
		panic("gitlabtest: there is no project " + path)
	}
	return x
}

// project returns the project that has, or had, this full path; nil where there is none.
func (s *state) project(path string) *project { return s.projects[s.paths[strings.ToLower(path)]] }

// space returns a namespace that exists; a test that names another is wrong.
func (s *state) space(path string) *namespace {
	n := s.spaces[strings.ToLower(path)]
	if n == nil {
		panic("gitlabtest: there is no namespace " + path)
	}
	return n
}
