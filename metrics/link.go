package metrics

// Link is what was found out about a URL that entities of catalogs have. It is told apart by URL.
type Link struct {
	URL      string
	Answers  Truth   // something does; Maybe where nobody can tell, and where a first check alone found nothing
	Status   int     // of the last answer, as in HTTP; 0 where there was none
	Checked  Instant // when that was found out
	Since    Instant // since when Answers is so; Beginning where nothing ever answered, so that nobody knows
	Failed   Instant // when the first of the checks found nothing since which none found anything; Beginning where the last did
	Answered Instant // when something answered the last time; Beginning where nothing ever did
}

// After is the link when a check found out how it is now, at a moment. Nothing is believed to be dead before two checks, one
// after the other, found nothing there; it is so since the first of them, where something answered before. A check that nobody can tell anything from takes
// away what was known, and no doubt.
func (l Link) After(found Truth, status int, at Instant) Link {
	next := Link{URL: l.URL, Answers: found, Status: status, Checked: at, Since: at, Failed: l.Failed, Answered: l.Answered}
	switch {
	case found == Yes:
		next.Failed, next.Answered = Beginning, at
	case found == No && l.Failed == Beginning:
		next.Answers, next.Failed = Maybe, at
	case found == No && l.Answered == Beginning:
		next.Since = Beginning
	case found == No:
		next.Since = l.Failed
	}
	if l.Checked != Beginning && next.Answers == l.Answers {
		next.Since = l.Since
	}
	return next
}
