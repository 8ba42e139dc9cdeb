package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/trodden/trodden"

// direction says what each folder may import of this module. The first row whose folder matches holds; a
// folder that no row names is a mistake of its own.
var direction = []struct {
	folder string
	may    []string // folders of this module; "std" allows the standard library only besides
}{
	{"metrics", []string{"std"}},
	{"metrics/classify", []string{"metrics", "metrics/detect", "metrics/descriptor"}},
	{"metrics/freshness", []string{"metrics", "metrics/stats"}},
	{"metrics/query", []string{"metrics", "metrics/descriptor", "metrics/freshness", "metrics/stats"}},
	{"metrics/clickhouse", []string{"metrics", "metrics/freshness"}}, // whose verdicts it keeps
	{"metrics/clickhouse/clickhousetest", []string{"metrics/clickhouse"}},
	{"metrics/*", []string{"metrics"}},
	{"collectors", []string{"metrics"}},
	{peers, nil},
	{peers + "/*", nil},
	{"collectors/collectorstest", []string{"metrics", "collectors"}}, // a store for the tests of sources
	{"collectors/quota", []string{"std"}},                            // carries the requests of sources to their hosts, and knows no source
	{"collectors/*", []string{"metrics", "collectors", "collectors/present", "collectors/quota"}},
	{"collectors/*/*", []string{peers, peers + "/graph", peers + "/objects", peers + "/program"}}, // peers that tests talk to: they know nothing of trodden
	{"api", []string{"metrics", "metrics/query"}},
	{"dashboards", []string{"metrics", "metrics/query", "dashboards/phrase"}},
	{"dashboards/phrase", []string{"metrics"}}, // the words that pages and reports share
	{"dashboards/*", []string{"metrics", "metrics/query", "dashboards/phrase"}},
	{"dashboards/report/reporttest", nil}, // a mail server for tests
	{"cmd/*", []string{"*"}},
	{"cmd/*/*", []string{"*"}},
}

// peers is the folder of what the peers that tests talk to have in common.
const peers = "collectors/hosttest"

// homes says which folders may import an outside library: each has one home.
var homes = map[string][]string{
	"github.com/ClickHouse/":         {"metrics/clickhouse"},
	"github.com/ebitengine/purego":   {"metrics/clickhouse"},
	"github.com/google/go-github":    {"collectors/github"},
	"github.com/vektah/gqlparser":    {peers + "/graph", "collectors/github/githubtest", "collectors/gitlab/gitlabtest"},
	"github.com/xanzy/go-gitlab":     {"collectors/gitlab"},
	"github.com/labstack/echo":       {"api"},
	"github.com/prometheus/":         {"api"},
	"github.com/go-echarts/":         {"dashboards"},
	"github.com/robfig/cron":         {"cmd/trodden", "cmd/trodden/config"},
	"github.com/moby/buildkit":       {"metrics/detect"},
	"github.com/google/cel-go":       {"metrics/detect"},
	"github.com/hmarr/codeowners":    {"metrics/classify"},
	"github.com/spf13/cobra":         {"cmd/trodden"},
	"github.com/schollz/progressbar": {"cmd/trodden"},
	"gonum.org/v1/gonum":             {"metrics/stats"},
	"gonum.org/v1/plot":              {"dashboards/report"},
	"github.com/wneessen/go-mail":    {"dashboards/report"},
	"github.com/emersion/":           {"dashboards/report/reporttest"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

// TestImportDirection holds the rules that keep the three stages apart. It asks the go command, so that
// what is checked is what is built.
func TestImportDirection(t *testing.T) {
	for _, pkg := range packages(t) {
		folder := strings.TrimPrefix(strings.TrimPrefix(pkg.ImportPath, module), "/")
		row := slices.IndexFunc(direction, func(r struct {
			folder string
			may    []string
		}) bool {
			ok, _ := path.Match(r.folder, folder)
			return ok
		})
		if row < 0 {
			t.Errorf("%s: no rule says what this folder may import", folder)
			continue
		}
		for _, imp := range pkg.Imports {
			checkImport(t, folder, imp, direction[row].may)
		}
	}
}

func checkImport(t *testing.T, folder, imp string, may []string) {
	t.Helper()
	own, ours := strings.CutPrefix(imp, module+"/")
	if ours {
		if !slices.Contains(may, own) && (!slices.Contains(may, "*") || forTests(own)) {
			t.Errorf("%s imports %s: may import only %v", folder, own, may)
		}
		return
	}
	first, _, _ := strings.Cut(imp, "/")
	if slices.Contains(may, "std") && strings.Contains(first, ".") {
		t.Errorf("%s imports %s: may import the standard library only", folder, imp)
	}
	for library, folders := range homes {
		if strings.HasPrefix(imp, library) && !slices.Contains(folders, folder) {
			t.Errorf("%s imports %s: its home is %v", folder, imp, folders)
		}
	}
}

// forTests says whether a folder is for tests alone: "*" does not hold for it.
func forTests(folder string) bool {
	return strings.HasSuffix(path.Base(folder), "test") || strings.HasPrefix(folder, peers)
}

func packages(t *testing.T) []listed {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports", module+"/...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var list []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var pkg listed
		if err := dec.Decode(&pkg); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		list = append(list, pkg)
	}
	if len(list) < 5 {
		t.Fatalf("go list found only %d packages", len(list))
	}
	return list
}
