package quota

import (
	"regexp"
	"strings"
	"time"
)

// Family is what the hosts of one kind allow, and how they tell of it.
type Family struct {
	Name   string
	AtOnce int // requests of one account on their way at once; 16 where 0
	// Longest is the processor time after which the host gives a request up: what takes longer is the network's.
	// 0 is no end.
	Longest   time.Duration
	Resources []Resource // what has an allowance of its own; the first whose route fits holds
	Rates     []Rate     // what the headers do not tell of
	Headers   Headers
	// Things matches in an escaped path what tells one thing from others of its kind, such as repositories, behind what it
	// captures. Where it is nil each path is taken for something else.
	Things *regexp.Regexp
	Rights Rights // nil where answers do not tell
}

// Resource is what a host gives an allowance for.
type Resource struct {
	Name      string         // in counts, errors and plans
	Allowance string         // as the host names it; "" where requests cost nothing of any
	Route     *regexp.Regexp // of the escaped path
	// Queries says that requests are queries, though they are sent by POST: they change nothing, and the
	// answer that a limit was reached may have status 200. An answer that a query took too long is the
	// caller's, who can ask for less.
	Queries bool
	// Apart says that answers tell of the limits of another account than the one that is asked with.
	Apart bool
	// Takes is how long an answer is taken to take until one was seen.
	Takes time.Duration
}

// Rate is a limit over a time that slides along. Points are requests, which count 1 when they read and 5
// otherwise. Busy is time of the host's processor, for which the time until the answer stands, as GitHub
// advises. Only one of both is given.
type Rate struct {
	Resource string         // that it is a limit of; "" for all
	Route    *regexp.Regexp // of the escaped path; what it captures is counted by itself, such as each project
	Points   int
	Busy     time.Duration
	Per      time.Duration
}

// key tells a rate from the others, and what it counts by itself.
func (r *Rate) key(parts []string) string {
	return strings.Join(append([]string{r.Resource, r.Route.String(), r.Busy.String()}, parts[1:]...), " ")
}

// limit is what may be used of a rate. Nine tenths are: others may ask with the same account, and times are
// estimates.
func (r *Rate) limit() int64 {
	if r.Busy > 0 {
		return int64(r.Busy) * 9 / 10
	}
	return max(1, int64(r.Points)*9/10)
}

// Headers are the names of those in which a host tells of its allowances.
type Headers struct {
	Limit, Remaining string
	Reset            string   // seconds since 1970, on the clock of the host
	Resource         string   // name of the allowance; "" where the host does not tell
	Others           []string // that say more of the same
}

// Names of resources, as they are counted and planned.
const (
	REST    = "rest"
	GraphQL = "graphql"
	Search  = "search"
	Files   = "files" // of repositories, which GitLab has an allowance of its own for
)

// writePoints are the points of a request that may change something.
const writePoints = 5

// atOnce is how many requests are on their way at once: far fewer than hosts allow, for more gain nothing
// where processor time is limited.
const atOnce = 16

// GitHub is github.com, with the limits that
// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api documents.
func GitHub() Family {
	f := GitHubEnterprise()
	f.Name, f.Longest = "github", 10*time.Second
	f.Rates = []Rate{
		{Resource: REST, Route: anything, Points: 900, Per: time.Minute},
		{Resource: GraphQL, Route: anything, Points: 2_000, Per: time.Minute},
		{Resource: GraphQL, Route: anything, Busy: 60 * time.Second, Per: time.Minute},
		{Route: anything, Busy: 90 * time.Second, Per: time.Minute},
	}
	return f
}

// GitHubEnterprise is a server of one's own. It limits nothing unless it was told to, and tells of that in the
// same headers.
func GitHubEnterprise() Family {
	return Family{
		Name: "github-enterprise", AtOnce: atOnce, Rights: scopesOfGitHub,
		Things: regexp.MustCompile(`(/repos/[^/]+|/(?:repositories|orgs|users|teams|rulesets|runs|attempts|trees|blobs|commits|branches|heads|tags|contents))/[^/]+`),
		Resources: []Resource{
			{Name: GraphQL, Allowance: "graphql", Route: regexp.MustCompile(`^(/api)?/graphql$`), Queries: true, Takes: 10 * time.Second},
			{Name: "code-search", Allowance: "code_search", Route: regexp.MustCompile(`^(/api/v3)?/search/code$`), Takes: time.Second},
			{Name: Search, Allowance: "search", Route: regexp.MustCompile(`^(/api/v3)?/search/`), Takes: time.Second},
			{Name: REST, Route: regexp.MustCompile(`^(/api/v3)?/rate_limit$`), Takes: time.Second},
			{Name: REST, Route: regexp.MustCompile(`^(/api/v3)?/app/`), Apart: true, Takes: time.Second}, // by the App itself
			{Name: REST, Allowance: "core", Route: anything, Takes: time.Second},
		},
		Headers: Headers{
			Limit: "X-Ratelimit-Limit", Remaining: "X-Ratelimit-Remaining", Reset: "X-Ratelimit-Reset",
			Resource: "X-Ratelimit-Resource", Others: []string{"X-Ratelimit-Used"},
		},
	}
}

// GitLab is gitlab.com. Its limits of single routes are those that
// https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom documents; headers tell of the others only.
func GitLab() Family {
	route := func(pattern string, points int, per time.Duration) Rate {
		return Rate{Route: regexp.MustCompile(`/api/v4/` + pattern + `$`), Points: points, Per: per}
	}
	f := GitLabSelfManaged()
	f.Name = "gitlab"
	f.Rates = []Rate{
		route(`projects`, 2_000, 10*time.Minute),
		route(`projects/[^/]+`, 400, time.Minute),
		route(`groups`, 200, time.Minute),
		route(`groups/[^/]+`, 400, time.Minute),
		route(`groups/[^/]+/projects`, 600, time.Minute),
		route(`users/[^/]+/projects`, 300, time.Minute),
		route(`projects/[^/]+/jobs`, 600, time.Minute),
		route(`projects/[^/]+/repository/files/.*`, 500, time.Minute),
		route(`projects/([^/]+)/repository/(?:files|blobs)/[^/]+/raw`, 300, time.Minute),
		route(`(?:.*/)?search`, 10, time.Minute),
	}
	return f
}

// GitLabSelfManaged is a server of one's own: what it limits, it tells of in headers.
func GitLabSelfManaged() Family {
	return Family{
		Name: "gitlab-self-managed", AtOnce: atOnce,
		Things: regexp.MustCompile(`(/(?:projects|groups|users|files|blobs|commits|branches|pipelines|deployments))/[^/]+`),
		Resources: []Resource{
			{Name: GraphQL, Allowance: "api", Route: regexp.MustCompile(`/api/graphql$`), Queries: true, Takes: 10 * time.Second},
			{Name: Files, Allowance: "files", Route: regexp.MustCompile(`/api/v4/projects/[^/]+/repository/files/`), Takes: time.Second},
			{Name: REST, Allowance: "api", Route: anything, Takes: time.Second},
		},
		Headers: Headers{
			Limit: "Ratelimit-Limit", Remaining: "Ratelimit-Remaining", Reset: "Ratelimit-Reset",
			Others: []string{"Ratelimit-Observed", "Ratelimit-Name", "Ratelimit-Resettime"},
		},
	}
}

// anything is the route of what no other route fits.
var anything = regexp.MustCompile(``)
