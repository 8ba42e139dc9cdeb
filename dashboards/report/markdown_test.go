package report_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/dashboards/report"
)

// TestMarkdownAsGitHubReadsIt has the Markdown of reports read by the parser that GitHub uses: it has the headings, the lists and the
// links that were meant, and names, whatever they are, are texts and stand there as they are.
func TestMarkdownAsGitHubReadsIt(t *testing.T) {
	db := openStore(t)
	for name, r := range map[string]*report.Report{"leadership": asked(t, db, "leadership"), "team": asked(t, db, "team:odd"), "hostile": nasty(t, 60)} {
		t.Run(name, func(t *testing.T) {
			markdown, err := r.Markdown()
			check(t, err)
			page := asGitHub(t, markdown)
			checkHTML(t, page)
			root, err := html.Parse(strings.NewReader(page))
			check(t, err)
			tags := map[string]int{}
			var shown strings.Builder
			for n := range root.Descendants() {
				switch n.Type {
				case html.ElementNode:
					tags[n.Data]++
				case html.TextNode:
					shown.WriteString(n.Data)
				}
			}
			for tag := range tags {
				if !strings.Contains(" html head body h1 h2 p ol ul li strong em a hr ", " "+tag+" ") {
					t.Errorf("it has a tag %s", tag)
				}
			}
			headings := len(regexp.MustCompile(`(?m)^## `).FindAllString(markdown, -1))
			if steps := len(r.Actions); tags["h1"] != 1 || tags["h2"] != headings || headings < 5 || tags["ol"] != min(steps, 1) {
				t.Errorf("it has the tags %v; meant were %d headings and %d steps", tags, headings, steps)
			}
			if want := regexp.MustCompile(`\]\(https://trodden\.acme\.dev/`).FindAllString(markdown, -1); tags["a"] != len(want) {
				t.Errorf("it has %d links, meant were %d", tags["a"], len(want))
			}
			for _, p := range r.Paths {
				name := strings.Join(strings.Fields(p.Title), " ")
				if name = name[:min(len(name), 20)]; !strings.ContainsAny(name, "@\u202e") && !strings.Contains(strings.Join(strings.Fields(shown.String()), " "), name) {
					t.Errorf("it does not show the path %q as it is called", p.Title)
				}
			}
		})
	}
}

// asGitHub has a text read as GitHub reads it. Where the parser is not installed t is not run, unless TRODDEN_REQUIRE names it.
func asGitHub(t *testing.T, markdown string) string {
	t.Helper()
	const parser = "cmark-gfm"
	if _, err := exec.LookPath(parser); err != nil {
		const missing = "needs the parser of GitHub: apt-get install " + parser
		if slices.Contains(strings.Split(os.Getenv("TRODDEN_REQUIRE"), ","), parser) {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	command := exec.CommandContext(t.Context(), parser, "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tasklist")
	command.Stdin = strings.NewReader(markdown)
	page, err := command.Output()
	check(t, err)
	return string(page)
}
