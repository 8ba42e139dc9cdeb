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
