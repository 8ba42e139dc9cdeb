package metrics

import "fmt"

// State is the state of a repository on a path at a moment. The states partition the repositories that
// exist then; of those that could hold, the first in this order does.
type State uint8

// The states, in the order in which they are tried.
const (
	Unknown    State = iota + 1 // could not be read, or a needed file was not read
	Ineligible                  // the path is not meant for it
	Exempt                      // an exemption is in force
	Dormant                     // golden is configured but its pipeline no longer runs
	On                          // golden, no alternative
	Mixed                       // golden and at least one alternative
	Off                         // no golden, and an alternative (or the path declares none)
	None                        // neither: the job is not done here at all
)

var stateNames = [...]string{"", "unknown", "ineligible", "exempt", "dormant", "on", "mixed", "off", "none"}

// States lists all states in their order.
func States() []State { return []State{Unknown, Ineligible, Exempt, Dormant, On, Mixed, Off, None} }

// String returns the state's name in answers; the zero State is "".
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// Using reports whether the path is in use: On or Mixed.
func (s State) Using() bool { return s == On || s == Mixed }

// Served reports whether the state counts in the denominator of adoption rates.
func (s State) Served() bool { return s.Using() || s == Off || s == Dormant }

// ParseState reads a state's name.
func ParseState(name string) (State, error) {
	for _, s := range States() {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("%q is no state, expected one of %v: %w", name, States(), ErrInvalid)
}

// MarshalText implements encoding.TextMarshaler.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Origin says how a repository came to use a path: the heart of the matter.
type Origin uint8

// The origins, in the order in which they are tried.
const (
	NoOrigin      Origin = iota // not on the path
	Enforced                    // in use without any commit in the repository
	Mandated                    // a mandate covered the repository at that time
	Born                        // golden from its first days, by a human
	Automated                   // by a bot or a campaign
	Assisted                    // by or with a member of a platform team that does not own it
	Chosen                      // by any other human
	UnknownOrigin               // no actor could be resolved
)

var originNames = [...]string{"", "enforced", "mandated", "born", "automated", "assisted", "chosen", "unknown"}

// Origins lists all origins in their order.
func Origins() []Origin {
	return []Origin{Enforced, Mandated, Born, Automated, Assisted, Chosen, UnknownOrigin}
}

// String returns the origin's name in answers; NoOrigin is "".
func (o Origin) String() string {
	if int(o) < len(originNames) {
		return originNames[o]
	}
	return fmt.Sprintf("Origin(%d)", uint8(o))
}

// ParseOrigin is the inverse of String.
func ParseOrigin(name string) (Origin, error) {
	for _, o := range Origins() {
		if o.String() == name {
			return o, nil
		}
	}
	return 0, fmt.Errorf("%q is no origin, expected one of %v: %w", name, Origins(), ErrInvalid)
}

// Voluntary reports whether the origin is a human's free act (that there was a choice is another matter).
func (o Origin) Voluntary() bool { return o == Born || o == Chosen }

// MarshalText implements encoding.TextMarshaler.
func (o Origin) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Reason says why something is unknown or has no value. Unknown is a value: not seen, not readable and
// not used are three things.
type Reason string

// Reasons why a state is unknown or a figure is missing.
const (
	ReasonForbidden      Reason = "forbidden"       // no permission to read it
	ReasonUnreadable     Reason = "unreadable"      // the repository is damaged, or reading it failed
	ReasonMissingObjects Reason = "missing_objects" // a needed object is not in the clone
	ReasonNotRead        Reason = "not_read"        // a definition asks for files that no scan has read yet
	ReasonPolicies       Reason = "policies"        // a policy of the host may decide it, and these could not be read yet
	ReasonTooLarge       Reason = "too_large"       // the file is over the size limit
	ReasonBeforeGraft    Reason = "before_graft"    // before the cut of a shallow clone
	ReasonNoHistory      Reason = "no_history"      // only the present state was ever seen
	ReasonNoActor        Reason = "no_actor"        // nobody could be found behind a change
	ReasonStale          Reason = "stale"           // the last good reading is too long ago
	ReasonNoAlternative  Reason = "no_alternative"  // nobody had a choice
	ReasonBeforeLaunch   Reason = "before_launch"   // the path did not exist yet
	ReasonNoTeam         Reason = "no_team"         // no team owns anything here
	ReasonEmpty          Reason = "empty"           // nothing to count
	ReasonAllUnknown     Reason = "all_unknown"     // all there is is unknown
	ReasonNoReleases     Reason = "no_releases"     // the path has no releases to compare with
	ReasonNoVersion      Reason = "no_version"      // nothing says which version is used
	ReasonUnmapped       Reason = "unmapped"        // the version is that of no release
	ReasonNotMeasured    Reason = "not_measured"    // nothing that was read tells
	ReasonNeedsPath      Reason = "needs_path"      // figures of several paths do not add up
	ReasonNotReached     Reason = "not_reached"     // nothing is known for so long yet
	ReasonNotStarted     Reason = "not_started"     // its time has not begun
	ReasonNoBaseline     Reason = "no_baseline"     // nothing to compare with
	ReasonNoProvider     Reason = "no_provider"     // the path does not say which repositories provide it
	ReasonSmallGroup     Reason = "small_group"     // so few people that a figure would tell of each
	ReasonKnownLater     Reason = "known_later"     // what is known of it begins too late
	ReasonTooYoung       Reason = "too_young"       // it has not been there for long enough
	ReasonImported       Reason = "imported"        // it is older than its host knows
	ReasonComponents     Reason = "components"      // it is a part of what is known as a whole only
	ReasonProgram        Reason = "program"         // a program, where people count
	ReasonOutside        Reason = "outside"         // somebody else's
	ReasonArchived       Reason = "archived"        // its host lets nobody change it any more
	ReasonPlatform       Reason = "platform"        // it is of those who provide the path
	ReasonNotMeant       Reason = "not_meant"       // it has nothing that the path is for
	ReasonGone           Reason = "gone"            // no source has it any more
	ReasonUncertain      Reason = "uncertain"       // what is unknown may change what it comes to
)
