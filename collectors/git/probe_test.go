package git

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

func TestProbe(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, dir string)
		want   metrics.Reason
	}{
		{"whole", func(*testing.T, string) {}, ""},
		{"no HEAD", func(t *testing.T, dir string) { drop(t, filepath.Join(dir, "HEAD")) }, metrics.ReasonUnreadable},
		{"HEAD names no commit", func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, "HEAD"), []byte("nonsense\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, metrics.ReasonUnreadable},
		{"no objects", func(t *testing.T, dir string) { drop(t, filepath.Join(dir, "objects")) }, metrics.ReasonUnreadable},
		{"gone", func(t *testing.T, dir string) { drop(t, dir) }, metrics.ReasonUnreadable},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := command(t.Context(), os.Environ(), "init", "-q", "--bare", dir).Run(); err != nil {
				t.Fatal(err)
			}
			c.damage(t, dir)
			err := (&Source{}).Probe(t.Context(), metrics.Repo{Location: dir})
			var read *collectors.ReadError
			got := metrics.Reason("")
			if errors.As(err, &read) {
				got = read.Reason
			}
			if got != c.want || (err == nil) != (c.want == "") {
				t.Errorf("got %q (%v), want %q", got, err, c.want)
			}
		})
	}
}

func drop(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
}
