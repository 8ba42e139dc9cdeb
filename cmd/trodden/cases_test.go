package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestCases runs one script for each state, origin, signal and shape of history: real repositories, made
// with git, are scanned by the real program into a real store. The scripts know these commands besides
// testscript's own:
//
//	repo NAME         make a repository with the origin https://github.com/acme/NAME.git and work in it
//	at DATE WHO       date and author of the next commits: ana is Ana <ana@acme.dev>
//	put FILE [SRC]    copy a file of the script (or its namesake) into the repository
//	commit MESSAGE    commit everything
//	scan              trodden scan; its output is kept out of the way
//	show WHAT ARGS    print states, events or adoption in a few words a row
func TestCases(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/cases",
		UpdateScripts:       os.Getenv("UPDATE") != "",
		RequireExplicitExec: true,
		Setup:               setupCase,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"repo": caseRepo, "at": caseAt, "put": casePut, "commit": caseCommit, "scan": caseScan, "show": caseShow,
		},
	})
}

func setupCase(env *testscript.Env) error {
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	env.Setenv("TRODDEN_CONFIG", filepath.Join(env.WorkDir, "trodden.yaml"))
	env.Setenv("TRODDEN_CLICKHOUSE", "embedded:"+filepath.Join(env.WorkDir, "store"))
	env.Setenv("TRODDEN_ENGINE", engineForTests())
	return nil
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
	if !strings.Contains(date, "T") {
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

func caseScan(ts *testscript.TestScript, neg bool, args []string) {
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
	for _, row := range answer.Data {
		switch args[0] {
		case "states":
			fmt.Fprintln(ts.Stdout(), stateLine(row))
		case "events":
			fmt.Fprintln(ts.Stdout(), eventLine(ts, row))
		default:
			b, err := json.Marshal(row)
			ts.Check(err)
			fmt.Fprintln(ts.Stdout(), string(b))
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
