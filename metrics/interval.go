package metrics

import (
	"fmt"
	"slices"
)

// Unit is what is on or off a path: a repository, or one component (folder) of a monorepo.
type Unit struct {
	Repo      RepoID
	Component string // "" for the repository itself
}

// UnitName returns the unit's name in answers: github.com/acme/mono, or github.com/acme/mono//services/pay.
func UnitName(repo, component string) string {
	if component == "" {
		return repo
	}
	return repo + "//" + component
}

// Evidence is what a signal found, where.
type Evidence struct {
	Signal  string   `json:"signal"`
	File    string   `json:"file"`
	Line    int      `json:"line"`    // counted from 1; 0: the file as a whole
	Text    string   `json:"text"`    // the matched text, one line, at most 200 characters
	Version string   `json:"version"` // "" where the signal knows none
	Via     []string `json:"via"`     // files through which a local reference led here, outermost first
}

// Truth is the outcome of a test that may not have been possible.
type Truth uint8

// The outcomes.
const (
	No Truth = iota
	Maybe
	Yes
)

// And is true when both are, false when one is false.
func (t Truth) And(u Truth) Truth { return min(t, u) }

// Or is true when one is, false when both are false.
func (t Truth) Or(u Truth) Truth { return max(t, u) }

// Not turns true and false round; Maybe stays.
func (t Truth) Not() Truth { return Yes - t }

// Finding is what a signal or a rule concludes about a tree.
type Finding struct {
	Truth    Truth
	Evidence []Evidence // for Yes
	Reason   Reason     // for Maybe
}

// Tree is the state of a unit's files with regard to a path, by content alone: no clock, owner or exemption
// has a say in it.
type Tree struct {
	State    State // On, Mixed, Off, None or Unknown
	Eligible Truth
	Ways     []WayKey // in use: golden first, then alternatives in the order of the definition
	Version  string   // of the golden way
	Reason   Reason   // for Unknown
	Evidence []Evidence
	Golden   int // how many of Evidence are of the golden way; they come first
}

// Same reports whether two trees are the same as far as intervals go; evidence may move about in a file
// without a change of state.
func (t Tree) Same(u Tree) bool {
	return t.State == u.State && t.Eligible == u.Eligible && t.Version == u.Version && t.Reason == u.Reason &&
		slices.Equal(t.Ways, u.Ways)
}

// Span is a time during which nothing about a unit on a path changed: its tree, its owner, its activity,
// mandates and so on, intersected once when it is written so that questions need not. Spans of one unit and
// path do not overlap and leave no gap from its first commit to its end.
type Span struct {
	Unit
	Path PathKey
	Period
	Team      TeamKey
	State     State // the state of section 2, in its order
	Tree      State // by content alone
	Active    bool  // a human commit lately
	Choice    bool  // a choice existed
	Mandated  bool  // a mandate covered it
	Voluntary bool  // using, chosen or born, with a choice when the spell began
	Kept      bool  // mandated once, still using 180 days after the mandate ended
	Dated     bool  // Since is a date from history
	Origin    Origin
	Ways      []WayKey
	Version   string
	Since     Instant // when the present tree state began
	SpellFrom Instant // when the present spell began; Beginning where not using
	Reason    Reason

	Activation Activation // of what is using or dormant
}

// Activation says whether the pipeline of what uses a path ran within 28 days, of units whose default branch had a
// commit within them. In JSON it is ran, partly or idle, and "" where nothing is known.
type Activation uint8

// What is known of that.
const (
	NotTold Activation = iota
	Idle               // all runs are known, and it did not
	Ran
	Partly // it did, but less than half of the CI runs on the default branch were its
)

var activationNames = [...]string{NotTold: "", Idle: "idle", Ran: "ran", Partly: "partly"}

// Activations lists the values that say anything.
func Activations() []Activation { return []Activation{Ran, Partly, Idle} }

// String returns the name used in every output, "" for NotTold.
func (a Activation) String() string {
	if int(a) < len(activationNames) {
		return activationNames[a]
	}
	return fmt.Sprintf("Activation(%d)", uint8(a))
}

// MarshalText implements encoding.TextMarshaler.
func (a Activation) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// EventKind says what happened to a unit on a path.
type EventKind uint8

// The kinds of events.
const (
	Entered EventKind = iota + 1
	Left
	Changed
	Upgraded
	Exempted
	ExemptionEnded
	MandateStarted
	MandateEnded
	ArchivedEvent
	Removed
)

var eventNames = [...]string{"", "entered", "left", "changed", "upgraded", "exempted", "exemption_ended",
	"mandate_started", "mandate_ended", "archived", "removed"}

// EventKinds lists all kinds.
func EventKinds() []EventKind {
	return []EventKind{Entered, Left, Changed, Upgraded, Exempted, ExemptionEnded, MandateStarted,
		MandateEnded, ArchivedEvent, Removed}
}

// String returns the kind's name in answers.
func (k EventKind) String() string {
	if int(k) < len(eventNames) {
		return eventNames[k]
	}
	return fmt.Sprintf("EventKind(%d)", uint8(k))
}

// MarshalText implements encoding.TextMarshaler.
func (k EventKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Event is a dated change of a unit on a path. Every change of tree state is one; clocks (exemptions,
// mandates, archival) have neither commit nor change.
type Event struct {
	ID uint64
	Unit
	Path     PathKey
	At       Instant
	Order    uint32 // orders the events of one repository at the same instant, in the order of its branch
	Kind     EventKind
	From, To State
	Ways     []WayKey
	Version  string
	Commit   OID // landed it on the default branch
	Change   OID // the authored commit
	Actor    PersonID
	Origin   Origin
	Evidence []Evidence
}

// Outcome says how a spell stands.
type Outcome uint8

// How a spell stands.
const (
	Running  Outcome = iota + 1 // still on the path
	LeftPath                    // gone for longer than leave_after
	Censored                    // no longer followed: exempt, ineligible, archived, removed, unknown for good
)

// Spell is an unbroken stay of a unit on a path; short absences do not end it.
type Spell struct {
	Unit
	Path PathKey
	Period
	Outcome Outcome
	Known   bool // its begin is known; false where history before it is cut off
	Choice  bool // a choice existed when it began
	Origin  Origin
	Actor   PersonID
	Team    TeamKey
	Commit  OID
	Change  OID
	Machine bool     // a bot began it, or a branch of a campaign: whatever other repositories did
	Marks   []uint64 // fingerprints of the change, by which campaigns are found
}

// DecisionKind says at which moment a unit's team decided about a path.
type DecisionKind uint8

// The moments of decision.
const (
	Birth DecisionKind = iota + 1 // a new unit was set up, with the path or without
	Entry                         // it came to the path
	Exit                          // it left the path, for longer than leave_after
)

var decisionNames = [...]string{"", "birth", "entry", "exit"}

// String returns the kind's name in answers.
func (k DecisionKind) String() string {
	if int(k) < len(decisionNames) {
		return decisionNames[k]
	}
	return fmt.Sprintf("DecisionKind(%d)", uint8(k))
}

// MarshalText implements encoding.TextMarshaler.
func (k DecisionKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler: it is the inverse of MarshalText.
func (k *DecisionKind) UnmarshalText(text []byte) error {
	for _, kind := range []DecisionKind{Birth, Entry, Exit} {
		if kind.String() == string(text) {
			*k = kind
			return nil
		}
	}
	return fmt.Errorf("%q is no kind of decision: %w", text, ErrInvalid)
}

// Decision is a moment at which a unit's team decided for or against a path. A free one was made by a human who
// could have done otherwise: these alone count in the voluntary flow.
type Decision struct {
	Unit
	Path   PathKey
	At     Instant // when it was made; of a birth, when it is told: born_within after the first commit
	Told   Instant // from when it is known to be one: an exit is none before leave_after is over
	Kind   DecisionKind
	For    bool // the path
	Choice bool // something else could be done
	Free   bool // there was a choice, and a human made it
	Origin Origin
	Team   TeamKey
	Commit OID // landed it on the default branch; empty for the birth of a unit without the path
	Change OID // the authored commit; likewise
}

// Ownership says that a team owned a unit for a time, and who says so.
type Ownership struct {
	Unit
	Team TeamKey
	Period
	Source OwnerSource
}
