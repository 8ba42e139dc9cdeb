package main

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the recounted figures into README.md")

// readmeDay is the day for which README.md gives the figures.
var readmeDay = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

// demo builds the organisation for a test, and says how long that took.
func demo(t *testing.T, today time.Time, seed uint64) (string, summary, time.Duration) {
	t.Helper()
	dir := t.TempDir()
	began := time.Now()
	s, err := build(context.Background(), options{dir: dir, today: today, seed: seed}, io.Discard)
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	return dir, s, time.Since(began)
}

// heads gives the commit of every reference of every clone.
func heads(t *testing.T, root string) map[string]string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(root, "repos", "*"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, dir := range dirs {
		// git says so when an object is missing, and still lists the rest.
		refs, _ := plainGit(dir, "", "for-each-ref", "--format=%(refname) %(objectname)")
		head, _ := plainGit(dir, "", "symbolic-ref", "HEAD")
		out[filepath.Base(dir)] = head + refs
	}
	return out
}

func TestSameDaySameCommits(t *testing.T) {
	first, _, took := demo(t, readmeDay, 1)
	second, _, again := demo(t, readmeDay, 1)
	got := heads(t, first)
	if len(got) != 63 || !strings.Contains(got["payouts"], "refs/heads/main ") {
		t.Fatalf("heads of %d clones, payouts %q", len(got), got["payouts"])
	}
	if diff := cmp.Diff(got, heads(t, second)); diff != "" {
		t.Errorf("two builds of one day and seed differ (-first +second):\n%s", diff)
	}
	if fastest := min(took, again); fastest > 10*time.Second {
		t.Errorf("building took %v at best, want under 10 s", fastest)
	}
}

func TestSeedChangesOnlyEverydayWork(t *testing.T) {
	c := newCrew(teams(), moves())
	for _, r := range repos() {
		if r.clone == cloneEmpty {
			continue
		}
		one, two := write(r, c, readmeDay, 1, nil), write(r, c, readmeDay, 2, nil)
		if bytes.Equal(stream(one), stream(two)) {
			t.Errorf("%s has the same commits with another seed", r.name)
		}
		if got, want := days(two), days(one); !cmp.Equal(got, want) {
			t.Errorf("story of %s with another seed: %s", r.name, cmp.Diff(want, got))
		}
	}
}

// days are the days on which a pipeline, Dockerfile or chart was written.
func days(h history) []string {
	var out []string
	for _, c := range h.commits {
		for _, f := range c.files {
			if c.merge == 0 && (strings.Contains(f.path, "workflows/") || strings.HasSuffix(f.path, "Dockerfile") || strings.HasSuffix(f.path, "Chart.yaml")) {
				out = append(out, f.path)
			}
		}
	}
	return out
}

func TestStory(t *testing.T) {
	for _, today := range []time.Time{readmeDay, time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), time.Date(2027, 8, 2, 0, 0, 0, 0, time.UTC)} {
		t.Run(today.Format(time.DateOnly), func(t *testing.T) {
			dir, s, _ := demo(t, today, 1)
			o := judge(t, dir, today)
			checkSize(t, o, s)
			checkAdoption(t, o)
			checkMandate(t, o)
			checkLeaving(t, o)
			if today.Equal(readmeDay) {
				checkReadme(t, o)
			}
		})
	}
}

func checkSize(t *testing.T, o organisation, s summary) {
	t.Helper()
	commits, unreadable, empty, shallow := 0, 0, 0, 0
	for _, w := range o.walks {
		commits += w.commits
		switch {
		case w.unreadable:
			unreadable++
		case w.commits == 0:
			empty++
		case w.shallow:
			shallow++
		}
		if n := len(w.humans); n > 0 && !w.humans[0].Before(o.today) {
			t.Errorf("%s ends at %v, after today", w.repo, w.humans[0])
		}
	}
	if got, want := []int{len(o.walks), unreadable, empty, shallow, s.repos, s.teams}, []int{63, 1, 1, 1, 63, 14}; !cmp.Equal(got, want) {
		t.Errorf("repos, unreadable, empty, shallow, repos said, teams said: got %v, want %v", got, want)
	}
	if commits < 6000 || commits > 10000 || s.commits < commits-100 || s.commits > commits+100 {
		t.Errorf("got %d commits, said %d, want 6,000 to 10,000", commits, s.commits)
	}
}

func checkAdoption(t *testing.T, o organisation) {
	t.Helper()
	ci := pathRules()[0]
	for _, c := range []struct {
		name     string
		when     time.Time
		low, top float64
	}{
		{"13 months ago", o.today.AddDate(0, -13, 0), 7, 13},
		{"today", o.today, 38, 50},
	} {
		f := o.figure(ci, c.when)
		if got := f.eligible.percent(); got < c.low || got > c.top {
			t.Errorf("%s %v = %.1f %% of the eligible repos use ci, want %v to %v", c.name, f.eligible, got, c.low, c.top)
		}
	}
	before := 0.0
	for _, months := range []int{9, 6, 3, 0} {
		now := o.figure(ci, o.today.AddDate(0, -months, 0)).voluntary.percent()
		if now <= before {
			t.Errorf("voluntary adoption of ci is %.1f %% %d months ago and was %.1f %% a quarter before, want it rising", now, months, before)
		}
		before = now
	}
	f := o.figure(ci, o.today)
	if f.teams.den != 14 || f.teams.num < 5 || f.teams.num > 7 {
		t.Errorf("voluntary teams of ci: got %v, want 5 to 7 of 14", f.teams)
	}
	want := map[string]int{"chosen": 12, "born": 5, "assisted": 2, "automated": 3}
	for origin, least := range want {
		if f.origin[origin] < least {
			t.Errorf("origin %s of ci today: got %d, want %d or more", origin, f.origin[origin], least)
		}
	}
	if f.state["unknown"] != 1 {
		t.Errorf("unknown today: got %d, want 1", f.state["unknown"])
	}
}

func checkMandate(t *testing.T, o organisation) {
	t.Helper()
	image := pathRules()[1]
	f := o.figure(image, o.today)
	if f.kept != 4 || f.origin["mandated"] != 7 {
		t.Errorf("image today: got %d kept of %d mandated, want 4 of 7", f.kept, f.origin["mandated"])
	}
	left := 0
	end := o.today.AddDate(0, 0, -400)
	for _, u := range o.units["image"] {
		for _, s := range u.spells {
			if s.origin == "mandated" && s.until.After(end) && s.until.Before(end.AddDate(0, 0, 60)) {
				left++
			}
		}
	}
	if left != 4 {
		t.Errorf("left the golden image within 60 days after the audit: got %d, want 4", left)
	}
}

// checkLeaving finds those who tried ci by choice and left within 90 days,
// and those who came back.
func checkLeaving(t *testing.T, o organisation) {
	t.Helper()
	var left, back []string
	for _, u := range o.units["ci"] {
		for i, s := range u.spells {
			free := s.origin == "chosen" || s.origin == "born"
			if free && !s.until.IsZero() && s.until.Sub(s.from) <= 90*24*time.Hour {
				left = append(left, u.repo)
				if i+1 < len(u.spells) {
					back = append(back, u.repo)
				}
			}
		}
	}
	if diff := cmp.Diff(left, words("carrier-adapters email-renderer ledger-export query-understanding tracking web-components")); diff != "" {
		t.Errorf("tried ci and left (-got +want):\n%s", diff)
	}
	if diff := cmp.Diff(back, words("email-renderer ledger-export query-understanding")); diff != "" {
		t.Errorf("came back to ci (-got +want):\n%s", diff)
	}
}

const beginFigures, endFigures = "<!-- recounted: go test ./cmd/trodden-demo -update -->\n", "<!-- end of what is recounted -->\n"

// checkReadme holds README.md to what git says.
func checkReadme(t *testing.T, o organisation) {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatalf("read README.md: %v", err)
	}
	head, rest, found := strings.Cut(string(text), beginFigures)
	old, tail, ended := strings.Cut(rest, endFigures)
	if !found || !ended {
		t.Fatal("README.md lacks the marks around the figures")
	}
	now := "\n" + o.page() + "\n"
	if *update {
		if err := os.WriteFile("README.md", []byte(head+beginFigures+now+endFigures+tail), 0o644); err != nil {
			t.Fatalf("write README.md: %v", err)
		}
		return
	}
	if diff := cmp.Diff(old, now); diff != "" {
		t.Errorf("README.md differs from what git says; run the test with -update (-README +git):\n%s", diff)
	}
}
