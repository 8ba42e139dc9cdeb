package metrics_test

import (
	"testing"

	"github.com/trodden/trodden/metrics"
)

func TestSplitUnitName(t *testing.T) {
	tests := []struct{ name, repo, component string }{
		{"github.com/acme/pay", "github.com/acme/pay", ""},
		{"GITHUB.com/Acme/Pay.git", "github.com/acme/pay", ""},
		{"https://github.com/acme/pay.git", "github.com/acme/pay", ""},
		{"HTTPS://ana@GitHub.com:8443/Acme/Pay.git/", "github.com/acme/pay", ""},
		{"git@github.com:acme/pay.git", "github.com/acme/pay", ""},
		{"ssh://git@github.com:22/acme/pay", "github.com/acme/pay", ""},
		{"github.com/acme/mono//services/Pay", "github.com/acme/mono", "services/Pay"},
		{"GITHUB.com/Acme/Mono.git//services/pay/", "github.com/acme/mono", "services/pay"},
		{"https://github.com/acme/mono.git//services/pay", "github.com/acme/mono", "services/pay"},
		{"git@github.com:acme/mono//services/pay", "github.com/acme/mono", "services/pay"},
		{" Pay ", "pay", ""},
		{"/acme/pay.git/", "acme/pay", ""},
		{"local/acme/pay", "local/acme/pay", ""},
		{"//", "", ""},
		{"", "", ""},
		{"file:///srv/pay.git", "file:///srv/pay", ""},
	}
	for _, test := range tests {
		repo, component := metrics.SplitUnitName(test.name)
		if repo != test.repo || component != test.component {
			t.Errorf("%q: got %q, %q, want %q, %q", test.name, repo, component, test.repo, test.component)
		}
	}
}

func TestRepoName(t *testing.T) {
	for remote, want := range map[string]string{
		"https://github.com/acme/pay.git":                              "github.com/acme/pay",
		"https://github.com//acme//pay.git":                            "github.com/acme/pay",
		"git@github.com:acme/pay":                                      "github.com/acme/pay",
		"javascript:alert(1)//github.com/x/y":                          "javascript/alert(1)/github.com/x/y",
		"https://github.com/a%2f..%2f..%2fevil/..%0d%0aBcc:x":          "",
		"https://github.com/acme/../pay":                               "",
		"https://github.com/acme/./pay":                                "",
		"https://github.com/acme/p%0aay":                               "",
		"https://github.com/acme/%e2%80%aepay":                         "",
		"https://github.com/acme/%ff":                                  "",
		"https://github.com/":                                          "",
		"https://github.com///.git":                                    "",
		"/srv/git/pay.git":                                             "",
		"file:///srv/pay.git":                                          "",
		"https://gitlab.acme.dev/group/sub.group/p%C3%A4y-service.git": "gitlab.acme.dev/group/sub.group/päy-service",
	} {
		if got, ok := metrics.RepoName(remote); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %t, want %q", remote, got, ok, want)
		}
	}
}
