package metrics_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestOwnersThatAreNoTeams(t *testing.T) {
	for _, test := range []struct {
		owner         string
		thing, person bool
	}{
		{"payments", false, false},
		{"group:default/payments", false, false},
		{"squad:payments", false, false},
		{"@acme/payments", false, false},
		{"component:payments", true, false},
		{" Component : payments", true, false},
		{"https://chat.test/payments", true, false},
		{"https://ana@chat.test/payments", true, true},
		{"{name: payments}", true, false},
		{" [payments, shop]", true, false},
		{"user:ana", false, true},
		{"Person:default/ana", false, true},
		{"_user:ana", false, true},
		{"@ana", false, true},
		{" ana@acme.test", false, true},
		{"", false, false},
	} {
		if thing, person := metrics.IsThing(test.owner), metrics.IsPerson(test.owner); thing != test.thing || person != test.person {
			t.Errorf("%q: a thing %v, a person %v, want %v, %v", test.owner, thing, person, test.thing, test.person)
		}
	}
}
