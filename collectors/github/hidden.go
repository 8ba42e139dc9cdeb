package github

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// scopesHeader is where GitHub tells the scopes of a classic token. Fine-grained tokens and those of an App tell nothing.
const scopesHeader = "X-OAuth-Scopes"

// scopesIn are the scopes that an answer tells; told is false where it tells nothing of them.
func scopesIn(answer http.Header) (scopes []string, told bool) {
	given, told := answer[http.CanonicalHeaderKey(scopesHeader)]
	return strings.FieldsFunc(strings.Join(given, ","), func(r rune) bool { return r == ',' || r == ' ' }), told
}

// sight is how far the tokens see that a list was made with, as the answers tell. It is safe for concurrent use.
type sight struct {
	narrow atomic.Bool // one of them lacks the scope for private repositories
	untold atomic.Bool // one of them says nothing of it
}

// begin forgets the tokens of the last list.
func (x *sight) begin() {
	x.narrow.Store(false)
	x.untold.Store(false)
}

// hear takes what an answer tells.
func (x *sight) hear(answer *http.Response) {
	if answer.StatusCode >= http.StatusMultipleChoices {
		return
	}
	switch scopes, told := scopesIn(answer.Header); {
	case !told:
		x.untold.Store(true)
	case !slices.Contains(scopes, "repo"):
		x.narrow.Store(true)
	}
}

// meet notes that the host shows a repository, whether that is wanted or not.
func (l *list) meet(hostID string, visibility metrics.Visibility) {
	l.met[hostID] = true
	l.private = l.private || isPrivate(visibility)
}

func isPrivate(v metrics.Visibility) bool { return v == metrics.Private || v == metrics.Internal }

// believe fails for a list of all, begun then, from which private repositories are missing because the token does not
// see them: whoever took them for gone would be wrong. A classic token says so itself. With one that says nothing it is
// likely where it shows no private repository any more.
func (l *list) believe(begun metrics.Instant) error {
	missing, shown := l.unseen(begun)
	sight := &l.source.sight
	switch {
	case len(missing) == 0:
		return nil
	case sight.narrow.Load():
		return fmt.Errorf("not listed for a token that lacks the scope repo: %s; nothing is concluded to be gone", privates(missing))
	case sight.untold.Load() && !shown:
		return fmt.Errorf("none of %s is listed any more: the token may not see them; exclude by their names those that are gone", privates(missing))
	}
	return nil
}

// unseen are the private repositories that are known and are not in a list that was begun then, and whether any is.
func (l *list) unseen(begun metrics.Instant) (missing []string, shown bool) {
	shown = l.private
	for i := range l.known.Repos {
		had := &l.known.Repos[i]
		owner, name := l.source.split(had.Repo)
		switch full := owner + "/" + name; {
		case !isPrivate(had.Visibility) || !l.reads(full):
		case l.listed(had, begun):
			shown = true
		default:
			missing = append(missing, full)
		}
	}
	return missing, shown
}

// listed reports whether a repository that is known is in a list that was begun then, or in what earlier runs had of it.
func (l *list) listed(had *collectors.Had, begun metrics.Instant) bool {
	return l.seen[had.Name] || had.HostID != "" && l.met[had.HostID] || had.Seen >= begun
}

// privatesNamed is how many repositories are told by their names.
const privatesNamed = 3

// privates tells of private repositories, of the first by their names.
func privates(names []string) string {
	text := strings.Join(names[:min(len(names), privatesNamed)], ", ")
	if len(names) > privatesNamed {
		text += fmt.Sprintf(" and %d more", len(names)-privatesNamed)
	}
	kind := "private repositories"
	if len(names) == 1 {
		kind = "private repository"
	}
	return fmt.Sprintf("%d %s (%s)", len(names), kind, text)
}
