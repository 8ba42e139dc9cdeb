package collectors

import (
	"errors"
	"fmt"
	"strings"
)

// remains says in one sentence what is spent of a source, how far it came, and with what the next run goes on.
func (l *listing) remains(full bool) string {
	text := ErrSpent.Error()
	var why interface{ Spent() string }
	if errors.As(l.spent, &why) {
		text = why.Spent()
	}
	if l.known == nil {
		return text
	}
	here, all := l.reach()
	of := "repositories"
	if l.cut && all == 0 {
		of = "listed repositories"
	}
	text += fmt.Sprintf(": %d of %d %s are read", max(here-l.left, 0), max(here, all), of)
	if l.half > 0 {
		text += fmt.Sprintf(", and of %d more their files", l.half)
	}
	if l.known.broken == nil && !l.known.keeps && !l.unasked() {
		return text + "; what is read is kept"
	}
	next := "; the next scan goes on with "
	if full { // which begins anew each time
		next = "; a scan that does not read everything again goes on with "
	}
	return text + next + strings.Join(l.next(max(all-here, 0)), " and ")
}

// unasked reports whether the budget was spent before the list told anything.
func (l *listing) unasked() bool {
	return l.cut && l.spent != nil && l.known != nil && l.known.broken == nil && len(l.seen) == 0
}

// reach is how many repositories are listed by now, in this run and in those that it goes on with, and how many there
// are, as far as is known.
func (l *listing) reach() (here, all int) {
	here = l.counted()
	if l.known.News() {
		here = max(here, len(l.known.Repos))
	}
	return here, l.known.total
}

// next lists what is still to be done, of so many repositories the listing among it.
func (l *listing) next(unlisted int) (parts []string) {
	switch {
	case !l.cut:
	case unlisted > 0:
		parts = append(parts, fmt.Sprintf("the list, in which %d are missing", unlisted))
	default:
		parts = append(parts, "the list")
	}
	if files := l.left - l.half; files > 0 {
		parts = append(parts, fmt.Sprintf("the files of %d", files))
	}
	if l.half > 0 {
		parts = append(parts, fmt.Sprintf("what there is beside the files of %d", l.half))
	}
	return parts
}
