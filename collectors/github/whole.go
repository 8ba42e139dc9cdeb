package github

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/google/go-github/v60/github"
)

// contradiction is what is wrong with an answer that says something else than what is known, or than itself. It is none,
// and the next one may be.
type contradiction string

// Error implements error.
func (c contradiction) Error() string { return string(c) }

const (
	// errTaken means that the name of a repository leads to another one by now.
	errTaken = contradiction("another repository has its name by now")
	// errAstray means that a list would never end.
	errAstray = contradiction("the list says that it goes on, and does not say where, or where it was before")
	// errShort means that a list has fewer entries than it says.
	errShort = contradiction("the list has fewer entries than it counts")
)

// errHidden means that an entry of a list is null, and nothing says why: GitHub does that with what a token does not see.
var errHidden error = &graphError{Type: "NOT_FOUND", Message: "an entry of the list is not shown"}

// other fails where what is answered is of another repository than what was asked for.
func (s *Source) other(r *reading, id *int64) error {
	if told := s.hostID(id); told != "" && r.Repo.HostID != "" && told != r.Repo.HostID {
		return errTaken
	}
	return nil
}

// cursor is where a page of a list ends.
type cursor struct {
	HasNextPage bool
	EndCursor   *string
}

func (c cursor) more() bool { return c.HasNextPage && c.EndCursor != nil }

// trail is where a list was gone on with.
type trail map[string]bool

// on returns where a list goes on behind a page; "" at its end. One that leads back to where it was is an error.
func (t trail) on(at cursor) (after string, err error) {
	if !at.HasNextPage {
		return "", nil
	}
	if !at.more() || *at.EndCursor == "" || t[*at.EndCursor] {
		return "", errAstray
	}
	t[*at.EndCursor] = true
	return *at.EndCursor, nil
}

// following is the page that follows one in a list of REST; 0 behind the last.
func following(page int, resp *github.Response) (next int, err error) {
	if next = resp.NextPage; next != 0 && next <= page {
		return 0, fmt.Errorf("page %d: %w", page, errAstray)
	}
	return next, nil
}

// entry is the place of the entry of a list that an error is of, or of something in it; -1 where it is of all.
func (e *graphError) entry() int {
	for _, step := range e.Path {
		if n, err := strconv.Atoi(string(step)); err == nil {
			return n
		}
	}
	return -1
}

// gaps takes out of a page what an answer does not tell of it, and says why: entries that are null or lack something, and
// those in which something failed. What may pass is said first. Nil is said of a page that is whole.
func gaps[N any](got *answer, alias string, page []*N, lacks func(*N) bool) (why error) {
	for _, e := range got.under(alias) {
		if why == nil || !passes(why) {
			why = cmp.Or(passing(e), why, error(e))
		}
		if at := e.entry(); at >= 0 && at < len(page) && passes(e) {
			page[at] = nil
		}
	}
	for i, n := range page {
		if n == nil || lacks != nil && lacks(n) {
			page[i], why = nil, cmp.Or(why, got.of(alias), errHidden)
		}
	}
	return why
}

// passing returns an error that may not be there the next time; nil for others.
func passing(err error) error {
	if err != nil && passes(err) {
		return err
	}
	return nil
}

// in reports whether the error is one below a name that was asked for in the first thing of a query.
func (e *graphError) in(name string) bool {
	if len(e.Path) < 2 {
		return false
	}
	var second string
	return json.Unmarshal(e.Path[1], &second) == nil && second == name
}

// blank takes out of the lists of an account the entries in which something failed that may pass, and returns the first
// of such errors.
func (a *answer) blank(data *owned) (err error) {
	o := data.RepositoryOwner
	for _, e := range a.Errors {
		if !passes(e) {
			continue
		}
		err = cmp.Or(err, error(e))
		for name, p := range map[string]*page{"repositories": o.Repositories, "pushed": o.Pushed, "updated": o.Updated} {
			if at := e.entry(); e.in(name) && p != nil && at >= 0 && at < len(p.Nodes) {
				p.Nodes[at] = nil
			}
		}
	}
	return err
}
