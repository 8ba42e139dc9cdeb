package stats

import "math"

// Pairs counts units by whether they were in at two dates: at both, at the first alone (they left), at the second
// alone (they joined), or at neither.
type Pairs struct{ Both, Left, Joined, Neither uint64 }

// Units is the number of units, in and out.
func (p Pairs) Units() uint64 { return p.Both + p.Left + p.Joined + p.Neither }

// NewcombePaired returns by how much the proportion at the second date exceeds that at the first, of the same units
// at both. The difference and its bounds lie between -1 and 1.
//
// With d the difference, p₁ and p₂ the proportions of n units, l and u their Wilson bounds at Z95, and φ how far the
// two dates hang together, the interval is
//
//	d − √((p₂−l₂)² − 2φ(p₂−l₂)(u₁−p₁) + (u₁−p₁)²)   to   d + √((u₂−p₂)² − 2φ(u₂−p₂)(p₁−l₁) + (p₁−l₁)²)
//
// where φ = c/√((both+left)(joined+neither)(both+joined)(left+neither)), c = both·neither − left·joined less n/2, but
// not below 0, where that is above 0; φ is 0 where the root is. This is method 10 of R. G. Newcombe, "Improved
// confidence intervals for the difference between binomial proportions based on paired data", Statistics in
// Medicine 17 (1998). McNemar gives the p-value to it; since that is exact and this is not, the one may be above 0.05
// where the other just leaves 0 out.
//
// Ok is false where there are no units.
func NewcombePaired(p Pairs) (difference Estimate, ok bool) {
	n := p.Units()
	if n == 0 {
		return Estimate{}, false
	}
	before, after := Proportion{p.Both + p.Left, n}, Proportion{p.Both + p.Joined, n}
	p1, p2 := before.value(), after.value()
	l1, u1 := Wilson(before.Num, n, Z95)
	l2, u2 := Wilson(after.Num, n, Z95)
	phi, d := p.phi(), (float64(p.Joined)-float64(p.Left))/float64(n)
	return Estimate{
		Value: d,
		Lo:    max(d-side(p2-l2, u1-p1, phi), -1),
		Hi:    min(d+side(u2-p2, p1-l1, phi), 1),
	}, true
}

// side returns the length of a side of the interval: √(a² − 2φab + b²).
func side(a, b, phi float64) float64 { return math.Sqrt(max(a*a-2*phi*a*b+b*b, 0)) }

// phi is the correlation between the two dates, cut for continuity.
func (p Pairs) phi() float64 {
	both, left, joined, neither := float64(p.Both), float64(p.Left), float64(p.Joined), float64(p.Neither)
	root := math.Sqrt((both+left)*(joined+neither)) * math.Sqrt((both+joined)*(left+neither))
	c := both*neither - left*joined
	if c > 0 {
		c = max(c-(both+left+joined+neither)/2, 0)
	}
	if root == 0 {
		return 0
	}
	return min(max(c/root, -1), 1)
}
