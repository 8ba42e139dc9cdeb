package config_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
)

func parse(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("/etc/trodden/t.yaml", text, surroundings(nil))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func load(t *testing.T, file string) *config.Config {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(text))
}

func instant(s string) metrics.Instant {
	t, err := metrics.ParseInstant(s)
	if err != nil {
		panic(err)
	}
	return t
}

func signal(s metrics.Signal) metrics.Rule { return metrics.Rule{Signal: &s} }

func TestPathsOfTheContract(t *testing.T) {
	got := load(t, filepath.Join("testdata", "contract.yaml")).Paths
	eligible := metrics.Rule{Any: []metrics.Rule{
		signal(metrics.Signal{Kind: "file", Path: "go.mod"}), signal(metrics.Signal{Kind: "file", Path: "package.json"})}}
	want := []metrics.Path{{
		Key: "ci", Title: "Golden pipeline", Since: instant("2023-06-01"), Eligible: &eligible,
		Golden: metrics.Rule{Any: []metrics.Rule{
			signal(metrics.Signal{Kind: "workflow_uses", Target: "acme/golden/.github/workflows/*"}),
			signal(metrics.Signal{Kind: "gitlab_include", Project: "platform/ci"}),
		}},
		ProvidedBy: []string{"github.com/acme/golden"},
		Alternatives: []metrics.Alternative{
			{Key: "circleci", Until: metrics.Forever, When: signal(metrics.Signal{Kind: "file", Path: ".circleci/config.yml"})},
			{Key: "jenkins", Until: metrics.Forever, When: signal(metrics.Signal{Kind: "file", Path: "Jenkinsfile"})},
			{Key: "own-build", Since: instant("2023-01-01"), Until: metrics.Forever, When: signal(metrics.Signal{
				Kind: "workflow", Runs: "(?m)^(make|go) (build|test)", UnlessUses: "acme/golden/.github/workflows/*"})},
		},
		Mandates: []metrics.Mandate{{Teams: []metrics.TeamKey{"payments"}, Announced: instant("2024-10-01"),
			From: instant("2025-01-01"), Until: metrics.Forever, Why: "PCI"}},
		LatestTagsOf: "github.com/acme/golden", ActiveWithin: 30 * 24 * time.Hour,
	}}
	if diff := cmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("paths (-got +want):\n%s", diff)
	}
}

func TestTheRestOfTheContract(t *testing.T) {
	got := load(t, filepath.Join("testdata", "contract.yaml"))
	got.Paths, got.Warnings = nil, nil
	at := func(line, column int) config.Problem {
		return config.Problem{File: "/etc/trodden/t.yaml", Line: line, Column: column}
	}
	env := func(name string, line, column int) config.Secret {
		return config.Secret{Env: name, At: at(line, column)}
	}
	value := 0.1
	want := &config.Config{
		Definitions: metrics.Definitions{
			Org: "acme", Measure: metrics.DefaultMeasure(),
			Teams: metrics.Teams{
				Order:    []metrics.OwnerSource{metrics.OwnerConfig, metrics.OwnerCatalog, metrics.OwnerCodeowners, metrics.OwnerProvider},
				Platform: []metrics.TeamKey{"platform"},
				List: []metrics.Team{{Key: "payments", Title: "payments", Aliases: []string{"@acme/pay-devs"}, Group: "fintech",
					Repos:   []string{"github.com/acme/pay*"},
					Members: []metrics.Member{{ID: "ana@acme.dev", From: instant("2024-01-01"), Until: metrics.Forever}}}},
			},
			Campaigns: metrics.Campaigns{Branches: []string{"campaign/*"}},
		},
		File: "/etc/trodden/t.yaml", Dir: "/etc/trodden",
		Sources: []config.Source{
			{Kind: "git", Name: "git", At: at(3, 5), Git: &config.Git{Dirs: []string{"/home/ana/src/acme/*"}}},
			{Kind: "github", Name: "github", At: at(4, 5), GitHub: &config.GitHub{Org: "acme", Tokens: []config.Secret{env("GITHUB_TOKEN", 4, 32)}}},
			{Kind: "gitlab", Name: "gitlab", At: at(5, 5), GitLab: &config.GitLab{Group: "acme", Tokens: []config.Secret{env("GITLAB_TOKEN", 5, 34)}, URL: "https://gitlab.com"}},
			{Kind: "backstage", Name: "backstage", At: at(6, 5), Catalog: &config.Catalog{URL: "https://backstage.acme.dev", Token: env("BACKSTAGE_TOKEN", 6, 59)}},
		},
		Bots: []string{"*[bot]", "renovate*", "dependabot*"}, Initiators: []string{"scaffolder-bot", "*-swe-agent"},
		Privacy: config.Privacy{Key: config.Secret{File: "/etc/trodden/privacy.key", At: at(15, 16)}},
		OKRs: []metrics.Objective{{Key: "2026-h2", Title: "Teams choose the paved path", Results: []metrics.KeyResult{{
			Key: "vol", Title: "Voluntary adoption", Measure: "adoption.teams.voluntary", Path: "ci",
			Baseline: metrics.Baseline{Value: &value}, Target: 0.4, From: instant("2026-07-01"), To: instant("2026-12-31"), Weight: 1}}}},
		Scan: config.Scan{Schedule: "*/30 * * * *"},
		Reports: config.Reports{Schedule: "0 8 * * MON", Timezone: "Europe/Berlin",
			Recipients: []config.Recipient{{Address: "lead@acme.dev", Scope: "leadership"}},
			SMTP: config.SMTP{Host: "smtp.acme.dev", Port: 587, User: "trodden", From: "trodden@acme.dev", TLS: "starttls",
				Password: env("SMTP_PASSWORD", 39, 184)}},
	}
	if diff := cmp.Diff(got, want, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("configuration (-got +want):\n%s", diff)
	}
}

func TestForms(t *testing.T) {
	c := load(t, filepath.Join("testdata", "forms.yaml"))
	one, two := c.Paths[0], c.Paths[1]
	tests := []struct {
		name      string
		got, want any
	}{
		{"the title of a group is its key", c.Teams.Groups,
			[]metrics.Group{{Key: "cards", Title: "cards", Parent: "fintech"}, {Key: "fintech", Title: "Fintech", Parent: "top"}, {Key: "top", Title: "top"}}},
		{"groups lead upwards", c.Teams.Upwards(c.Teams.List[0].Group), []string{"cards", "fintech", "top"}},
		{"the weight of a team", c.Teams.List[0].Weight, 7.5},
		{"folders begin at the file, ~ is the home folder", c.Sources[0].Git.Dirs,
			[]string{"/srv/git/*", "/home/ana/src", "/etc/trodden/clones/*/*.git"}},
		{"the folder of the file", c.Sources[1].Git.Dirs, []string{"/etc/trodden"}},
		{"names of sources", []string{c.Sources[0].Name, c.Sources[1].Name, c.Sources[2].Name}, []string{"git", "others", "git-2"}},
		{"key without a value", c.Sources[0].Git.Branch, ""},
		{"the order given takes the place of the preset one", c.Teams.Order, []metrics.OwnerSource{metrics.OwnerCodeowners, metrics.OwnerConfig}},
		{"members", c.Teams.List[0].Members, []metrics.Member{
			{ID: "ana", Until: metrics.Forever},
			{ID: "bo", From: instant("2024-01-01"), Until: instant("2024-02-01")},
			{ID: "bo", From: instant("2024-02-01"), Until: metrics.Forever}}},
		{"an empty list is not the preset one", c.Measure.FreshFields, []string(nil)},
		{"what is not given stays preset", c.Measure.BornWithin, 7 * 24 * time.Hour},
		{"durations", []time.Duration{c.Measure.LeaveAfter, c.Measure.StaleAfter}, []time.Duration{9 * 24 * time.Hour, 36 * time.Hour}},
		{"a date in quotes", one.Since, instant("2023-06-01")},
		{"a time with a zone, over a merged key", two.Since, instant("2023-06-01T08:00:00Z")},
		{"title", two.Title, "two"},
		{"what is merged", two.Golden, one.Golden},
		{"what an alias stands for", *two.Eligible, one.Golden},
		{"equals as written", []string{*one.Golden.All[2].Any[0].Signal.Equals, *one.Golden.All[2].Any[1].Signal.Equals}, []string{"true", "1.20"}},
		{"not", *one.Golden.All[1].Not, signal(metrics.Signal{Kind: "content", File: "**/*.go", Regex: `panic\(`, Lines: 20})},
		{"a repository by its address", two.LatestTagsOf, "github.com/acme/golden"},
		{"repository globs are lower case", two.Mandates[1].Repos, []string{"github.com/acme/*"}},
		{"a mandate begins with its announcement", two.Mandates[0].From, instant("2024-01-01")},
		{"a mandate of all begins and ends", []metrics.Instant{two.Mandates[1].From, two.Mandates[1].Until},
			[]metrics.Instant{instant("2024-01-01"), instant("2025-01-01")}},
		{"components", two.Components, []string{"services/*"}},
		{"a baseline at a date", c.OKRs[0].Results[0].Baseline, metrics.Baseline{At: instant("2025-01-01")}},
		{"a baseline not given", c.OKRs[0].Results[1].Baseline, metrics.Baseline{At: instant("2026-01-01")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.got, test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

func TestFolderWithBracketsInItsName(t *testing.T) {
	c, err := config.Parse("/srv/[a]/t.yaml", `sources: [{git: {dirs: ["x/*", "/y/[z]*"]}}]`, surroundings(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Sources[0].Git.Dirs, []string{`/srv/\[a\]/x/*`, "/y/[z]*"}); diff != "" {
		t.Errorf("dirs (-got +want):\n%s", diff)
	}
}

func TestWarnings(t *testing.T) {
	c := parse(t, "sources: [{git: {dirs: [a]}}]\nteams: {platform: [core]}\npaths: [{key: a, golden: {file: x}, mandates: [{teams: [b, core]}, {teams: [b]}]}]\n")
	var got []string
	for _, w := range c.Warnings {
		got = append(got, w.String())
	}
	const only = ` is not in teams.list: it counts only if CODEOWNERS, a catalog or the host names it so`
	want := []string{`/etc/trodden/t.yaml:2:20: the team "core"` + only, `/etc/trodden/t.yaml:3:57: the team "b"` + only}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("warnings (-got +want):\n%s", diff)
	}
}

func TestText(t *testing.T) {
	const good = "sources: [{git: {dirs: [a]}}]"
	tests := []struct {
		name, text, want string // want: "" for no mistake, else the position and the begin of the message
	}{
		{"byte order mark", "\ufeff" + good, ""},
		{"line ends of Windows", "org: é\r\n" + good + "\r\nbots:\r\n  - a\r\n", ""},
		{"document marks", "%YAML 1.2\n---\n" + good + "\n...\n", ""},
		{"a letter that looks like a broken one", "org: \ufffd\n" + good, ""},
		{"invalid UTF-8", good + "\norg: é\xff", "2:7: this byte is not valid UTF-8"},
		{"UTF-16", "\xff\xfeo\x00r\x00g\x00", "1:1: this byte is not valid UTF-8"},
		{"NUL", good + "\norg: a\x00b", "2:7: control character U+0000"},
		{"escape", "org: \x1b[31m", "1:6: control character U+001B"},
		{"columns count characters", "bots: [é, 1]\n" + good, "1:11: expected a name, found a number"},
		{"only blanks", " \n\n", "1:1: the file is empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Parse("t.yaml", test.text, surroundings(nil))
			if test.want == "" {
				if err != nil {
					t.Errorf("got %v, want no mistake", err)
				}
				return
			}
			if err == nil || !strings.HasPrefix(err.Error(), "t.yaml:"+test.want) {
				t.Errorf("got %v, want t.yaml:%s…", err, test.want)
			}
			if !errors.Is(err, metrics.ErrInvalid) {
				t.Error("the error is no metrics.ErrInvalid")
			}
		})
	}
}

// TestHostileFiles feeds what costs careless parsers minutes or all memory.
func TestHostileFiles(t *testing.T) {
	repeat := strings.Repeat
	bomb := "a0: &a0 [x]\n"
	for i := range 20 {
		bomb += "a" + string(rune('b'+i)) + ": &a" + string(rune('b'+i)) + " [" + repeat("*a"+string(rune('b'+i-1))+", ", 9) + "x]\n"
	}
	rules := "sources: [{git: {dirs: [a]}}]\npaths:\n  - key: a\n    golden: &a {any: [{file: x}, {file: y}]}\n"
	for i := range 25 {
		name := string(rune('a' + i))
		rules += "  - {key: p" + name + ", golden: &" + string(rune('b'+i)) + " {any: [*" + name + ", *" + name + "]}}\n"
	}
	tests := []struct{ name, text string }{
		{"open brackets", repeat("[", 2<<20)},
		{"open braces", repeat("{a: ", 1<<19)},
		{"closing brackets", repeat("]", 2<<20)},
		{"block lists in one line", repeat("- ", 1<<20)},
		{"deep mappings", repeat("a:\n ", 1<<19)},
		{"question marks", repeat("? ", 1<<20)},
		{"tags", repeat("!a ", 600_000)},
		{"anchors", repeat("&a ", 600_000)},
		{"block scalars", repeat("|\n", 1<<20)},
		{"documents", repeat("---\n", 1<<19)},
		{"directives", repeat("%a\n", 600_000)},
		{"long mapping", repeat("a: b\n", 400_000)},
		{"long list", repeat("- a\n", 1<<19)},
		{"long flow list", "[" + repeat("a,", 1<<20)},
		{"one long line", "org: " + repeat("x", 100<<20)},
		{"one long line within the limit", "org: '" + repeat("x ", 1_000_000) + "'"},
		{"long key", repeat("k", 2_000_000) + ": 1"},
		{"aliases that multiply", bomb},
		{"rules that multiply", rules},
		{"merges that multiply", "x: &a {<<: {b: c}}\n" + repeat("y: &a {<<: [*a, *a, *a]}\n", 500)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			begin := time.Now()
			if _, err := config.Parse("t.yaml", test.text, surroundings(nil)); err == nil {
				t.Error("no mistake found")
			} else if n := len(err.Error()); n > 1<<20 {
				t.Errorf("%d bytes of messages, want less than 1 MiB", n)
			}
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("took %v, want less than 20 s", took)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{"contract.yaml", "forms.yaml", "problems.txtar"} {
		text, err := os.ReadFile(filepath.Join("testdata", file))
		if err != nil {
			f.Fatal(err)
		}
		for part := range strings.SplitSeq(string(text), "\n-- ") {
			f.Add(part)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Parse("t.yaml", text, surroundings(nil))
		var problems config.Problems
		switch {
		case err == nil && c == nil:
			t.Error("neither a configuration nor a mistake")
		case err == nil && len(c.Sources) == 0:
			t.Error("a configuration without sources")
		case err != nil && !errors.As(err, &problems):
			t.Errorf("got %v, want problems with their positions", err)
		}
		lines := strings.Count(text, "\n") + strings.Count(text, "\r") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines+1 || p.Column < 1 || strings.ContainsAny(p.Message, "\r\n") {
				t.Errorf("%d lines have a problem at %q", lines, p.String())
			}
		}
	})
}

// TestLargeOrganisation reads as many teams as anybody has.
func TestLargeOrganisation(t *testing.T) {
	var b strings.Builder
	b.WriteString("sources: [{git: {dirs: [a]}}]\nteams:\n  list:\n")
	for i := range 2000 {
		fmt.Fprintf(&b, "    - key: team-%d\n      aliases: [\"@acme/team-%d\"]\n      members:\n", i, i)
		for j := range 10 {
			fmt.Fprintf(&b, "        - {id: person-%d-%d@acme.dev, from: 2024-01-01}\n", i, j)
		}
	}
	begin := time.Now()
	c := parse(t, b.String())
	if got := len(c.Teams.List); got != 2000 {
		t.Errorf("got %d teams, want 2000", got)
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("took %v, want less than 20 s", took)
	}
}
