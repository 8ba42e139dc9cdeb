package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCases runs one script for each state, origin, signal and shape of history: real repositories, made
// with git, are scanned by the real program into a real store. The scripts know these commands besides
// testscript's own:
//
//	repo NAME         make a repository with the origin https://github.com/acme/NAME.git and work in it
//	at DATE WHO       date and author of the next commits: ana is Ana <ana@acme.dev>; 10d-ago is ten days before now
//	put FILE [SRC]    copy a file of the script (or its namesake) into the repository
//	commit MESSAGE    commit everything
//	adopt NAME DATE WHO [MESSAGE]
//	                  a repository that Ana began on 2024-01-10 with Jenkins, and to which WHO added the
//	                  golden pipeline
//	scan              trodden scan; its output is kept out of the way
//	serve             start a server, which the questions are asked from here to the next scan: it opens the store
//	                  once for all of them
//	show WHAT ARGS    print states, events or adoption in a few words a row; the day of the test is "today"
func TestCases(t *testing.T) {
	ready := newPlace(t, "paths: [{key: ci, golden: {file: go.mod}}]\n")
	ready.run(exitDone, "migrate")
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/cases",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		Setup:               func(env *testscript.Env) error { return setupCase(env, ready) },
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"repo": caseRepo, "at": caseAt, "put": casePut, "commit": caseCommit, "adopt": caseAdopt, "scan": caseScan, "serve": caseServe, "show": caseShow,
		},
	})
}

// setupCase gives a script an empty store, which is copied: making one takes longer than anything else in short scripts.
func setupCase(env *testscript.Env, ready *place) error {
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	env.Setenv("TRODDEN_CONFIG", filepath.Join(env.WorkDir, "trodden.yaml"))
	env.Setenv("TRODDEN_CLICKHOUSE", "embedded:"+filepath.Join(env.WorkDir, "store"))
	env.Setenv("TRODDEN_ENGINE", engineForTests())
	here := ready.with(env.T().(testing.TB), "store")
	here.dir = env.WorkDir
	env.Values[caseServing{}] = &caseServer{place: here, stop: func() {}}
	return os.CopyFS(here.storeDir(), os.DirFS(ready.storeDir()))
}

// caseServing is the key of the caseServer of a script.
type caseServing struct{}

// caseServer is the place of a script, and the end of the server that runs there, if any.
type caseServer struct {
	*place
	stop func()
}

func caseServe(ts *testscript.TestScript, _ bool, _ []string) {
	s := ts.Value(caseServing{}).(*caseServer)
	s.stop = sync.OnceFunc(s.serve())
	ts.Defer(s.stop)
}

// engineForTests names the engine that `make setup` installed, since scripts run far from it.
func engineForTests() string {
	if engine := os.Getenv("TRODDEN_ENGINE"); engine != "" {
		return engine
	}
	found, err := filepath.Glob("../../node_modules/@chdb/lib-*/libchdb.*")
	if err != nil || len(found) == 0 {
		return ""
	}
	engine, err := filepath.Abs(found[0])
	if err != nil {
		return ""
	}
	return engine
}

func caseRepo(ts *testscript.TestScript, _ bool, args []string) {
	dir := filepath.Join(ts.Getenv("WORK"), "repos", args[0])
	if _, err := os.Stat(dir); err != nil {
		ts.Check(os.MkdirAll(dir, 0o755))
		ts.Check(ts.Exec("git", "init", "-q", "-b", "main", dir))
		ts.Check(ts.Exec("git", "-C", dir, "remote", "add", "origin", "https://github.com/acme/"+args[0]+".git"))
	}
	ts.Check(ts.Chdir(dir))
}

func caseAt(ts *testscript.TestScript, _ bool, args []string) {
	date, who := args[0], args[1]
	if days, ago := strings.CutSuffix(date, "d-ago"); ago {
		n, err := strconv.Atoi(days)
		ts.Check(err)
		date = time.Now().UTC().AddDate(0, 0, -n).Format(time.RFC3339)
	} else if !strings.Contains(date, "T") {
		date += "T12:00:00Z"
	}
	name := strings.ToUpper(who[:1]) + who[1:]
	email := who + "@acme.dev"
	if strings.Contains(who, "[bot]") {
		name, email = who, who+"@users.noreply.github.com"
	}
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		ts.Setenv("GIT_"+role+"_DATE", date)
		ts.Setenv("GIT_"+role+"_NAME", name)
		ts.Setenv("GIT_"+role+"_EMAIL", email)
	}
}

func casePut(ts *testscript.TestScript, _ bool, args []string) {
	source := args[len(args)-1]
	content := ts.ReadFile(filepath.Join(ts.Getenv("WORK"), source))
	target := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(target), 0o755))
	ts.Check(os.WriteFile(target, []byte(content), 0o644))
}

func caseCommit(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("git", "add", "-A"))
	message := strings.ReplaceAll(strings.Join(args, " "), `\n`, "\n")
	ts.Check(ts.Exec("git", "commit", "-q", "--allow-empty", "-m", message))
}

func caseAdopt(ts *testscript.TestScript, neg bool, args []string) {
	caseRepo(ts, neg, args[:1])
	caseAt(ts, neg, []string{"2024-01-10", "ana"})
	casePut(ts, neg, []string{"Jenkinsfile", "jenkins"})
	caseCommit(ts, neg, []string{"begin"})
	caseAt(ts, neg, args[1:3])
	casePut(ts, neg, []string{".github/workflows/ci.yml", "golden.yml"})
	caseCommit(ts, neg, append([]string{"use the golden pipeline"}, args[3:]...))
}

func caseScan(ts *testscript.TestScript, neg bool, args []string) {
	ts.Value(caseServing{}).(*caseServer).stop()
	err := ts.Exec("trodden", append([]string{"scan"}, args...)...)
	if neg == (err == nil) {
		ts.Fatalf("scan: %v", err)
	}
}

// caseShow prints what a question answers, a row a line, with the words that a reader of the script needs.
func caseShow(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(ts.Exec("trodden", append(append([]string{args[0]}, args[1:]...), "--output", "json")...))
	var answer struct{ Data []map[string]any }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &answer))
	if args[0] == "events" { // of one instant, only the order within a repository is promised
		slices.SortStableFunc(answer.Data, func(a, b map[string]any) int {
			return cmp.Or(strings.Compare(caseStr(a, "at"), caseStr(b, "at")), strings.Compare(caseStr(a, "repo"), caseStr(b, "repo")))
		})
	}
	for _, row := range answer.Data {
		switch args[0] {
		case "states":
			fmt.Fprintln(ts.Stdout(), stateLine(row))
		case "events":
			fmt.Fprintln(ts.Stdout(), eventLine(ts, row))
		case "adoption":
			fmt.Fprintln(ts.Stdout(), adoptionLine(row))
		case "decisions":
			fmt.Fprintln(ts.Stdout(), decisionLine(row))
		case "lag":
			fmt.Fprintln(ts.Stdout(), lagLine(row))
		case "voluntary-flow":
			fmt.Fprintln(ts.Stdout(), flowLine(row))
		default:
			ts.Fatalf("show %s: expected states, events, adoption, lag, decisions or voluntary-flow", args[0])
		}
	}
}

// stateLine: pay ci mixed golden,circleci v3 chosen voluntary choice 2024-02-03 team=payments
func stateLine(row map[string]any) string {
	words := []string{caseName(row), caseStr(row, "path"), caseStr(row, "state"), caseList(row, "ways"), caseStr(row, "version"), caseStr(row, "origin")}
	for _, flag := range []string{"voluntary", "choice", "kept"} {
		if row[flag] == true {
			words = append(words, flag)
		}
	}
	if row["active"] != true {
		words = append(words, "inactive")
	}
	words = append(words, caseDay(row, "since"), caseLabel("spell", caseDay(row, "spell_since")), caseLabel("team", caseStr(row, "team")), caseLabel("reason", caseStr(row, "reason")))
	return caseJoin(words)
}

// lagLine: ci v1.0.0 = v1.0.0 latest=v2.0.0 days_behind=30 releases_behind=1 repos=2; by path
// ci 3/5 latest=v2.0.0 days_behind=0..30 repos=6 unmapped=1
func lagLine(row map[string]any) string {
	words := []string{caseStr(row, "path"), caseStr(row, "version")}
	if release := caseStr(row, "release"); release != "" {
		words = append(words, "= "+release)
	}
	if row["on_latest"] != nil {
		words = append(words, caseRate(row["on_latest"]))
	}
	words = append(words, caseLabel("latest", caseStr(row, "latest")))
	if days, ok := row["days_behind"].(map[string]any); ok && days["median"] != nil {
		words = append(words, fmt.Sprintf("days_behind=%v..%v", days["median"], days["p90"]))
	}
	delete(row, "libyears")
	return caseJoin(append(words, caseCounts("", row), caseLabel("reason", caseStr(row, "reason"))))
}

// eventLine: 2024-02-03 pay ci entered off->mixed golden,circleci v3 chosen change="use golden" file:line
func eventLine(ts *testscript.TestScript, row map[string]any) string {
	words := []string{caseDay(row, "at"), caseName(row), caseStr(row, "path"), caseStr(row, "kind"), caseStr(row, "from") + "->" + caseStr(row, "to"),
		caseList(row, "ways"), caseStr(row, "version"), caseStr(row, "origin")}
	repo := filepath.Join(ts.Getenv("WORK"), "repos", strings.Split(caseName(row), "//")[0])
	for _, name := range []string{"commit", "change"} {
		oid := caseStr(row, name)
		if oid == "" || name == "change" && oid == caseStr(row, "commit") {
			continue
		}
		out, err := exec.Command("git", "-C", repo, "log", "-1", "--format=%s", oid).Output()
		if err != nil {
			out = []byte("?")
		}
		words = append(words, fmt.Sprintf("%s=%q", name, strings.TrimSpace(string(out))))
	}
	evidence, _ := row["evidence"].([]any)
	for _, e := range evidence {
		if m, ok := e.(map[string]any); ok {
			words = append(words, fmt.Sprintf("%s:%v", caseStr(m, "file"), m["line"]))
		}
	}
	return caseJoin(words)
}

// adoptionLine: 2024-04-01 ci team=pay on teams 1/1 1/1 1/1 repos 1/2 1/2 1/2 off=1 on=1 chosen=1, the rates being
// the voluntary, the total and the gross one; for a rate without a value the reason stands.
func adoptionLine(row map[string]any) string {
	words := []string{caseDay(row, "period"), caseStr(row, "path")}
	for _, label := range []string{"team", "group"} {
		if name, ok := row[label].(string); ok {
			words = append(words, label+"="+name)
		}
	}
	words = append(words, caseStr(row, "verdict"))
	for _, of := range []string{"teams", "repos"} {
		rates, _ := row[of].(map[string]any)
		words = append(words, of, caseRate(rates["voluntary"]), caseRate(rates["total"]), caseRate(rates["gross"]))
	}
	states, _ := row["states"].(map[string]any)
	origins, _ := row["origin"].(map[string]any)
	words = append(words, caseCounts("", states), caseCounts("by_", origins), caseCounts("", row))
	bounds, _ := row["bounds"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(bounds)) {
		if b, ok := bounds[name].([]any); ok && len(b) == 2 && b[0] != b[1] {
			words = append(words, fmt.Sprintf("%s=%.2f..%.2f", name, b[0], b[1]))
		}
	}
	return caseJoin(words)
}

// decisionLine: 2024-02-03 pay ci entry for free chosen team=payments
func decisionLine(row map[string]any) string {
	words := []string{caseDay(row, "at"), caseName(row), caseStr(row, "path"), caseStr(row, "kind")}
	for _, flag := range []string{"for", "choice", "free"} {
		if row[flag] == true {
			words = append(words, flag)
		}
	}
	return caseJoin(append(words, caseStr(row, "origin"), caseLabel("team", caseStr(row, "team"))))
}

// flowLine: 2024-02-01 ci 3/5 births 1/2 entries=2 exits=1 net_flow=1 automated=1
func flowLine(row map[string]any) string {
	not, _ := row["not_free"].(map[string]any)
	return caseJoin([]string{caseDay(row, "period"), caseStr(row, "path"), caseRate(row["voluntary_flow"]), "births", caseRate(row["births"]),
		caseCounts("", row), caseCounts("", not)})
}

func caseRate(v any) string {
	rate, _ := v.(map[string]any)
	if rate["rate"] == nil {
		return caseStr(rate, "reason")
	}
	return fmt.Sprintf("%v/%v", rate["num"], rate["den"])
}

// caseCounts names the numbers that are not 0.
func caseCounts(prefix string, row map[string]any) string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(row)) {
		if n, ok := row[name].(float64); ok && n != 0 {
			words = append(words, fmt.Sprintf("%s%s=%v", prefix, name, n))
		}
	}
	return strings.Join(words, " ")
}

func caseName(row map[string]any) string {
	name := strings.TrimPrefix(caseStr(row, "repo"), "github.com/acme/")
	if c := caseStr(row, "component"); c != "" {
		name += "//" + c
	}
	return name
}

func caseStr(row map[string]any, key string) string {
	s, _ := row[key].(string)
	return s
}

func caseDay(row map[string]any, key string) string {
	if at, err := time.Parse(time.RFC3339, caseStr(row, key)); err == nil && time.Since(at).Abs() < 24*time.Hour {
		return "today"
	}
	date, _, _ := strings.Cut(caseStr(row, key), "T")
	return date
}

func caseLabel(name, value string) string {
	if value == "" {
		return ""
	}
	return name + "=" + value
}

func caseList(row map[string]any, key string) string {
	values, _ := row[key].([]any)
	words := make([]string, 0, len(values))
	for _, v := range values {
		words = append(words, fmt.Sprint(v))
	}
	return strings.Join(words, ",")
}

func caseJoin(words []string) string {
	kept := words[:0]
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}
