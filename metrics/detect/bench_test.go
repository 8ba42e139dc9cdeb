package detect

import (
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
)

// benchSignals are those of a configuration with five paths: pipelines, images, libraries, infrastructure,
// catalog.
func benchSignals() []metrics.Signal {
	return []metrics.Signal{
		{Kind: "workflow_uses", Target: "acme/golden/.github/workflows/*"}, {Kind: "gitlab_include", Project: "platform/ci"},
		{Kind: "file", Path: ".circleci/config.yml"}, {Kind: "file", Path: "Jenkinsfile"}, {Kind: "file", Path: ".travis.yml"},
		{Kind: "workflow", Runs: "(?m)^(make|go) (build|test)", UnlessUses: "acme/golden/.github/workflows/*"},
		{Kind: "docker_from", Image: "acme/base/**"}, {Kind: "docker_from", Image: "{alpine,debian,ubuntu}", Stage: "any"},
		{Kind: "file", Path: "**/Dockerfile*"}, {Kind: "go_module", Name: "acme.dev/kit", Version: ">= 1"},
		{Kind: "npm_dependency", Name: "@acme/*"}, {Kind: "terraform_source", Name: "acme/**"}, {Kind: "file", Path: "**/*.tf"},
		{Kind: "catalog_annotation", Name: "acme.dev/golden"}, {Kind: "yaml", File: "**/catalog-info.yaml", Path: "$.spec.owner"},
	}
}

// benchHistory returns a history of watched files as they change in a service: pipelines and manifests now
// and then, and mostly what no signal looks at.
func benchHistory(blobs *fakeBlobs, changes int) (paths []string, oids []metrics.OID) {
	type kind struct {
		path   string
		weight int
		text   func(version int) string
	}
	flow := func(v int) string {
		return fmt.Sprintf("on: push\njobs:\n  build:\n    uses: acme/golden/.github/workflows/build.yml@v%d\n  own:\n    steps:\n      - run: |\n          make test\n", v)
	}
	kinds := []kind{
		{".github/workflows/ci.yml", 4, flow},
		{".github/workflows/release.yml", 2, func(v int) string {
			return fmt.Sprintf("on: push\njobs: {a: {steps: [{run: go build}, {uses: actions/checkout@v%d}]}}\n", v)
		}},
		{"Dockerfile", 3, func(v int) string { return fmt.Sprintf("FROM golang:1.%d AS b\nFROM acme/base/run:%d\n", v, v) }},
		{"go.mod", 8, func(v int) string {
			return fmt.Sprintf("module x\n\nrequire (\n\tacme.dev/kit v1.%d.0\n\tx.dev/y v0.1.0\n)\n", v)
		}},
		{"web/package.json", 8, func(v int) string { return fmt.Sprintf("{\"dependencies\": {\"@acme/ui\": \"^%d.0.0\"}}\n", v) }},
		{"infra/main.tf", 5, func(v int) string {
			return fmt.Sprintf("module \"a\" {\n  source = \"acme/network/aws\"\n  version = \"%d.0\"\n}\n", v)
		}},
		{"catalog-info.yaml", 1, func(v int) string { return fmt.Sprintf("spec: {owner: team-%d}\n", v) }},
	}
	for i := range 40 { // watched because some definition may ask for them one day
		path := fmt.Sprintf("charts/c%d/values.yaml", i)
		kinds = append(kinds, kind{path, 2, func(v int) string { return fmt.Sprintf("a: %d\n", v) }})
	}
	var wheel []kind
	for _, k := range kinds {
		for range k.weight {
			wheel = append(wheel, k)
		}
	}
	seen, times := map[string]metrics.OID{}, map[string]int{}
	for i := range changes {
		k := wheel[(i*37+i/len(wheel))%len(wheel)]
		times[k.path]++
		version := times[k.path] % 40 // each change is one
		key := fmt.Sprint(k.path, version)
		if seen[key] == "" {
			seen[key] = blobs.put(k.text(version))
		}
		paths, oids = append(paths, k.path), append(oids, seen[key])
	}
	return paths, oids
}

// BenchmarkReplay puts one change after the other and asks every signal after each that may matter, as
// classify does, with a warm cache. The target is 200,000 changes a second.
func BenchmarkReplay(b *testing.B) {
	signals := benchSignals()
	set, err := Compile(signals)
	if err != nil {
		b.Fatal(err)
	}
	blobs := newBlobs()
	paths, oids := benchHistory(blobs, 20_000)
	replay := func() {
		tr := set.Track("", Host{}, watchAll("", signals), blobs)
		for i := range paths {
			tr.Put(paths[i], oids[i])
			if tr.Dirty() {
				for s := range signals {
					tr.Find(s)
				}
				tr.ClearDirty()
			}
		}
	}
	replay()
	b.ReportAllocs()
	for b.Loop() {
		replay()
	}
	b.ReportMetric(float64(b.N)*float64(len(paths))/b.Elapsed().Seconds(), "signal-changes/s")
}

// BenchmarkPipelines is BenchmarkReplay where every change is one of a pipeline.
func BenchmarkPipelines(b *testing.B) {
	signals := benchSignals()
	set, err := Compile(signals)
	if err != nil {
		b.Fatal(err)
	}
	blobs := newBlobs()
	var oids []metrics.OID
	for v := range 50 {
		oids = append(oids, blobs.put(fmt.Sprintf("on: push\njobs: {a: {uses: acme/golden/.github/workflows/b.yml@v%d}, b: {uses: ./.github/workflows/called.yml}}\n", v)))
	}
	tr := set.Track("", Host{}, watchAll("", signals), blobs)
	tr.Put(".github/workflows/called.yml", blobs.put(calledFlow))
	for i := range 10 {
		tr.Put(fmt.Sprintf(".github/workflows/w%d.yml", i), oids[i])
	}
	names := []string{".github/workflows/w1.yml", ".github/workflows/w5.yml", ".github/workflows/w9.yml"}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		tr.Put(names[n%len(names)], oids[n%len(oids)])
		for s := range signals {
			tr.Find(s)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signal-changes/s")
}

// BenchmarkCold judges blobs that were never seen: the price of parsing.
func BenchmarkCold(b *testing.B) {
	signals := benchSignals()
	blobs := newBlobs()
	paths, oids := benchHistory(blobs, 5_000)
	b.ReportAllocs()
	for b.Loop() {
		set, err := Compile(signals)
		if err != nil {
			b.Fatal(err)
		}
		tr := set.Track("", Host{}, watchAll("", signals), blobs)
		for i := range paths {
			tr.Put(paths[i], oids[i])
			for s := range signals {
				tr.Find(s)
			}
		}
	}
	b.ReportMetric(float64(b.N)*float64(len(blobs.contents))/b.Elapsed().Seconds(), "blobs/s")
}

// BenchmarkRealFiles judges the files of a folder, one blob a file, whose names are paths with % for /. It
// runs where TRODDEN_BLOBS names such a folder.
func BenchmarkRealFiles(b *testing.B) {
	dir := os.Getenv("TRODDEN_BLOBS")
	if dir == "" {
		b.Skip("TRODDEN_BLOBS names no folder of real files")
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	blobs := newBlobs()
	files := map[string]metrics.OID{}
	size := 0
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		_, path, _ := strings.Cut(filepath.Base(name), "@")
		sum := sha1.Sum(content)
		blobs.contents[metrics.OID(sum[:])] = string(content)
		files[strings.ReplaceAll(path, "%", "/")] = metrics.OID(sum[:])
		size += len(content)
	}
	signals := benchSignals()
	b.SetBytes(int64(size))
	for b.Loop() {
		set, err := Compile(signals)
		if err != nil {
			b.Fatal(err)
		}
		tr := set.Track("", Host{}, watchAll("", signals), blobs)
		for path, oid := range files {
			tr.Put(path, oid)
		}
		for s := range signals {
			tr.Find(s)
		}
	}
	b.ReportMetric(float64(len(files)), "files")
}
