package collectors

import (
	"errors"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

// remains says in one sentence what is spent of a source, what is kept, what is left, and whether the next run gets any
// further.
func (l *listing) remains() string {
	text := ErrSpent.Error()
	var why interface{ Spent() string }
	if errors.As(l.spent, &why) {
		text = why.Spent()
	}
	text += fmt.Sprintf(": of %d listed repositories %d are read and kept, %d are left", l.repos, l.read+l.half, l.left-l.half)
	if l.half > 0 {
		text += fmt.Sprintf(" (and of %d what there is beside files)", l.half)
	}
	if l.cut {
		text += l.unlisted()
	}
	if l.advanced() {
		return text + "; the next scan goes on from there"
	}
	takes := "1 request"
	if l.known.takes > 1 {
		takes = fmt.Sprintf("about %d requests", l.known.takes)
	}
	return text + "; nothing is known now that was not before: the list takes " + takes + ", and what is read some more, so that so small a budget does not reach it"
}

// unlisted says how many repositories are not listed yet.
func (l *listing) unlisted() string {
	if rest := l.known.total - l.repos; l.known.begun == metrics.Beginning && rest > 0 {
		return fmt.Sprintf(", and %d are not listed yet", rest)
	}
	return ", and others are not listed yet"
}

// advanced reports whether the next run begins further on than this one did, as far as is known: of a repository that was
// read to its end it is not known what of it was left before.
func (l *listing) advanced() bool {
	return l.read+l.fresh > 0 || l.cut && l.known.broken != nil && l.repos > 0
}
