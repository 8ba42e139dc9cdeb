package metrics

// PortalFact is one thing that a portal is told about an entity of its catalog: how it stands on a path, or how fresh its
// entry is. Teams and people are in none.
type PortalFact struct {
	Path  PathKey // "" for what is about the entry
	About string  // state, origin, voluntary, since or version of a path; fresh of an entry
	Kind  PortalFactKind
	Value string // as Kind says; "" where there is nothing to tell, so that what was told before is not so any more
}

// PortalFactKind says what the value of a fact is.
type PortalFactKind uint8

// Kinds of facts.
const (
	TextFact   PortalFactKind = iota // a text, such as the name of a state
	TruthFact                        // true or false
	MomentFact                       // a time of RFC 3339, in UTC
)

// Name returns what the fact is called: trodden.PATH.ABOUT, or trodden.ABOUT.
func (f PortalFact) Name() string {
	if f.Path == "" {
		return "trodden." + f.About
	}
	return "trodden." + string(f.Path) + "." + f.About
}
