package clickhouse

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

func TestEnginePlaces(t *testing.T) {
	place := func(path string) func() (string, error) {
		return func() (string, error) { return path, nil }
	}
	got := enginePlaces(place("/opt/trodden/bin/trodden"), place("/home/ana"))
	want := []string{
		"/opt/trodden/bin/libchdb.so",
		EngineIn("/opt/trodden/bin"),
		EngineIn("/opt/trodden"),
		EngineIn("/home/ana"),
		"/usr/local/lib/libchdb.so",
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("places (-got +want):\n%s", diff)
	}
}

func TestEnginePlacesOfALinkedBinary(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	binary, link := filepath.Join(dir, "real"), filepath.Join(dir, "links", "trodden")
	if err := errors.Join(os.WriteFile(binary, nil, 0o700), os.Mkdir(filepath.Dir(link), 0o700), os.Symlink(binary, link)); err != nil {
		t.Fatal(err)
	}
	unknown := func() (string, error) { return "", os.ErrNotExist }
	got := enginePlaces(func() (string, error) { return link, nil }, unknown)
	if want := filepath.Join(dir, "libchdb.so"); got[0] != want {
		t.Errorf("first place = %s; want %s, beside the real binary", got[0], want)
	}
}

func TestFirstFile(t *testing.T) {
	dir := t.TempDir()
	folder, first, second := filepath.Join(dir, "folder"), filepath.Join(dir, "first"), filepath.Join(dir, "second")
	if err := errors.Join(os.Mkdir(folder, 0o700), os.WriteFile(first, nil, 0o600), os.WriteFile(second, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	got, err := firstFile([]string{filepath.Join(dir, "none"), folder, first, second})
	if got != first || err != nil {
		t.Errorf("firstFile = %s, %v; want %s", got, err, first)
	}
}

func TestMissingEngine(t *testing.T) {
	dir := t.TempDir()
	for _, given := range []string{filepath.Join(dir, "libchdb.so"), dir} {
		_, err := FindEngine(given)
		if !errors.Is(err, metrics.ErrUnavailable) {
			t.Fatalf("FindEngine = %v; want unavailable", err)
		}
		for _, want := range []string{"npm ci", "make setup", "TRODDEN_ENGINE", filepath.Join(dir, "libchdb.so")} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("FindEngine = %q; want it to say %q", err, want)
			}
		}
	}
	if _, err := Open(t.Context(), "embedded:"+filepath.Join(dir, "store"), Options{Engine: dir}); !errors.Is(err, metrics.ErrUnavailable) {
		t.Errorf("Open = %v; want unavailable", err)
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("Open without an engine leaves %v, %v", left, err)
	}
}

func TestEngineThatIsNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "libchdb.so")
	if err := os.WriteFile(file, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := loadEngine(file); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("loadEngine = %v; want an error about %s", err, file)
	}
}
