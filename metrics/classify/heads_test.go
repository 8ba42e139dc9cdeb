package classify_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestNewestHeadCounts has a clone and a host of one repository: the newest head counts, whichever was read last.
func TestNewestHeadCounts(t *testing.T) {
	const begin = metrics.Instant(1_700_000_000)
	off, on := map[string]string{"Jenkinsfile": "pipeline {}"}, map[string]string{workflow: golden}
	written := []landed{{begin - 40*day, 1, "Jenkinsfile", "pipeline {}"}, {begin - 30*day, 1, "README.md", ""}}
	const older, tip, next = metrics.OID("a"), metrics.OID("b"), metrics.OID("next")
	tests := []struct {
		name   string
		walked metrics.Instant // when the clone was read
		seen   metrics.Instant // when the host was
		head   metrics.OID     // that the host told of
		files  map[string]string
		want   metrics.State
		says   string
	}{
		{"the host is ahead and was read last", begin, begin + 60, next, on, metrics.On, "6e65787 of github counts: it is not in the history of git (62)"},
		{"the host is ahead and was read first", begin, begin - 60, next, on, metrics.On, "6e65787 of github counts: it is not in the history of git (62)"},
		{"the clone is ahead and was read last", begin, begin - 60, older, on, metrics.Off, "62 of git counts: it is newer than what is in github (61)"},
		{"the clone is ahead and was read first", begin, begin + 60, older, on, metrics.Off, "62 of git counts: it is newer than what is in github (61)"},
		{"both have one head", begin, begin + 60, tip, off, metrics.Off, ""},
		{"the host was read before its head was made", begin, begin - 35*day, next, on, metrics.Off, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			history := past(blobs, written...)
			history.Repo.LastPush = begin - 20*day
			history.Walks[0].At, history.Walks[0].Head = test.walked, tip
			look(&history, blobs, head{test.seen, test.files})
			history.Readings[0].Head = test.head
			history.Readings = append(history.Readings, metrics.Reading{Source: "git", Repo: 1, At: test.walked, Complete: true, Head: tip})
			slices.SortFunc(history.Readings, func(a, b metrics.Reading) int { return int(a.At - b.At) })
			r := concluded(t, twoPaths(), blobs, history, anaAndBot())
			stays := staysOn(r, "ci")
			if got := stays[len(stays)-1].state; got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
			var says string
			for _, w := range r.Warnings {
				says += w.Message
			}
			if diff := cmp.Diff(says, test.says); diff != "" {
				t.Errorf("it says (-got +want):\n%s", diff)
			}
		})
	}
}
