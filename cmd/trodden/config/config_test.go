package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/cmd/trodden/config"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected outcomes in testdata")

// surroundings is an environment that does not depend on the machine.
func surroundings(vars map[string]string) config.Environment {
	return config.Environment{Home: "/home/ana", Lookup: func(name string) (string, bool) {
		v, ok := vars[name]
		return v, ok
	}}
}

func TestProblems(t *testing.T) {
	file := filepath.Join("testdata", "problems.txtar")
	ar, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(ar.Files); i += 2 {
		in, want := ar.Files[i], &ar.Files[i+1]
		t.Run(in.Name, func(t *testing.T) {
			_, err := config.Parse("/etc/trodden/t.yaml", string(in.Data), surroundings(nil))
			got := "no mistake\n"
			if err != nil {
				got = strings.ReplaceAll(err.Error(), "/etc/trodden/", "") + "\n"
			}
			got = asFarAsWanted(got, string(want.Data))
			if *update {
				want.Data = []byte(got)
			}
			if diff := cmp.Diff(got, string(want.Data)); diff != "" {
				t.Errorf("problems (-got +want):\n%s", diff)
			}
		})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// asFarAsWanted cuts the lines of got of which only the begin is wanted: those that are wanted to end in …,
// because the rest is the wording of another package.
func asFarAsWanted(got, want string) string {
	lines := strings.Split(got, "\n")
	for i, w := range strings.Split(want, "\n") {
		begin, cut := strings.CutSuffix(w, "…")
		if cut && i < len(lines) && strings.HasPrefix(lines[i], begin) {
			lines[i] = w
		}
	}
	return strings.Join(lines, "\n")
}
