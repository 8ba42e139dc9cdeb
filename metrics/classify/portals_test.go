package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// TestOwnersByPortals: a portal says who owns a repository from when that was seen on, before its files do.
func TestOwnersByPortals(t *testing.T) {
	on := func(d int) metrics.Instant { return midnight + metrics.Instant(d)*day }
	says := func(d int, source, ref, folder string, owners ...string) metrics.CatalogClaim {
		r, err := metrics.ParseEntityRef(ref, "component", "")
		if err != nil {
			t.Fatal(err)
		}
		return metrics.CatalogClaim{Source: source, Ref: r, Seen: on(d), Folder: folder, Owners: owners}
	}
	gone := func(c metrics.CatalogClaim) metrics.CatalogClaim { c.Gone, c.Owners = true, nil; return c }
	owned := func(team metrics.TeamKey, from, to metrics.Instant, by metrics.OwnerSource) metrics.Ownership {
		return metrics.Ownership{Unit: metrics.Unit{Repo: 1}, Team: team, Period: metrics.Period{From: from, To: to}, Source: by}
	}
	catalog := func(team metrics.TeamKey, from, to metrics.Instant) metrics.Ownership {
		return owned(team, from, to, metrics.OwnerCatalog)
	}
	file := landed{on(2), 1, info, component("pay", "file", "production")}
	owners := landed{midnight, 1, "CODEOWNERS", "* @acme/code\n"}
	for _, test := range []struct {
		name   string
		files  []landed
		claims []metrics.CatalogClaim
		want   []metrics.Ownership
		beside []metrics.TeamKey
	}{
		{"from when it was seen on", nil, []metrics.CatalogClaim{says(5, "port", "pay", "", "group:default/a")}, []metrics.Ownership{catalog("a", on(5), metrics.Forever)}, nil},
		{"before the file, where both say something", []landed{file}, []metrics.CatalogClaim{says(5, "port", "pay", "", "a"), says(9, "port", "pay", "")},
			[]metrics.Ownership{catalog("file", on(2), on(5)), catalog("a", on(5), on(9)), catalog("file", on(9), metrics.Forever)}, nil},
		{"an alias", nil, []metrics.CatalogClaim{says(5, "port", "pay", "", "group:default/pay-devs")}, []metrics.Ownership{catalog("payments", on(5), metrics.Forever)}, nil},
		{"until it is gone, or says otherwise", nil, []metrics.CatalogClaim{says(5, "port", "pay", "", "a"), says(7, "port", "pay", "", "b"), gone(says(9, "port", "pay", ""))},
			[]metrics.Ownership{catalog("a", on(5), on(7)), catalog("b", on(7), on(9))}, nil},
		{"several portals in the order of their names", nil, []metrics.CatalogClaim{says(5, "port", "pay", "", "b"), says(7, "backstage", "pay", "", "a"), gone(says(9, "backstage", "pay", ""))},
			[]metrics.Ownership{catalog("b", on(5), on(7)), catalog("a", on(7), on(9)), catalog("b", on(9), metrics.Forever)}, nil},
		{"a person", []landed{owners}, []metrics.CatalogClaim{says(5, "port", "pay", "", "user:default/x")}, []metrics.Ownership{owned("code", midnight, metrics.Forever, metrics.OwnerCodeowners)}, []metrics.TeamKey{"code"}},
		{"components go before what else there is", nil, []metrics.CatalogClaim{says(5, "port", "api:pay", "", "a"), says(5, "port", "service:pay", "", "b")}, []metrics.Ownership{catalog("b", on(5), metrics.Forever)}, nil},
		{"the only entity of a place", nil, []metrics.CatalogClaim{says(5, "port", "microservice:pay", "", "a"), says(8, "port", "api:pay", "", "b"), gone(says(9, "port", "microservice:pay", ""))},
			[]metrics.Ownership{catalog("a", on(5), on(8)), catalog("b", on(9), metrics.Forever)}, nil},
		{"the only folder below", nil, []metrics.CatalogClaim{says(5, "port", "pay", "svc/pay", "a"), says(7, "port", "shop", "svc/shop", "b")}, []metrics.Ownership{catalog("a", on(5), on(7))}, nil},
		{"behind what stands before it in the order, which is beside", []landed{owners, file}, []metrics.CatalogClaim{says(5, "port", "pay", "", "a")},
			[]metrics.Ownership{owned("code", midnight, on(2), metrics.OwnerCodeowners), catalog("file", on(2), on(5)), catalog("a", on(5), metrics.Forever)}, []metrics.TeamKey{"code"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			blobs, defs := contents{}, twoPaths()
			defs.Teams = metrics.Teams{
				Order: []metrics.OwnerSource{metrics.OwnerConfig, metrics.OwnerCatalog, metrics.OwnerCodeowners, metrics.OwnerProvider},
				List:  []metrics.Team{{Key: "payments", Aliases: []string{"pay-*"}}},
			}
			h := past(blobs, append([]landed{{midnight, 1, "README", "x"}}, test.files...)...)
			h.CatalogClaims = test.claims
			got := concluded(t, defs, blobs, h, anaAndBot())
			if diff := cmp.Diff(got.Ownership, test.want); diff != "" {
				t.Errorf("(-got +want):\n%s", diff)
			}
			var beside []metrics.TeamKey
			for _, b := range got.Beside {
				beside = append(beside, b.Team)
			}
			if diff := cmp.Diff(beside, test.beside); diff != "" {
				t.Errorf("beside (-got +want):\n%s", diff)
			}
		})
	}
}

// TestPortalsOfComponents: each component folder is owned by its own entity, and not by that of the repository.
func TestPortalsOfComponents(t *testing.T) {
	blobs, defs := contents{}, twoPaths()
	defs.Teams.Order = []metrics.OwnerSource{metrics.OwnerCatalog}
	defs.Paths[0].Components = []string{"svc/*"}
	h := past(blobs, landed{midnight, 1, "svc/pay/Jenkinsfile", "x"}, landed{midnight, 1, "svc/shop/Jenkinsfile", "x"})
	for name, folder := range map[string]string{"all": "", "pay": "svc/pay"} {
		h.CatalogClaims = append(h.CatalogClaims, metrics.CatalogClaim{
			Source: "port", Ref: metrics.EntityRef{Kind: "component", Namespace: "default", Name: name}, Seen: midnight + day, Folder: folder, Owners: []string{name + "-team"},
		})
	}
	got := map[string]metrics.TeamKey{}
	for _, o := range concluded(t, defs, blobs, h, anaAndBot()).Ownership {
		got[o.Component] = o.Team
	}
	if diff := cmp.Diff(got, map[string]metrics.TeamKey{"": "all-team", "svc/pay": "pay-team"}); diff != "" {
		t.Errorf("(-got +want):\n%s", diff)
	}
}
