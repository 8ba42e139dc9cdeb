package freshness

import (
	"fmt"

	"github.com/trodden/trodden/metrics"
)

// lifecycle compares what a thing is said to be with its repository: whether that is there, archived, or worked on. Of a
// thing that is to end one day nothing can be told from a repository that goes on, nor of one that only rests.
func (j *judge) lifecycle(s *subject) Field {
	stage := stageOf(s.field.Values)
	if stage == noStage || s.here.repo == nil {
		return unchecked(CauseUnchecked, "nothing can check it")
	}
	if f, closed := j.closed(stage, s.here.repo); closed {
		return f
	}
	switch here := s.here; {
	case stage == over && here.quiet == metrics.No:
		return Field{
			Verdict: Wrong, Cause: CauseActive, Reason: "it is said to be over, and people committed within 90 days",
			Evidence: []Evidence{{Fact: "commits", Subject: here.name, At: here.last}},
		}
	case stage <= serving && (here.quiet == metrics.No || here.work.All.In180 > 0):
		return Field{
			Verdict: Right, Cause: CauseActive, Reason: "its repository is not archived, and people work on it",
			Evidence: []Evidence{{Fact: "commits", Subject: here.name, At: here.last}},
		}
	case stage == serving && j.within(here.repo.Deployed, lately) && s.Folder == "":
		return Field{
			Verdict: Right, Cause: CauseActive, Reason: "it was deployed within 90 days",
			Evidence: []Evidence{{Fact: "deployment", Subject: here.repo.Name, At: here.repo.Deployed}},
		}
	}
	return unchecked(CauseUnchecked, "its repository is not archived, which says no more of it")
}

// closed judges a lifecycle whose repository nobody can change any more; ok is false where somebody can.
func (j *judge) closed(stage stage, r *Repo) (f Field, ok bool) {
	state, since := "", metrics.Beginning
	switch {
	case j.past(r.Gone):
		f.Cause, state, since = CauseGone, "gone", r.Gone
	case r.Archived:
		f.Cause, state, since = CauseArchived, "archived", r.ArchivedAt
	default:
		return Field{}, false
	}
	f.Evidence = []Evidence{{Fact: "repository", Subject: r.Name, At: since}}
	if stage >= ending {
		f.Verdict, f.Reason = Right, fmt.Sprintf("its repository is %s, too", state)
		return f, true
	}
	f.Verdict, f.Since, f.Reason = Wrong, since, fmt.Sprintf("its repository is %s", state)
	return f, true
}

// past reports whether something is known to have happened by now.
func (j *judge) past(at metrics.Instant) bool { return at != metrics.Beginning && at <= j.now }

// within reports whether something happened within the last days.
func (j *judge) within(at, days metrics.Instant) bool {
	return at != metrics.Beginning && at+days >= j.now
}
