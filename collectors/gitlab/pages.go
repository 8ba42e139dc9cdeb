package gitlab

import (
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// faulty is what is wrong with an answer that contradicts others, or what was asked for, in words for people. Such an
// answer is none.
type faulty string

const (
	errAstray  faulty = "GitLab answers with a list that leads back to where it was, or past what follows: see whether a proxy or a cache stands before it"
	errUntold  faulty = "GitLab does not tell whether a list goes on: see whether a proxy stands before it"
	errUnbegun faulty = "GitLab told of pipelines by REST alone, which does not tell of many when they began"
	errOther   faulty = "GitLab answers with what belongs to something else than was asked for: see whether a proxy or a cache stands before it"
)

// Error implements error.
func (f faulty) Error() string { return string(f) }

// Is says that it is an errGarbled.
func (f faulty) Is(target error) bool { return target == errGarbled }

// trail tells a list that goes on from one that leads back to where it was, by what its pages are called and by what is in
// them. Of all pages it remembers one, and after twice as many steps as the last time another one instead: so it takes no
// room, and goes round no circle more than a few times. The zero trail is at the beginning of a list.
type trail struct {
	place       string
	content     uint64
	steps, most int
}

// step notes that the page at a place was answered with some entries, and leads to the next one; "" is the end.
func (t *trail) step(place, next string, entries any) error {
	if next == "" {
		return nil
	}
	text, err := json.Marshal(entries)
	if err != nil {
		return err
	}
	content := metrics.Fingerprint(string(text))
	if next == place || t.most > 0 && (next == t.place || content == t.content) {
		return errAstray
	}
	if t.steps++; t.steps >= t.most {
		*t = trail{place: place, content: content, most: max(1, 2*t.most)}
	}
	return nil
}

// follow returns the number of the page after an answer to a question for one; 0 behind the last.
func follow[T any](t *trail, resp *gitlab.Response, page int, entries []T) (int, error) {
	next, err := nextPage(resp, page, len(entries))
	if err != nil || next == 0 {
		return 0, err
	}
	return next, t.step(strconv.Itoa(page), strconv.Itoa(next), entries)
}

// nextPage is the number of the page after one of so many entries; 0 behind the last. GitLab says which it is. Where that
// was lost on the way the address of the next page tells, and where nothing does, there may be one after a full page.
func nextPage(resp *gitlab.Response, page, entries int) (int, error) {
	next := resp.NextPage
	switch {
	case next != 0:
	case resp.NextLink != "":
		next = pageIn(resp.NextLink)
	case entries >= listed && !tells(resp):
		next = page + 1
	}
	if next != 0 && next != page+1 {
		return 0, errAstray
	}
	return next, nil
}

// nextPageHeader is where GitLab says which page follows: none, at the last one.
const nextPageHeader = "X-Next-Page"

// tells reports whether an answer says which page follows, or that none does.
func tells(resp *gitlab.Response) bool { return len(resp.Header.Values(nextPageHeader)) > 0 }

// pageIn is the number of the page at an address; -1 where there is none in it.
func pageIn(link string) int {
	at, err := url.Parse(link)
	if err != nil {
		return -1
	}
	if page, err := strconv.Atoi(at.Query().Get("page")); err == nil {
		return page
	}
	return -1
}
