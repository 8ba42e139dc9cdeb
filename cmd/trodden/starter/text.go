package starter

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// quote writes a text as YAML, which takes it as JSON does.
func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil { // a text can always be written
		return `""`
	}
	return string(b)
}

// head writes what comes before the paths.
func (s *Survey) head(b *strings.Builder, at Place) {
	fmt.Fprintf(b, `# What trodden measures here. Written by `+"`trodden init`"+` after a look into %s; it is yours to change.
# `+"`trodden check`"+` says what is wrong with it, deploy/trodden.example.yaml shows every key.

%s

# Local clones, bare or not. Relative globs begin at this file.
sources:
  - git: {dirs: [%s]}

# Who is a bot (those that call themselves [bot] are, and accounts that only ever raise versions, sync files and the
# like), and which bots act because a human asked them.
bots: ["*[bot]", "renovate*", "dependabot*"]
initiators: ["*-swe-agent"]
`, clones(s.Looked), s.org(), s.quotedGlobs(at))
}

func (s *Survey) quotedGlobs(at Place) string {
	var quoted []string
	for _, glob := range s.Globs(at.Dir, at.Home) {
		quoted = append(quoted, quote(glob))
	}
	return strings.Join(quoted, ", ")
}

func clones(n int) string {
	if n == 1 {
		return "1 clone"
	}
	return fmt.Sprintf("%d clones", n)
}

// org writes who owns most of the clones, if that is known.
func (s *Survey) org() string {
	clones := map[string]int{}
	for _, c := range s.Clones {
		if parts := strings.Split(c.Name, "/"); len(parts) >= 3 {
			clones[parts[1]]++
		}
	}
	var names []string
	for name := range clones {
		names = append(names, name)
	}
	if len(names) == 0 {
		return "# org: acme"
	}
	return "org: " + quote(slices.MinFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(clones[b], clones[a]), cmp.Compare(a, b))
	}))
}

// host is where most of the clones came from.
func (s *Survey) host() string {
	for _, c := range s.Clones {
		if host, _, ok := strings.Cut(c.Name, "/"); ok {
			return host
		}
	}
	return "github.com"
}

// path writes one path: the golden way, and as its alternatives the others that are really there.
func (s *Survey) path(b *strings.Builder, key, title string, golden option, others []option) {
	fmt.Fprintf(b, "  - key: %s\n    title: %s\n", key, title)
	fmt.Fprintf(b, "    # since: 2024-01-01          # its launch; before it there is no rate\n")
	if len(others) == 0 {
		fmt.Fprintf(b, "    optional: true               # no other way is in use here: the choice is to do without\n")
	}
	fmt.Fprintf(b, "    golden: %s   # %s, in %s\n", golden.rule, golden.title, clones(golden.clones))
	if golden.provider != "" {
		fmt.Fprintf(b, "    provided_by: [%s]\n", quote(s.host()+"/"+golden.provider))
	}
	if len(others) == 0 {
		return
	}
	fmt.Fprintf(b, "    alternatives:\n")
	for _, o := range others {
		fmt.Fprintf(b, "      - {key: %s, when: %s}   # %s, in %s\n", o.key, o.rule, o.title, clones(o.clones))
	}
}

// hints shows what a second look at the configuration could add.
const hints = `
    # Which repositories the path is meant for; default: all.
    # eligible: {any: [{file: go.mod}, {file: package.json}]}
    # Who has to use it: what was mandated is not counted as chosen.
    # mandates: [{teams: [payments], announced: 2024-10-01, from: 2025-01-01, why: PCI}]

# Owners are found in CODEOWNERS and catalog files. Teams with members, groups and aliases:
# teams:
#   platform: [platform]
#   list:
#     - {key: payments, group: fintech, weight: 12, repos: ["github.com/acme/pay*"], members: [ana@acme.dev]}
#   groups: [{key: fintech, title: Fintech, parent: retail}, {key: retail}]

# Names are turned into hashes with this key. It is made on first use; keep it, and out of any repository.
# privacy: {key: "file:privacy.key"}
`
