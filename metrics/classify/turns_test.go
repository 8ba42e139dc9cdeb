package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestHistoryAndHeads goes from heads that were only seen to history and back: history takes the place of what was
// seen before, and of the head up to which it was read; what is seen after that is seen only.
func TestHistoryAndHeads(t *testing.T) {
	const begin = metrics.Instant(1_700_000_000)
	const workflow = ".github/workflows/ci.yml"
	off, on := map[string]string{"Jenkinsfile": "pipeline {}"}, map[string]string{workflow: golden}
	written := []landed{{begin - 400*day, 1, "Jenkinsfile", "pipeline {}"}}
	tip, next := metrics.OID("tip"), metrics.OID("next")
	idle := []stay{
		{begin - 400*day, metrics.Off, metrics.NoOrigin, true, true, ""},
		{begin - 220*day, metrics.Off, metrics.NoOrigin, true, false, ""},
	}
	tests := []struct {
		name  string
		heads []head
		oids  []metrics.OID
		other bool // other files are looked at than history was read for
		want  []stay
	}{
		{"seen before, another head", []head{{begin - 5*day, on}}, []metrics.OID{next}, false, idle},
		{"seen with the history", []head{{begin, off}}, []metrics.OID{tip}, false, idle},
		{"seen again and again", []head{{begin, off}, {begin + day, off}, {begin + 50*day, off}}, []metrics.OID{tip, tip, tip}, false, idle},
		{"seen again with other files", []head{{begin, off}, {begin + 5*day, off}}, []metrics.OID{tip, tip}, true, append(idle[:1:1], []stay{
			{begin - 220*day, metrics.Off, metrics.NoOrigin, true, false, ""},
			{begin + 5*day, metrics.Off, metrics.NoOrigin, true, true, ""},
			{begin + 185*day, metrics.Off, metrics.NoOrigin, true, false, ""},
		}...)},
		{"moved on, history is not read any more", []head{{begin, off}, {begin + 5*day, on}}, []metrics.OID{tip, next}, false, append(idle[:2:2], []stay{
			{begin + 5*day, metrics.On, metrics.UnknownOrigin, false, true, metrics.ReasonNoHistory},
			{begin + 185*day, metrics.On, metrics.UnknownOrigin, false, false, metrics.ReasonNoHistory},
		}...)},
		{"moved on and back", []head{{begin, off}, {begin + 5*day, on}, {begin + 6*day, off}}, []metrics.OID{tip, next, tip}, false, append(idle[:2:2], []stay{
			{begin + 5*day, metrics.On, metrics.UnknownOrigin, false, true, metrics.ReasonNoHistory},
			{begin + 6*day, metrics.Off, metrics.NoOrigin, false, true, ""},
			{begin + 185*day, metrics.Off, metrics.NoOrigin, false, false, ""},
		}...)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			history := past(blobs, written...)
			history.Walks[0].At, history.Walks[0].Head, history.Walks[0].Watched = begin, tip, 7
			history.Readings = []metrics.Reading{{Source: "github", Repo: 1, At: begin, Complete: true, Head: tip, Watched: 7}}
			look(&history, blobs, test.heads...)
			for i := range history.Readings[len(history.Readings)-len(test.heads):] {
				r := &history.Readings[len(history.Readings)-len(test.heads)+i]
				r.Head, r.Watched = test.oids[i], 7
				if test.other {
					r.Watched = 8
				}
			}
			history.Repo.LastPush = begin + 5*day
			r := concluded(t, twoPaths(), blobs, history, anaAndBot())
			if diff := cmp.Diff(staysOn(r, "ci"), test.want, cmp.AllowUnexported(stay{})); diff != "" {
				t.Errorf("spans (-got +want):\n%s", diff)
			}
		})
	}
}
