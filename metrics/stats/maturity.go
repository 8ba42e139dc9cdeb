package stats

// Maturity is a level of adoption after the Platform Engineering Maturity Model of the CNCF (version 1, aspect
// "Adoption"). The model describes levels in words; which numbers stand for them is a heuristic of ours.
type Maturity uint8

// The levels.
const (
	Erratic       Maturity = iota + 1 // some come on their own, and do not stay, or leave as fast
	ExtrinsicPush                     // most come because they were made to, or brought there
	IntrinsicPull                     // most come by choice, more than leave, and stay
	Participatory                     // and they give something back
)

var maturityNames = [...]string{"", "erratic", "extrinsic_push", "intrinsic_pull", "participatory"}

// String returns the level's name in answers.
func (m Maturity) String() string { return maturityNames[min(int(m), len(maturityNames)-1)] }

// MarshalText implements encoding.TextMarshaler.
func (m Maturity) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// Where the levels begin. A net flow has to be above 0.
const (
	MaturePull    = 0.5 // of the entries are voluntary
	MatureD90     = 0.8 // of the chosen stays last 90 days
	MatureOutside = 0.2 // of the changes come from outside the platform teams
)

// Uptake is what maturity is judged by. Pull, D90 and Outside are shares between 0 and 1; NetFlow is a number of
// decisions.
type Uptake struct {
	Pull    float64 // voluntary entries among all
	NetFlow float64 // free entries less free exits
	D90     float64 // chosen stays that last 90 days, S(90)
	Outside float64 // changes of the path by people who do not provide it
}

// Maturity returns the level: extrinsic push where less than half of the entries are voluntary, else intrinsic pull
// where more come freely than leave and 80 % of the chosen stays last 90 days, else erratic. Intrinsic pull becomes
// participatory where 20 % of the changes come from outside.
//
// A higher net flow, D90 or share from outside never lowers the level, nor does a higher pull where people stay.
// Where they do not, a higher pull tells that there is no push either: the level is erratic then.
func (u Uptake) Maturity() Maturity {
	stays := u.NetFlow > 0 && Reaches(u.D90, MatureD90)
	switch {
	case !Reaches(u.Pull, MaturePull):
		return ExtrinsicPush
	case !stays:
		return Erratic
	case !Reaches(u.Outside, MatureOutside):
		return IntrinsicPull
	default:
		return Participatory
	}
}

// Reaches reports whether a share is at least as large as asked. What only rounding took from it does not count.
func Reaches(share, asked float64) bool { return share >= asked-slack }

// MaturityBetween returns the lowest and the highest level of all that lies between two uptakes, of which low has
// no number above that of high.
func MaturityBetween(low, high Uptake) (lowest, highest Maturity) {
	lowest = Participatory
	for corner := range 16 {
		u := low
		for i, number := range []struct {
			of *float64
			to float64
		}{{&u.Pull, high.Pull}, {&u.NetFlow, high.NetFlow}, {&u.D90, high.D90}, {&u.Outside, high.Outside}} {
			if corner>>i&1 == 1 {
				*number.of = number.to
			}
		}
		level := u.Maturity()
		lowest, highest = min(lowest, level), max(highest, level)
	}
	return lowest, highest
}
