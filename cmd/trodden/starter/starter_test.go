package starter

import (
	"bufio"
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

func TestFind(t *testing.T) {
	files := map[string]string{
		".github/workflows/ci.yml": "on: push\njobs:\n  a: {uses: Acme/Golden/.github/workflows/x.yml@v1}\n  b:\n    steps:\n" +
			"      - uses: actions/checkout@v4\n      - uses: ./.github/actions/own\n      - uses: docker://alpine:3\n      # - uses: acme/comment@v1\n",
		".github/actions/own/action.yml": "runs:\n  using: composite\n  steps: [{uses: acme/deep@v1}]\n",
		".gitlab-ci.yml":                 "include:\n  - {project: Platform/CI, ref: v1, file: /a.yml}\n  - project: 'platform/extra'\n    file: /b.yml\n",
		".github/renovate.json5":         "{}",
		"Jenkinsfile":                    " \n",
	}
	contents := blobs{}
	var list []entry
	for _, path := range slices.Sorted(maps.Keys(files)) {
		oid := metrics.OID(path)
		contents[oid] = files[path]
		list = append(list, entry{path, oid})
		if !watched(path) {
			t.Errorf("%s is not looked at", path)
		}
	}
	got := find(list, contents)
	for name, found := range got.ways {
		if !found {
			delete(got.ways, name)
		}
	}
	want := finds{
		ways:      map[string]bool{"github-actions": true, "gitlab-ci": true, "renovate": true}, // a blank Jenkinsfile is none
		workflows: map[string]bool{"acme/golden": true},
		actions:   map[string]bool{"actions/checkout": true, "acme/deep": true},
		projects:  map[string]bool{"platform/ci": true, "platform/extra": true},
	}
	if diff := cmp.Diff(got, want, cmp.AllowUnexported(finds{})); diff != "" {
		t.Errorf("finds (-got +want):\n%s", diff)
	}
}

func TestWatched(t *testing.T) {
	tests := map[string]bool{
		".github/workflows/ci.yaml": true, ".github/workflows/sub/ci.yaml": false, "a/.github/workflows/ci.yml": false,
		"action.yml": true, "a/b/action.yaml": true, "renovate.json": true, ".renovaterc": true, ".github/renovate.json": true,
		".github/.renovaterc": true, "docs/renovate.json": false, "main.go": false,
	}
	for path, want := range tests {
		if got := watched(path); got != want {
			t.Errorf("watched(%q): got %v, want %v", path, got, want)
		}
	}
}

func TestGlobs(t *testing.T) {
	clone := func(dir, root string, depth int) Clone { return Clone{Dir: dir, Root: root, Depth: depth} }
	tests := []struct {
		name   string
		clones []Clone
		want   []string
	}{
		{"the folder itself", []Clone{clone("/srv", "/srv", 0)}, []string{"."}},
		{"below it", []Clone{clone("/srv/a", "/srv", 1), clone("/srv/b", "/srv", 1)}, []string{"*"}},
		{"two depths", []Clone{clone("/srv/a", "/srv", 1), clone("/srv/b/c", "/srv", 2)}, []string{"*", "*/*"}},
		{"bare", []Clone{clone("/srv/a.git", "/srv", 1), clone("/srv/b.git", "/srv", 1)}, []string{"*.git"}},
		{"some bare", []Clone{clone("/srv/a.git", "/srv", 1), clone("/srv/b", "/srv", 1)}, []string{"*"}},
		{"some bare, the other way round", []Clone{clone("/srv/b", "/srv", 1), clone("/srv/a.git", "/srv", 1)}, []string{"*"}},
		{"a bare one by itself", []Clone{clone("/srv/a.git", "/srv/a.git", 0)}, []string{"a.git"}},
		{"at home", []Clone{clone("/home/ana/src/a", "/home/ana/src", 1)}, []string{"~/src/*"}},
		{"elsewhere", []Clone{clone("/mnt/x/a", "/mnt/x", 1)}, []string{"/mnt/x/*"}},
		{"odd names", []Clone{clone("/srv/[x]*/a", "/srv/[x]*", 1)}, []string{`\[x\]\*/*`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := Survey{Clones: test.clones}
			if diff := cmp.Diff(s.Globs("/srv", "/home/ana"), test.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

func FuzzCatFile(f *testing.F) {
	oid := strings.Repeat("ab", 20)
	f.Add([]byte(oid + " blob 3\nabc\n" + oid + " missing\n"))
	f.Add([]byte(oid + " blob 99999999999\n"))
	f.Add([]byte(oid + " blob -5\n"))
	f.Fuzz(func(t *testing.T, out []byte) {
		contents := blobs{}
		contents.fill(bufio.NewReader(bytes.NewReader(out)))
		for oid, text := range contents {
			if len(oid) != 20 && len(oid) != 32 || len(text) > len(out) {
				t.Errorf("%q has %d bytes out of %d", oid, len(text), len(out))
			}
		}
	})
}
