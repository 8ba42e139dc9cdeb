package detect

import (
	"crypto/sha1"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what is found into testdata")

// TestCases runs every testdata/*.txtar: files and signals in, findings and warnings out. The comment may
// name a unit ("unit: services/pay"); the files signals.yaml, host.yaml and want are not part of the
// repository.
func TestCases(t *testing.T) {
	names, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			got := runCase(t, archive)
			if *update {
				writeWant(t, name, archive, got)
				return
			}
			if diff := cmp.Diff(got, file1(archive, "want")); diff != "" {
				t.Errorf("findings (-got +want):\n%s", diff)
			}
		})
	}
}

// file1 returns the content of a file of the archive, "" where it is not there.
func file1(archive *txtar.Archive, name string) string {
	for _, f := range archive.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

// writeWant puts what was found into the case.
func writeWant(t *testing.T, name string, archive *txtar.Archive, got string) {
	t.Helper()
	archive.Files = slices.DeleteFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	archive.Files = append(archive.Files, txtar.File{Name: "want", Data: []byte(got)})
	if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
		t.Fatal(err)
	}
}

// runCase returns what the signals of a case find in its files.
func runCase(t *testing.T, archive *txtar.Archive) string {
	t.Helper()
	signals := readSignals(t, file1(archive, "signals.yaml"))
	var host Host
	if err := yaml.Unmarshal([]byte(file1(archive, "host.yaml")), &host); err != nil {
		t.Fatal(err)
	}
	unit := ""
	for line := range strings.SplitSeq(string(archive.Comment), "\n") {
		if rest, ok := strings.CutPrefix(line, "unit: "); ok {
			unit = rest
		}
	}
	files := map[string]string{}
	for _, f := range archive.Files {
		if !slices.Contains([]string{"signals.yaml", "host.yaml", "want"}, f.Name) {
			files[f.Name] = string(f.Data)
		}
	}
	tr, _ := track(t, unit, host, files, signals)
	var out strings.Builder
	for _, s := range signals {
		printFinding(&out, s, find(t, tr, s))
	}
	for _, w := range tr.Warnings() {
		fmt.Fprintf(&out, "warning: %s:%d:%d: %s\n", w.File, w.Line, w.Column, w.Message)
	}
	return out.String()
}

// printFinding writes a finding as lines of text.
func printFinding(out *strings.Builder, s metrics.Signal, f metrics.Finding) {
	truth := map[metrics.Truth]string{metrics.No: "no", metrics.Maybe: "maybe", metrics.Yes: "yes"}[f.Truth]
	spec := strings.TrimPrefix(signalKey(s), fmt.Sprintf(`{"kind":%q`, s.Kind))
	fmt.Fprintf(out, "%s %s: %s\n", s.Kind, strings.TrimSuffix(strings.TrimPrefix(spec, ","), "}"),
		strings.TrimSpace(truth+" "+string(f.Reason)))
	for _, e := range f.Evidence {
		fmt.Fprintf(out, "    %s:%d [%s] %s", e.File, e.Line, e.Version, e.Text)
		if len(e.Via) > 0 {
			fmt.Fprintf(out, " via %s", strings.Join(e.Via, " > "))
		}
		fmt.Fprintln(out)
	}
}

// readSignals reads a list of signals as they stand in the configuration.
func readSignals(t testing.TB, text string) (signals []metrics.Signal) {
	t.Helper()
	var list []map[string]any
	if err := yaml.Unmarshal([]byte(text), &list); err != nil {
		t.Fatal(err)
	}
	for _, one := range list {
		for kind, value := range one {
			signals = append(signals, readSignal(t, kind, value))
		}
	}
	return signals
}

// readSignal reads one signal: a scalar for its main key, or a mapping.
func readSignal(t testing.TB, kind string, value any) (s metrics.Signal) {
	t.Helper()
	keys, ok := value.(map[string]any)
	if !ok {
		keys = map[string]any{kindsByName()[kind].Main: value}
	}
	b, err := json.Marshal(keys)
	if err == nil {
		err = json.Unmarshal(b, &s)
	}
	if err != nil {
		t.Fatalf("signal %s %v: %v", kind, value, err)
	}
	s.Kind = kind
	for _, p := range Check(s) {
		t.Fatalf("signal %s %v: %s: %s", kind, value, p.Field, p.Message)
	}
	return s
}

// fakeBlobs holds contents, and reasons for those that are not there.
type fakeBlobs struct {
	contents map[metrics.OID]string
	reasons  map[metrics.OID]metrics.Reason
	asked    map[metrics.OID]int
}

func (b *fakeBlobs) Blob(oid metrics.OID) (string, metrics.Reason) {
	if b.asked != nil {
		b.asked[oid]++
	}
	if r, ok := b.reasons[oid]; ok {
		return "", r
	}
	content, ok := b.contents[oid]
	if !ok {
		return "", metrics.ReasonMissingObjects
	}
	return content, ""
}

// put remembers a content and returns its id.
func (b *fakeBlobs) put(content string) metrics.OID {
	sum := sha1.Sum([]byte(content))
	oid := metrics.OID(sum[:])
	b.contents[oid] = content
	return oid
}

// newBlobs returns an empty store of contents.
func newBlobs() *fakeBlobs {
	return &fakeBlobs{contents: map[metrics.OID]string{}, reasons: map[metrics.OID]metrics.Reason{}}
}

// watchAll returns a watch set for the signals of a unit.
func watchAll(unit string, signals []metrics.Signal) metrics.WatchSet {
	w := metrics.DefaultWatch()
	for _, s := range signals {
		WatchFolder(s, unit, &w)
	}
	return w
}

// track returns a tracker with the files in it.
func track(t testing.TB, unit string, host Host, files map[string]string, signals []metrics.Signal) (*Tracker, *fakeBlobs) {
	t.Helper()
	set, err := Compile(signals)
	if err != nil {
		t.Fatal(err)
	}
	blobs := newBlobs()
	tr := set.Track(unit, host, watchAll(unit, signals), blobs)
	for _, path := range slices.Sorted(maps.Keys(files)) {
		tr.Put(path, blobs.put(files[path]))
	}
	return tr, blobs
}

// find asks a tracker for a signal.
func find(t testing.TB, tr *Tracker, s metrics.Signal) metrics.Finding {
	t.Helper()
	i, ok := tr.set.Index(s)
	if !ok {
		t.Fatalf("signal %+v is not in the set", s)
	}
	return tr.Find(i)
}
