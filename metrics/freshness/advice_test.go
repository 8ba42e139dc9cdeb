package freshness_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestAdviceOnWhatIsNeeded keeps what the portal demands, what a template and an API are, and references that lead
// somewhere, though people do not keep it up or few have it; and not what is called so elsewhere.
func TestAdviceOnWhatIsNeeded(t *testing.T) {
	tests := []struct {
		name        string
		kind, field string
		value       string
		backstage   bool
		filled, old int // of ten
		advice      freshness.Advice
		why         string
	}{
		{"a type", "component", "type", "service", true, 10, 10, freshness.Keep, "Backstage requires it"},
		{"a type that few have", "api", "type", "openapi", true, 1, 0, freshness.Keep, "Backstage requires it"},
		{"a type of what another portal has", "component", "type", "service", false, 10, 10, freshness.Kill, "of 10 that have it filled, 10 were confirmed too long ago"},
		{"a type of what needs none", "system", "type", "product", true, 1, 0, freshness.Kill, "only 1 of 10 have it filled"},
		{"a lifecycle", "component", "lifecycle", "production", true, 10, 10, freshness.Keep, "Backstage requires it"},
		{"a lifecycle of what needs none", "resource", "lifecycle", "production", true, 10, 10, freshness.Kill, "of 10 that have it filled, 10 were confirmed too long ago"},
		{"the steps of a template", "template", "property.steps", "fetch", true, 10, 10, freshness.Keep, "programs read it"},
		{"the definition of an API", "api", "property.definition", "openapi: 3.0.0", false, 10, 10, freshness.Keep, "programs read it"},
		{"another property of an API", "api", "property.audience", "all", true, 1, 0, freshness.Kill, "only 1 of 10 have it filled"},
		{"a property that is called so", "component", "property.steps", "one", true, 1, 0, freshness.Kill, "only 1 of 10 have it filled"},
		{"references that few have", "component", "depends_on", "component:c1", true, 2, 0, freshness.Keep, "people keep it up"},
		{"references that lead nowhere", "component", "depends_on", "component:lost", true, 2, 0, freshness.Kill, "only 2 of 10 have it filled"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var records []freshness.Record
			for i := range 10 {
				value := ""
				if i < test.filled {
					value = test.value
				}
				r := entity(metrics.EntityRef{Kind: test.kind, Namespace: "default", Name: fmt.Sprint("c", i)}, "", test.field+"="+value)
				if r.Backstage = test.backstage; i < test.old {
					r = aged(r, ago(100))
				}
				records = append(records, r)
			}
			audit := judge(world(), records...).Audit()
			a := audit[slices.IndexFunc(audit, func(a freshness.FieldAudit) bool { return a.Field == test.field })]
			if a.Advice != test.advice || a.Why != test.why {
				t.Errorf("got %s (%s)", a.Advice, a.Why)
			}
		})
	}
}

// TestAdviceOnWhatNobodyLookedUp holds nothing against a field for which placeholders stand, however long.
func TestAdviceOnWhatNobodyLookedUp(t *testing.T) {
	var records []freshness.Record
	for i := range 10 {
		r := aged(component(fmt.Sprint("c", i), "", "label.purpose=$text: purpose.md"), ago(400))
		r.Fields[0].Unresolved = true
		records = append(records, r)
	}
	audit := judge(world(), records...).Audit()
	if a := audit[0]; a.Advice != freshness.Keep || a.Aged.Num != 0 {
		t.Errorf("got %s (%s) with %d aged", a.Advice, a.Why, a.Aged.Num)
	}
}
