package dashboards

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/metrics/query"
)

// linked is the address that a link of some words leads to; "" for none.
func linked(root *html.Node, text string) string {
	for _, a := range elements(root, "a") {
		if words(a) == text {
			return attr(a, "href")
		}
	}
	return ""
}

// fileRows counts the rows of a list as CSV, or as JSON.
func fileRows(t *testing.T, h http.Handler, target string) int {
	t.Helper()
	if target == "" { // an empty list has none
		return 0
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	if w.Code != http.StatusOK {
		t.Errorf("%s: got %d: %s", target, w.Code, w.Body)
		return -1
	}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/csv") {
		rows, err := csv.NewReader(w.Body).ReadAll()
		check(t, err)
		return len(rows) - 1
	}
	var answer struct{ Data []json.RawMessage }
	check(t, json.Unmarshal(w.Body.Bytes(), &answer))
	return len(answer.Data)
}

// TestFilesHaveTheRowsOfTheirPages: whatever a list is narrowed down to, its CSV and its JSON are.
func TestFilesHaveTheRowsOfTheirPages(t *testing.T) {
	names := func(narrowings func() ([]string, map[string]string)) []string {
		list, words := narrowings()
		for _, name := range list {
			if words[name] == "" || len(words) != len(list) {
				t.Errorf("there are no words for %q, or words for nothing: %v", name, words)
			}
		}
		return list
	}
	handler := func(db query.DB) http.Handler {
		db = query.NewCache(db, clock)
		server := api.New(api.Options{DB: db, Pages: newTest(t, db), Now: clock, Access: api.Access{Anonymous: api.Viewer}}).Handler()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Host = "localhost"
			server.ServeHTTP(w, r)
		})
	}
	moved, decided := handler(moversStore(t)), handler(decisionsStore(t))
	for _, c := range []struct {
		h               http.Handler
		page, parameter string
		values          []string
	}{
		{moved, "/states?path=ci", "only", names(stateNarrowings)},
		{moved, "/states?path=ci&state=off", "only", names(stateNarrowings)},
		{moved, "/states?path=ci", "reason", []string{"", "forbidden"}},
		{moved, "/states?path=ci&as_of=2026-01-01", "state", []string{"on", "off"}},
		{moved, "/states?path=ci", "origin", []string{"chosen", "mandated"}},
		{moved, "/states?path=ci", "version", []string{"v1.0.0", "v2"}},
		{moved, "/states?path=ci", "way", []string{"golden", "circleci"}},
		{moved, "/stays?path=ci", "manner", names(mannerNarrowings)},
		{moved, "/stays?path=ci", "outcome", names(outcomeNarrowings)},
		{moved, "/stays?manner=chosen&from=2025-10-01&to=2026-03-01", "outcome", names(outcomeNarrowings)},
		{moved, "/waits?path=ci", "came", names(comingNarrowings)},
		{decided, "/decisions?path=ci", "only", names(decisionNarrowings)},
		{moved, "/repos", "only", names(repoNarrowings)},
		{moved, "/flows?path=ci", "moved", []string{"", "came", "left", "born"}},
		{moved, "/flows?path=ci", "was", []string{"off:circleci", "none:"}},
		{moved, "/flows?path=ci&from=2026-01-01", "became", []string{"on:golden"}},
		{moved, "/moved?path=ci&from=2025-09-01&to=2026-06-01", "moved", moves},
		{moved, "/moved?path=ci&from=2025-09-01&to=2026-06-01&choice=true", "moved", moves},
	} {
		shown := make(map[int]bool)
		for _, value := range c.values {
			target := c.page
			if value != "" {
				target += map[bool]string{true: "&", false: "?"}[strings.Contains(target, "?")] + c.parameter + "=" + value
			}
			rows := walk(t, c.h, target)
			_, root, _ := get(t, c.h, target)
			for _, as := range []string{"As CSV", "As JSON"} {
				file := linked(root, as)
				if as == "As JSON" && strings.HasPrefix(target, "/moved") {
					continue // the page alone has it
				}
				if got := fileRows(t, c.h, file); got != rows {
					t.Errorf("%s has %d rows, and %s, %s, has %d", target, rows, as, file, got)
				}
			}
			shown[rows] = true
		}
		if len(shown) < 2 && len(c.values) > 2 && c.parameter != "reason" {
			t.Errorf("%s: every value of %s has %v rows", c.page, c.parameter, shown)
		}
	}
}

// TestMovedAsFile: the file of the teams that moved says what they were before and after, and between which moments.
func TestMovedAsFile(t *testing.T) {
	w := httptest.NewRecorder()
	newTest(t, moversStore(t)).ServeHTTP(w, httptest.NewRequest("GET", "/moved?path=ci&from=2025-09-01&to=2026-06-01&moved=came&format=csv", nil))
	rows, err := csv.NewReader(w.Body).ReadAll()
	check(t, err)
	if len(rows) < 2 {
		t.Fatalf("got %v", rows)
	}
	for _, row := range rows[1:] {
		if len(row) != 11 || row[1] != "ci" || row[2] != "2025-09-01T00:00:00Z" || row[3] != "2026-06-01T00:00:00Z" || row[4] == "on" || row[5] != "on" || row[10] != "came" {
			t.Errorf("got %v", row)
		}
	}
}
