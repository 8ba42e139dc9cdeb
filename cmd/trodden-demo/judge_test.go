package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A pathRule is how a test tells the ways of one path, by plain patterns.
type pathRule struct {
	key      string
	optional bool // doing without is off, and a choice
	eligible func(files map[string]string) bool
	ways     func(files map[string]string) []string
	mandates []mandated
}

// mandated is a mandate as days before today: from its announcement, which is
// less than 90 days before it binds.
type mandated struct {
	teams         []string
	begins, until int
}

func pathRules() []pathRule {
	service := func(f map[string]string) bool {
		return some(f, `^(go\.mod|package\.json|pyproject\.toml|pom\.xml)$`, ``)
	}
	return []pathRule{
		{key: "ci", eligible: service, ways: ciWays},
		{key: "image", eligible: func(f map[string]string) bool { return some(f, `(^|/)Dockerfile$`, ``) }, ways: imageWays,
			mandates: []mandated{{teams: []string{"payments", "ledger", "risk"}, begins: 760, until: 400}, {teams: []string{"checkout"}, begins: 230}}},
		{key: "deploy", eligible: func(f map[string]string) bool { return some(f, `^deploy/`, ``) }, ways: deployWays},
		{key: "service-template", optional: true, eligible: service, ways: func(f map[string]string) []string {
			return named("golden", some(f, `^\.acme/template\.yaml$`, `(?m)^template: acme/service-template$`))
		}},
	}
}

func named(way string, there bool) []string {
	if there {
		return []string{way}
	}
	return nil
}

func ciWays(f map[string]string) []string {
	const workflow = `^\.github/workflows/.*\.yml$`
	var own bool
	for path, text := range f {
		own = own || strings.HasPrefix(path, ".github/workflows/") && !goldenUse.MatchString(text) &&
			regexp.MustCompile(`(?m)^\s+- run: (make|go|npm|mvn|pytest)\b`).MatchString(text)
	}
	return slices.Concat(named("golden", some(f, workflow, goldenUse.String())), named("circleci", some(f, `^\.circleci/`, ``)),
		named("jenkins", some(f, `^Jenkinsfile$`, ``)), named("gitlab", some(f, `^\.gitlab-ci\.yml$`, ``)), named("own-build", own))
}

// imageWays follows the last FROM of the Dockerfile to its base.
func imageWays(f map[string]string) []string {
	bases := map[string]string{}
	final := ""
	for line := range strings.Lines(f["Dockerfile"]) {
		fields := strings.Fields(line)
		if len(fields) > 1 && fields[0] == "ARG" {
			name, value, _ := strings.Cut(fields[1], "=")
			bases["${"+name+"}"] = value
		}
		if len(fields) < 2 || fields[0] != "FROM" {
			continue
		}
		fields = slices.DeleteFunc(fields, func(s string) bool { return strings.HasPrefix(s, "--") })
		final = fields[1]
		if base, known := bases[final]; known {
			final = base
		}
		if len(fields) == 4 {
			bases[fields[3]] = final
		}
	}
	golden := strings.HasPrefix(final, "registry.acme.dev/golden/")
	return append(named("golden", golden), named("other", final != "" && !golden)...)
}

func deployWays(f map[string]string) []string {
	golden := some(f, `^deploy/chart/Chart\.yaml$`, `(?m)^  - name: golden-service$`)
	return slices.Concat(named("golden", golden), named("own-chart", !golden && some(f, `^deploy/chart/Chart\.yaml$`, ``)),
		named("kustomize", some(f, `^deploy/.*kustomization\.yaml$`, ``)), named("terraform", some(f, `^deploy/.*\.tf$`, `terraform-aws-modules/`)))
}

// A unit is a repository or a component of one on one path.
type unit struct {
	walk
	component string
	spells    []spell
}

// A spell is a time on the path; zero until is still going.
type spell struct {
	from, until time.Time
	origin      string
	choice      bool
	actor       author
	blob        string
	owner       string
}

// files are the watched files as the unit sees them.
func (u unit) files(l landing) map[string]string {
	if u.component == "" {
		return l.files
	}
	out := map[string]string{}
	for path, text := range l.files {
		if inside, ok := strings.CutPrefix(path, u.component+"/"); ok {
			out[inside] = text
		}
	}
	return out
}

// An organisation is everything recounted.
type organisation struct {
	today time.Time
	walks []walk
	crew  crew
	units map[string][]unit // by path
}

func judge(t *testing.T, root string, today time.Time) organisation {
	t.Helper()
	o := organisation{today: today, walks: recount(t, root), crew: newCrew(teams(), moves()), units: map[string][]unit{}}
	for _, p := range pathRules() {
		for _, w := range o.walks {
			for _, component := range components(p, w) {
				u := unit{walk: w, component: component}
				u.spells = o.spells(t, p, u)
				o.units[p.key] = append(o.units[p.key], u)
			}
		}
		o.markCampaigns(p)
	}
	return o
}

func components(p pathRule, w walk) []string {
	if p.key == "image" && w.repo == "storefront-mono" {
		return []string{"services/account", "services/home", "services/listing", "services/reviews"}
	}
	return []string{""}
}

// spells finds the unbroken times on the path, and judges how each began.
func (o organisation) spells(t *testing.T, p pathRule, u unit) []spell {
	t.Helper()
	var out []spell
	on := false
	for _, l := range u.landings {
		now := slices.Contains(p.ways(u.files(l)), "golden")
		if now && !on {
			out = append(out, o.begin(t, p, u, l))
		}
		if !now && on {
			out[len(out)-1].until = l.at
		}
		on = now
	}
	return out
}

// owner reads the papers of the moment. The two repositories without any are
// the platform's handbook and warehouse's barcode.
func (o organisation) owner(w walk, l landing) string {
	if team, ok := map[string]string{"handbook": "platform", "barcode": "warehouse"}[w.repo]; ok {
		return team
	}
	for _, path := range []string{".github/CODEOWNERS", "CODEOWNERS"} {
		if m := regexp.MustCompile(`(?m)^\*\s+@acme/(\S+)$`).FindStringSubmatch(l.files[path]); m != nil {
			return strings.ReplaceAll(m[1], "cart", "checkout")
		}
	}
	if m := regexp.MustCompile(`(?m)^  owner: (\S+)$`).FindStringSubmatch(l.files["catalog-info.yaml"]); m != nil && o.crew.byTeam[m[1]].key != "" {
		return m[1]
	}
	return ""
}

// covered says whether a mandate covered the team's repositories then.
func (o organisation) covered(p pathRule, team string, at time.Time) bool {
	return slices.ContainsFunc(p.mandates, func(m mandated) bool {
		begun := !at.Before(o.today.AddDate(0, 0, -m.begins))
		over := m.until > 0 && !at.Before(o.today.AddDate(0, 0, -m.until))
		return slices.Contains(m.teams, team) && begun && !over
	})
}
