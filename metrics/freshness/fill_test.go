package freshness_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestFills tells what could fill which fields: those that an entity lacks, too, if others of its kind have them; and of nobody
// who is not counted.
func TestFills(t *testing.T) {
	tagged, bare := ours(pay), ours(shop)
	tagged.Topics, bare.Topics = []string{"go"}, []string{"java"}
	commits, host, topics := freshness.Fill{Field: "owner", Truth: "commits"}, freshness.Fill{Field: "source", Truth: "code host"}, freshness.Fill{Field: "tags", Truth: "topics"}
	out := judge(world(tagged, bare, freshness.Repo{Name: mono, Work: worked()}),
		component("pay", pay, "tags=", "source=https://"+pay), component("shop", shop), component("mono", mono),
		entity(metrics.EntityRef{Kind: "api", Namespace: "default", Name: "pay"}, pay), entity(metrics.EntityRef{Kind: "user", Namespace: "default", Name: "ana"}, pay, "tags=x"),
	)
	want := [][]freshness.Fill{{commits, host, topics}, {commits, host, topics}, {host}, {commits}, nil}
	for i := range out.Entities {
		diff(t, out.Entities[i].Fills, want[i])
	}
}
