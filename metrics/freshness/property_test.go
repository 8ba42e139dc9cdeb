package freshness_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// inFolder is a component that stands for the folder of a crew.
func inFolder(c crew) freshness.Record {
	r := component("pay", pay, "owner="+c.owner)
	r.Folder = svc
	return r
}

// TestOwnersAgreeWithTheReference compares what is said of an owner with what the definition says, commit by commit.
func TestOwnersAgreeWithTheReference(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := drawCrew(r)
		e := judge(nothing(c).world(c), inFolder(c)).Entities[0]
		f, _ := e.Field(metrics.FieldOwner)
		if d := cmp.Diff(steps(e.Owner)+" "+f.Verdict.String(), c.judge()); d != "" {
			r.Fatalf("%+v\n-got +want\n%s", c, d)
		}
	})
}

// TestIgnoranceClaimsNothing hides some of what happened. What is still said for certain has to be what is said when
// everything is known: nothing is wrong, or right, for want of knowledge.
func TestIgnoranceClaimsNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := drawCrew(r)
		v := drawVeil(r, c)
		whole, part := judge(nothing(c).world(c), inFolder(c)).Entities[0], judge(v.world(c), inFolder(c)).Entities[0]
		got, want := steps(part.Owner), steps(whole.Owner)
		for i := range got {
			if got[i] != '?' && got[i] != want[i] {
				r.Fatalf("%+v behind %+v: got %s, want %s", c, v, got, want)
			}
		}
		if part.Owner.Actual != "" && part.Owner.Actual != whole.Owner.Actual {
			r.Fatalf("%+v behind %+v: got %s for who does most, want %s", c, v, part.Owner.Actual, whole.Owner.Actual)
		}
		if part.Fresh != metrics.Maybe && part.Fresh != whole.Fresh {
			r.Fatalf("%+v behind %+v: got fresh %v, want %v", c, v, part.Fresh, whole.Fresh)
		}
		guess, _ := part.Field(metrics.FieldOwner)
		truth, _ := whole.Field(metrics.FieldOwner)
		if (guess.Verdict == freshness.Wrong || guess.Verdict == freshness.Right) && guess.Verdict != truth.Verdict {
			r.Fatalf("%+v behind %+v: got %v, want %v", c, v, guess.Verdict, truth.Verdict)
		}
	})
}

// drawCatalog draws entities about four repositories: there, archived, gone, renamed.
func drawCatalog(r *rapid.T) []freshness.Record {
	values := map[string][]string{
		"owner":     {"", "payments", "ghosts", "left", "user:default/ana", "tbd"},
		"lifecycle": {"", "production", "deprecated", "retired", "purple", "-"},
		"system":    {"", "money", "honey"},
		"tier":      {"", "1", "n/a"},
	}
	names := []string{"lifecycle", "owner", "system", "tier"}
	repos := []string{pay, shop, "github.com/acme/gone", "github.com/acme/old", "github.com/other/x", ""}
	records := []freshness.Record{entity(metrics.EntityRef{Kind: "system", Namespace: "default", Name: "money"}, "", "owner=payments")}
	for i := range rapid.IntRange(0, 8).Draw(r, "entities") {
		rec := component(string(rune('a'+i)), rapid.SampledFrom(repos).Draw(r, "repo"))
		for _, name := range names {
			if v := rapid.SampledFrom(values[name]).Draw(r, name); v != "" {
				rec.Fields = append(rec.Fields, metrics.EntityField{Name: name, Values: []string{v}})
				rec.Confirmed = append(rec.Confirmed, freshness.Confirmation{At: ago(metrics.Instant(rapid.SampledFrom([]int{1, 89, 91, 300}).Draw(r, "confirmed")))})
			}
		}
		records = append(records, rec)
	}
	return records
}

func catalogWorld() freshness.World {
	archived := freshness.Repo{Name: shop, Archived: true, ArchivedAt: ago(100), LastHuman: ago(101), Work: worked(did("payments", 0, 1))}
	renamed := ours("github.com/acme/new")
	renamed.Former = []string{"github.com/acme/old"}
	return world(ours(pay), archived, freshness.Repo{Name: "github.com/acme/gone", Gone: ago(40)}, renamed, ours(mono))
}

// drawIgnorance draws what may be known of a world: fewer repositories and teams, and less of each.
func drawIgnorance(r *rapid.T, w freshness.World) freshness.World {
	hidden := func() bool { return rapid.IntRange(0, 2).Draw(r, "hidden") == 0 }
	part := freshness.World{Now: w.Now, Complete: w.Complete && !hidden(), Listed: w.Listed, TeamsKnown: w.TeamsKnown}
	for _, repo := range w.Repos {
		if hidden() {
			part.Listed = nil
			continue
		}
		if hidden() {
			repo.Work, repo.DeploysKnown = freshness.Work{}, false
		}
		if hidden() {
			repo.LastHuman = metrics.Beginning
			repo.Work.Known = false
		}
		part.Repos = append(part.Repos, repo)
	}
	for _, team := range w.Teams {
		if hidden() {
			part.TeamsKnown = false
			continue
		}
		if hidden() {
			team.Members, team.Known = nil, false
		}
		part.Teams = append(part.Teams, team)
	}
	return part
}

// TestIgnoranceOfCatalogs judges a catalog once with all knowledge and once with less: every verdict that is certain then
// is the same as with all.
func TestIgnoranceOfCatalogs(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		records, w := drawCatalog(r), catalogWorld()
		less := drawIgnorance(r, w)
		whole, part := judge(w, records...), judge(less, records...)
		for i, e := range part.Entities {
			other := whole.Entities[i]
			for k, f := range e.Fields {
				if want := other.Fields[k]; (f.Verdict == freshness.Wrong || f.Verdict == freshness.Right) && f.Verdict != want.Verdict {
					r.Fatalf("%v with %+v: got %+v, want %+v", e.Ref, less, f, want)
				}
			}
			if e.Ghost != metrics.Maybe && e.Ghost != other.Ghost {
				r.Fatalf("%v with %+v: ghost %v, want %v", e.Ref, less, e.Ghost, other.Ghost)
			}
		}
	})
}

// TestSharesAgreeWithTheVerdicts counts once more, from the verdicts alone, what the judgement and the audit count.
func TestSharesAgreeWithTheVerdicts(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		out := judge(catalogWorld(), drawCatalog(r)...)
		audit := map[string]freshness.FieldAudit{}
		for _, a := range out.Audit() {
			audit[a.Field] = a
		}
		fresh, owners, fillable := freshness.Share{}, freshness.Share{}, map[string]int{}
		verdicts := map[string]map[freshness.Verdict]int{}
		for _, e := range out.Entities {
			spoilt, right := false, e.Owner.Right
			for _, fill := range e.Fills {
				fillable[fill.Field]++
			}
			for _, f := range e.Fields {
				if verdicts[f.Name] == nil {
					verdicts[f.Name] = map[freshness.Verdict]int{}
				}
				verdicts[f.Name][f.Verdict]++
				asked := slices.Contains([]string{"lifecycle", "system", "source"}, f.Name)
				spoilt = spoilt || asked && (f.Verdict == freshness.Wrong || f.Verdict == freshness.Aged)
			}
			is := func(s *freshness.Share, yes, unknown bool) {
				s.Den++
				if yes {
					s.Num++
				} else if unknown {
					s.Unknown++
				}
			}
			is(&fresh, right == metrics.Yes && !spoilt, right == metrics.Maybe && !spoilt)
			is(&owners, right == metrics.Yes, right == metrics.Maybe)
		}
		if d := cmp.Diff([]freshness.Share{out.Fresh, out.Owners, out.Without()}, []freshness.Share{fresh, owners, fresh}); d != "" {
			r.Fatalf("-got +want\n%s", d)
		}
		for name, v := range verdicts {
			a := audit[name]
			if a.Fillable.Num != fillable[name] || (a.Truth != "") != (fillable[name] > 0) {
				r.Fatalf("%s: %d fillable by %q, want %d", name, a.Fillable.Num, a.Truth, fillable[name])
			}
			filled := v[freshness.Right] + v[freshness.Wrong] + v[freshness.Aged] + v[freshness.Unverified]
			unchecked := v[freshness.Aged] + v[freshness.Unverified]
			got := []freshness.Share{a.Right, a.Wrong, a.Aged}
			want := []freshness.Share{{v[freshness.Right], filled, unchecked}, {v[freshness.Wrong], filled, unchecked}, {v[freshness.Aged], filled, 0}}
			if d := cmp.Diff(got, want); d != "" || a.Filled.Num != filled {
				r.Fatalf("%s: filled %d, want %d; -got +want\n%s", name, a.Filled.Num, filled, d)
			}
		}
	})
}

// TestOrderMakesNoDifference judges the same catalog and the same world in another order.
func TestOrderMakesNoDifference(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		records, w := drawCatalog(r), catalogWorld()
		once := judge(w, records...)
		w.Repos, w.Teams = rapid.Permutation(w.Repos).Draw(r, "repos"), rapid.Permutation(w.Teams).Draw(r, "teams")
		again := judge(w, rapid.Permutation(records).Draw(r, "records")...)
		for _, e := range once.Entities {
			i := slices.IndexFunc(again.Entities, func(f freshness.Judged) bool { return f.Ref == e.Ref })
			if d := cmp.Diff(again.Entities[i], e); d != "" {
				r.Fatalf("%v: -got +want\n%s", e.Ref, d)
			}
		}
		if d := cmp.Diff([]any{again.Audit(), again.Coverage, again.Dark, again.Duplicates}, []any{once.Audit(), once.Coverage, once.Dark, once.Duplicates}); d != "" {
			r.Fatalf("-got +want\n%s", d)
		}
	})
}

// TestWhatIsRepairedHelps follows advice: freshness never falls by it, nor by asking for fewer fields.
func TestWhatIsRepairedHelps(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		out := judge(catalogWorld(), drawCatalog(r)...)
		audit := out.Audit()
		for _, a := range audit {
			if a.IfFollowed.Num < out.Fresh.Num || a.Advice == freshness.Kill && a.Field == metrics.FieldOwner {
				r.Fatalf("advice to %s %s: fresh %+v, then %+v", a.Advice, a.Field, out.Fresh, a.IfFollowed)
			}
			if without := out.Without(a.Field); without.Num < out.Fresh.Num {
				r.Fatalf("without %s: fresh %+v, then %+v", a.Field, out.Fresh, without)
			}
		}
		if all := out.IfAllFollowed(audit); all.Num < out.Fresh.Num {
			r.Fatalf("with all advice: fresh %+v, then %+v", out.Fresh, all)
		}
	})
}

// FuzzJudge judges whatever people write: nothing of it may bring the judge down, and each field gets one verdict.
func FuzzJudge(f *testing.F) {
	for _, seed := range []string{"payments", "group:default/a", ":", "/", "@", "a@b", ",;", "https://", "url:https://github.com/acme/x/tree/-/", "git@:", "..", "\x00", "группа:по/умолчанию"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, value, other string) {
		var fields []metrics.EntityField
		for _, name := range []string{
			"annotation.github.com/project-slug", "annotation.gitlab.com/instance", "annotation.gitlab.com/project-slug", "depends_on", "lifecycle", "links",
			"owner", "parent", "source", "system", "tags", "tier",
		} {
			fields = append(fields, metrics.EntityField{Name: name, Values: []string{value, other}})
		}
		r := component("pay", strings.ToLower(value))
		r.Fields, r.Folder = fields, other
		out := judge(catalogWorld(), r)
		for _, f := range out.Entities[0].Fields {
			if f.Verdict < freshness.Right || f.Verdict > freshness.Unverified || f.Reason == "" {
				t.Errorf("%s: %+v", f.Name, f)
			}
		}
		out.Audit()
		freshness.Disagreements(out, out)
	})
}
