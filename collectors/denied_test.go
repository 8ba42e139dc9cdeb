package collectors

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// five are five repositories of which something is denied, and a run that begins then.
func five() (m *Missed, known []Had) {
	m = &Missed{}
	for id := range metrics.RepoID(5) {
		known = append(known, Had{Repo: metrics.Repo{ID: id + 1}})
		m.Deny("runs", id+1, Denial{Why: "no", Parts: 2, From: 7}, 60)
	}
	m.Begin(60, known)
	return m, known
}

// tries are those of five repositories of which something is tried in a run.
func tries(m *Missed) (list []metrics.RepoID) {
	for id := range metrics.RepoID(5) {
		if lack, is := m.Due(id + 1); is && lack.Parts == 2 {
			list = append(list, id+1)
		}
	}
	return list
}

// TestDeniedIsTriedOfAFew: of three repositories by the next run, then at growing distances of others; where one of them is
// answered, of all.
func TestDeniedIsTriedOfAFew(t *testing.T) {
	m, known := five()
	if got := tries(m); !cmp.Equal(got, []metrics.RepoID{1, 2, 3}) || m.Waits(4) != 2 || m.Waits(1) != 0 {
		t.Errorf("the next run tries %v", got)
	}
	for _, id := range tries(m) {
		m.Deny("runs", id, Denial{Why: "no", Parts: 2}, 60)
		m.Allow(id, 2) // it was tried, and denied
	}
	m.Begin(60+missedFirst-1, known)
	if got := tries(m); got != nil {
		t.Errorf("too early it tries %v", got)
	}
	m.Begin(60+missedFirst, known)
	if got := tries(m); !cmp.Equal(got, []metrics.RepoID{1, 4, 5}) {
		t.Errorf("then it tries %v", got)
	}
	m.Allow(4, 2)
	m.Begin(60+missedFirst, known)
	if got := tries(m); !cmp.Equal(got, []metrics.RepoID{1, 2, 3, 5}) {
		t.Errorf("when one was answered it tries %v", got)
	}
	for _, id := range tries(m) {
		m.Allow(id, 2)
	}
	if m.Kept() != nil || m.Refused() != nil {
		t.Errorf("when all were answered there is left %+v", m.Denied["runs"])
	}
}

// TestDeniedIsTold: with the words of the last try, since the first, and of no repository where it is the whole source's.
func TestDeniedIsTold(t *testing.T) {
	m, known := five()
	m.Deny("runs", 1, Denial{Why: "never", Needs: "a scope", Parts: 2}, 120)
	m.Deny("teams", Nowhere, Denial{Why: "no", Parts: 4}, 180)
	m.Begin(180, known[:2])
	want := []Refusal{{Part: "runs", Repos: 2, Why: "never", Needs: "a scope", Since: 60}, {Part: "teams", Why: "no", Since: 180}}
	if diff := cmp.Diff(m.Refused(), want); diff != "" {
		t.Error("-got +want\n" + diff)
	}
	var none *Missed
	none.Deny("runs", 1, Denial{}, 0)
	none.Allow(1, 1)
	if none.Refused() != nil {
		t.Error("nothing keeps something")
	}
}

// TestDeniedTakesTurnsWithMissed: what is missed and what is denied of a repository is tried together, from the earlier
// moment on.
func TestDeniedTakesTurnsWithMissed(t *testing.T) {
	m, known := five()
	m.Note(1, 0, 8, 5, 60)
	m.Begin(60, known)
	if lack, is := m.Due(1); !is || lack.Parts != 10 || lack.Since != 5 {
		t.Errorf("got %+v", lack)
	}
}
