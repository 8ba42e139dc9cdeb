package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

func TestDormant(t *testing.T) {
	on := func(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }
	known := metrics.RunWindow{Repo: 1, Source: "github", Period: metrics.Period{From: midnight, To: metrics.Forever}}
	ran := func(file string, used metrics.Use, days ...int) metrics.RunDays {
		d := metrics.RunDays{Repo: 1, Workflow: file, Used: used}
		for _, n := range days {
			d.Days = append(d.Days, metrics.Period{From: on(n), To: on(n + 1)})
		}
		return d
	}
	commits := func(days ...int) []landed {
		list := []landed{{midnight, 1, workflow, golden}}
		for _, d := range days {
			list = append(list, landed{on(d), 1, "README", string(rune('a' + d))})
		}
		return list
	}
	busy := commits(20, 40, 60, 80, 100)
	const wrapper = "on: push\njobs:\n  a:\n    uses: ./.github/workflows/inner.yml\n"
	inner := landed{midnight, 1, ".github/workflows/inner.yml", "on: workflow_call\njobs:\n  b:\n    uses: acme/golden/.github/workflows/build.yml@v3\n"}
	for _, test := range []struct {
		name    string
		commits []landed
		runs    []metrics.RunDays
		windows []metrics.RunWindow
		within  int   // days
		want    []int // from and to of dormancy, in days
	}{
		{"it never ran", busy, nil, []metrics.RunWindow{known}, 30, []int{30, 130}},
		{"it ran", busy, []metrics.RunDays{ran(workflow, metrics.Use{}, 10, 35, 60, 85, 110)}, []metrics.RunWindow{known}, 30, nil},
		{"it stopped, and ran again", busy, []metrics.RunDays{ran(workflow, metrics.Use{}, 10, 70)}, []metrics.RunWindow{known}, 30, []int{41, 70, 101, 130}},
		{"the path does not ask", busy, nil, []metrics.RunWindow{known}, 0, nil},
		{"nobody asked for runs", busy, nil, nil, 30, nil},
		{"runs are not known for so long", busy, nil, []metrics.RunWindow{{Period: metrics.Period{From: on(50), To: metrics.Forever}}}, 30, []int{80, 130}},
		{"runs are not known any more", busy, nil, []metrics.RunWindow{{Period: metrics.Period{From: midnight, To: on(90)}}}, 30, []int{30, 90}},
		{"runs are not known for a while", busy, nil, []metrics.RunWindow{
			{Period: metrics.Period{From: midnight, To: on(40)}}, {Period: metrics.Period{From: on(50), To: metrics.Forever}},
		}, 30, []int{30, 40, 80, 130}},
		{"nobody committed", commits(20, 100), nil, []metrics.RunWindow{known}, 30, []int{30, 50, 100, 130}},
		{"only others ran", busy, []metrics.RunDays{ran(".github/workflows/own.yml", metrics.Use{}, 10, 35, 60, 85, 110)}, []metrics.RunWindow{known}, 30, []int{30, 130}},
		{"another workflow used it", busy, []metrics.RunDays{ran(".github/workflows/own.yml", called("v3"), 10, 35, 60, 85, 110)}, []metrics.RunWindow{known}, 30, nil},
		{"behind a workflow of its own", append([]landed{inner, {midnight, 1, workflow, wrapper}}, busy[1:]...),
			[]metrics.RunDays{ran(workflow, metrics.Use{}, 10, 35, 60, 85, 110)}, []metrics.RunWindow{known}, 30, nil},
		{"it has not been there for so long", append([]landed{{midnight, 1, "README", "x"}}, landed{on(60), 1, workflow, golden}, landed{on(80), 1, "README", "y"}),
			nil, []metrics.RunWindow{known}, 30, []int{90, 110}},
		{"its file has moved", append(commits(20), landed{on(40), 1, ".github/workflows/new.yml", golden + "#"}, landed{on(40), 1, workflow, ""}, landed{on(60), 1, "README", "y"}),
			[]metrics.RunDays{ran(workflow, metrics.Use{}, 10, 39), ran(".github/workflows/new.yml", metrics.Use{}, 65)}, []metrics.RunWindow{known}, 30, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			h := past(blobs, test.commits...)
			h.Runs, h.RunWindows = test.runs, test.windows
			defs := twoPaths()
			defs.Paths[0].ActiveWithin = metrics.Instant(test.within * int(day)).Time().Sub(metrics.Beginning.Time())
			var got []int
			for _, s := range concluded(t, defs, blobs, h, anaAndBot()).Spans {
				if s.Path != "ci" || s.State != metrics.Dormant {
					continue
				}
				from, to := int((s.From-midnight)/day), int((s.To-midnight)/day)
				if n := len(got); n > 0 && got[n-1] == from {
					got[n-1] = to
				} else {
					got = append(got, from, to)
				}
				if s.Voluntary || s.Tree != metrics.On {
					t.Errorf("dormant is %+v", s)
				}
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("dormant (-got +want):\n%s", diff)
			}
		})
	}
}

// TestDormantGitLab: a project has one pipeline, whatever its file is called.
func TestDormantGitLab(t *testing.T) {
	defs := twoPaths()
	defs.Paths = defs.Paths[:1]
	defs.Paths[0].Golden = signal("gitlab_include", func(s *metrics.Signal) { s.Project = "platform/ci" })
	defs.Paths[0].ActiveWithin = (30 * day).Time().Sub(metrics.Beginning.Time())
	for file, want := range map[string]metrics.State{".gitlab-ci.yml": metrics.On, "ci/main.yml": metrics.On, workflow: metrics.Dormant} {
		blobs := contents{}
		h := past(blobs, landed{midnight, 1, ".gitlab-ci.yml", "include:\n  - project: platform/ci\n    file: build.yml\n"}, landed{midnight + 35*day, 1, "README", "x"})
		h.RunWindows = []metrics.RunWindow{{Repo: 1, Period: metrics.Period{From: midnight, To: metrics.Forever}}}
		h.Runs = []metrics.RunDays{{Repo: 1, Workflow: file, Days: []metrics.Period{{From: midnight + 30*day, To: midnight + 31*day}}}}
		for _, s := range concluded(t, defs, blobs, h, anaAndBot()).Spans {
			if s.Contains(midnight+40*day) && s.State != want {
				t.Errorf("runs of %s: got %v, want %v", file, s.State, want)
			}
		}
	}
}

func TestActivation(t *testing.T) {
	blobs := contents{}
	h := past(blobs, landed{midnight, 1, workflow, golden}, landed{midnight + 60*day, 1, "README", "x"})
	h.RunWindows = []metrics.RunWindow{{Repo: 1, Period: metrics.Period{From: midnight, To: metrics.Forever}}}
	h.Runs = []metrics.RunDays{{Repo: 1, Workflow: workflow, Days: []metrics.Period{{From: midnight, To: midnight + day}, {From: midnight + 70*day, To: midnight + 71*day}}}}
	got := map[int]metrics.Activation{}
	r := concluded(t, twoPaths(), blobs, h, anaAndBot())
	days := []int{0, 27, 28, 59, 60, 69, 70, 87, 88}
	for _, d := range days {
		for _, s := range r.Spans {
			if s.Path == "ci" && s.Contains(midnight+metrics.Instant(d)*day) {
				got[d] = s.Activation
			}
		}
	}
	want := map[int]metrics.Activation{
		0: metrics.Ran, 27: metrics.Ran, 28: metrics.NotTold, 59: metrics.NotTold, 60: metrics.Idle, 69: metrics.Idle, 70: metrics.Ran, 87: metrics.Ran, 88: metrics.NotTold,
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("by day (-got +want):\n%s", diff)
	}
}

// TestRunShare: a golden pipeline that runs less often than what is no golden one does not count as running.
func TestRunShare(t *testing.T) {
	const own, other, stale = ".github/workflows/own.yml", ".github/workflows/other.yml", ".github/workflows/stale.yml"
	on := func(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }
	count := func(file string, d int, runs, ci uint32) metrics.RunCount {
		return metrics.RunCount{Repo: 1, Workflow: file, Day: on(d), Runs: runs, CI: ci}
	}
	second := []landed{{midnight, 1, other, "on: push\njobs:\n  a:\n    steps:\n      - uses: acme/scan@v1\n"}}
	for _, test := range []struct {
		name    string
		counts  []metrics.RunCount // by day
		used    []metrics.RunDays
		commits []landed
		want    map[int]metrics.Activation // of path ci; by day, only where it changes
	}{
		{"alone", []metrics.RunCount{count(workflow, 10, 1, 1)}, nil, nil, map[int]metrics.Activation{10: metrics.Ran, 39: metrics.Idle}},
		{"half of all", []metrics.RunCount{count(workflow, 10, 2, 2), count(own, 10, 2, 2)}, nil, nil, map[int]metrics.Activation{10: metrics.Ran, 39: metrics.Idle}},
		{"less than half", []metrics.RunCount{count(workflow, 10, 2, 2), count(own, 10, 3, 3)}, nil, nil, map[int]metrics.Activation{10: metrics.Partly, 39: metrics.Idle}},
		{"until others run more often", []metrics.RunCount{count(workflow, 10, 2, 2), count(own, 15, 3, 3)}, nil, nil,
			map[int]metrics.Activation{10: metrics.Ran, 15: metrics.Partly, 39: metrics.Idle}},
		{"until those of others are long ago", []metrics.RunCount{count(own, 5, 3, 3), count(workflow, 10, 2, 2)}, nil, nil,
			map[int]metrics.Activation{10: metrics.Partly, 34: metrics.Ran, 39: metrics.Idle}},
		{"what no change of the code starts holds against nobody", []metrics.RunCount{count(workflow, 10, 1, 0), count(stale, 10, 9, 0)}, nil, nil,
			map[int]metrics.Activation{10: metrics.Ran, 39: metrics.Idle}},
		{"another workflow that really used it", []metrics.RunCount{count(workflow, 10, 1, 1), count(own, 10, 5, 5)},
			[]metrics.RunDays{{Repo: 1, Workflow: own, Used: called("v3"), Days: []metrics.Period{{From: on(10), To: on(11)}}}}, nil,
			map[int]metrics.Activation{10: metrics.Ran, 39: metrics.Idle}},
		{"the pipeline of another path", []metrics.RunCount{count(workflow, 10, 1, 1), count(other, 10, 5, 5)}, nil, second,
			map[int]metrics.Activation{10: metrics.Ran, 39: metrics.Idle}},
		{"what is no pipeline of another path yet", []metrics.RunCount{count(workflow, 10, 1, 1), count(other, 10, 5, 5)}, nil,
			[]landed{{on(20), 1, other, second[0].text}}, map[int]metrics.Activation{10: metrics.Partly, 39: metrics.Idle}},
		{"known by day alone", nil, nil, nil, map[int]metrics.Activation{10: metrics.Ran, 39: metrics.Idle}},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs := contents{}
			commits := append([]landed{{midnight, 1, workflow, golden}}, test.commits...)
			h := past(blobs, append(commits, landed{on(25), 1, "README", "x"}, landed{on(40), 1, "README", "y"})...)
			h.RunWindows = []metrics.RunWindow{{Repo: 1, Period: metrics.Period{From: midnight - 100*day, To: metrics.Forever}}}
			h.Runs = append(test.used, metrics.RunDays{Repo: 1, Workflow: workflow, Days: []metrics.Period{{From: on(10), To: on(11)}}})
			h.RunCounts = test.counts
			defs := twoPaths()
			defs.Paths[1].Golden = signal("action_uses", func(s *metrics.Signal) { s.Target = "acme/scan" })
			spans := concluded(t, defs, blobs, h, anaAndBot()).Spans
			last, got := metrics.NotTold, map[int]metrics.Activation{}
			for d := range 60 {
				for _, s := range spans {
					if s.Path == "ci" && s.Contains(on(d)) && s.Activation != last {
						last = s.Activation
						got[d] = last
					}
				}
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("by day (-got +want):\n%s", diff)
			}
		})
	}
}
