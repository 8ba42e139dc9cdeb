package config_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/trodden/trodden/cmd/trodden/config"
)

func TestHistory(t *testing.T) {
	env := config.Environment{Home: "/home/ana", Lookup: func(string) (string, bool) { return "", false }}
	tests := []struct {
		keys string
		want config.History
		room int64
		err  string
	}{
		{"", config.History{}, 20e9, ""},
		{", history: true", config.History{Wanted: true}, 20e9, ""},
		{", history: true, cache: {dir: clones, max_size: 500MB}", config.History{Wanted: true, Dir: "/etc/trodden/clones", Bytes: 500e6}, 500e6, ""},
		{", cache: {dir: ~/clones, max_size: 2TB}", config.History{Dir: "/home/ana/clones", Bytes: 2e12}, 2e12, ""},
		{", cache: {dir: /var/cache/x}", config.History{Dir: "/var/cache/x"}, 20e9, ""},
		{", cache: {max_size: 20}", config.History{}, 0, "expected a size such as 500MB, 20GB or 1TB"},
		{", cache: {max_size: 0GB}", config.History{}, 0, "\"0GB\" is no size"},
		{", cache: {max_size: 2000000TB}", config.History{}, 0, "out of range"},
		{", cache: {size: 1GB}", config.History{}, 0, "unknown key"},
	}
	for _, test := range tests {
		for _, kind := range []string{"github: {org: acme", "gitlab: {group: acme"} {
			c, err := config.Parse(filepath.Join("/etc/trodden", "trodden.yaml"), "sources: [{"+kind+test.keys+"}}]\n", env)
			switch {
			case test.err != "":
				if err == nil || !strings.Contains(err.Error(), test.err) {
					t.Errorf("%s: got %v, want %q", kind+test.keys, err, test.err)
				}
				continue
			case err != nil:
				t.Errorf("%s: %v", kind+test.keys, err)
				continue
			}
			got := config.History{}
			if s := c.Sources[0]; s.GitHub != nil {
				got = s.GitHub.History
			} else {
				got = s.GitLab.History
			}
			if got != test.want || got.Room() != test.room {
				t.Errorf("%s: got %+v with room for %d", kind+test.keys, got, got.Room())
			}
		}
	}
}

func TestCacheDir(t *testing.T) {
	for _, test := range []struct{ home, xdg, want string }{
		{"/home/ana", "", "/home/ana/.cache"},
		{"/home/ana", "/var/cache/ana", "/var/cache/ana"},
		{"/home/ana", "relative", "/home/ana/.cache"},
		{"", "/var/cache/ana", "/var/cache/ana"},
		{"", "", ""},
	} {
		env := config.Environment{Home: test.home, Lookup: func(string) (string, bool) { return test.xdg, test.xdg != "" }}
		if got, err := env.CacheDir(); got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("home %q, XDG_CACHE_HOME %q: got %q, %v, want %q", test.home, test.xdg, got, err, test.want)
		}
	}
}
