package metrics

import "fmt"

// Contributor says from where a change of a repository that provides a path came.
type Contributor uint8

// Where changes come from.
const (
	FromPlatform Contributor = iota + 1 // somebody who was in a platform team then
	FromOutside                         // any other human
	FromMachine                         // a bot, or a campaign
	FromNobody                          // it could not be told
)

var contributorNames = [...]string{"", "platform", "outside", "automated", "unknown"}

// Contributors lists all of them.
func Contributors() []Contributor {
	return []Contributor{FromPlatform, FromOutside, FromMachine, FromNobody}
}

// String returns the contributor's name in answers.
func (c Contributor) String() string {
	if int(c) < len(contributorNames) {
		return contributorNames[c]
	}
	return fmt.Sprintf("Contributor(%d)", uint8(c))
}

// Contributions are the changes of a repository that provides a path: a merge, or a commit that was put on the
// default branch by itself, is one. Whose they were is not kept, only where each came from.
type Contributions struct {
	Repo       RepoID
	Path       PathKey
	ProvidedBy []string      // the globs of the definition by which it provides the path
	Known      Period        // for which its history is known; empty where it never could be read
	At         []Instant     // when each change landed, oldest first
	From       []Contributor // where each came from
}
