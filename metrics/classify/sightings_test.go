package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// head is what a source without history saw at a moment.
type head struct {
	at    metrics.Instant
	files map[string]string
}

// look adds heads to a history, as a source without history would.
func look(h *metrics.History, blobs contents, heads ...head) {
	h.Watch = metrics.WatchSet{Whole: []string{"**"}}
	for _, seen := range heads {
		var set []metrics.FileState
		for path, text := range seen.files {
			set = append(set, metrics.FileState{Repo: 1, Path: path, Blob: blobs.add(text)})
		}
		id := metrics.FilesID(set)
		for _, f := range set {
			f.Files = id
			h.States = append(h.States, f)
		}
		h.Readings = append(h.Readings, metrics.Reading{Source: "github", Repo: 1, At: seen.at, Complete: true, Files: id})
	}
}

// stay is what a test looks at of a span.
type stay struct {
	from   metrics.Instant
	state  metrics.State
	origin metrics.Origin
	dated  bool
	active bool
	reason metrics.Reason
}

func staysOn(r classify.Result, path metrics.PathKey) []stay {
	var list []stay
	for _, s := range r.Spans {
		if s.Path == path {
			list = append(list, stay{s.From, s.State, s.Origin, s.Dated, s.Active, s.Reason})
		}
	}
	return list
}

func TestHeadsThatWereOnlySeen(t *testing.T) {
	const workflow = ".github/workflows/ci.yml"
	off, on := map[string]string{"Jenkinsfile": "pipeline {}"}, map[string]string{workflow: golden}
	const begin = metrics.Instant(1_700_000_000)
	noHistory := metrics.ReasonNoHistory
	tests := []struct {
		name   string
		pushed metrics.Instant
		walked []landed
		heads  []head
		want   []stay
	}{
		{"one", begin - 10*day, nil, []head{{begin, on}}, []stay{
			{begin, metrics.On, metrics.UnknownOrigin, false, true, noHistory},
			{begin + 170*day, metrics.On, metrics.UnknownOrigin, false, false, noHistory},
		}},
		{"nobody pushed for long", begin - 400*day, nil, []head{{begin, off}}, []stay{
			{begin, metrics.Off, metrics.NoOrigin, false, false, ""},
		}},
		{"a change between two", begin - 10*day, nil, []head{{begin, off}, {begin + day, off}, {begin + 2*day, on}}, []stay{
			{begin, metrics.Off, metrics.NoOrigin, false, true, ""},
			{begin + 2*day, metrics.On, metrics.UnknownOrigin, false, true, noHistory},
			{begin + 170*day, metrics.On, metrics.UnknownOrigin, false, false, noHistory},
		}},
		{"no file", begin - 400*day, nil, []head{{begin, off}, {begin + day, nil}}, []stay{
			{begin, metrics.Off, metrics.NoOrigin, false, false, ""},
			{begin + day, metrics.None, metrics.NoOrigin, false, false, ""},
		}},
		{"the history, read later", begin - 10*day, []landed{{begin - 30*day, 1, "Jenkinsfile", "pipeline {}"}, {begin - 10*day, 1, "Jenkinsfile", ""}},
			[]head{{begin - 5*day, off}, {begin - 3*day, off}}, []stay{
				{begin - 30*day, metrics.Off, metrics.NoOrigin, true, true, ""},
				{begin - 10*day, metrics.None, metrics.NoOrigin, true, true, ""},
				{begin + 170*day, metrics.None, metrics.NoOrigin, true, false, ""},
			}},
		{"what came after the history", begin + 5*day, []landed{{begin - 400*day, 1, "Jenkinsfile", "pipeline {}"}},
			[]head{{begin + 5*day, on}}, []stay{
				{begin - 400*day, metrics.Off, metrics.NoOrigin, true, true, ""},
				{begin - 220*day, metrics.Off, metrics.NoOrigin, true, false, ""},
				{begin + 5*day, metrics.On, metrics.UnknownOrigin, false, true, noHistory},
				{begin + 185*day, metrics.On, metrics.UnknownOrigin, false, false, noHistory},
			}},
		{"the same as the history says", begin + 5*day, []landed{{begin - 30*day, 1, "Jenkinsfile", "pipeline {}"}},
			[]head{{begin + 5*day, off}}, []stay{
				{begin - 30*day, metrics.Off, metrics.NoOrigin, true, true, ""},
				{begin + 185*day, metrics.Off, metrics.NoOrigin, true, false, ""},
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			history := metrics.History{Repo: metrics.Repo{ID: 1, Name: "github.com/acme/pay"}}
			if test.walked != nil {
				history = past(blobs, test.walked...)
				history.Walks[0].At = begin
				history.Readings = []metrics.Reading{{Source: "github", Repo: 1, At: begin, Complete: true, Head: history.Walks[0].Head}}
			}
			history.Repo.LastPush = test.pushed
			look(&history, blobs, test.heads...)
			r := concluded(t, twoPaths(), blobs, history, anaAndBot())
			if diff := cmp.Diff(staysOn(r, "ci"), test.want, cmp.AllowUnexported(stay{})); diff != "" {
				t.Errorf("spans (-got +want):\n%s", diff)
			}
			for _, e := range r.Events {
				if e.At >= begin && (e.Commit != "" || e.Change != "" || e.Origin.Voluntary()) {
					t.Errorf("%+v says who did it", e)
				}
			}
		})
	}
}
