package metrics

import "unicode"

// HintID identifies one delivery of a webhook, however often it is sent.
type HintID uint64

// NewHintID returns the id of what a kind of host delivered under an id of its own.
func NewHintID(host, delivery string) HintID { return HintID(Fingerprint("hint", host, delivery)) }

// Hint says that a host told of something that happened, so that a source reads again what it is about. It is
// no fact: nothing is concluded from it, and a scan finds by itself what a lost one told of.
type Hint struct {
	ID      HintID
	Host    string  // kind of the host: github or gitlab
	Repo    string  // identity of the repository it is about (see RepoName); "" where it names none
	HostID  string  // what the host calls that for good (see Repo.HostID); "" where it does not say
	Listing bool    // what a source lists has changed, which reading the repository alone would not show
	Event   string  // what happened, in the host's words
	Action  string  // more of that; "" where there is no more
	At      Instant // when it was told
}

// Subject names the repository that is to be read again. Hints with the same subject are served by one reading.
func (h Hint) Subject() string {
	if h.HostID != "" {
		return h.HostID
	}
	return h.Repo
}

// maxHinted is the length in bytes above which nothing is the name of a repository.
const maxHinted = 1024

// HintedRepo returns the identity of a repository whose URL stands in a delivery, or "" where that is none: whoever
// sends deliveries decides what stands in them.
func HintedRepo(url string) string {
	name, ok := RepoName(url)
	if !ok || len(name) > maxHinted {
		return ""
	}
	for _, r := range name {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return ""
		}
	}
	return name
}
