package quota_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/trodden/trodden/collectors/quota"
)

// TestNothingIsNoAnswer: an empty answer, and null, are not taken for a list of nothing.
func TestNothingIsNoAnswer(t *testing.T) {
	for _, c := range []struct {
		name, kind, body string
		status           int
		cut              bool
	}{
		{"a list", "application/json; charset=utf-8", "[1]", http.StatusOK, false},
		{"a list of nothing", "application/json", "[]", http.StatusOK, false},
		{"an empty body", "application/json", "", http.StatusOK, true},
		{"white space", "application/json", " \n", http.StatusOK, true},
		{"null", "application/vnd.github+json", "null", http.StatusOK, true},
		{"null and white space", "application/json", "null\n\n", http.StatusOK, true},
		{"a word that begins so", "application/json", `"nullify"`, http.StatusOK, false},
		{"an empty file", "text/plain", "", http.StatusOK, false},
		{"a file that says null", "text/plain", "null", http.StatusOK, false},
		{"no content", "application/json", "", http.StatusNoContent, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, client := through(t, quota.GitLab(), func(*http.Request) *http.Response { return answer(c.status, c.body, "Content-Type", c.kind) })
			resp, err := client.Get("https://host.test/api/v4/projects")
			check(t, err)
			defer resp.Body.Close()
			body, err := io.ReadAll(resp.Body)
			if cut := errors.Is(err, io.ErrUnexpectedEOF); cut != c.cut || !c.cut && (err != nil || string(body) != c.body) {
				t.Errorf("got %q and %v", body, err)
			}
		})
	}
}
