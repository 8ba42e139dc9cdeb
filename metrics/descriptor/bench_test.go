package descriptor

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
)

// BenchmarkParse reads one descriptor as services have them, with some twenty fields.
func BenchmarkParse(b *testing.B) {
	var annotations strings.Builder
	for i := range 8 {
		fmt.Fprintf(&annotations, "    acme.dev/annotation-%d: value-%d\n", i, i)
	}
	content := "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: pay\n  title: Payments\n  description: Takes money.\n" +
		"  tags: [go, grpc]\n  links:\n    - url: https://grafana.acme.dev/d/pay\n      title: Dashboard\n  annotations:\n    github.com/project-slug: acme/pay\n" +
		annotations.String() + "spec:\n  type: service\n  lifecycle: production\n  owner: payments\n  system: checkout\n  providesApis: [pay]\n" +
		"  dependsOn:\n    - resource:pay-db\n    - component:ledger\n"
	b.SetBytes(int64(len(content)))
	b.ReportAllocs()
	for b.Loop() {
		if file := Parse(metrics.Place{Repo: "github.com/acme/pay", Path: "catalog-info.yaml"}, content); len(file.Entities) != 1 {
			b.Fatalf("%d entities", len(file.Entities))
		}
	}
}

// BenchmarkCorrect corrects the owner of the last of a hundred entities.
func BenchmarkCorrect(b *testing.B) {
	content := strings.Repeat(payLike("shop", "sales", "production")+"---\n", 99) + payLike("pay", "payments", "production")
	for b.Loop() {
		if _, err := Correct(metrics.Place{Path: "all.yaml"}, content, owner("pay", "payments", "money")); err != nil {
			b.Fatal(err)
		}
	}
}
