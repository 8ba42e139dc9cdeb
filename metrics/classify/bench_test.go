package classify_test

import (
	"fmt"
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

// contents gives blobs from a map.
type contents map[metrics.OID]string

// Blob implements detect.Blobs.
func (c contents) Blob(oid metrics.OID) (string, metrics.Reason) {
	text, known := c[oid]
	if !known {
		return "", metrics.ReasonMissingObjects
	}
	return text, ""
}

// add keeps a text and returns its id.
func (c contents) add(text string) metrics.OID {
	oid := metrics.OID(fmt.Sprintf("%020x", metrics.Fingerprint(text)))
	c[oid] = text
	return oid
}

func signal(kind string, set func(*metrics.Signal)) metrics.Rule {
	s := metrics.Signal{Kind: kind}
	set(&s)
	return metrics.Rule{Signal: &s}
}

func file(glob string) metrics.Rule {
	return signal("file", func(s *metrics.Signal) { s.Path = glob })
}

func uses(target string) metrics.Rule {
	return signal("workflow_uses", func(s *metrics.Signal) { s.Target = target })
}

func from(image string) metrics.Rule {
	return signal("docker_from", func(s *metrics.Signal) { s.Image = image })
}

func module(name string) metrics.Rule {
	return signal("go_module", func(s *metrics.Signal) { s.Name = name })
}

// fivePaths is a configuration of a usual size: five paths, fifteen signals.
func fivePaths() metrics.Definitions {
	alternative := func(key metrics.WayKey, when metrics.Rule) metrics.Alternative {
		return metrics.Alternative{Key: key, Until: metrics.Forever, When: when}
	}
	goOrNode := metrics.Rule{Any: []metrics.Rule{file("go.mod"), file("package.json")}}
	docker := file("**/Dockerfile")
	return metrics.Definitions{
		Org: "acme", Measure: metrics.DefaultMeasure(),
		Teams: metrics.Teams{Order: []metrics.OwnerSource{metrics.OwnerConfig, metrics.OwnerCodeowners}},
		Paths: []metrics.Path{
			{Key: "ci", Eligible: &goOrNode, Golden: uses("acme/golden/.github/workflows/*"), Alternatives: []metrics.Alternative{
				alternative("circleci", file(".circleci/config.yml")), alternative("jenkins", file("Jenkinsfile")),
				alternative("own", signal("workflow", func(s *metrics.Signal) {
					s.Runs, s.UnlessUses = `(?m)^(make|go) (build|test)`, "acme/golden/.github/workflows/*"
				})),
			}},
			{Key: "image", Eligible: &docker, Golden: from("registry.acme.dev/base/**"), Alternatives: []metrics.Alternative{
				alternative("debian", from("debian")), alternative("golang", from("golang")),
			}},
			{Key: "log", Golden: module("acme.dev/log"), Alternatives: []metrics.Alternative{alternative("zap", module("go.uber.org/zap"))}},
			{Key: "deploy", Golden: file("deploy/golden.yaml"), Alternatives: []metrics.Alternative{alternative("helm", file("**/Chart.yaml"))}},
			{Key: "release", Golden: uses("acme/release/**")},
		},
	}
}

// organisation makes the histories of repositories in which the given number of watched files change.
func organisation(repos, changes int) ([]metrics.History, contents) {
	random := rand.New(rand.NewPCG(1, 2))
	blobs := contents{}
	versions := map[string][]metrics.OID{}
	for i := range 40 {
		v := fmt.Sprintf("v%d", i)
		versions[".github/workflows/ci.yml"] = append(versions[".github/workflows/ci.yml"], blobs.add("on: push\njobs:\n  ci:\n    uses: acme/golden/.github/workflows/build.yml@"+v+"\n"),
			blobs.add("on: push\njobs:\n  b:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@"+v+"\n      - run: |\n          make build\n"))
		versions["Dockerfile"] = append(versions["Dockerfile"], blobs.add("FROM golang:1."+v+" AS b\nRUN make\nFROM registry.acme.dev/base/go:"+v+"\n"), blobs.add("FROM debian:"+v+"\n"))
		versions["go.mod"] = append(versions["go.mod"], blobs.add("module acme.dev/x\n\ngo 1.2"+fmt.Sprint(i%10)+"\n\nrequire acme.dev/log v1."+fmt.Sprint(i)+".0\n"))
		versions["package.json"] = append(versions["package.json"], blobs.add(`{"name": "x", "version": "`+v+`"}`))
		versions["deploy/main.tf"] = append(versions["deploy/main.tf"], blobs.add("# "+v+"\n"))
	}
	names := []string{".github/workflows/ci.yml", "Dockerfile", "go.mod", "package.json", "deploy/main.tf", "web/package.json", "tools/go.mod"}
	versions["web/package.json"], versions["tools/go.mod"] = versions["package.json"], versions["go.mod"]
	var list []metrics.History
	for r := range repos {
		id := metrics.RepoID(r + 1)
		h := metrics.History{Repo: metrics.Repo{ID: id, Name: fmt.Sprintf("github.com/acme/r%d", r)}}
		h.Walks = []metrics.Walk{{ID: 1, Repo: id, At: 1_800_000_000, Watch: classify.Watch(fivePaths()).Whole, Presence: classify.Watch(fivePaths()).Presence}}
		at := metrics.Instant(1_400_000_000)
		for pos := range uint32(changes / repos) {
			at += metrics.Instant(random.IntN(40_000))
			h.Commits = append(h.Commits, metrics.Commit{Repo: id, Walk: 1, Pos: pos, OID: metrics.OID(fmt.Sprintf("%020d", pos)), Committed: at, Author: 1})
			name := names[random.IntN(len(names))]
			h.Changes = append(h.Changes, metrics.FileChange{Repo: id, Walk: 1, Pos: pos, Path: name, Blob: versions[name][random.IntN(len(versions[name]))]})
		}
		list = append(list, h)
	}
	return list, blobs
}

// BenchmarkRepo replays histories on one core with every blob judged before, and reports file changes a
// second. One in two changes matters to some path.
func BenchmarkRepo(b *testing.B) {
	const repos, changes = 100, 200_000
	list, blobs := organisation(repos, changes)
	c, err := classify.New(fivePaths())
	if err != nil {
		b.Fatal(err)
	}
	people := classify.NewPeople([]metrics.Identity{{Alias: 1, Person: 1, Kind: metrics.Human}}, nil, nil)
	for _, h := range list {
		c.Repo(h, people, blobs, nil)
	}
	begin, done := cpuSeconds(b), 0
	for b.Loop() {
		for _, h := range list {
			done += c.Repo(h, people, blobs, nil).Changes
		}
	}
	b.ReportMetric(float64(done)/(cpuSeconds(b)-begin), "changes/s")
}

// cpuSeconds returns the processor time that this process has used, the collector of garbage included:
// what one core would have taken, however busy the machine is.
func cpuSeconds(b *testing.B) float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano()).Seconds()
}
