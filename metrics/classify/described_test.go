package classify_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

const info = "catalog-info.yaml"

// component is a document that describes one, with an owner and a lifecycle.
func component(name, owner, lifecycle string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: " + name + "\nspec:\n  owner: " + owner + "\n  lifecycle: " + lifecycle + "\n"
}

// atOnce lets the commit that landed last change more files.
func atOnce(h *metrics.History, blobs contents, files map[string]string) {
	for path, text := range files {
		change := metrics.FileChange{Repo: 1, Walk: 1, Pos: h.Changes[len(h.Changes)-1].Pos, Path: path}
		if text != "" {
			change.Blob = blobs.add(text)
		}
		h.Changes = append(h.Changes, change)
	}
}

// merge makes the commit that landed last a merge of others, oldest first, each of which wrote the file of a landed one.
func merge(h *metrics.History, blobs contents, others ...landed) {
	last := &h.Commits[len(h.Commits)-1]
	last.Merge = true
	pos := last.Pos
	for i, c := range others {
		seq := uint32(i + 1)
		h.Commits = append(h.Commits, metrics.Commit{
			Repo: 1, Walk: 1, Pos: pos, Seq: seq, OID: metrics.OID(fmt.Sprint(pos, "/", seq)), Committed: c.at, Authored: c.at, Author: c.by,
		})
		h.Side = append(h.Side, metrics.SideChange{Repo: 1, Walk: 1, Pos: pos, Seq: seq, Path: c.path, Blob: blobs.add(c.text)})
	}
}

// saidOf is what a test looks at of entities: where each is described, and by field its values and the day of its
// confirmation, 0 for never, with the day on which a program wrote it after that.
func saidOf(r classify.Result) map[string]string {
	said := map[string]string{}
	for _, d := range r.Described {
		if d.Ref == (metrics.EntityRef{}) { // see TestGaps
			continue
		}
		text := fmt.Sprintf("%s:%d", d.Descriptor.Path, d.Line)
		for i, f := range d.Fields {
			confirmed := metrics.Instant(0)
			if at := d.Confirmed[i]; at != metrics.Beginning {
				confirmed = (at - midnight) / day
			}
			text += fmt.Sprintf(" %s=%s@%d", f.Name, strings.Join(f.Values, ","), confirmed)
			if at := d.Written[i]; at > d.Confirmed[i] {
				text += fmt.Sprintf("/%d", (at-midnight)/day)
			}
		}
		said[d.Ref.String()] = text
	}
	return said
}

func TestDescribed(t *testing.T) {
	on := func(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }
	born := landed{on(1), 1, info, component("pay", "a", "production")}
	for _, test := range []struct {
		name    string
		commits []landed
		more    func(*metrics.History, contents)
		want    map[string]string
	}{
		{"nothing", []landed{{on(1), 1, "README", "x"}}, nil, map[string]string{}},
		{"edited by somebody", []landed{born, {on(5), 1, info, component("pay", "b", "production")}}, nil,
			map[string]string{"component:default/pay": info + ":1 lifecycle=production@1 owner=b@5"}},
		{"edited by a bot", []landed{born, {on(5), 2, info, component("pay", "b", "production")}}, nil,
			map[string]string{"component:default/pay": info + ":1 lifecycle=production@1 owner=b@1/5"}},
		{"made by a bot", []landed{{on(3), 2, info, component("pay", "b", "production")}}, nil,
			map[string]string{"component:default/pay": info + ":1 lifecycle=production@0/3 owner=b@0/3"}},
		{"moved", []landed{born, {on(5), 1, info, ""}}, func(h *metrics.History, blobs contents) {
			atOnce(h, blobs, map[string]string{"svc/" + info: component("pay", "a", "production")})
		}, map[string]string{"component:default/pay": "svc/" + info + ":1 lifecycle=production@1 owner=a@1"}},
		{"renamed", []landed{born, {on(5), 1, info, component("payments", "a", "production")}}, nil,
			map[string]string{"component:default/payments": info + ":1 lifecycle=production@5 owner=a@5"}},
		{"taken away", []landed{born, {on(5), 1, info, ""}}, nil, map[string]string{}},
		{"brought by a merge of a bot's work", []landed{born, {on(5), 1, info, component("pay", "b", "production")}}, func(h *metrics.History, blobs contents) {
			merge(h, blobs, landed{on(4), 2, info, component("pay", "b", "production")})
		}, map[string]string{"component:default/pay": info + ":1 lifecycle=production@1 owner=b@1/5"}},
		{"brought by a bot's merge of somebody's work", []landed{born, {on(5), 2, info, component("pay", "b", "production")}}, func(h *metrics.History, blobs contents) {
			merge(h, blobs, landed{on(4), 1, info, component("pay", "b", "production")})
		}, map[string]string{"component:default/pay": info + ":1 lifecycle=production@1 owner=b@5"}},
		{"brought by a merge of both", []landed{born, {on(5), 1, info, component("pay", "b", "deprecated")}}, func(h *metrics.History, blobs contents) {
			merge(h, blobs, landed{on(3), 2, info, component("pay", "b", "production")}, landed{on(4), 1, info, component("pay", "b", "deprecated")})
		}, map[string]string{"component:default/pay": info + ":1 lifecycle=deprecated@5 owner=b@1/5"}},
		{"made in the merge itself", []landed{born, {on(5), 1, info, component("pay", "b", "production")}}, func(h *metrics.History, blobs contents) {
			merge(h, blobs, landed{on(4), 2, "README", "x"})
		}, map[string]string{"component:default/pay": info + ":1 lifecycle=production@1 owner=b@5"}},
		{"a merge of a branch from before the last edit", []landed{born, {on(3), 1, info, component("pay", "a", "deprecated")}, {on(5), 2, info, component("pay", "b", "deprecated")}},
			func(h *metrics.History, blobs contents) {
				merge(h, blobs, landed{on(2), 1, info, component("pay", "b", "production")})
			}, map[string]string{"component:default/pay": info + ":1 lifecycle=deprecated@3 owner=b@5"}},
		{"several documents", []landed{{on(1), 1, info, component("pay", "a", "production") + "---\n" + component("shop", "b", "production")}}, nil, map[string]string{
			"component:default/pay": info + ":1 lifecycle=production@1 owner=a@1", "component:default/shop": info + ":9 lifecycle=production@1 owner=b@1"}},
		{"a broken document", []landed{{on(1), 1, info, component("pay", "a", "production") + "---\nkind: [\n"}}, nil,
			map[string]string{"component:default/pay": info + ":1 lifecycle=production@1 owner=a@1"}},
		{"a location", []landed{{on(1), 1, info, "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec: {targets: [./catalog/*.yaml]}\n"},
			{on(2), 1, "catalog/pay.yaml", component("pay", "a", "production")}, {on(2), 1, "other/shop.yaml", component("shop", "a", "production")}}, nil,
			map[string]string{"component:default/pay": "catalog/pay.yaml:1 lifecycle=production@0 owner=a@0"}},
		{"a name that is configured", []landed{{on(1), 1, "docs/entity.yaml", component("pay", "a", "production")}}, nil,
			map[string]string{"component:default/pay": "docs/entity.yaml:1 lifecycle=production@1 owner=a@1"}},
		{"cut off history", []landed{born, {on(5), 1, info, component("pay", "b", "production")}}, func(h *metrics.History, _ contents) { h.Walks[0].Grafted = true },
			map[string]string{"component:default/pay": info + ":1 lifecycle=production@0 owner=b@5"}},
		{"a person", []landed{{on(1), 1, info, "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: {name: ana}\nspec: {memberOf: [a]}\n"}}, nil, map[string]string{}},
		{"of a repository that is gone", []landed{born}, func(h *metrics.History, _ contents) { h.Gone = on(20) }, map[string]string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs, defs := contents{}, twoPaths()
			defs.CatalogFiles = []string{"docs/*.yaml"}
			h := past(blobs, test.commits...)
			if test.more != nil {
				test.more(&h, blobs)
			}
			got := concluded(t, defs, blobs, h, anaAndBot())
			if diff := gocmp.Diff(saidOf(got), test.want); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
		})
	}
}

// TestDescribedWithoutHistory: what was only seen at a head was never confirmed, and a head behind history changes nothing of
// what that confirmed.
func TestDescribedWithoutHistory(t *testing.T) {
	seen := func(h *metrics.History, blobs contents, at metrics.Instant) {
		text := component("pay", "b", "production")
		h.States = []metrics.FileState{{Repo: 1, Files: 7, Path: "svc/pay/" + info, Blob: blobs.add(text)}}
		h.Readings = []metrics.Reading{{Source: "github", Repo: 1, At: at, Complete: true, Head: "new", Files: 7}}
	}
	blobs := contents{}
	alone := metrics.History{Repo: metrics.Repo{ID: 1, Name: "github.com/acme/pay"}}
	seen(&alone, blobs, midnight)
	want := metrics.Described{
		Repo: 1, Entity: metrics.Entity{
			Source: metrics.DescribedSource, Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}, Seen: midnight,
			Fields: []metrics.EntityField{{Name: metrics.FieldLifecycle, Values: []string{"production"}}, {Name: metrics.FieldOwner, Values: []string{"b"}}},
			Repo:   "github.com/acme/pay", Folder: "svc/pay", Descriptor: metrics.Place{Repo: "github.com/acme/pay", Path: "svc/pay/" + info},
		},
		Blob: alone.States[0].Blob, Line: 1, Lines: []int{7, 6}, Confirmed: []metrics.Instant{metrics.Beginning, metrics.Beginning},
		Written: []metrics.Instant{metrics.Beginning, metrics.Beginning},
	}
	if diff := gocmp.Diff(concluded(t, twoPaths(), blobs, alone, anaAndBot()).Described, []metrics.Described{want}); diff != "" {
		t.Errorf("seen alone (-got +want):\n%s", diff)
	}
	behind := past(blobs, landed{midnight + day, 1, "svc/pay/" + info, component("pay", "a", "production")})
	behind.Walks[0].At = midnight + 2*day
	seen(&behind, blobs, midnight+9*day)
	got := saidOf(concluded(t, twoPaths(), blobs, behind, anaAndBot()))
	if diff := gocmp.Diff(got, map[string]string{"component:default/pay": "svc/pay/" + info + ":1 lifecycle=production@1 owner=b@1"}); diff != "" {
		t.Errorf("seen behind history (-got +want):\n%s", diff)
	}
}

// TestBrokenDescriptor is warned of once, though a signal looks at it, too.
func TestBrokenDescriptor(t *testing.T) {
	for name, defs := range map[string]metrics.Definitions{
		"nobody looks at it": twoPaths(),
		"a signal does": {Measure: metrics.DefaultMeasure(), Paths: []metrics.Path{{Key: "owned", Golden: signal("catalog_annotation", func(s *metrics.Signal) {
			s.Name = "acme.dev/on"
		})}}},
	} {
		t.Run(name, func(t *testing.T) {
			blobs := contents{}
			got := concluded(t, defs, blobs, past(blobs, landed{midnight, 1, info, "kind: [\n"}), anaAndBot()).Warnings
			if len(got) != 1 || got[0].Repo != 1 || got[0].File != info || got[0].Line == 0 {
				t.Errorf("got %v, want one warning with its line", got)
			}
		})
	}
}

// tooLarge are contents of which one is over the limit.
type tooLarge struct {
	contents
	oid metrics.OID
}

// Blob implements detect.Blobs.
func (c tooLarge) Blob(oid metrics.OID) (string, metrics.Reason) {
	if oid == c.oid {
		return "", metrics.ReasonTooLarge
	}
	return c.contents.Blob(oid)
}

// TestGaps: what files describe without anybody having read it is told, and warned of, so that nothing is wrong or dark for
// the want of it.
func TestGaps(t *testing.T) {
	leads := func(targets ...string) string {
		return "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: all}\nspec:\n  targets:\n    - " + strings.Join(targets, "\n    - ") + "\n"
	}
	const big, own = "too big", "github.com/acme/pay "
	for name, test := range map[string]struct {
		files    map[string]string
		gaps     []string // file:line, and what is there
		warnings []string
	}{
		"none":                    {map[string]string{info: component("pay", "a", "production")}, nil, nil},
		"a location that is read": {map[string]string{info: leads("./svc/catalog-info.yaml", "./docs/*.yaml", "./docs/a.yaml"), "svc/" + info: "", "docs/a.yaml": component("pay", "a", "x")}, nil, nil},
		"a location that is gone": {map[string]string{info: leads("./svc/catalog-info.yaml", "docs/gone.yaml")}, nil, nil},
		"locations that are URLs": {map[string]string{info: leads("docs/a%20b.yaml", "'docs/a%23b.yaml'", "docs/c.yaml?x=1"), "docs/a b.yaml": component("a", "a", "x"), "docs/a#b.yaml": component("b", "a", "x"), "docs/c.yaml": component("c", "a", "x")}, nil, nil},
		"a location that is no URL of a file": {map[string]string{info: leads("docs/a%20b.yaml", "systems/a%20b.yaml", "docs/c.yaml?x=1")},
			[]string{info + ":6 github.com/acme/pay docs/a%20b.yaml", info + ":7 github.com/acme/pay systems/a%20b.yaml", info + ":8 github.com/acme/pay docs/c.yaml?x=1"},
			[]string{info + ":6: docs/a%20b.yaml leads to no file, be it read as a path or as a URL (and 2 more)"}},
		"a location nowhere": {map[string]string{info: leads("'${{ values.url }}'", "../../x.yaml")}, nil, nil},
		"a location that is passed over": {map[string]string{info: leads("./systems/one.yaml", "./systems/*.yaml")},
			[]string{info + ":6 github.com/acme/pay ./systems/one.yaml", info + ":7 github.com/acme/pay ./systems/*.yaml"},
			[]string{info + ":6: ./systems/one.yaml is not read: add it to catalog.files (and 1 more)"}},
		"a location in another repository": {map[string]string{info: leads("https://github.com/acme/all/blob/main/catalog-info.yaml", "https://github.com/acme/all/blob/main/x.yaml")},
			[]string{info + ":6 github.com/acme/all ", info + ":7 github.com/acme/all https://github.com/acme/all/blob/main/x.yaml"},
			[]string{info + ":7: https://github.com/acme/all/blob/main/x.yaml is not read: add it to catalog.files, and its repository to a source"}},
		"a location with a password": {map[string]string{info: leads("https://ana:pass@code.acme.dev/acme/all/blob/main/x.yaml")},
			[]string{info + ":6 code.acme.dev/acme/all https://code.acme.dev/acme/all/blob/main/x.yaml"},
			[]string{info + ":6: https://code.acme.dev/acme/all/blob/main/x.yaml is not read: add it to catalog.files, and its repository to a source"}},
		"a file that is too big": {map[string]string{info: big}, []string{info + ":1 " + own},
			[]string{info + ":1: the file has more than the 1048576 bytes that are read: what it describes is not known"}},
		"a location that leads to one": {map[string]string{info: leads("docs/a.yaml", "docs/*.yaml", "other/*.yaml"), "docs/a.yaml": big},
			[]string{"docs/a.yaml:1 " + own, info + ":8 github.com/acme/pay other/*.yaml"},
			[]string{"docs/a.yaml:1: the file has more than the 1048576 bytes that are read: what it describes is not known",
				info + ":8: other/*.yaml is not read: add it to catalog.files"}},
		"a broken document": {map[string]string{info: component("pay", "a", "x") + "---\nkind: [\n"}, []string{info + ":10 " + own},
			[]string{info + ":10: parse YAML: did not find expected node content"}},
		"without a tag": {map[string]string{"cortex.yaml": "info:\n  x-cortex-type: service\n"}, []string{"cortex.yaml:1 " + own},
			[]string{"cortex.yaml:1: no entity: x-cortex-tag is missing or filled in by a template"}},
		"without a name": {map[string]string{info: "apiVersion: backstage.io/v1\nkind: System\n"}, []string{info + ":1 " + own}, []string{info + ":1: no entity: metadata.name is missing or no text"}},
		"a person without a name, and others that own": {map[string]string{info: component("pay", "Petra Pfeffer", "x") + "---\napiVersion: backstage.io/v1\nkind: User\nmetadata: {name: Ana Blum}\n"},
			[]string{info + ":6 " + own}, []string{info + ":11: no entity: metadata.name is no name"}},
		"a template of one that is no YAML": {map[string]string{info: "kind: Component\n{% if x %}\n"}, nil, []string{info + ":2: parse YAML: found character that cannot start any token"}},
		"a template of one":                 {map[string]string{info: component("'${{ values.name }}'", "a", "x")}, nil, nil},
		"no descriptor":                     {map[string]string{info: "apiVersion: apps/v1\nkind: Deployment\n", "port.yml": "host: x\n"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			blobs, defs := contents{}, twoPaths()
			defs.CatalogFiles = []string{"docs/*.yaml"}
			h := past(blobs, landed{midnight, 1, "README", "x"})
			h.Walks[0].Watch = nil
			atOnce(&h, blobs, test.files)
			for i := range h.Changes { // an empty file is one, too
				h.Changes[i].Blob = blobs.add(cmp.Or(test.files[h.Changes[i].Path], "# empty"))
			}
			c, err := classify.New(defs)
			if err != nil {
				t.Fatal(err)
			}
			got := c.Repo(h, anaAndBot(), tooLarge{blobs, blobs.add(big)}, nil)
			var gaps, warnings []string
			for _, d := range got.Described {
				if d.Ref == (metrics.EntityRef{}) {
					gaps = append(gaps, fmt.Sprintf("%s:%d %s %s", d.Descriptor.Path, d.Line, d.Entity.Repo, d.Folder))
				}
			}
			for _, w := range got.Warnings {
				warnings = append(warnings, fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Message))
			}
			if diff := gocmp.Diff(gaps, test.gaps); diff != "" {
				t.Errorf("gaps (-got +want):\n%s", diff)
			}
			if diff := gocmp.Diff(warnings, test.warnings); diff != "" {
				t.Errorf("warnings (-got +want):\n%s", diff)
			}
		})
	}
}

// TestNobodyIsDescribed: no value that is kept tells who somebody is, and none is long.
func TestNobodyIsDescribed(t *testing.T) {
	long := strings.Repeat("x", 201)
	for _, test := range []struct{ key, value, want string }{
		{"owner", "a", "a"},
		{"owner", "group:default/a", "group:default/a"},
		{"owner", "'@acme/pay'", "@acme/pay"},
		{"owner", "user:ana", "user:default/someone"},
		{"owner", "User:default/ana", "user:default/someone"},
		{"owner", "ana@acme.dev", "user:default/someone"},
		{"owner", "mailto:ana@acme.dev", "user:default/someone"},
		{"owner", "'@ana'", "user:default/someone"},
		{"owner", "user:default/pay-bot", "user:default/pay-bot"}, // how the configuration writes a team
		{"owner", "pay@acme.dev", "pay@acme.dev"},
		{"lifecycle", "ask ana.b@acme.dev or bob@acme.co.uk", "ask someone@acme.dev or someone@acme.co.uk"},
		{"lifecycle", "pay@acme.dev", "someone@acme.dev"},
		{"lifecycle", "user:default/ana", "user:default/someone"},
		{"lifecycle", `'{"em": "user:ana.b", "on call": ["Person:acme/bob", "group:default/a"]}'`,
			`{"em": "user:default/someone", "on call": ["user:default/someone", "group:default/a"]}`},
		{"lifecycle", "'group:a, user:ana,user:default/bob'", "group:a, user:default/someone,user:default/someone"},
		{"em", "{lead: user:ana, deputy: bob@acme.dev}", "{lead: user:default/someone, deputy: someone@acme.dev}"},
		{"lifecycle", "https://acme.dev/?who=ana%40acme.dev&as=user%3adefault%2Fana", "https://acme.dev/?who=someone%40acme.dev&as=user:default/someone"},
		{"lifecycle", "https://ana:pass@acme.dev/x", "https://acme.dev/x"},
		{"lifecycle", "https://ana:pa/ss@acme.dev/x", "https://acme.dev/x"},
		{"links", "https://acme.dev/x?tab=overview&api_key=hunter2#code=hunter2", "https://acme.dev/x?tab=overview&api_key=***#code=***"},
		{"links", "use gh" + "p_" + long[:36], "use ***"},
		{"lifecycle", "superuser:ana", "superuser:ana"},
		{"lifecycle", "https://acme.dev/pkg%401.2.3", "https://acme.dev/pkg%401.2.3"},
		{"lifecycle", "image@sha256:0123", "image@sha256:0123"},
		{"lifecycle", long, fmt.Sprintf("#%016x", metrics.Fingerprint(long))},
		{"lifecycle", long[1:], long[1:]},
	} {
		t.Run(test.key+" "+test.value, func(t *testing.T) {
			blobs, defs := contents{}, twoPaths()
			defs.Teams.List = []metrics.Team{{Key: "pay", Aliases: []string{"user:default/pay-bot", "PAY@acme.dev", "user:*"}}}
			text := "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: pay}\nspec:\n  " + test.key + ": " + test.value + "\n"
			got := concluded(t, defs, blobs, past(blobs, landed{midnight, 1, info, text}), anaAndBot()).Described
			if len(got) != 1 || got[0].Fields[0].Values[0] != test.want {
				t.Errorf("got %v, want %s", got, test.want)
			}
		})
	}
}

// TestWatchedDescriptors: files that the configuration names are read, and asked for.
func TestWatchedDescriptors(t *testing.T) {
	defs := twoPaths()
	defs.CatalogFiles = []string{"docs/*.yaml"}
	c, err := classify.New(defs)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(classify.Watch(defs).Whole, "docs/*.yaml") {
		t.Error("they are not watched")
	}
	for path, want := range map[string]bool{"docs/entity.yaml": true, "docs/a/entity.yaml": false, "svc/" + info: true, "entity.yaml": false} {
		if got := c.Wants(path); got != want {
			t.Errorf("%s: wanted: %v, want %v", path, got, want)
		}
	}
}

// TestDescribedNobody: neither people nor secrets are in what files describe, be it in the names of fields or in references, and
// owners that the same files describe as persons are such.
func TestDescribedNobody(t *testing.T) {
	key := "AK" + "IAABCDEFGHIJKLMNOP"
	entity := func(kind, name, spec string) string {
		return "apiVersion: backstage.io/v1alpha1\nkind: " + kind + "\nmetadata: {name: " + name + "}\nspec:\n  " + spec + "\n---\n"
	}
	for name, test := range map[string]struct{ text, want string }{
		"a property":          {entity("Component", "pay", "petra.pfeffer@acme.dev: x"), "property.someone@acme.dev=x@1"},
		"two that are one":    {entity("Component", "pay", "a@acme.dev: x\n  b@acme.dev: y"), "property.someone@acme.dev=x,y@1"},
		"a key of a property": {entity("Component", "pay", key+": x"), "property.***=x@1"},
		"a system":            {entity("Component", "pay", "system: "+key), "system=system:default/***@1"},
		"what it depends on":  {entity("Component", "pay", "dependsOn: ['component:"+key+"']"), "depends_on=component:default/***@1"},
		"an owner":            {entity("Component", "pay", "owner: petra.pfeffer") + entity("User", "Petra.Pfeffer", "memberOf: [a]"), "owner=user:default/someone@1"},
		"one of a namespace":  {entity("Component", "pay", "owner: x/petra") + entity("User", "petra", "memberOf: [a]"), "owner=x/petra@1"},
		"a team of the name":  {entity("Component", "pay", "owner: petra") + entity("User", "petra", "memberOf: [a]") + entity("Group", "petra", "type: team"), "owner=petra@1"},
	} {
		t.Run(name, func(t *testing.T) {
			blobs := contents{}
			said := saidOf(concluded(t, twoPaths(), blobs, past(blobs, landed{midnight + day, 1, info, test.text}), anaAndBot()))
			if got := said["component:default/pay"]; got != info+":1 "+test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
