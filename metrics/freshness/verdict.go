package freshness

import (
	"fmt"

	"github.com/trodden/trodden/metrics"
)

// Verdict says how a field compares with what is really so.
type Verdict uint8

// The verdicts.
const (
	Right      Verdict = iota + 1 // a source of truth agrees
	Wrong                         // a source of truth disagrees
	Empty                         // not filled, or with a placeholder
	Aged                          // nothing can check it, and it was confirmed too long ago
	Unverified                    // nothing can check it, and it was confirmed lately, or nobody knows when
)

var verdictNames = [...]string{"", "right", "wrong", "empty", "aged", "unverified"}

// Verdicts lists all verdicts.
func Verdicts() []Verdict { return []Verdict{Right, Wrong, Empty, Aged, Unverified} }

// String returns the verdict's name in answers.
func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("Verdict(%d)", uint8(v))
}

// ParseVerdict reads a verdict's name.
func ParseVerdict(name string) (Verdict, error) {
	for _, v := range Verdicts() {
		if v.String() == name {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%q is no verdict, expected one of %v: %w", name, Verdicts(), metrics.ErrInvalid)
}

// MarshalText implements encoding.TextMarshaler.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Cause is the word for why a verdict is what it is.
type Cause string

// Why verdicts are what they are.
const (
	CauseUnresolved Cause = "unresolved"   // a placeholder of the catalog stands for the value
	CauseEmpty      Cause = "empty"        // not filled
	CauseUnchecked  Cause = "unchecked"    // nothing that is known can check it
	CauseThere      Cause = "there"        // what it names is there
	CauseDangling   Cause = "dangling"     // a reference to nothing
	CauseSelf       Cause = "self"         // it is its own parent
	CauseGone       Cause = "repo_gone"    // the repository is not there any more
	CauseRenamed    Cause = "repo_renamed" // the repository has another name by now
	CauseArchived   Cause = "repo_archived"
	CauseActive     Cause = "repo_active"
	CauseQuiet      Cause = "repo_quiet" // nobody commits
	CauseDead       Cause = "dead_link"
	CauseNoTeam     Cause = "no_team"
	CausePerson     Cause = "person" // a person is no team
	CauseNoMember   Cause = "no_member"
	CauseIdle       Cause = "others_commit" // others do the work
	CauseCommits    Cause = "commits"       // the team commits here
	CauseUndecided  Cause = "undecided"     // what is known speaks neither for it nor against it
)

// Field is the verdict on one field of an entity.
type Field struct {
	Name      string
	Verdict   Verdict
	Cause     Cause
	Reason    string     // in words
	Evidence  []Evidence // of what is right or wrong
	Confirmed metrics.Instant
	By        metrics.Editor
	Since     metrics.Instant // of what is wrong: since when
	Dated     bool            // Since is when it became so, rather than when that was found
}

// Evidence is a fact that a verdict rests on.
type Evidence struct {
	Fact    string          // what was found, in a word: team, member, commits, deployment, repository, entity, link
	Subject string          // of what: a team, a repository, a reference, a URL
	At      metrics.Instant // since when, or when last; Beginning where that is not known
}

// unchecked is the verdict on what could not be checked: it is aged, unless it was confirmed lately.
func unchecked(cause Cause, reason string) Field {
	return Field{Verdict: Aged, Cause: cause, Reason: reason}
}

// quotable is how much of a value is repeated in words.
const quotable = 200

// quote returns a value as it stands in a reason.
func quote(value string) string {
	if len(value) > quotable {
		return fmt.Sprintf("%.*q…", quotable, value)
	}
	return fmt.Sprintf("%q", value)
}
