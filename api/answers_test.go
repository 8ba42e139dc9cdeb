package api_test

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/trodden/trodden/api"
)

var update = flag.Bool("update", false, "write what the server answers into testdata")

// TestAnswers asks what stands in the headings of testdata/answers.txtar ("METHOD ADDRESS", for writing ones
// followed by the body) and compares the answers with what stands below. The answers are held to the
// description of the API, too.
func TestAnswers(t *testing.T) {
	const file = "testdata/answers.txtar"
	archive, err := txtar.ParseFile(file)
	check(t, err)
	h := open(openStore(t), func(o *api.Options) {
		o.Explain, o.Scans, o.Exemptions, o.Reports, o.Objectives = explainer{}, newScanner(), &exempter{}, reporter{}, objectives
	})
	valid := validator(t, h)
	for i, f := range archive.Files {
		t.Run(f.Name, func(t *testing.T) {
			parts := strings.SplitN(f.Name, " ", 3)
			r := request(parts[0], parts[1], parts[2:]...)
			r.Header.Set("X-Request-Id", "test")
			answer := do(h, r)
			described := answer.Code < 404 && !strings.Contains(answer.Header().Get("Content-Type"), "ndjson")
			if err := valid(parts[0], parts[1], answer); described && err != nil {
				t.Errorf("the answer is not as described: %v", err)
			}
			got := summary(answer)
			if *update {
				archive.Files[i].Data = []byte(got)
			} else if diff := cmp.Diff(got, string(f.Data)); diff != "" {
				t.Errorf("got(-) want(+), or run with -update:\n%s", diff)
			}
		})
	}
	if *update {
		check(t, os.WriteFile(file, txtar.Format(archive), 0o644))
	}
}

// summary is an answer as it stands in testdata: status, what matters of the header, body.
func summary(answer *httptest.ResponseRecorder) string {
	var b strings.Builder
	fmt.Fprintln(&b, answer.Code, answer.Header().Get("Content-Type"))
	for _, name := range []string{"Allow", "Link", "Location", "Www-Authenticate"} {
		if v := answer.Header().Get(name); v != "" {
			fmt.Fprintf(&b, "%s: %s\n", name, v)
		}
	}
	b.WriteString(answer.Body.String())
	return b.String()
}
