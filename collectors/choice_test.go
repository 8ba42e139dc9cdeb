package collectors_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

func TestChoice(t *testing.T) {
	all := []string{"Acme/Pay-API", "acme/pay-web", "acme/tools/build", "other/pay-x"}
	tests := []struct {
		name             string
		include, exclude []string
		want, idle       []string
	}{
		{"none", nil, nil, all, nil},
		{"of the last part", []string{"pay-*"}, nil, []string{"Acme/Pay-API", "acme/pay-web", "other/pay-x"}, nil},
		{"of the whole", []string{"acme/pay-*"}, nil, []string{"Acme/Pay-API", "acme/pay-web"}, nil},
		{"of any depth", []string{"acme/**"}, []string{"build"}, []string{"Acme/Pay-API", "acme/pay-web"}, nil},
		{"one is a mistake", []string{"PAY-api", "pya-*"}, nil, []string{"Acme/Pay-API"}, []string{"pya-*"}},
		{"both match the same", []string{"pay-api", "pay-*"}, []string{"other/*"}, []string{"Acme/Pay-API", "acme/pay-web"}, nil},
		{"all of it is left out", []string{"build"}, []string{"acme/tools/*"}, nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := collectors.Choice{Include: test.include, Exclude: test.exclude}
			if err := c.Validate(); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, name := range all {
				if c.Takes(name) {
					got = append(got, name)
				}
			}
			if !slices.Equal(got, test.want) || !slices.Equal(c.Idle(), test.idle) {
				t.Errorf("got %q with %q idle, want %q with %q", got, c.Idle(), test.want, test.idle)
			}
		})
	}
	for _, glob := range []string{"", "[a"} {
		c := collectors.Choice{Exclude: []string{glob}}
		if err := c.Validate(); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("glob %q: got %v", glob, err)
		}
	}
}
