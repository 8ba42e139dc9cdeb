package main

import (
	"hash/fnv"
	"slices"
	"strings"
)

// The milestones, in days before today.
const (
	launchAgo   = 1035 // the golden workflow v1 and the golden images
	toolsAgo    = 760  // actions/checkout v4 comes out
	massPushAgo = 660  // a platform engineer opens the same change everywhere
	chartAgo    = 560  // the golden chart
	fasterAgo   = 335  // v3 and the service template: minutes instead of days
	botWaveAgo  = 150  // the bot opens the same change everywhere

	auditAnnouncedAgo, auditFromAgo, auditUntilAgo = 760, 700, 400 // fintech must use golden images
	cardsAnnouncedAgo, cardsFromAgo                = 230, 150      // checkout must, since then
)

// A release is a version that a path published.
type release struct {
	ago           int
	version, note string
}

// major says whether it is the first release of a major version.
func (r release) major() bool { return strings.HasSuffix(r.version, ".0.0") }

// newest is the latest version that was out so many days before today, or
// the first one when none was.
func newest(releases []release, ago int) string {
	version := releases[0].version
	for _, r := range releases {
		if r.ago >= ago {
			version = r.version
		}
	}
	return version
}

func ciReleases() []release {
	return []release{
		{launchAgo, "v1.0.0", "Build and test a Go or Node.js service."},
		{960, "v1.1.0", "Python services."},
		{850, "v1.2.0", "Java services."},
		{735, "v1.3.0", "Upload test reports."},
		{640, "v2.0.0", "Scan dependencies. Callers must pass the language version."},
		{562, "v2.1.0", "Sign the images that are built."},
		{455, "v2.2.0", "Move to the new runners."},
		{fasterAgo, "v3.0.0", fasterNote},
		{272, "v3.1.0", "Python 3.13 and the integration-test database."},
		{181, "v3.2.0", "Publish npm packages."},
		{92, "v3.3.0", "Screenshot tests for e-mails and pages."},
		{31, "v3.4.0", "ARM builds."},
	}
}

const fasterNote = `A new service is green in 15 minutes instead of 2 days.

No ticket, no waiting for a runner group, no secrets to ask for: identities
come from the workload, caches are shared, tests run in shards. Together with
acme/service-template the first deployment is one command. We timed it with
three teams before this release: the median fell from 2 days to 14 minutes.
Nobody has to move. The alternatives stay supported.`

func imageReleases() []release {
	return []release{
		{launchAgo - 35, "v1.0.0", "Golden base images for Go, Node.js, Python and Java."},
		{620, "v2.0.0", "Distroless by default."},
		{410, "v2.1.0", "Drop the shell from the Go image."},
		{212, "v3.0.0", "Rebuilt every night, FIPS openssl included."},
	}
}

func chartReleases() []release {
	return []release{
		{chartAgo, "v1.0.0", "One chart for every service."},
		{398, "v1.1.0", "Network policies."},
		{192, "v2.0.0", "Rollouts that watch their own error rate."},
	}
}

func templateReleases() []release {
	return []release{
		{fasterAgo, "v1.0.0", "A service from one command: workflow, image, chart, owner."},
		{230, "v1.1.0", "Node.js services."},
		{110, "v1.2.0", "Python services."},
	}
}

// massPush is the platform engineer's campaign: one author, one content,
// many teams, within days.
func massPush(ago int, beside string) turn {
	return turn{ago: ago, ci: "golden-auto+" + beside, by: "ida", land: landSquash,
		say: "Add the golden workflow\n\nOne workflow for all of us. Please merge, it runs next to your build."}
}

// botWave is the same by a bot.
func botWave(ago int, beside string) turn {
	return turn{ago: ago, ci: "golden-auto+" + beside, by: renovate,
		say: "Add the golden workflow\n\nThis change was opened by the onboarding preset of acme/golden-workflows."}
}

// born is a service made from the template by a bot on somebody's request.
func born(ago int, human string) turn {
	return turn{ago: ago, ci: "golden", image: "golden", deploy: "golden",
		template: newest(templateReleases(), ago), by: scaffolder, with: []string{human},
		land: landPush, say: "Create the service from acme/service-template"}
}

// bornRequested is born where the bot names the human as requester instead.
func bornRequested(ago int, human string) turn {
	t := born(ago, human)
	t.with, t.requested = nil, human
	return t
}

// renamed is the day on which the cart team became checkout.
func renamed() turn {
	return turn{ago: 560, codeowners: "@acme/checkout", say: "Our team is called checkout now"}
}

// repos is the organisation.
func repos() []repo {
	return slices.Concat(fintechRepos(), commerceRepos(), customerRepos(), logisticsRepos(), platformRepos())
}

// fingerprint is a stable number for some names.
func fingerprint(parts ...string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(strings.Join(parts, "\x00")))
	return h.Sum64()
}
