package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics/query"
)

// TestScanReadsTracks reads the tracks of Soundcheck that are configured, of which one is not there.
func TestScanReadsTracks(t *testing.T) {
	t.Parallel()
	portal := newPortalServer(t)
	catalog := portal.Config.Handler
	portal.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/soundcheck/tracks/basics/status" {
			io.WriteString(w, `{"id":"basics","numberOfEntities":9,"statusByLevel":[{"ordinal":1,"passed":5,"failed":3,"cumulativelyPassed":4,"cumulativelyFailed":4,"notReported":1}]}`)
			return
		}
		catalog.ServeHTTP(w, r)
	})
	p := portal.beside(t, false)
	portal.has(1)
	text := fmt.Sprintf("sources: [{spotify-portal: {url: %q, token: \"${BACKSTAGE_TOKEN}\", tracks: [basics, none]}}]\n%s", portal.URL, hostedPaths)
	if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, said := p.run(exitUnknown, "scan"); !strings.Contains(said, `status of the track "none" of Spotify Portal`) {
		t.Errorf("it says %q", said)
	}
	got := ask[struct{ Tracks []query.CatalogTrack }](p, "catalog")[0].Tracks
	if len(got) != 1 || got[0].ReadAt.IsZero() {
		t.Fatalf("tracks are %+v", got)
	}
	want := query.CatalogTrack{Track: "basics", ReadAt: got[0].ReadAt, Entities: 9, Levels: []query.TrackLevel{{Level: 1, Passed: 4, Failed: 4, Unreported: 1}}}
	if diff := cmp.Diff(got[0], want); diff != "" {
		t.Errorf("-got +want\n%s", diff)
	}
	if table, _ := p.run(exitDone, "catalog", "--output", "table"); !strings.Contains(table, "track basics: 9 entities, level 1 reached by 4\n") {
		t.Errorf("the table says\n%s", table)
	}
}

// TestScanEndsTracks reads two tracks, of which one cannot be read then, and is not there at last; the other is configured no
// more.
func TestScanEndsTracks(t *testing.T) {
	t.Parallel()
	const status = `{"id":%q,"numberOfEntities":9,"statusByLevel":[{"ordinal":1,"cumulativelyPassed":4}]}`
	portal, answers := newPortalServer(t), map[string]int{}
	catalog := portal.Config.Handler
	portal.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, ok := strings.CutPrefix(strings.TrimSuffix(r.URL.Path, "/status"), "/api/soundcheck/tracks/")
		switch {
		case !ok:
			catalog.ServeHTTP(w, r)
		case answers[id] != 0:
			w.WriteHeader(answers[id])
		default:
			fmt.Fprintf(w, status, id)
		}
	})
	p := portal.beside(t, false)
	portal.has(1)
	for _, step := range []struct {
		name    string
		tracks  string
		answers map[string]int
		exit    int
		want    []string // lines of the table that begin so; those with a star say when they were read
	}{
		{"both are there", "basics, more", nil, exitDone, []string{"basics", "more"}},
		{"one is forbidden", "basics, more", map[string]int{"more": 403}, exitUnknown, []string{"basics", "more*"}},
		{"it is not there", "basics, more", map[string]int{"more": 404}, exitUnknown, []string{"basics"}},
		{"it is back", "basics, more", nil, exitDone, []string{"basics", "more"}},
		{"one is not configured", "more", nil, exitDone, []string{"more"}},
		{"none is configured", "", nil, exitDone, nil},
	} {
		answers = step.answers
		text := fmt.Sprintf("sources: [{spotify-portal: {url: %q, token: \"${BACKSTAGE_TOKEN}\", tracks: [%s]}}]\n%s", portal.URL, step.tracks, hostedPaths)
		if step.tracks == "" {
			text = strings.Replace(text, ", tracks: []", "", 1)
		}
		if err := os.WriteFile(filepath.Join(p.dir, "trodden.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		p.run(step.exit, "scan")
		table, _ := p.run(exitDone, "catalog", "--output", "table")
		var got []string
		for line := range strings.Lines(table) {
			if name, ok := strings.CutPrefix(strings.TrimSpace(line), "track "); ok {
				name, rest, _ := strings.Cut(name, ": 9 entities, level 1 reached by 4")
				if strings.HasPrefix(rest, ", as it was read last at 20") {
					name += "*"
				}
				got = append(got, name)
			}
		}
		if diff := cmp.Diff(got, step.want); diff != "" {
			t.Errorf("%s: -got +want\n%s\n%s", step.name, diff, table)
		}
	}
}
