package quota_test

import (
	"cmp"
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/trodden/trodden/collectors/quota"
)

// TestNothingIsNoAnswer: an empty answer, and null, are not taken for a list of nothing.
func TestNothingIsNoAnswer(t *testing.T) {
	const json, file = "application/json", "/api/v4/projects/1/repository/blobs/e69de29/raw"
	for _, c := range []struct {
		name, kind, body string
		status           int
		cut              bool
		path             string
		headers          []string
	}{
		{name: "a list", kind: "application/json; charset=utf-8", body: "[1]"},
		{name: "a list of nothing", kind: json, body: "[]"},
		{name: "an object with nothing in it", kind: json, body: "{}"},
		{name: "an empty body", kind: json, cut: true},
		{name: "white space", kind: json, body: " \n", cut: true},
		{name: "null", kind: "application/vnd.github+json", body: "null", cut: true},
		{name: "null and white space", kind: json, body: "\n null\n\n", cut: true},
		{name: "a word that begins so", kind: json, body: `"nullify"`},
		{name: "an empty answer that is no JSON", kind: "text/plain", cut: true},
		{name: "an empty answer without a type", cut: true},
		{name: "null that is no JSON", kind: "text/html; charset=utf-8", body: "null", cut: true},
		{name: "a list of nothing that is no JSON", kind: "text/plain", body: "[ ]\n", cut: true},
		{name: "an object with nothing in it that is no JSON", kind: "text/plain", body: "{}", cut: true},
		{name: "a list of nothing without a type", body: "[]"},
		{name: "a list with something in it that is no JSON", kind: "text/plain", body: "[1]"}, // the client reads it
		{name: "an empty file", kind: "text/plain", path: file},
		{name: "a file without a type", path: file},
		{name: "a file that says null", kind: "text/plain", body: "null", path: file},
		{name: "a file with an empty list", kind: "text/plain", body: "[]", path: file},
		{name: "no content", kind: json, status: http.StatusNoContent},
		{name: "an empty page of a list that has entries", kind: json, body: "[]", cut: true, headers: []string{"X-Total", "7", "X-Page", "1", "X-Per-Page", "100"}},
		{name: "a page behind the end", kind: json, body: "[]", headers: []string{"X-Total", "7", "X-Page", "2", "X-Per-Page", "100"}},
		{name: "a list that counts nothing", kind: json, body: "[]", headers: []string{"X-Total", "0", "X-Page", "1", "X-Per-Page", "100"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, client := through(t, quota.GitLab(), func(*http.Request) *http.Response {
				return answer(cmp.Or(c.status, http.StatusOK), c.body, append(c.headers, "Content-Type", c.kind)...)
			})
			req, err := http.NewRequest(http.MethodGet, "https://host.test"+cmp.Or(c.path, "/api/v4/projects"), nil)
			check(t, err)
			req.Header.Set("Accept", json)
			resp, err := client.Do(req)
			check(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if cut := errors.Is(err, io.ErrUnexpectedEOF); cut != c.cut || !c.cut && (err != nil || string(body) != c.body) {
				t.Errorf("got %q and %v", body, err)
			}
		})
	}
}
