package classify_test

import (
	"fmt"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// leading is a file that leads to others.
func leading(targets ...string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets:\n    - " + strings.Join(targets, "\n    - ") + "\n"
}

// TestNamedDescriptors: files that others name are descriptors as those of usual names are, as long as they are named.
func TestNamedDescriptors(t *testing.T) {
	pay := component("pay", "a", "production")
	for name, test := range map[string]struct {
		named   []string
		commits []landed
		want    map[string]string
		gaps    int
		owner   metrics.TeamKey // of the repository in the end
	}{
		"their fields have a past from before they were named": {
			[]string{"c/pay.yaml"}, []landed{{on(1), 1, "c/pay.yaml", pay}, {on(5), 1, info, leading("./c/pay.yaml")}},
			map[string]string{"component:default/pay": "c/pay.yaml:1 lifecycle=production@1 owner=a@1"}, 0, "",
		},
		"by a glob": {
			[]string{"c/*.yaml"}, []landed{{on(1), 1, info, leading("./c/*.yaml")}, {on(2), 1, "c/pay.yaml", pay}},
			map[string]string{"component:default/pay": "c/pay.yaml:1 lifecycle=production@2 owner=a@2"}, 0, "",
		},
		"over another one, and back": {
			[]string{"all.yaml", "c/pay.yaml", info}, []landed{{on(1), 1, info, leading("all.yaml")}, {on(2), 1, "all.yaml", leading("c/pay.yaml", info)}, {on(3), 1, "c/pay.yaml", pay}},
			map[string]string{"component:default/pay": "c/pay.yaml:1 lifecycle=production@3 owner=a@3"}, 0, "",
		},
		"with brackets in their names": {
			[]string{`c/\[pay].yaml`}, []landed{{on(1), 1, info, leading("'./c/[pay].yaml'")}, {on(2), 1, "c/[pay].yaml", pay}},
			map[string]string{"component:default/pay": "c/[pay].yaml:1 lifecycle=production@2 owner=a@2"}, 0, "",
		},
		"named no more": {
			[]string{"c/pay.yaml"}, []landed{{on(1), 1, "c/pay.yaml", pay}, {on(2), 1, info, leading("./c/pay.yaml")}, {on(3), 1, info, component("till", "b", "x")}},
			map[string]string{"component:default/till": info + ":1 lifecycle=x@3 owner=b@3"}, 0, "b",
		},
		"named, and not there": {
			[]string{"c/*.yaml", "c/pay.yaml"}, []landed{{on(1), 1, info, leading("./c/pay.yaml", "./c/*.yaml")}}, map[string]string{}, 0, "",
		},
		"beyond what is read": {
			[]string{"c/pay.yaml"}, []landed{{on(1), 1, info, leading("./c/pay.yaml", "./c/till.yaml", "./d/[ab].yaml")}}, map[string]string{}, 2, "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			blobs, defs := contents{}, twoPaths()
			defs.Teams.Order = []metrics.OwnerSource{metrics.OwnerCatalog}
			h := past(blobs, test.commits...)
			h.Walks[0].Watch, h.Walks[0].Named = []string{"**/" + info}, test.named
			got := concluded(t, defs, blobs, h, anaAndBot())
			gaps := 0
			var known []metrics.Described
			for _, d := range got.Described {
				if d.Ref == (metrics.EntityRef{}) {
					gaps++
				} else {
					known = append(known, d)
				}
			}
			got.Described = known
			if diff := gocmp.Diff(saidOf(got), test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if gaps != test.gaps || (len(got.Warnings) > 0) != (gaps > 0) {
				t.Errorf("%d gaps with %v, want %d", gaps, got.Warnings, test.gaps)
			}
			if owner := lastOwner(got); owner != test.owner {
				t.Errorf("the repository is of %q, want %q", owner, test.owner)
			}
			ask := classify.NamedFiles(&h)
			for _, c := range test.commits {
				if c.path != info && !ask(c.path) {
					t.Errorf("%s is not asked for", c.path)
				}
			}
		})
	}
}

// lastOwner is the team that the repository is of in the end.
func lastOwner(r classify.Result) (team metrics.TeamKey) {
	for _, o := range r.Ownership {
		if o.Component == "" && o.To == metrics.Forever {
			team = o.Team
		}
	}
	return team
}

// TestOwnersInNamedFiles: a file in the folder of a component says who owns it, whatever its name is, while it is named.
func TestOwnersInNamedFiles(t *testing.T) {
	blobs, defs := contents{}, twoPaths()
	defs.Teams.Order = []metrics.OwnerSource{metrics.OwnerCatalog}
	for i := range defs.Paths {
		defs.Paths[i].Components = []string{"svc/*"}
	}
	h := past(blobs,
		landed{on(1), 1, "svc/pay/owner.yaml", component("pay", "a", "production")},
		landed{on(2), 1, info, leading("./svc/pay/owner.yaml")},
		landed{on(6), 1, info, component("till", "b", "x")},
	)
	h.Walks[0].Named = []string{"svc/pay/owner.yaml"}
	var got []string
	for _, o := range concluded(t, defs, blobs, h, anaAndBot()).Ownership {
		if o.Component != "" && o.Team != "" {
			got = append(got, fmt.Sprintf("%s %s %d-%d", o.Component, o.Team, (o.From-midnight)/day, (o.To-midnight)/day))
		}
	}
	if diff := gocmp.Diff(got, []string{"svc/pay a 2-6"}); diff != "" {
		t.Errorf("-got +want:\n%s", diff)
	}
}

// TestNamedFilesBeyondHistory: what a head shows that was seen without its history is known where the named files were read
// there, and told to be unknown where they were not.
func TestNamedFilesBeyondHistory(t *testing.T) {
	for name, test := range map[string]struct {
		named []string
		want  string
	}{
		"they were read": {[]string{"c/pay.yaml"}, "c/pay.yaml component:default/pay"},
		"they were not":  {nil, info + " ./c/pay.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			blobs, pay, all := contents{}, component("pay", "a", "production"), leading("./c/pay.yaml")
			h := past(blobs, landed{on(1), 1, "c/pay.yaml", pay}, landed{on(2), 1, info, all})
			h.Walks[0].Watch, h.Walks[0].Named, h.Walks[0].At = []string{"**/" + info}, []string{"c/pay.yaml"}, on(3)
			h.Watch, h.Named = metrics.WatchSet{Whole: []string{"**/" + info}}, test.named
			h.Readings = []metrics.Reading{{Source: "github", Repo: 1, At: on(9), Complete: true, Head: "newer", Files: 1}}
			h.States = []metrics.FileState{{Repo: 1, Files: 1, Path: info, Blob: blobs.add(all)}}
			if test.named != nil {
				h.States = append([]metrics.FileState{{Repo: 1, Files: 1, Path: "c/pay.yaml", Blob: blobs.add(pay)}}, h.States...)
			}
			got := concluded(t, twoPaths(), blobs, h, anaAndBot())
			var list []string
			for _, d := range got.Described {
				if d.Ref == (metrics.EntityRef{}) {
					list = append(list, d.Descriptor.Path+" "+d.Folder)
				} else {
					list = append(list, d.Descriptor.Path+" "+d.Ref.String())
				}
			}
			if diff := gocmp.Diff(list, []string{test.want}); diff != "" || (len(got.Warnings) > 0) != (test.named == nil) {
				t.Errorf("with %v (-got +want):\n%s", got.Warnings, diff)
			}
		})
	}
}
