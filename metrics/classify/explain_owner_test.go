package classify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// TestExplainOwners: where it stands who owns a repository, at each moment by the lines that were there then.
func TestExplainOwners(t *testing.T) {
	blobs := contents{}
	h := past(blobs,
		landed{midnight, 1, "README", "x"},
		landed{on(1), 1, ".github/CODEOWNERS", "# owners\n\n[Docs]\n/docs/ @acme/writers\n* nobody@acme.com @acme/pay-core\n"},
		landed{on(2), 1, info, component("pay", "pay-core", "production")},
		landed{on(3), 1, ".github/CODEOWNERS", "/docs/ @acme/writers\n"},
		landed{on(4), 1, info, ""},
		landed{on(5), 1, ".github/CODEOWNERS", "* @ana\n"},
	)
	defs := twoPaths()
	defs.Teams = metrics.Teams{
		Order: []metrics.OwnerSource{metrics.OwnerConfig, metrics.OwnerCatalog, metrics.OwnerCodeowners},
		List: []metrics.Team{{Key: "other", Repos: []string{"github.com/acme/x"}}, {Key: "payments", Aliases: []string{"@acme/pay-*", "pay-*"}, Members: []metrics.Member{{ID: "ana", Until: metrics.Forever}}},
			{Key: "platform", Repos: []string{"github.com/*/nothing", "github.com/acme/p*"}}},
	}
	c, err := classify.New(defs)
	if err != nil {
		t.Fatal(err)
	}
	config := metrics.OwnerEvidence{Source: metrics.OwnerConfig, Team: "platform", Text: "github.com/acme/p*"}
	rule := metrics.OwnerEvidence{Source: metrics.OwnerCodeowners, Team: "payments", File: ".github/CODEOWNERS", Line: 5, Text: "* @acme/pay-core"}
	entry := metrics.OwnerEvidence{Source: metrics.OwnerCatalog, Team: "payments", File: info, Line: 6, Text: "owner: pay-core"}
	person := metrics.OwnerEvidence{Source: metrics.OwnerCodeowners, Team: "payments", File: ".github/CODEOWNERS", Line: 1, Text: "* (one of its members)"}
	for d, want := range [][]metrics.OwnerEvidence{{config}, {config, rule}, {config, rule, entry}, {config, entry}, {config}, {config, person}} {
		for _, got := range c.Explain(h, anaAndBot(), blobs, on(d)) {
			if diff := cmp.Diff(got.Owners, want); diff != "" {
				t.Errorf("on day %d (-got +want):\n%s", d, diff)
			}
		}
	}
}
