package dashboards

import "testing"

// TestLine says where hosts show lines and commits.
func TestLine(t *testing.T) {
	p := &Pages{Options: Options{Hosts: func() map[string]HostKind { return map[string]HostKind{"git.acme.dev": GitLab, "ghe.acme.dev": GitHub} }}}
	for name, c := range map[string]struct {
		repo, file   string
		at           int
		line, commit string
	}{
		"GitHub":                   {"github.com/acme/pay", ".github/workflows/ci.yml", 12, "https://github.com/acme/pay/blob/c0ffee/.github/workflows/ci.yml#L12", "https://github.com/acme/pay/commit/c0ffee"},
		"a file as a whole":        {"github.com/acme/pay", "go.mod", 0, "https://github.com/acme/pay/blob/c0ffee/go.mod", "https://github.com/acme/pay/commit/c0ffee"},
		"GitLab, in a group":       {"gitlab.com/acme/shop/pay", "a/b.yml", 3, "https://gitlab.com/acme/shop/pay/-/blob/c0ffee/a/b.yml#L3", "https://gitlab.com/acme/shop/pay/-/commit/c0ffee"},
		"a GitLab of one's own":    {"git.acme.dev/acme/pay", "x", 0, "https://git.acme.dev/acme/pay/-/blob/c0ffee/x", "https://git.acme.dev/acme/pay/-/commit/c0ffee"},
		"Enterprise":               {"ghe.acme.dev/acme/pay", "x", 0, "https://ghe.acme.dev/acme/pay/blob/c0ffee/x", "https://ghe.acme.dev/acme/pay/commit/c0ffee"},
		"another host":             {"bitbucket.org/acme/pay", "x", 1, "", ""},
		"a clone":                  {"local/orgs/acme/pay", "x", 1, "", ""},
		"what would break an URL":  {"github.com/acme/pay", `a b/#?%"<é`, 1, "https://github.com/acme/pay/blob/c0ffee/a%20b/%23%3F%25%22%3C%C3%A9#L1", "https://github.com/acme/pay/commit/c0ffee"},
		"a name that is no script": {"javascript:alert(1)", "x", 1, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := p.line(c.repo, "c0ffee", c.file, c.at); got != c.line {
				t.Errorf("got the line at %q, want %q", got, c.line)
			}
			if got := p.commit(c.repo, "c0ffee"); got != c.commit {
				t.Errorf("got the commit at %q, want %q", got, c.commit)
			}
		})
	}
	if got := p.line("github.com/acme/pay", "", "x", 1); got != "" {
		t.Errorf("without a commit it is at %q", got)
	}
}
