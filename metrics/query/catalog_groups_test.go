package query

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

func groupIn(namespace, name string) metrics.EntityRef {
	return metrics.EntityRef{Kind: "group", Namespace: namespace, Name: name}
}

// TestSpelledAs writes a team that is a group of a catalog in the place of owners: always so that it refers to that group.
func TestSpelledAs(t *testing.T) {
	shop := groupIn("default", "shop")
	for _, test := range []struct {
		name, old, namespace string
		group                metrics.EntityRef
		names                []spelling
		want                 string
	}{
		{"a name", "pay", "default", shop, nil, "shop"},
		{"a name in another namespace", "pay", "team-a", shop, nil, "default/shop"},
		{"a kind", "group:pay", "default", shop, nil, "group:shop"},
		{"a kind in another namespace", "group:pay", "team-a", shop, nil, "group:default/shop"},
		{"a namespace", "default/pay", "team-a", shop, nil, "default/shop"},
		{"another namespace", "team-a/pay", "default", shop, nil, "default/shop"},
		{"kind and another namespace", "group:team-a/pay", "team-a", shop, nil, "group:default/shop"},
		{"of another kind of letters", "Group:Default/pay", "team-a", shop, nil, "Group:Default/shop"},
		{"in the namespace of the thing", "pay", "team-a", groupIn("team-a", "shop"), nil, "shop"},
		{"a team of a host", "@acme/pay", "default", shop, nil, "shop"},
		{"a person of another namespace", "user:team-a/ana", "team-a", shop, nil, "group:default/shop"},
		{"an address", "ana@acme.dev", "team-a", shop, nil, "default/shop"},
		{"as others refer to it", "group:team-a/pay", "team-a", shop, []spelling{{"Group:default/Shop", "default", 1}}, "Group:default/Shop"},
		{"others name it elsewhere", "pay", "team-a", shop, []spelling{{"shop", "default", 9}}, "default/shop"},
		{"others refer to nothing", "group:default/pay", "default", shop, []spelling{{"group:team-a/shop", "default", 9}, {"@acme/shop", "default", 9}}, "group:default/shop"},
		{"a group of another name", "group:default/pay", "default", groupIn("default", "shop-devs"), []spelling{{"shop-devs", "default", 1}}, "shop-devs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := spelledAs(test.group, "shop", test.old, test.namespace, test.names)
			if got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if ref, ok := refersTo(got, test.namespace); !ok || ref != test.group {
				t.Errorf("%s refers to %s, want %s", got, ref, test.group)
			}
		})
	}
}

// TestGroups says which group a team is.
func TestGroups(t *testing.T) {
	a, b, devs := groupIn("a", "shop"), groupIn("b", "shop"), groupIn("a", "shop-devs")
	for _, test := range []struct {
		name  string
		in    map[string][]metrics.EntityRef
		names []spelling
		want  foundGroup
	}{
		{"none", map[string][]metrics.EntityRef{"files": {groupIn("a", "pay")}}, nil, foundGroup{sure: true}},
		{"one", map[string][]metrics.EntityRef{"files": {a, groupIn("a", "pay")}}, nil, foundGroup{a, true}},
		{"of a portal", map[string][]metrics.EntityRef{"backstage": {b}, "roadie": {b}}, nil, foundGroup{b, true}},
		{"the own catalog first", map[string][]metrics.EntityRef{"backstage": {b}, "files": {a}}, []spelling{{"b/shop", "default", 9}}, foundGroup{a, true}},
		{"several", map[string][]metrics.EntityRef{"files": {a, b}}, nil, foundGroup{a, false}},
		{"of several that to which most refer", map[string][]metrics.EntityRef{"files": {a, b}}, []spelling{{"shop", "a", 2}, {"group:b/Shop", "a", 3}}, foundGroup{b, true}},
		{"several to which as many refer", map[string][]metrics.EntityRef{"files": {a, b}}, []spelling{{"shop", "a", 2}, {"group:b/shop", "a", 2}}, foundGroup{a, false}},
		{"by another name", map[string][]metrics.EntityRef{"files": {devs}}, []spelling{{"group:a/shop-devs", "default", 1}}, foundGroup{devs, true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := newGroups(test.in, map[teamIn][]spelling{{"files", "shop"}: test.names, {"files", "pay"}: {{"a/shop", "default", 99}}})
			for range 2 {
				if got := g.of(teamIn{"files", "shop"}); got != test.want {
					t.Errorf("got %+v, want %+v", got, test.want)
				}
			}
		})
	}
}
