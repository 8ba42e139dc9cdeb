package main

import (
	"strings"
	"testing"
)

func TestShortVersion(t *testing.T) {
	commit, digest := strings.Repeat("0a", 20), strings.Repeat("9f", 32)
	for version, want := range map[string]string{
		"":                       "",
		"v3":                     "v3",
		"refs/tags/v3.1.0":       "refs/tags/v3.1.0",
		"0a0a0a0":                "0a0a0a0",
		commit:                   "0a0a0a0a0a0a",
		digest:                   "9f9f9f9f9f9f",
		"sha256:" + digest:       "sha256:9f9f9f9f9f9f",
		strings.Repeat("zz", 20): strings.Repeat("zz", 20),
	} {
		if got := shortVersion(version); got != want {
			t.Errorf("%q: got %q, want %q", version, got, want)
		}
	}
}

func TestRateWithin(t *testing.T) {
	f := func(x float64) *float64 { return &x }
	for _, test := range []struct {
		name   string
		rate   rate
		bounds []float64
		want   string
	}{
		{"nothing is unknown", rate{0, 5, f(0), f(0), f(0.434), ""}, []float64{0, 0}, "0 % 0/5 (0–43)"},
		{"it can be more", rate{0, 5, f(0), f(0), f(0.434), ""}, []float64{0, 0.6}, "0–60 % 0/5 (0–43)"},
		{"it can be less", rate{2, 4, f(0.5), nil, nil, ""}, []float64{0.25, 0.5}, "25–50 % 2/4"},
		{"less than a table shows", rate{2, 4, f(0.5), nil, nil, ""}, []float64{0.4999, 0.5001}, "50 % 2/4"},
		{"there is none", rate{Reason: "all_unknown"}, nil, "– all unknown"},
		{"a server of an older version", rate{2, 4, f(0.5), nil, nil, ""}, nil, "50 % 2/4"},
	} {
		if got, _ := test.rate.within(test.bounds); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

func TestWhyRanges(t *testing.T) {
	half := 0.5
	row := adoptionRow{Origin: []byte(`{"unknown":2}`), States: map[string]int{"unknown": 0}, Bounds: map[string][]float64{"teams.voluntary": {0, 1}}}
	row.Teams.Voluntary = rate{Num: 1, Den: 2, Rate: &half}
	unread := row
	unread.Origin, unread.States = []byte(`{"unknown":0}`), map[string]int{"unknown": 3}
	known := row
	known.Bounds = nil
	const came, use = "\n  how they came to use the path", "\n  what they use (UNKNOWN)"
	for _, test := range []struct {
		name      string
		rows      []adoptionRow
		came, use bool
	}{
		{"origins", []adoptionRow{known, row}, true, false},
		{"states", []adoptionRow{unread}, false, true},
		{"both", []adoptionRow{row, unread}, true, true},
		{"what is unknown changes nothing", []adoptionRow{known}, false, false},
		{"no rows", nil, false, false},
	} {
		got := whyRanges(test.rows)
		if strings.Contains(got, came) != test.came || strings.Contains(got, use) != test.use || (got == "") == (test.came || test.use) {
			t.Errorf("%s: got %q", test.name, got)
		}
	}
}

func TestTextsOfExemptions(t *testing.T) {
	for _, f := range []exemptFlags{
		{path: "ci", until: "2027-01-01", reason: "caf\xe9"},
		{path: "ci", until: "2027-01-01", reason: "audit", by: "\xff"},
		{path: "ci", end: true, by: "\xff"},
	} {
		if err := f.check([]string{"github.com/acme/pay"}); err == nil || !strings.Contains(err.Error(), "not UTF-8") {
			t.Errorf("%+v: got %v, want that it is not UTF-8", f, err)
		}
	}
}

// TestTablesCutLongCells prints names that are longer than a table has room for: they widen no row, and what stands last stays whole.
func TestTablesCutLongCells(t *testing.T) {
	long := strings.Repeat("a", 150) + strings.Repeat("z", 150)
	type row struct{ name, why string }
	var out strings.Builder
	if err := writeTable(&out, []row{{long, long}, {strings.Repeat("ä", widest), "short"}}, []column[row]{
		{"NAME", false, func(r row) string { return r.name }}, {"WHY", false, func(r row) string { return r.why }},
	}); err != nil {
		t.Fatal(err)
	}
	half := widest / 2
	want := "NAME" + strings.Repeat(" ", widest-4) + "  WHY\n" +
		strings.Repeat("a", half) + "…" + strings.Repeat("z", widest-half-1) + "  " + long + "\n" +
		strings.Repeat("ä", widest) + "  short\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestPercent(t *testing.T) {
	for share, want := range map[float64]string{0: "0", 0.001: "<1", 0.0051: "1", 0.5: "50", 0.994: "99", 0.999: ">99", 1: "100"} {
		if got := percent(share); got != want {
			t.Errorf("%v: got %s, want %s", share, got, want)
		}
	}
}
