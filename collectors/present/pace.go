package present

import "github.com/trodden/trodden/collectors/quota"

// Abreast is how many of the first of some repositories are asked for at once. One that is slow alone would keep the others
// from being told of.
func Abreast[R Reader](all []R, most int) int {
	n := 1
	for n < len(all) && n < most && !all[0].Base().Slow && !all[n].Base().Slow {
		n++
	}
	return n
}

// Patient notes what is known of repositories after an error: one that was asked for alone may be slow.
func Patient[R Reader](some []R, err error) {
	if len(some) == 1 && quota.Late(err) {
		some[0].Base().Slow = true
	}
}
