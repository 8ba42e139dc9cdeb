package descriptor

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/metrics"
)

// TestCorpus reads the files that TRODDEN_DESCRIPTORS names (a glob), such as those of clones of public repositories. It
// checks what holds of every file, and corrects every owner with git.
func TestCorpus(t *testing.T) {
	glob := os.Getenv("TRODDEN_DESCRIPTORS")
	if glob == "" {
		t.Skip("TRODDEN_DESCRIPTORS names no files")
	}
	names, err := doublestar.FilepathGlob(glob, doublestar.WithFilesOnly())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for _, name := range names {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		file := Parse(metrics.Place{Repo: "github.com/acme/pay", Path: filepath.Base(name)}, string(content))
		fit(t, file, string(content))
		counts["files"]++
		for _, e := range file.Entities {
			counts["entities"]++
			if owner, there := e.Field(metrics.FieldOwner); there {
				counts[correctFirst(t, file.Place, string(content), e, owner)]++
			}
		}
	}
	t.Log(counts)
}

// correctFirst corrects the first owner of an entity, and says what came of it.
func correctFirst(t *testing.T, at metrics.Place, content string, e Entity, owner metrics.EntityField) string {
	t.Helper()
	c := Correction{Ref: e.Ref, Field: metrics.FieldOwner, To: "group:default/the-new-owner"}
	if len(owner.Values) > 0 {
		c.From = owner.Values[0]
	}
	patch, err := Correct(at, content, c)
	if errors.Is(err, metrics.ErrConflict) {
		t.Log(err)
		return "refused"
	}
	if err != nil {
		t.Fatal(err)
	}
	want, err := correct(at, content, []Correction{c})
	if got := applied(t, at.Path, content, patch); got != want || err != nil {
		t.Errorf("git apply makes something else of\n%s\n%v", patch, err)
	}
	return "corrected"
}
