package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/trodden/trodden/dashboards/report"
	"github.com/trodden/trodden/metrics"
)

var update = flag.Bool("update", false, "write testdata anew")

// golden compares with a file that was looked at.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		check(t, os.MkdirAll(filepath.Dir(file), 0o755))
		check(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	check(t, err)
	if diff := cmp.Diff(got, string(want)); diff != "" {
		t.Errorf("%s, -got +want; -update writes it\n%s", file, diff)
	}
}

var picture = regexp.MustCompile(`data:image/png;base64,[A-Za-z0-9+/=&#;]+`)

func TestRenderings(t *testing.T) {
	db := openStore(t)
	for _, scope := range []string{"leadership", "path:ci", "team:gamma", "team:odd"} {
		r := asked(t, db, scope)
		name := strings.ReplaceAll(scope, ":", "-")
		page, err := r.HTML()
		check(t, err)
		golden(t, name+".html", picture.ReplaceAllString(page, "PICTURE"))
		text, err := r.Text()
		check(t, err)
		golden(t, name+".txt", text)
		markdown, err := r.Markdown()
		check(t, err)
		golden(t, name+".md", markdown)
		slack, err := r.Slack()
		check(t, err)
		var indented bytes.Buffer
		check(t, json.Indent(&indented, slack, "", "  "))
		golden(t, name+".slack.json", indented.String())
	}
}

// nasty is an organisation whose every name is meant to do harm, or is very long.
func nasty(t *testing.T, n int) *report.Report {
	t.Helper()
	names := []string{hostile, "=cmd|' /C calc'!A0", strings.Repeat("longword", 63), "\u202eright to left \u05e9\u05dc\u05d5\u05dd", "\U0001F469\u200d\U0001F680 team",
		"a\r\nBcc: x@evil.example\r\n\r\nbody", "<!channel> <@U1> <http://evil.example|click>", "](http://evil.example) ![x](http://evil.example/y.png)", "\"><img src=x onerror=alert(1)>"}
	defs := definitions()
	defs.Paths = nil
	for i := range n {
		defs.Paths = append(defs.Paths, metrics.Path{Key: metrics.PathKey(strings.Repeat("p", i+1)), Title: names[i%len(names)], Alternatives: []metrics.Alternative{{Key: "circleci"}}})
	}
	defs.Paths = append(defs.Paths, metrics.Path{Key: "ci", Title: hostile, Alternatives: []metrics.Alternative{{Key: "circleci"}}})
	units := organisation()
	for i := range n {
		key := metrics.TeamKey("n" + strings.Repeat("x", i))
		defs.Teams.List = append(defs.Teams.List, metrics.Team{Key: key, Title: names[i%len(names)]})
		units = append(units, unit{"github.com/acme/n" + strings.Repeat("y", i), string(key), []stay{{born, metrics.Off, 0}, {"2026-06-24", metrics.On, metrics.Chosen}}})
	}
	r, err := report.Build(t.Context(), cached(fill(t, units, defs)), at(now), report.Question{Scope: report.Scope{Kind: report.Leadership}, Week: lastWeek(), Org: names[5], Base: "https://trodden.acme.dev"})
	check(t, err)
	return r
}

// TestHostileNames looks for whatever a name could bring into a rendering.
func TestHostileNames(t *testing.T) {
	r := nasty(t, 60)
	page, err := r.HTML()
	check(t, err)
	checkHTML(t, page)
	if n := len(picture.ReplaceAllString(page, "")); n > 102<<10 {
		t.Errorf("the HTML has %d bytes, of which Gmail cuts off what is over 102 KiB", n)
	}
	markdown, err := r.Markdown()
	check(t, err)
	for _, bad := range []string{"<script", "<!channel", "](http://evil", "![x]", "\u202e", "\r", "@here", "*x*"} {
		if strings.Contains(strings.ReplaceAll(markdown, "\\*", ""), bad) {
			t.Errorf("the Markdown has %q", bad)
		}
	}
	slack, err := r.Slack()
	check(t, err)
	checkSlack(t, slack)
	if subject := report.Subject(r); strings.ContainsAny(subject, "\r\n\u202e") || !strings.Contains(subject, "61 teams chose a path, 1 left one (") {
		t.Errorf("the subject is %q", subject)
	}
	r.Title, r.Org = strings.Repeat("Long ", 90), strings.Repeat("Long ", 90)
	if subject := report.Subject(r); !strings.Contains(subject, "61 teams chose a path, 1 left one (") || strings.Contains(subject, "\u2026 (") {
		t.Errorf("the subject of long names is %q", subject)
	}
}

// checkHTML refuses what no mail program shows, or what must not be in a mail.
func checkHTML(t *testing.T, page string) {
	t.Helper()
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch kind := tokens.Next(); kind {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			token := tokens.Token()
			if strings.Contains(" script iframe object embed form link base svg video ", " "+token.Data+" ") {
				t.Errorf("the HTML has a tag %s", token)
			}
			for _, a := range token.Attr {
				switch {
				case strings.HasPrefix(a.Key, "on"):
					t.Errorf("the HTML has a handler: %s", token)
				case a.Key == "src" && !strings.HasPrefix(a.Val, "cid:") && !strings.HasPrefix(a.Val, "data:image/png"):
					t.Errorf("the HTML loads %s", a.Val)
				case a.Key == "href" && !strings.HasPrefix(a.Val, "https://trodden.acme.dev/"):
					t.Errorf("the HTML leads to %s", a.Val)
				case a.Key == "style" && strings.Contains(a.Val, "url("):
					t.Errorf("a style loads something: %s", a.Val)
				case token.Data == "img" && a.Key == "alt" && strings.TrimSpace(a.Val) == "":
					t.Errorf("a picture has no words: %s", token)
				}
			}
		}
	}
}

// slackText is a text of a message.
type slackText struct {
	Type, Text string
	Verbatim   bool
}

// checkSlack holds a message to what Slack takes.
func checkSlack(t *testing.T, message []byte) {
	t.Helper()
	var m struct {
		Blocks []struct {
			Type     string
			Text     slackText
			Elements []slackText
		}
		Parse string
	}
	check(t, json.Unmarshal(message, &m))
	if len(m.Blocks) > 50 || len(m.Blocks) < 5 {
		t.Errorf("there are %d blocks", len(m.Blocks))
	}
	if m.Parse != "none" {
		t.Error("Slack makes links of what looks like some in notifications")
	}
	for _, b := range m.Blocks {
		for _, e := range append(b.Elements, b.Text) {
			if e.Verbatim != (e.Type == "mrkdwn") {
				t.Errorf("Slack makes links of what looks like some, or refuses the message: %+v", e)
			}
		}
		text := b.Text.Text
		for _, e := range b.Elements {
			text += e.Text
		}
		if len(text) > 3000 || b.Type == "header" && len([]rune(text)) > 150 || b.Type != "divider" && text == "" {
			t.Errorf("a block %s has %d characters", b.Type, len(text))
		}
		for _, bad := range []string{"<!channel", "<@U1", "<http://evil", "<script"} {
			if strings.Contains(text, bad) {
				t.Errorf("a block has %q: %s", bad, text)
			}
		}
	}
}

// TestPicturesAreTheSame draws twice: the bytes are the same, so that what is sent can be told to be the same.
func TestPicturesAreTheSame(t *testing.T) {
	db := openStore(t)
	first, err := asked(t, db, "leadership").HTML()
	check(t, err)
	time.Sleep(time.Millisecond)
	second, err := asked(t, db, "leadership").HTML()
	check(t, err)
	if first != second {
		t.Error("two renderings of the same report differ")
	}
	if !picture.MatchString(first) {
		t.Error("there is no picture")
	}
}
