package dashboards

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics/query"
)

// newTest returns the pages over a store.
func newTest(t testing.TB, db query.DB) *Pages {
	t.Helper()
	p, err := New(Options{DB: db, Explain: explainer{}, Now: clock, Org: "acme", Version: "v0.0.0"})
	check(t, err)
	return p
}

// get asks for a page and returns its status and its tree.
func get(t testing.TB, h http.Handler, target string) (int, *html.Node, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
	text := w.Body.String()
	root, err := html.Parse(strings.NewReader(text))
	check(t, err)
	return w.Code, root, text
}

// words is what a node shows, with single spaces.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// elements returns the elements of a name.
func elements(root *html.Node, name string) []*html.Node {
	var list []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == name {
			list = append(list, n)
		}
	}
	return list
}

// TestPages says what pages show, and how they answer.
func TestPages(t *testing.T) {
	full, empty := newTest(t, openStore(t)), newTest(t, emptyStore(t))
	for name, c := range map[string]struct {
		pages  *Pages
		target string
		status int
		want   []string
	}{
		"the headline with its parts": {full, "/", 200, []string{
			"Gross is the share of those that chose it among all that the path is for, mandated and exempt ones included", "A repository counts once for each path on which it is unknown.",
			"Build & test <a> service", "teams with a choice chose it", "95 % interval", "As of 1 Jul 2026, 12:00 UTC",
			"Newest scan 1 Jul 2026, 00:00 UTC , 12 hours ago", "1 repository unknown", "a needed object is not in the clone"}},
		"a path before its launch":   {full, "/?path=later", 200, []string{"No figure: the path had not been launched.", "There is no figure in this time: the path had not been launched."}},
		"one team":                   {full, "/?team=team-03", 200, []string{"fewer than 5 teams"}},
		"when a team counts":         {full, "/", 200, []string{"A team chose a path when 50 % or more of its active repositories use it and 50 % or more of those came by choice"}},
		"another moment":             {full, "/?as_of=2024-01-01", 200, []string{"As of 1 Jan 2024, 00:00 UTC", "Repositories on 1 Jan 2024"}},
		"by week":                    {full, "/?interval=week&from=2026-01-01", 200, []string{"29 Jun 2026"}},
		"a filter that is no date":   {full, "/?from=yesterday", 400, []string{`from: "yesterday" is no date; write 2026-07-01.`, "teams with a choice"}},
		"a date out of range":        {full, "/?from=1900-01-01", 400, []string{`from: "1900-01-01" is out of range; write a date between 2 Jan 1970 and `}},
		"a selection there is not":   {full, "/states?only=nope", 400, []string{`only: "nope" is not known; it is one of counted, served,`}},
		"a name that is too long":    {full, "/states?team=" + strings.Repeat("x", 1200), 400, []string{"team is too long: 1 200 bytes, where at most 1 000 are taken."}},
		"a way that there is not":    {full, "/states?way=nosuch", 400, []string{`There is no way "nosuch".`}},
		"a reason that there is not": {full, "/states?reason=nosuch", 400, []string{`reason: "nosuch" is not known; it is one of forbidden,`}},
		"no catalog before the scan": {empty, "/catalog", 200, []string{"There has been no scan yet."}},
		"a path that there is not":   {full, "/?path=nope", 400, []string{`There is no path "nope".`}},
		"a team that there is not":   {full, "/states?team=nope", 400, []string{`There is no team "nope".`}},
		"ends before it begins":      {full, "/?from=2026-01-01&to=2025-01-01", 400, []string{"From (1 Jan 2026, 00:00 UTC) is not before to (1 Jan 2025, 00:00 UTC)."}},
		"teams":                      {full, "/teams", 200, []string{"team-00 Team 0", "Teams", "had a choice", "on the path when 50 % or more of its active repositories use it, and voluntary when 50 % or more of those chose it.", "Voluntary Repositories using it Repositories that chose it"}},
		"teams of another path":      {full, "/teams?path=image", 200, []string{"0 of 12 teams are on it"}},
		"one of the teams":           {full, "/teams?path=ci&team=team-03", 200, []string{"of 1 team is on it."}},
		"teams before the launch":    {full, "/teams?path=later", 200, []string{"The path had not been launched. It is launched on 1 Jan 2030."}},
		"a team before the launch":   {full, "/team?team=team-03", 200, []string{"Not launched yet not launched yet The path had not been launched. Next: Nothing before it is launched, on 1 Jan 2030."}},
		"states":                     {full, "/states?path=ci", 200, []string{"60 rows, by repository and path", "kept after a mandate", "inactive"}},
		"states of all paths":        {full, "/states", 200, []string{"github.com/acme/repo-00 Build & test <a> service"}},
		"states that nobody has":     {full, "/states?path=image&state=on", 200, []string{"No repository is like that."}},
		"a state that there is not":  {full, "/states?state=maybe", 400, []string{`state: "maybe" is not known`}},
		"unknown ones by reason":     {full, "/states?state=unknown&reason=missing_objects", 200, []string{"1 row, "}},
		"one repository":             {full, "/repo?repo=github.com/acme/repo-00", 200, []string{".github/workflows/ci.yml:12", "via build.yml", "not file: x not found: met no file matches x", "not file: y found: not met y", "scan again", "There were no files to look at.", "mandated at that time", "It never used this path."}},
		"a repository by its end":    {full, "/repo?repo=repo-01&path=ci", 200, []string{"github.com/acme/repo-01", "It uses the path beside another way"}},
		"one team by itself":         {full, "/team?team=team-03", 200, []string{"Team 3", "are enough for the team to be on it", "Uses it", "Chose it: of those with a choice", "Next:", "github.com/acme/repo-03", "No catalog has an entry whose owner is this team."}},
		"a team without a name":      {full, "/team", 400, []string{"No team was named."}},
		"a team by itself, unknown":  {full, "/team?team=nope", 404, []string{`There is no team "nope".`, "See all teams"}},
		"no friction is known":       {full, "/friction", 200, []string{"Until the first green pipeline", "Runs are read from GitHub and GitLab, not from clones", "that takes platform teams"}},
		"the data":                   {full, "/data", 200, []string{"What it read", "Repositories known 60", "Every repository could be read.", "a needed object is not in the clone", "all was read", "when 50 % or more of its repositories use it"}},
		"explore":                    {full, "/explore", 200, []string{"Voluntary adoption, teams, by path", "Build & test <a> service"}},
		"explore teams over time":    {full, "/explore?by=team&measure=repos.total&show=time&path=ci&from=2026-01-01", 200, []string{"All adoption, repositories, by team: Build & test <a> service", "Shown are the 8 that are highest in the end, of 11; the CSV has all."}},
		"explore ways":               {full, "/explore?by=way&path=ci", 200, []string{"Share of repositories, by way: Build & test <a> service", "golden", "circleci"}},
		"explore what there is not":  {full, "/explore?by=moon", 400, []string{`by: "moon" is not known`}},
		"no objectives":              {full, "/okrs", 200, []string{"No objective is defined."}},
		"no repository":              {full, "/repo", 400, []string{"No repository was named."}},
		"a repository that is not":   {full, "/repo?repo=nope", 404, []string{`Repository "nope" is not known.`, "See all repositories"}},
		"an address that is no page": {full, "/nope", 404, []string{"There is no such page.", "1 repository unknown"}},
		"before the first scan":      {empty, "/", 200, []string{"There has been no scan yet.", "trodden scan", "No scan yet"}},
		"teams before the scan":      {empty, "/teams", 200, []string{"There has been no scan yet."}},
		"friction before the scan":   {empty, "/friction", 200, []string{"There has been no scan yet."}},
		"objectives before the scan": {empty, "/okrs", 200, []string{"There has been no scan yet."}},
		"data before the scan":       {empty, "/data", 200, []string{"There has been no scan yet.", "Nothing has been read yet.", "No scan has put definitions in force yet"}},
		"nothing of a team unknown":  {full, "/?team=team-03", 200, []string{"Nothing of these is unknown."}},
		"explore before the scan":    {empty, "/explore", 200, []string{"There has been no scan yet."}},
		"states before the scan":     {empty, "/states", 200, []string{"No repository is like that.", "There has been no scan yet"}},
	} {
		t.Run(name, func(t *testing.T) {
			status, root, text := get(t, c.pages, c.target)
			if status != c.status {
				t.Errorf("got status %d, want %d", status, c.status)
			}
			shown := words(root)
			for _, want := range c.want {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is not on the page:\n%s", want, shown)
				}
			}
			holds(t, root, text)
		})
	}
}

// TestPagesAreAskedForAgain asks with the tag of what a browser has: it is told where that is still so.
func TestPagesAreAskedForAgain(t *testing.T) {
	p := newTest(t, openStore(t))
	ask := func(target, tag string) *httptest.ResponseRecorder {
		r, w := httptest.NewRequest("GET", target, nil), httptest.NewRecorder()
		r.Header.Set("If-None-Match", tag)
		p.ServeHTTP(w, r)
		return w
	}
	first := ask("/teams", `"other"`)
	tag := first.Header().Get("ETag")
	if first.Code != http.StatusOK || tag == "" || first.Header().Get("Vary") != "Authorization" {
		t.Fatalf("got %d with the tag %q", first.Code, tag)
	}
	if again := ask("/teams", `"other", `+tag); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
		t.Errorf("the same: got %d with %d bytes", again.Code, again.Body.Len())
	}
	if other := ask("/teams?path=image", tag); other.Code != http.StatusOK || other.Body.Len() == 0 {
		t.Errorf("another page: got %d with %d bytes", other.Code, other.Body.Len())
	}
	if wrong := ask("/teams?team=nope", tag); wrong.Code != http.StatusBadRequest || wrong.Header().Get("ETag") != "" {
		t.Errorf("a mistake: got %d with the tag %q", wrong.Code, wrong.Header().Get("ETag"))
	}
}

// holds checks what every page must keep to: nothing inline, nothing from elsewhere, names for everything.
func holds(t *testing.T, root *html.Node, text string) {
	t.Helper()
	seen, marks := make(map[string]bool), make(map[string]bool)
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			switch {
			case a.Key == "style" || strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s> has the inline attribute %s", n.Data, a.Key)
			case a.Key == "id" && seen[a.Val]:
				t.Errorf("id %q is there twice", a.Val)
			case a.Key == "id":
				seen[a.Val] = true
			case a.Key == "href" && n.Data == "a" && attr(n, "rel") == "external noopener" && strings.HasPrefix(a.Val, "https://github.com/acme/"): // to the host
			case (a.Key == "src" || a.Key == "href" || a.Key == "action") && !strings.HasPrefix(a.Val, "/") && !strings.HasPrefix(a.Val, "#"):
				t.Errorf("<%s> leads to %q", n.Data, a.Val)
			}
		}
		if role, name := landmark(root, n); role != "" {
			if name = role + " " + name; marks[name] {
				t.Errorf("two landmarks are the %s", name)
			}
			marks[name] = true
		}
		switch {
		case n.Data == "th" && attr(n, "scope") == "":
			t.Errorf("a heading without scope: %s", words(n))
		case n.Data == "script" && attr(n, "src") == "" && attr(n, "type") != "application/json":
			t.Error("an inline script")
		case (n.Data == "input" || n.Data == "select") && n.Parent.Data != "label" && attr(n, "type") != "hidden":
			t.Errorf("a filter without a label: %s", attr(n, "name"))
		}
	}
	if len(elements(root, "h1")) != 1 || len(elements(root, "main")) != 1 {
		t.Error("not exactly one h1 and one main")
	}
	if strings.Contains(text, "ZgotmplZ") {
		t.Error("the template refused a value")
	}
}

// landmark returns what kind of landmark an element is for those who do not see the page, and its name; "" where it is none.
func landmark(root, n *html.Node) (role, name string) {
	name = attr(n, "aria-label")
	if by := attr(n, "aria-labelledby"); by != "" {
		for e := range root.Descendants() {
			if attr(e, "id") == by {
				name = words(e)
			}
		}
	}
	switch {
	case attr(n, "role") == "region" || n.Data == "section" && name != "":
		return "region", name
	case n.Data == "form" && name != "" || n.Data == "nav":
		return n.Data, name
	}
	return "", ""
}

// TestFiguresLeadToTheirLists follows the numbers of the overview and counts the rows of the lists.
func TestFiguresLeadToTheirLists(t *testing.T) {
	p := newTest(t, openStore(t))
	_, root, _ := get(t, p, "/")
	followed, teams := 0, 0
	for _, a := range elements(root, "a") {
		target, err := url.Parse(attr(a, "href"))
		check(t, err)
		if target.Path != "/states" && (target.Path != "/teams" || !target.Query().Has("only")) || target.Query().Get("path") == "" {
			continue
		}
		want := words(a)
		if strings.Contains(want, "%") { // a rate: its denominator stands beside it
			want = words(a.Parent)[strings.LastIndex(words(a.Parent), " ")+1:]
		}
		n, err := strconv.Atoi(want)
		if err != nil {
			continue // a title
		}
		_, list, _ := get(t, p, target.String())
		rows := 0
		for _, body := range elements(list, "tbody") {
			rows += len(elements(body, "tr"))
		}
		if rows != n {
			t.Errorf("%s: got %d rows, want %d", target, rows, n)
		}
		if followed++; target.Path == "/teams" {
			teams++
		}
	}
	if followed < 12 || teams < 6 {
		t.Errorf("followed %d figures, %d of them of teams, want at least 12, 6 of teams", followed, teams)
	}
}

// TestColumnsHaveNamesOfTheirOwn: no two columns of a table are called the same.
func TestColumnsHaveNamesOfTheirOwn(t *testing.T) {
	p := newTest(t, openStore(t))
	for _, target := range []string{"/", "/path?path=ci", "/teams", "/team?team=team-03", "/states", "/data"} {
		_, root, _ := get(t, p, target)
		for _, table := range elements(root, "table") {
			seen := make(map[string]bool)
			for _, th := range elements(table, "th") {
				if name := words(th); attr(th, "scope") == "col" && seen[name] {
					t.Errorf("%s: two columns are called %q", target, name)
				} else if attr(th, "scope") == "col" {
					seen[name] = true
				}
			}
		}
	}
}

// TestFavicon asks for the picture that browsers ask for where no page names one.
func TestFavicon(t *testing.T) {
	w := httptest.NewRecorder()
	p := newTest(t, emptyStore(t))
	p.ServeHTTP(w, httptest.NewRequest("GET", "/favicon.ico", nil))
	icon := httptest.NewRecorder()
	p.ServeHTTP(icon, httptest.NewRequest("GET", w.Header().Get("Location"), nil))
	if w.Code != http.StatusFound || icon.Code != http.StatusOK || icon.Header().Get("Content-Type") != "image/svg+xml" {
		t.Errorf("got %d to %q, and there %d %v", w.Code, w.Header().Get("Location"), icon.Code, icon.Header())
	}
}

// TestEveryLinkLeadsSomewhere follows all links between pages.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	p := newTest(t, openStore(t))
	seen, next := map[string]bool{"/": true}, []string{"/"}
	for len(next) > 0 && len(seen) < 150 {
		target := next[0]
		next = next[1:]
		status, root, _ := get(t, p, target)
		if status != http.StatusOK {
			t.Errorf("%s: got %d", target, status)
		}
		for _, a := range elements(root, "a") {
			href := attr(a, "href")
			if strings.HasPrefix(href, "/api/") || strings.HasPrefix(href, "https://") || strings.HasPrefix(href, "#") || seen[href] {
				continue
			}
			seen[href] = true
			next = append(next, href)
		}
	}
	if len(seen) < 100 {
		t.Errorf("found only %d links", len(seen))
	}
}

// TestListInParts walks a list that is longer than a page.
func TestListInParts(t *testing.T) {
	db := openStore(t)
	p := newTest(t, db)
	first := 0
	target := "/states?only=counted"
	for pages := 0; target != "" && pages < 5; pages++ {
		_, root, _ := get(t, p, target)
		for _, body := range elements(root, "tbody") {
			first += len(elements(body, "tr"))
		}
		target = ""
		for _, a := range elements(root, "a") {
			if attr(a, "rel") == "next" {
				target = attr(a, "href")
			}
		}
	}
	rows := 0
	for row, err := range p.states(t.Context(), query.StatesQuestion{AsOf: at(now)}) {
		check(t, err)
		if row.Active || row.State.String() == "unknown" {
			rows++
		}
	}
	if first != rows {
		t.Errorf("got %d rows over all pages, want %d", first, rows)
	}
}

// TestWithoutChartLibrary builds the pages as a build without `make setup` does.
func TestWithoutChartLibrary(t *testing.T) {
	style, err := files.ReadFile("assets/style.css")
	check(t, err)
	bare := fstest.MapFS{"assets/style.css": {Data: style}, "assets/icon.svg": {Data: []byte("<svg/>")}, "assets/app.js": {Data: []byte("//")}}
	p, err := newPages(Options{DB: openStore(t), Now: clock}, bare)
	check(t, err)
	status, root, _ := get(t, p, "/")
	if shown := words(root); status != 200 || !strings.Contains(shown, "run make setup and build again") {
		t.Errorf("the page does not say what is missing: %d %s", status, shown)
	}
	for _, s := range elements(root, "script") {
		if src := attr(s, "src"); src != "" && src != p.assets.address("app.js") {
			t.Errorf("the page asks for %s", src)
		}
	}
}

type dbFunc func() error

func (f dbFunc) Select(context.Context, any, string, map[string]any) error { return f() }

func (f dbFunc) Each(context.Context, string, map[string]any, []any, func() error) error { return f() }

// TestBrokenStore says nothing of the inside to readers, and all of it to the log.
func TestBrokenStore(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want int
	}{
		"something is wrong": {errors.New("disk on fire at /srv"), 500},
		"too slow":           {context.DeadlineExceeded, 503},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			p, err := New(Options{DB: dbFunc(func() error { return c.err }), Now: clock, Log: slog.New(slog.NewTextHandler(&log, nil))})
			check(t, err)
			status, root, _ := get(t, p, "/")
			if status != c.want || strings.Contains(words(root), c.err.Error()) || !strings.Contains(log.String(), c.err.Error()) {
				t.Errorf("got %d %s, log %s", status, words(root), log.String())
			}
		})
	}
}

// TestAssets are kept for good under their own address only.
func TestAssets(t *testing.T) {
	p := newTest(t, dbFunc(func() error { return nil }))
	for target, want := range map[string]string{
		p.assets.address("style.css"):      "200 text/css; charset=utf-8 private, max-age=31536000, immutable",
		p.assets.address("app.js"):         "200 text/javascript; charset=utf-8 private, max-age=31536000, immutable",
		p.assets.address("icon.svg"):       "200 image/svg+xml private, max-age=31536000, immutable",
		"/assets/style.css":                "200 text/css; charset=utf-8 no-cache",
		"/assets/style.css?v=other":        "200 text/css; charset=utf-8 no-cache",
		"/assets/nope.css":                 "404 text/plain; charset=utf-8 ",
		"/assets/../templates/layout.html": "307 text/html; charset=utf-8 ",
	} {
		w := httptest.NewRecorder()
		p.ServeHTTP(w, httptest.NewRequest("GET", target, nil))
		got := strconv.Itoa(w.Code) + " " + w.Header().Get("Content-Type") + " " + w.Header().Get("Cache-Control")
		if got != want {
			t.Errorf("%s: got %q, want %q", target, got, want)
		}
		if w.Header().Get("Content-Security-Policy") != policy {
			t.Errorf("%s: got the policy %q", target, w.Header().Get("Content-Security-Policy"))
		}
	}
}

// FuzzRequest reads addresses: whatever they are, the moments of a page make sense, and links keep them.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{"", "from=2026-01-01&to=2025-01-01", "as_of=9999-01-01", "interval=week&from=1970-01-02", "next=e30", "path=%00&state=off", "%zz", "only=kept&next=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q := parseRequest(&url.URL{Path: "/states", RawQuery: raw}, at(now))
		if q.from >= q.to || q.asOf <= 0 || q.from <= 0 {
			t.Fatalf("%q: from %d to %d as of %d", raw, q.from, q.to, q.asOf)
		}
		q.after()
		if names, words := stateNarrowings(); !slices.Contains(names, q.narrowed("only", stateNarrowings)) || len(words) != len(names) {
			t.Fatalf("%q: no selection", raw)
		}
		again, err := url.Parse(q.link("/states", filterNames()))
		if err != nil {
			t.Fatalf("%q: %v", raw, err)
		}
		if p := parseRequest(again, at(now)); p.asOf != q.asOf || p.interval != q.interval && len(q.mistakes) == 0 {
			t.Fatalf("%q: as of %d every %s, by its own link as of %d every %s", raw, q.asOf, q.interval, p.asOf, p.interval)
		}
	})
}
