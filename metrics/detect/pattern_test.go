package detect

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/metrics"
)

func TestPattern(t *testing.T) {
	tests := []struct {
		pattern, target string
		want            bool
	}{
		{"acme/golden/**", "acme/golden", true},
		{"acme/golden/**", "acme/golden/a/b.yml", true},
		{"acme/golden/**", "acme/golden-setup/a", false},
		{"acme/golden/**", "acme/golden-setup", false},
		{"acme/golden", "acme/golden", true},
		{"acme/golden", "acme/golden/a", false},
		{"acme/*", "acme/golden", true},
		{"acme/*", "acme/golden/a", false},
		{"acme/*/a", "acme/golden/a", true},
		{"*", "acme/golden", false},
		{"**", "acme/golden", true},
		{"acme/golden/.github/workflows/*", "acme/golden/.github/workflows/build.yml", true},
		{"acme/golden/.github/workflows/*", "acme/golden/.github/workflows/a/build.yml", false},
		{"acme/{a,b}", "acme/b", true},
		{"acme/[a-c]", "acme/b", true},
		{"acme/?", "acme/b", true},
		{`acme/\*`, "acme/*", true},
		{"a.b", "aXb", false},
		{"Acme/golden", "acme/golden", false},
		{"", "anything", true},
	}
	for _, tt := range tests {
		if got := newPattern(tt.pattern).match(tt.target); got != tt.want {
			t.Errorf("%q on %q: got %v, want %v", tt.pattern, tt.target, got, tt.want)
		}
	}
}

func TestRepoPattern(t *testing.T) {
	tests := []struct {
		pattern, target string
		want            bool
	}{
		{"acme/golden/**", "ACME/Golden/x", true},
		{"ACME/golden", "acme/GOLDEN", true},
		{"acme/golden/Build.yml", "acme/golden/build.yml", false},
		{"acme/golden/Build.yml", "Acme/golden/Build.yml", true},
		{"{Acme/Golden,other/x}/Path", "acme/golden/Path", true},
		{"{Acme/Golden,other/x}/Path", "acme/golden/path", false},
		{"**/Golden/**", "acme/golden/x", true},
		{"acme/golden-*", "acme/Golden-Setup", true},
	}
	for _, tt := range tests {
		if got := newRepoPattern(tt.pattern).matchRepo(tt.target, foldRepo(tt.target)); got != tt.want {
			t.Errorf("%q on %q: got %v, want %v", tt.pattern, tt.target, got, tt.want)
		}
	}
}

func TestInterest(t *testing.T) {
	tests := []struct {
		glob, folder, path string
		want               bool
	}{
		{"go.mod", "", "go.mod", true},
		{"go.mod", "", "a/go.mod", false},
		{"/go.mod", "", "go.mod", true},
		{"./go.mod", "", "go.mod", true},
		{"**/go.mod", "", "go.mod", true},
		{"**/go.mod", "", "a/b/go.mod", true},
		{"**/go.mod", "", "a/xgo.mod", false},
		{"**/*.tf", "", "a/main.tf", true},
		{"**/*.tf", "", "main.tf", true},
		{"**/*.tf", "", ".tf", true},
		{"**/*.tf", "", "main.tfx", false},
		{"**/Dockerfile*", "", "a/Dockerfile.dev", true},
		{"**/a/b", "", "x/a/b", true},
		{"deploy/**", "", "deploy/a/b", true},
		{"go.mod", "svc/pay", "svc/pay/go.mod", true},
		{"go.mod", "svc/pay", "svc/pay2/go.mod", false},
		{"go.mod", "svc/pay", "go.mod", false},
		{"/go.mod", "svc/pay", "go.mod", true},
		{"/go.mod", "svc/pay", "svc/pay/go.mod", false},
		{"*", "svc/pay", "svc/pay/a", true},
	}
	for _, tt := range tests {
		set, err := Compile([]metrics.Signal{{Kind: "file", Path: tt.glob}})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // not remembered, remembered
			if got := len(set.interest(tt.folder, tt.path).signals) == 1; got != tt.want {
				t.Errorf("%q in %q on %q: got %v, want %v", tt.glob, tt.folder, tt.path, got, tt.want)
			}
		}
	}
}

// FuzzGlob compares the quick ways to match a glob with the library.
func FuzzGlob(f *testing.F) {
	for _, s := range []string{"**/a.b", "**/*.b", "a/b", "*", "**", "a/**/b", "**/a/b"} {
		f.Add(s, "x/a.b")
		f.Add(s, "a/b")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		if len(pattern) > 60 || len(path) > 60 || !utf8.ValidString(pattern) || !utf8.ValidString(path) {
			return
		}
		if slices.Contains(strings.Split(path, "/"), "") { // no path in a repository
			return
		}
		g := newGlob(pattern)
		want, err := doublestar.Match(g.pattern, path)
		if err != nil || g.pattern == "" {
			return
		}
		if got := g.match(path); got != want {
			t.Errorf("%q on %q: got %v, want %v", pattern, path, got, want)
		}
	})
}

func TestNeedle(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{"acme/golden/**", "golden"},
		{"acme/Golden-Setup", "golden-setup"},
		{"{acme,other}/x", "x"},
		{"[abc]def/**", "def"},
		{"*", ""},
		{`a\bc`, ""},
		{"a/{b/longest,c}/dd", "dd"},
	}
	for _, tt := range tests {
		if got := needleOf(tt.pattern); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.pattern, got, tt.want)
		}
	}
}

// FuzzNeedle shows that a needle is in everything that its pattern matches.
func FuzzNeedle(f *testing.F) {
	f.Add("acme/{a,b}*/**", "acme/axy/z")
	f.Add("[a-z]x?", "bxy")
	f.Fuzz(func(t *testing.T, text, target string) {
		if len(text) > 60 || len(target) > 60 || !doublestar.ValidatePattern(text) {
			return
		}
		p := newRepoPattern(text)
		if (p.match(target) || p.matchRepo(target, foldRepo(target))) && p.lacks("xx "+target+" yy") {
			t.Errorf("%q matches %q, which lacks %q", text, target, p.needle)
		}
	})
}

func TestContainsFold(t *testing.T) {
	for _, text := range []string{"golden", "xGOLDEN", "gGoldEn", "GOLDEgolden", "\u212Agolden"} {
		if !containsFold(text, "golden") {
			t.Errorf("%q: got false, want true", text)
		}
	}
	for _, text := range []string{"", "golde", "gol den", "GOLDE"} {
		if containsFold(text, "golden") {
			t.Errorf("%q: got true, want false", text)
		}
	}
}

func FuzzContainsFold(f *testing.F) {
	f.Add("a GOLDen b", "golden")
	f.Add("--__", "-_")
	f.Fuzz(func(t *testing.T, content, lower string) {
		if needleOf(lower) != lower || lower == "" {
			return
		}
		for _, c := range content {
			if c > 127 {
				return
			}
		}
		if got, want := containsFold(content, lower), strings.Contains(strings.ToLower(content), lower); got != want {
			t.Errorf("%q in %q: got %v, want %v", lower, content, got, want)
		}
	})
}

// FuzzCovers shows that a covered glob matches no path that the watched one does not match.
func FuzzCovers(f *testing.F) {
	f.Add("**/*.tf", "infra/{a,b}*.tf", "", "infra/ax.tf")
	f.Add("infra/**", "infra/*/x", "", "infra/a/x")
	f.Add("svc/*/go.mod", "go.mod", "svc/pay", "svc/pay/go.mod")
	f.Add("**/go.mod", "**/go.mod", "a", "a/b/go.mod")
	f.Fuzz(func(t *testing.T, watched, pattern, folder, path string) {
		if len(watched)+len(pattern)+len(folder)+len(path) > 120 || !utf8.ValidString(path) || !utf8.ValidString(pattern) {
			return
		}
		if slices.Contains(strings.Split(path, "/"), "") || !doublestar.ValidatePattern(pattern) || len(checkGlob("", pattern)) > 0 || !literal(folder) {
			return
		}
		folder = strings.Trim(cleanGlob(folder), "/")
		g := newGlob(pattern)
		p := g.in(folder, false)
		rest, inside := strings.CutPrefix(path, p.folder+"/")
		if p.folder == "" {
			rest, inside = path, true
		}
		if p.coveredBy(watched) && inside && g.match(rest) && !newGlob(watched).match(path) {
			t.Errorf("%q covers %q in %q, and does not match %q", watched, pattern, folder, path)
		}
	})
}
