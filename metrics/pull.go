package metrics

import (
	"regexp"
	"strings"
)

// Pull says that a change was proposed: a pull request of GitHub, a merge request of GitLab. It is told apart by
// repository and Number; a later sighting takes the place of an earlier one. Of its title only Class is kept.
type Pull struct {
	Repo        RepoID
	Number      uint64
	Source      string
	Author      AliasID   // 0 where the account is gone
	AuthorKind  Kind      // what the account was when it was seen; 0 where Author is
	Created     Instant   //
	Merged      Instant   // Beginning where it was not
	Closed      Instant   // merged or not; Beginning while it is open
	Updated     Instant   // when the host last changed anything about it
	Labels      []string  // any order
	HeadBranch  string    // short name, without the fork that it lies in
	BaseBranch  string    // where it goes
	MergeCommit OID       // landed it: the merge, the squashed commit, or the last of those rebased; empty where none did
	Squash      OID       // the squashed commit, where that is another one than MergeCommit
	Class       PullClass // of its title
	Assignees   []AliasID // whom it is assigned to, and who asked for it, in the host's order
	Seen        Instant
}

// PullClass is what a title says about a change: the type of a conventional commit that everybody knows (feat, fix,
// docs, style, refactor, perf, test, build, ci, chore, revert), PullRoutine, or "" where it says neither. No other word
// of a title is one, so that none is kept.
type PullClass string

// PullRoutine is the class of titles that programs write: bumps of versions, merges of branches.
const PullRoutine PullClass = "routine"

// titled matches the begin of a title of https://www.conventionalcommits.org, version 1.0.0, of what may still be a
// draft, or of a change that a host takes back.
var titled = regexp.MustCompile(`(?i)^\s*(?:(?:draft|wip): )?(?:([a-z]+)(?:\([^()]*\))?!?: |(revert) ")`)

// ClassOfTitle returns the class of a title. Whether it is one that programs write is for the caller to say, who
// knows them; that goes before its type.
func ClassOfTitle(title string, routine bool) PullClass {
	if routine {
		return PullRoutine
	}
	m := titled.FindStringSubmatch(title)
	if m == nil {
		return ""
	}
	switch kind := strings.ToLower(m[1] + m[2]); kind {
	case "feat", "fix", "docs", "style", "refactor", "perf", "test", "build", "ci", "chore", "revert":
		return PullClass(kind)
	case "feature":
		return "feat"
	case "bugfix", "hotfix":
		return "fix"
	case "tests":
		return "test"
	}
	return ""
}
