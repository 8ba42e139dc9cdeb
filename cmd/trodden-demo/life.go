package main

import (
	"slices"
	"strings"
)

// A repo is one repository and its life, as the tables of the story tell it.
type repo struct {
	name    string
	team    string   // the owner at birth
	lang    string   // go, node, python, java, mono, docs, proto, or a kind of the platform's own
	pace    float64  // changes landed in an ordinary week
	land    string   // how changes land: merge, squash, rebase or push
	pin     string   // major (floating), exact, sha, or stuck (exact, and no bot ever bumps it)
	papers  string   // who says whose it is: codeowners, catalog, both; empty is nobody
	clone   string   // how the clone looks: empty is a work tree; bare, shallow, empty, corrupt, aside
	branch  string   // the default branch; empty is main
	quiet   int      // days before today of the last human change; 0 is still going
	skewed  bool     // a clock in the team runs behind now and then
	mailmap []string // the people whose older address the .mailmap knows
	life    []turn   // oldest first; the first is the birth
}

// The ways of landing a change, the shapes of a clone and the kinds of pin.
const (
	landMerge, landSquash, landRebase, landPush = "merge", "squash", "rebase", "push"

	cloneBare, cloneShallow, cloneEmpty, cloneCorrupt, cloneAside = "bare", "shallow", "empty", "corrupt", "aside"

	pinMajor, pinExact, pinSHA, pinStuck = "major", "exact", "sha", "stuck"
)

// A turn is one thing that happened. A field left empty stays as it was.
type turn struct {
	ago      int               // days before today
	ci       string            // ways of building joined by +: golden, golden-auto, golden-local, own, own-note, circleci, jenkins, gitlab, none
	image    string            // golden, golden-arg, public, distroless, legacy, none
	deploy   string            // golden, chart, kustomize, terraform, none
	services map[string]string // images of a monorepo's services
	template string            // the version of the service template

	team, codeowners, catalog string // who owns it, and what the papers say when that differs

	by, land, merger string   // who did it, how it landed, who merged it; drawn when empty
	with             []string // co-authors
	requested        string   // whom a bot did it for
	say              string   // the commit message; a usual one when empty

	bump    string // renovate's business: ci, image, deploy or tools, to version
	version string
	tag     string // the provider's release
	mailmap bool   // the .mailmap is written
}

// conditions are all that the turns so far have added up to.
type conditions struct {
	ci, image, deploy, template string
	services                    map[string]string
	team, codeowners, catalog   string
	ciRef, imageRef, chartRef   string // full versions
	tools                       string // major version of actions/checkout
	release                     string // of a provider
}

// usesCI says whether the golden workflow is among the ways of building.
func (c conditions) usesCI() bool { return strings.HasPrefix(c.ci, "golden") }

// usesImage says whether some image is built on a golden one.
func (c conditions) usesImage() bool {
	if strings.HasPrefix(c.image, "golden") {
		return true
	}
	for _, kind := range c.services {
		if kind == "golden" {
			return true
		}
	}
	return false
}

// usesChart says whether the golden chart deploys it.
func (c conditions) usesChart() bool { return c.deploy == "golden" }

// after gives the conditions that hold once the turn has happened.
func (c conditions) after(t turn) conditions {
	n := c
	set(&n.ci, t.ci)
	set(&n.image, t.image)
	set(&n.deploy, t.deploy)
	set(&n.template, t.template)
	set(&n.release, t.tag)
	if t.services != nil {
		n.services = t.services
	}
	if t.team != "" {
		n.team, n.codeowners = t.team, "@acme/"+t.team
	}
	set(&n.codeowners, t.codeowners)
	set(&n.catalog, t.catalog)
	switch t.bump {
	case "ci":
		n.ciRef = t.version
	case "image":
		n.imageRef = t.version
	case "deploy":
		n.chartRef = t.version
	case "tools":
		n.tools = t.version
	}
	return n.pinned(c, t.ago)
}

// pinned takes the newest release of each path that was just joined.
func (c conditions) pinned(before conditions, ago int) conditions {
	if c.usesCI() && !before.usesCI() {
		c.ciRef = newest(ciReleases(), ago)
	}
	if c.usesImage() && !before.usesImage() {
		c.imageRef = newest(imageReleases(), ago)
	}
	if c.usesChart() && !before.usesChart() {
		c.chartRef = newest(chartReleases(), ago)
	}
	return c
}

func set(field *string, value string) {
	if value != "" {
		*field = value
	}
}

// birth gives the conditions before the first turn.
func (r repo) birth() conditions {
	c := conditions{ci: "none", image: "none", deploy: "none", team: r.team, tools: "3"}
	c.codeowners, c.catalog = "@acme/"+r.team, r.team
	if r.life[0].ago < toolsAgo {
		c.tools = "4"
	}
	return c
}

// upgrades are the turns that a bot adds to the repository's life: a bump for
// each release while the path is in use, except where the pin is stuck.
func (r repo) upgrades() []turn {
	if r.pin == pinStuck || len(r.life) == 0 {
		return nil
	}
	out := r.bumps("ci", ciReleases(), conditions.usesCI)
	out = append(out, r.bumps("image", imageReleases(), conditions.usesImage)...)
	out = append(out, r.bumps("deploy", chartReleases(), conditions.usesChart)...)
	if r.life[0].ago > toolsAgo {
		out = append(out, turn{ago: toolsAgo - lag(r.name, "tools"), bump: "tools", version: "4", by: renovate})
	}
	return out
}

// bumps finds the releases of one path that came while the repo was on it.
func (r repo) bumps(path string, releases []release, on func(conditions) bool) []turn {
	var out []turn
	pin := r.pin
	if path != "ci" {
		pin = pinExact
	}
	for _, rel := range releases {
		if pin == pinMajor && !rel.major() {
			continue
		}
		ago := rel.ago - lag(r.name, rel.version)
		if ago < 1 || !on(r.at(ago)) || !on(r.at(rel.ago)) || r.turnsBetween(rel.ago, ago) {
			continue
		}
		out = append(out, turn{ago: ago, bump: path, version: rel.version, by: renovate})
	}
	return out
}

// at gives the conditions so many days before today.
func (r repo) at(ago int) conditions {
	c := r.birth()
	for _, t := range r.life {
		if t.ago < ago {
			break
		}
		c = c.after(t)
	}
	return c
}

func (r repo) turnsBetween(from, to int) bool {
	return slices.ContainsFunc(r.life, func(t turn) bool { return t.ago <= from && t.ago >= to-2 })
}

// lag is how many days the bot takes: 2 to 9, fixed for a repo and release.
func lag(parts ...string) int { return 2 + int(fingerprint(parts...)%8) }
