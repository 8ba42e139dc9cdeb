package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFrictionLists prints a row of each list behind friction.
func TestFrictionLists(t *testing.T) {
	for _, c := range []struct{ args, row, want string }{
		{"units", `{"repo":"pay","component":"api","team":"","path":"ci","measure":"scaffold","group":null,"from":"2026-01-02T00:00:00Z","ended":false,"hours":null,"reason":"known_later"}`,
			"REPOSITORY PATH TEAM MEASURE GROUP FROM SUCCEEDED|pay//api ci – scaffold – 2026-01-02 – known later"},
		{"units pipeline", `{"repo":"pay","path":"ci","group":"not_using","n":7,"median_hours":0.5,"p90_hours":null,"success":{"num":1,"den":2,"rate":0.5,"lo":0.1,"hi":0.9}}`,
			"REPOSITORY PATH GROUP RUNS MEDIAN P90 SUCCESS|pay ci not using 7 30 min – 50 % 1/2 (10–90)"},
		{"runs pipeline", `{"repo":"pay","path":"ci","group":"using","from":"2026-01-02T00:00:00Z","workflow":"ci.yml","run":{"id":12,"attempt":2},"hours":0.25,"success":true}`,
			"REPOSITORY PATH GROUP CREATED WORKFLOW RUN TOOK SUCCEEDED|pay ci using 2026-01-02 ci.yml 12, attempt 2 15 min yes"},
		{"units recovery", `{"repo":"pay","path":"ci","group":"using","from":"2026-01-02T00:00:00Z","workflow":"ci.yml","run":{"id":12,"attempt":1},"ended":false,"hours":72}`,
			"REPOSITORY PATH GROUP FROM WORKFLOW RUN THAT FAILED GREEN AGAIN|pay ci using 2026-01-02 ci.yml 12 not in 3 d"},
		{"units maintenance", `{"repo":"pay","number":9,"team":"p","by":"human","merged":"2026-01-02T00:00:00Z","class":"","labels":["a","b"],"work":null,"reason":"outside"}`,
			"REPOSITORY CHANGE TEAM MERGED BY TITLE LABELS IT IS|pay 9 p 2026-01-02 human – a, b – outside"},
	} {
		detail, measure, _ := strings.Cut(c.args, " ")
		f := frictionFlags{measure: measure, units: detail == "units", runs: detail == "runs"}
		if err := f.check(); err != nil {
			t.Fatal(err)
		}
		var out strings.Builder
		if err := f.table()(&out, &answer{Data: json.RawMessage("[" + c.row + "]")}); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for line := range strings.Lines(out.String()) {
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		if diff := cmp.Diff(strings.Join(lines, "|"), c.want); diff != "" {
			t.Errorf("%s -got +want:\n%s", c.args, diff)
		}
	}
}
