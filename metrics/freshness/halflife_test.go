package freshness_test

import (
	"math"
	"slices"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestHalfLifeVector has the vector of Kaplan and Meier's estimate.
func TestHalfLifeVector(t *testing.T) {
	var episodes []freshness.Episode
	for i, days := range []metrics.Instant{3, 5, 6, 7, 8, 10, 12, 12} {
		e := freshness.Episode{Confirmed: ago(100), Seen: ago(100 - days), Dated: i != 0}
		if []bool{true, false, true, true, false, true, true, false}[i] {
			e.Wrong, e.Seen = e.Seen, ago(100)
		}
		episodes = append(episodes, e)
	}
	episodes = append(episodes, freshness.Episode{Seen: now, Wrong: ago(1)}) // nobody knows since when
	curve, late := freshness.HalfLife(episodes)
	if median, ok := curve.Median(); !ok || median != 10 || late != 1 {
		t.Errorf("got a half-life of %v days, %v, %d dated late", median, ok, late)
	}
	for days, want := range map[float64]float64{3: .875, 6: .729167, 7: .583333, 10: .388889, 12: .194444} {
		if p, ok := curve.At(days); !ok || math.Abs(p.S-want) > 1e-6 {
			t.Errorf("after %v days: got %v, want %v", days, p.S, want)
		}
	}
}

// TestHalfLifeOfWhatWasFoundLate leaves out what was wrong when it was first looked at, and nobody knows since when.
func TestHalfLifeOfWhatWasFoundLate(t *testing.T) {
	dated := freshness.Episode{Confirmed: ago(100), Wrong: ago(90), Dated: true}
	tests := []struct {
		name    string
		episode freshness.Episode
		median  float64
		n, late int
	}{
		{"wrong at the first judgement", freshness.Episode{Confirmed: ago(90), Wrong: ago(50)}, 10, 1, 0},
		{"and told as seen then", freshness.Episode{Confirmed: ago(90), Wrong: ago(50), Seen: ago(50)}, 10, 1, 0},
		{"seen well before it was confirmed", freshness.Episode{Confirmed: ago(90), Wrong: ago(50), Seen: ago(95)}, 10, 1, 0},
		{"wrong nobody knows since when, and seen well", freshness.Episode{Confirmed: ago(90), Wrong: ago(90), Seen: ago(55)}, 10, 1, 0},
		{"seen well in between", freshness.Episode{Confirmed: ago(58), Wrong: ago(50), Seen: ago(55)}, 8, 2, 1},
		{"dated", freshness.Episode{Confirmed: ago(58), Wrong: ago(50), Dated: true}, 8, 2, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			curve, late := freshness.HalfLife([]freshness.Episode{dated, test.episode})
			median, _ := curve.Median()
			start, _ := curve.At(0)
			if median != test.median || start.AtRisk != test.n || late != test.late {
				t.Errorf("got %v days of %d, %d late, want %v of %d, %d late", median, start.AtRisk, late, test.median, test.n, test.late)
			}
		})
	}
}

func TestEpisodes(t *testing.T) {
	archived := freshness.Repo{Name: pay, Archived: true, ArchivedAt: ago(40), Work: worked()}
	tests := []struct {
		name   string
		repo   freshness.Repo
		fields []string
		at     []metrics.Instant
		want   freshness.Episode
	}{
		{"nothing wrong", ours(pay), []string{"owner=payments", "tier=1"}, []metrics.Instant{ago(50), ago(20)}, freshness.Episode{Confirmed: ago(20), Seen: now}},
		{"wrong since", archived, []string{"lifecycle=production", "owner=payments"}, []metrics.Instant{ago(100), ago(70)}, freshness.Episode{Confirmed: ago(70), Wrong: ago(40), Dated: true}},
		{"confirmed elsewhere since it was wrong", archived, []string{"lifecycle=production", "owner=payments"}, []metrics.Instant{ago(100), ago(10)}, freshness.Episode{Confirmed: ago(100), Wrong: ago(40), Dated: true}},
		{"written when it was wrong already", archived, []string{"lifecycle=production", "owner=payments"}, []metrics.Instant{ago(10), ago(100)}, freshness.Episode{Confirmed: ago(10), Wrong: ago(10), Dated: true}},
		{"the first of two", archived, []string{"lifecycle=production", "owner=dissolved"}, []metrics.Instant{ago(100), ago(100)}, freshness.Episode{Confirmed: ago(100), Wrong: ago(40), Dated: true}},
		{"the first of two, by another name", archived, []string{"lifecycle=production", "links=https://dead.dev"}, []metrics.Instant{ago(100), ago(100)}, freshness.Episode{Confirmed: ago(100), Wrong: ago(60), Dated: true}},
		{"wrong nobody knows since when", ours(pay), []string{"owner=ghosts"}, []metrics.Instant{ago(30)}, freshness.Episode{Confirmed: ago(30), Wrong: ago(30)}},
		{"confirmed nobody knows when", ours(pay), []string{"owner=payments"}, []metrics.Instant{0}, freshness.Episode{Seen: now}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := component("pay", pay, test.fields...)
			for i := range r.Confirmed {
				r.Confirmed[i].At = test.at[i]
			}
			test.want.Entity = r.Ref
			w := world(test.repo)
			w.Links = map[string]freshness.Link{"https://dead.dev": {State: freshness.LinkDead, Since: ago(60)}}
			diff(t, judge(w, r).Episodes(), []freshness.Episode{test.want})
		})
	}
}

// TestEpisodesByWhatWasKnown ends one when a field is found wrong only where the judgement before knew that field, and takes
// back what nothing can check any more.
func TestEpisodesByWhatWasKnown(t *testing.T) {
	held, found := freshness.Confirmation{At: ago(30), Held: true}, freshness.Confirmation{At: ago(30), Wrong: ago(9)}
	unread := func(w freshness.World) freshness.World {
		w.Complete, w.TeamsKnown = false, false
		return w
	}
	same := func(w freshness.World) freshness.World { return w }
	tests := []struct {
		name          string
		owner, system freshness.Confirmation // of one that is nowhere
		world         func(freshness.World) freshness.World
		want          freshness.Episode
	}{
		{"both were known to be well", held, held, same, freshness.Episode{Wrong: now}},
		{"one was known to be well", held, freshness.Confirmation{At: ago(30)}, same, freshness.Episode{Wrong: ago(30)}},
		{"neither was known", freshness.Confirmation{At: ago(30)}, freshness.Confirmation{At: ago(30)}, same, freshness.Episode{Wrong: ago(30)}},
		{"one was found before the other", found, freshness.Confirmation{At: ago(30)}, same, freshness.Episode{Wrong: ago(9)}},
		{"nothing can check it any more", found, held, unread, freshness.Episode{Seen: now, Withdrawn: true}},
		{"nothing could check it", freshness.Confirmation{At: ago(30)}, freshness.Confirmation{At: ago(30)}, unread, freshness.Episode{Seen: now}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := component("pay", pay, "owner=ghosts", "system=lost")
			r.Confirmed = []freshness.Confirmation{test.owner, test.system}
			test.want.Entity, test.want.Confirmed = r.Ref, ago(30)
			diff(t, judge(test.world(world(ours(pay))), r).Episodes(), []freshness.Episode{test.want})
		})
	}
}

func TestMerge(t *testing.T) {
	pays, shops := metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}, metrics.EntityRef{Kind: "component", Namespace: "default", Name: "shop"}
	going := func(seen metrics.Instant) freshness.Episode {
		return freshness.Episode{Entity: pays, Confirmed: ago(100), Seen: ago(seen)}
	}
	ended := func(seen, wrong metrics.Instant, dated bool) freshness.Episode {
		e := going(seen)
		if seen == 0 {
			e.Seen = metrics.Beginning
		}
		e.Wrong, e.Dated = ago(wrong), dated
		return e
	}
	anew := going(5)
	anew.Confirmed = ago(20)
	other := going(7)
	other.Entity = shops
	withdrawn := going(10)
	withdrawn.Withdrawn = true
	tests := []struct {
		name     string
		episodes []freshness.Episode
		want     []freshness.Episode
	}{
		{"nothing", nil, nil},
		{"goes on", []freshness.Episode{going(60), going(30), going(40)}, []freshness.Episode{going(30)}},
		{"ended", []freshness.Episode{going(60), ended(0, 30, false), ended(0, 10, false)}, []freshness.Episode{ended(60, 30, false)}},
		{"ended, and never well", []freshness.Episode{ended(0, 30, false), ended(0, 10, false)}, []freshness.Episode{ended(0, 30, false)}},
		{"ended, and dated later", []freshness.Episode{going(40), ended(0, 30, false), ended(0, 25, true)}, []freshness.Episode{ended(40, 25, true)}},
		{"ended, and well again", []freshness.Episode{ended(0, 35, true), going(10)}, []freshness.Episode{ended(0, 35, true)}},
		{"ended, and withdrawn", []freshness.Episode{going(60), ended(0, 35, true), withdrawn}, []freshness.Episode{going(10)}},
		{"ended, withdrawn, and ended", []freshness.Episode{ended(0, 35, true), withdrawn, ended(0, 5, false)}, []freshness.Episode{ended(10, 5, false)}},
		{"withdrawn before all", []freshness.Episode{withdrawn}, []freshness.Episode{going(10)}},
		{"ended nobody knows when", []freshness.Episode{going(60), ended(0, 100, false)}, []freshness.Episode{ended(0, 100, false)}},
		{"ended nobody knows when, and dated", []freshness.Episode{going(60), ended(0, 100, false), ended(0, 35, true)}, []freshness.Episode{ended(0, 35, true)}},
		{"confirmed anew", []freshness.Episode{going(60), anew}, []freshness.Episode{going(60), anew}},
		{"of two", []freshness.Episode{going(60), other}, []freshness.Episode{going(60), other}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			diff(t, freshness.Merge(test.episodes), test.want)
			backwards := slices.Clone(test.episodes)
			slices.Reverse(backwards)
			diff(t, len(freshness.Merge(backwards)), len(test.want))
		})
	}
}

// TestSourceInFolderIsNotWithdrawn: that nobody looked up the folder takes nothing back that was found of its repository.
func TestSourceInFolderIsNotWithdrawn(t *testing.T) {
	r := component("pay", pay, "source=https://github.com/acme/pay/tree/main/cmd")
	r.Folder, r.Confirmed[0] = "cmd", freshness.Confirmation{At: ago(30), Wrong: ago(9), Cause: freshness.CauseRenamed}
	diff(t, judge(world(ours(pay)), r).Episodes(), []freshness.Episode{{Entity: r.Ref, Confirmed: ago(30), Seen: now}})
}
