package dashboards

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// TestCatalogPages says what the pages of catalogs show, and how they answer.
func TestCatalogPages(t *testing.T) {
	full, bare, empty := newTest(t, query.NewCache(catalogStore(t), clock)), newTest(t, openStore(t)), newTest(t, emptyStore(t))
	long := strings.Repeat("x", 500)
	for name, c := range map[string]struct {
		pages  *Pages
		target string
		status int
		want   []string
		not    []string
	}{
		"the headline with its parts": {full, "/catalog", 200, []string{"entities are fresh", "Ownership accuracy", "Half-life 41 days", "longer than can be told yet", "of 45 entities",
			"catalog entries go stale within weeks", "Not read whole: 429 too many requests", "Orphans, which nothing in the catalog brings any more 1"}, nil},
		"the ladder":              {full, "/catalog", 200, []string{"none of the fields that freshness asks for is wrong or aged", "of whom one committed there in 90 days", "O5 and the team has most commits of 180 days"}, []string{"measure.fresh_fields"}},
		"the audit and its mark":  {full, "/catalog", 200, []string{"5 fields: stop asking for", "filled by what knows the truth (automate), and keep", "the mark is at 60 %, which the organisation that went furthest killed", "label.note in backstage"}, nil},
		"lists":                   {full, "/catalog", 200, []string{"that people work on, and for which a catalog has no entity. The first 50 rows are shown.", "1 entity without a living source", "repository archived", "The whole list"}, nil},
		"what disagrees":          {full, "/catalog", 200, []string{"Where catalogs disagree", "Duplicates", "component:default/twin"}, nil},
		"templates":               {full, "/catalog", 200, []string{"Templates that lag behind", "template:default/service not in the catalog any more"}, nil},
		"nothing to patch":        {full, "/catalog", 200, []string{"Wrong owners that can be put right"}, []string{"trodden catalog patches", "Nothing is ever pushed."}},
		"one catalog":             {full, "/catalog?source=port", 200, []string{"port", "429"}, []string{"41 days"}},
		"one team":                {full, "/catalog?team=team-02", 200, []string{"5 repositories of team team-02 that people work on"}, nil},
		"killed fields":           {full, "/catalog?kill=system&kill=label.note", 200, []string{"Without label.note and system:", "2 of 5 fields", "here that would be 3.", "trodden catalog without label.note,system"}, nil},
		"killed in one word":      {full, "/catalog?kill=system%2Clabel.note", 200, []string{"Without label.note and system:"}, nil},
		"a field there is not":    {full, "/catalog?kill=<b>nope&kill=system", 400, []string{`No catalog has a field "<b>nope".`, "Without system:"}, nil},
		"a field of another":      {full, "/catalog?kill=system&source=port", 400, []string{`Catalog port has no field "system".`}, nil},
		"a catalog there is not":  {full, "/catalog?source=nope", 400, []string{`There is no catalog "nope".`, "entities are fresh"}, nil},
		"an earlier judgement":    {full, "/catalog?as_of=2026-05-02", 200, []string{"This is how catalogs were judged on 1 May 2026, 00:00 UTC", "of the last one, of 30 Jun 2026, 00:00 UTC", "0 of 1", "Read not known"}, []string{"Dark repositories", "What if they were killed?"}},
		"before the first":        {full, "/catalog?as_of=2026-01-01", 200, []string{"No catalog was judged by 1 Jan 2026, 00:00 UTC.", "The last judgement is of 30 Jun 2026, 00:00 UTC."}, nil},
		"none is configured":      {bare, "/catalog", 200, []string{"No catalog was judged yet.", "backstage, roadie, spotify-portal, port, cortex or opslevel", "catalog-info.yaml", "trodden scan"}, nil},
		"before the first scan":   {empty, "/catalog", 200, []string{"There has been no scan yet."}, nil},
		"in the future":           {full, "/catalog?as_of=2030-01-01", 400, []string{"as_of: 1 Jan 2030 has not come yet", "entities are fresh"}, nil},
		"hostile filters":         {full, "/catalog?source=" + url.QueryEscape(hostile[0]) + "&kill=" + long + "&team=%F0%9F%A6%8A&next=x", 400, []string{"There is no catalog", `There is no team "🦊".`}, nil},
		"entities":                {full, "/catalog/entities", 200, []string{"a part of the list", "catalog-info.yaml:8", "others do", "does the work (5 of 5 commits)", "Next page"}, nil},
		"entities of a verdict":   {full, "/catalog/entities?verdict=wrong&field=owner", 200, []string{"component:default/nobodys", "wrong", "Verdict Why Since"}, []string{"unverified since", "Wrong since"}},
		"entities of a cause":     {full, "/catalog/entities?cause=no_team", 200, []string{"6 rows,", "component:default/nobodys"}, nil},
		"lists of one team":       {full, "/catalog?team=team-04", 200, []string{"The team narrows the lists; rates, the ladder and fields are of whole catalogs."}, nil},
		"a team before it":        {full, "/team?team=team-03&as_of=2026-06-01", 200, []string{"Of an earlier moment it is not known; choose a later one."}, nil},
		"a repository before it":  {full, "/repo?repo=repo-03&as_of=2026-06-01", 200, []string{"Of an earlier moment it is not known; choose a later one."}, nil},
		"a team after it":         {full, "/team?team=team-07&as_of=2026-06-30T12:00:00Z", 200, []string{"component:default/repo-07"}, nil},
		"ghosts":                  {full, "/catalog/entities?show=ghost&field=owner", 200, []string{"1 row,", "ghost: repository archived"}, nil},
		"an entity by its name":   {full, "/catalog/entities?entity=twin", 200, []string{"component:default/twin", "1 row,"}, nil},
		"a hostile value":         {full, "/catalog/entities?entity=component:default/repo-00", 200, []string{hostile[0]}, nil},
		"no entity is like that":  {full, "/catalog/entities?entity=nope", 200, []string{"No entity is like that."}, nil},
		"no reference":            {full, "/catalog/entities?entity=a:b:c/d/e", 400, []string{"is no reference"}, nil},
		"no such verdict":         {full, "/catalog/entities?verdict=maybe", 400, []string{`verdict: "maybe" is not known`}, nil},
		"no such selection":       {full, "/catalog/entities?show=%3Cb%3E", 400, []string{`show: "<b>" is not known`}, nil},
		"not filled":              {full, "/catalog/entities?field=system&filled=no&source=backstage", 200, []string{"5 rows,", "component:default/twin", "its entity does not have it, as others of its kind do", "not filled"}, []string{"component:default/repo-08"}},
		"fillable, and not":       {full, "/catalog/entities?field=lifecycle&fillable=yes&filled=no&source=backstage", 200, []string{"1 row,", "repo-59", "does not have it, as others of its kind do archival and deployments could fill it", "Fillable: fillable"}, []string{"commits could fill it"}},
		"fillable by nothing":     {full, "/catalog/entities?field=system&fillable=no&filled=yes&source=backstage", 200, []string{"40 rows,"}, []string{"could fill it"}},
		"no such fillable":        {full, "/catalog/entities?fillable=half", 400, []string{`fillable: "half" is not known`}, nil},
		"no such filling":         {full, "/catalog/entities?filled=half", 400, []string{`filled: "half" is not known`}, nil},
		"without no such field":   {full, "/catalog/entities?show=then&without=fate,system", 400, []string{`No catalog has a field "fate".`}, nil},
		"no such cause":           {full, "/catalog/entities?cause=fate", 400, []string{`cause: "fate" is not known`}, nil},
		"no such field":           {full, "/catalog/entities?field=fate", 400, []string{`No catalog has a field "fate".`}, nil},
		"of an earlier judgement": {full, "/catalog/entities?as_of=2026-05-02", 200, []string{"Entities are listed as they were judged last, on 30 Jun 2026, 00:00 UTC."}, nil},
		"entities of none":        {empty, "/catalog/entities", 200, []string{"There has been no scan yet."}, nil},
		"all portals":             {full, "/catalog?source=portals", 200, []string{"Catalog: All portals", "of 45 entities", "port"}, nil},
		"a field of no portal":    {full, "/catalog/entities?source=portals&field=fate", 400, []string{`No portal has a field "fate".`}, nil},
		"a page that there isn't": {full, "/catalog/entities?next=bm9uc2Vuc2U", 200, []string{"a part of the list"}, nil},
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
			for _, not := range c.not {
				if strings.Contains(shown, not) {
					t.Errorf("%q is on the page", not)
				}
			}
			if strings.Contains(text, hostile[0]) {
				t.Error("a script is on the page as it was typed")
			}
			holds(t, root, text)
		})
	}
}

// rowsOf counts the rows of a list over all its pages.
func rowsOf(t *testing.T, p *Pages, target string) (rows int) {
	t.Helper()
	for pages := 0; target != "" && pages < 20; pages++ {
		status, root, _ := get(t, p, target)
		if status != http.StatusOK {
			t.Fatalf("%s: got %d", target, status)
		}
		on := 0
		for _, body := range elements(root, "tbody") {
			on += len(elements(body, "tr"))
		}
		if on > entityRows {
			t.Errorf("%s: %d rows on a page", target, on)
		}
		rows, target = rows+on, ""
		for _, a := range elements(root, "a") {
			if attr(a, "rel") == "next" {
				target = attr(a, "href")
			}
		}
	}
	return rows
}

// TestCatalogFiguresLeadToTheirLists follows the numbers of the page and counts the rows of the lists.
func TestCatalogFiguresLeadToTheirLists(t *testing.T) {
	p := newTest(t, query.NewCache(catalogStore(t), clock))
	_, root, _ := get(t, p, "/catalog?kill=system,label.note")
	followed := map[string]bool{}
	for _, a := range elements(root, "a") {
		target := attr(a, "href")
		u, err := url.Parse(target)
		check(t, err)
		what := u.Query().Get("show") + u.Query().Get("verdict") + u.Query().Get("filled")
		if u.Query().Has("fillable") {
			what += "fillable of " + u.Query().Get("field") + " in " + u.Query().Get("source")
		}
		if u.Path != "/catalog/entities" || what == "" {
			continue
		}
		if attr(a.Parent, "data-label") == "Values" {
			continue // different ones, of which an entity may have several
		}
		if attr(a.Parent, "data-label") == "Freshness then" { // of all that counts
			rows, of := rowsOf(t, p, target), rowsOf(t, p, "/catalog/entities?field=owner&show=counted&source="+u.Query().Get("source"))
			if rows == of && words(a) != "100 %" { // none would be
				rows = 0
			}
			if got := percent(float64(rows) / float64(of)); spaced(got) != spaced(words(a)) {
				t.Errorf("%s: got %d of %d rows, want %s", target, rows, of, words(a))
			}
			followed["then"+strings.Join([]string{u.Query().Get("without"), u.Query().Get("automated")}, "|")] = true
			continue
		}
		n, err := strconv.Atoi(firstNumber(a))
		if err != nil {
			continue // the whole list
		}
		if got := rowsOf(t, p, target); got != n {
			t.Errorf("%s: got %d rows, want %d", target, got, n)
		}
		followed[what] = true
	}
	want := []string{"fresh", "right", "counted", "ghost", "o1", "o2", "o3-no", "o4", "o5-no", "countedwrong", "countedright", "countedunverified", "countedyes", "countedno", "then", "then-gained", "then|owner", "thensystem|"}
	fields, err := query.CatalogFields(t.Context(), p.DB, query.CatalogFieldsQuestion{})
	check(t, err)
	for _, f := range fields {
		if f.Fillable.Num > 0 {
			want = append(want, "countedfillable of "+f.Field+" in "+f.Source)
		}
	}
	for _, want := range want {
		if !followed[want] {
			t.Errorf("no figure leads to %q: followed %v", want, followed)
		}
	}
}

// firstNumber is the number that a link stands for: its own, which may stand behind what could fill a field, or the numerator beside a rate or below the headline; where that is 0,
// the denominator.
func firstNumber(a *html.Node) string {
	text := words(a)
	if _, number, some := strings.Cut(text, " could fill it for "); some {
		text = number
	}
	if !strings.Contains(text, "%") {
		return strings.Fields(text)[0]
	}
	beside := words(a.Parent)
	if beside == text { // the headline
		for n := a.Parent.NextSibling; n != nil; n = n.NextSibling {
			if n.Type == html.ElementNode {
				return strings.Fields(words(n))[0]
			}
		}
	}
	parts := strings.Fields(strings.TrimPrefix(beside, text))
	if len(parts) > 2 && parts[0] == "0" && parts[1] == "of" {
		return parts[2]
	}
	return parts[0]
}

// followLinks follows the links of a page to other pages, at most so many to each address.
func followLinks(t *testing.T, p *Pages, from string, most int, seen map[string]bool) {
	t.Helper()
	_, root, _ := get(t, p, from)
	followed := make(map[string]int)
	for _, a := range elements(root, "a") {
		href, _, _ := strings.Cut(attr(a, "href"), "#")
		address, _, _ := strings.Cut(href, "?")
		if href == "" || strings.HasPrefix(href, "/api/") || strings.HasPrefix(href, "https://") || seen[href] || followed[address] == most {
			continue
		}
		seen[href] = true
		followed[address]++
		if status, _, _ := get(t, p, href); status != http.StatusOK {
			t.Errorf("%s leads to %s: got %d", from, href, status)
		}
	}
}

// TestLinksOfCatalogsLeadSomewhere follows links of the catalog's pages.
func TestLinksOfCatalogsLeadSomewhere(t *testing.T) {
	p, seen := newTest(t, query.NewCache(catalogStore(t), clock)), make(map[string]bool)
	for _, from := range []string{"/catalog?kill=system", "/catalog?source=port&team=team-01", "/catalog?as_of=2026-05-02", "/catalog/entities", "/catalog/entities?show=ghost", "/catalog/entities?cause=no_team"} {
		followLinks(t, p, from, 25, seen)
	}
	if len(seen) < 50 {
		t.Errorf("found only %d links", len(seen))
	}
}

// TestEntitiesInParts walks the list and finds each field of each entity once.
func TestEntitiesInParts(t *testing.T) {
	db := catalogStore(t)
	entities, err := query.CatalogEntities(t.Context(), db, query.CatalogEntitiesQuestion{})
	check(t, err)
	want := 0
	for _, e := range entities {
		want += len(e.Fields)
	}
	if got := rowsOf(t, newTest(t, db), "/catalog/entities"); got != want || want <= entityRows {
		t.Errorf("got %d rows, want %d, which are more than a page", got, want)
	}
}

// TestKilling holds the form to the address, and the figures to the question.
func TestKilling(t *testing.T) {
	db := catalogStore(t)
	p := newTest(t, db)
	_, root, _ := get(t, p, "/catalog?source=backstage&team=team-01&kill=system&kill=label.note")
	var checked, hidden []string
	for _, input := range elements(root, "input") {
		switch {
		case attr(input, "type") == "hidden":
			hidden = append(hidden, attr(input, "name")+"="+attr(input, "value"))
		case attr(input, "type") == "checkbox" && slices.ContainsFunc(input.Attr, func(a html.Attribute) bool { return a.Key == "checked" }):
			checked = append(checked, attr(input, "value"))
		}
	}
	slices.Sort(checked)
	if got, want := strings.Join(append(hidden, checked...), " "), "source=backstage team=team-01 label.note system"; got != want {
		t.Errorf("the form has %q, want %q", got, want)
	}
	rows, err := query.CatalogWithout(t.Context(), db, "backstage", []string{"label.note", "system"}, at(now))
	check(t, err)
	if rows[0].Fresh.Num == rows[0].Now.Num {
		t.Fatal("killing changes nothing, so nothing could be found wrong")
	}
	for _, want := range []string{newFigure(rows[0].Now).Parts, newFigure(rows[0].Fresh).Parts, plural(rows[0].Fresh.Num-rows[0].Now.Num, "entity", "entities") + " more"} {
		if !strings.Contains(words(root), want) {
			t.Errorf("%q is not on the page", want)
		}
	}
}

// TestEmptyCatalogs shows catalogs that have nothing in them, and one of which nothing is known.
func TestEmptyCatalogs(t *testing.T) {
	db := openStore(t)
	odd := entity("odd <b>&\" name", 1)
	odd.Repo = "elsewhere.example/x/y"
	check(t, db.WriteJudgements(t.Context(), at("2026-06-30"), []clickhouse.Judgement{judgedCatalog("bare", at("2026-06-30"), 3), judgedCatalog(odd.Source, at("2026-06-30"), 1, odd)}, nil))
	p := newTest(t, db)
	status, root, text := get(t, p, "/catalog")
	shown := words(root)
	for _, want := range []string{"No figure: there is nothing to count.", "Half-life 3 days", "Half-life 1 day", odd.Source, "The catalog has no entity that counts"} {
		if status != http.StatusOK || !strings.Contains(shown, want) {
			t.Errorf("%d, %q is not on the page:\n%s", status, want, shown)
		}
	}
	holds(t, root, text)
	followLinks(t, p, "/catalog", 6, make(map[string]bool))
}

// TestFillableOfAnOlderJudgement says of a judgement by a version that did not keep it that the next scan knows what could fill
// fields, and of none other.
func TestFillableOfAnOlderJudgement(t *testing.T) {
	const later = "What could fill fields is known with the next scan: this judgement did not keep it."
	bare := judgedCatalog("port", at("2026-06-30"), math.NaN(), entity("port", 0, metrics.FieldOwner, "nobody", metrics.FieldTier, "1"))
	db := judgedStore(t, bare)
	p := newTest(t, db)
	for _, older := range []bool{false, true} {
		if older {
			check(t, db.Exec(t.Context(), "ALTER TABLE catalog_verdicts UPDATE fillable = [], fillable_by = [], fillable_known = false WHERE true SETTINGS mutations_sync = 1", nil))
		}
		for target, want := range map[string]bool{
			"/catalog/entities?field=owner&fillable=yes": older, "/catalog/entities?field=tier&fillable=no": older, "/catalog/entities?field=tier&fillable=yes": older,
			"/catalog/entities?entity=nope": false,
		} {
			if _, root, _ := get(t, p, target); strings.Contains(words(root), later) != want {
				t.Errorf("older %t: %s: got %t, want %t", older, target, !want, want)
			}
		}
		if _, root, _ := get(t, p, "/catalog/entities?field=owner"); strings.Contains(words(root), "commits could fill it") == older {
			t.Errorf("older %t: what could fill the owner is told: %t", older, older)
		}
	}
}

// TestWithoutRow says what becomes of a catalog without some fields.
func TestWithoutRow(t *testing.T) {
	for name, c := range map[string]struct {
		now, then query.Rate
		want      string
	}{
		"more":         {query.NewRate(3, 9, ""), query.NewRate(5, 9, ""), "56\u202f% 5 of 9, 2 entities more"},
		"one less":     {query.NewRate(3, 9, ""), query.NewRate(2, 9, ""), "22\u202f% 2 of 9, 1 entity less"},
		"the same":     {query.NewRate(3, 9, ""), query.NewRate(3, 9, ""), "33\u202f% 3 of 9, none"},
		"nothing left": {query.NewRate(3, 9, ""), query.Undefined(metrics.ReasonEmpty), "nothing is left that makes an entity fresh, –"},
	} {
		t.Run(name, func(t *testing.T) {
			row := withoutRow(parseRequest(&url.URL{Path: "/catalog"}, at(now)), query.CatalogWithoutRow{Source: "port", Now: c.now, Fresh: c.then})
			then := row[2].Figure.Text + " " + row[2].Figure.Parts
			if row[2].Figure.Why != "" {
				then = row[2].Figure.Why
			}
			if got := then + ", " + row[3].Text; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestAdvice: the advice on a field holds when every catalog that has it gives it.
func TestAdvice(t *testing.T) {
	rows := []query.CatalogFieldRow{{Source: "a", Field: "tier", Advice: "kill"}, {Source: "b", Field: "tier", Advice: "keep"}, {Source: "a", Field: "note", Advice: "kill"}}
	if got := advice(rows, "kill"); !slices.Equal(got, []string{"note"}) {
		t.Errorf("got %q", got)
	}
}

func TestOwnerReaches(t *testing.T) {
	team := metrics.TeamKey("shop")
	for name, c := range map[string]struct {
		owner query.CatalogOwner
		want  string
	}{
		"no step":     {query.CatalogOwner{Steps: query.OwnerSteps{O1: "no", O2: "no", O3: "no", O4: "no", O5: "no"}}, "reaches no step"},
		"some":        {query.CatalogOwner{Steps: query.OwnerSteps{O1: "yes", O2: "yes", O3: "unknown", O4: "no", O5: "no"}}, "reaches O1, O2; O3 not known"},
		"others work": {query.CatalogOwner{Steps: query.OwnerSteps{O1: "yes"}, Actual: &team, Rests: &query.ActualCommits{Team: 5, All: 9}}, "reaches O1 / shop does the work (5 of 9 commits)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(ownerReaches(c.owner), " / "); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestAuditAddsUp: the table of fields has every part that their chart draws, and those of a field are all that could have it.
func TestAuditAddsUp(t *testing.T) {
	_, root, _ := get(t, newTest(t, catalogStore(t)), "/catalog")
	rows := 0
	for _, tr := range elements(root, "tr") {
		parts := make(map[string][2]int) // by the title of a column: 5 of 12
		for _, td := range elements(tr, "td") {
			var share string
			var n, of int
			if _, err := fmt.Sscanf(words(td), "%s %% %d of %d", &share, &n, &of); err == nil {
				parts[attr(td, "data-label")] = [2]int{n, of}
			}
		}
		filled, some := parts["Filled"]
		if !some {
			continue
		}
		rows++
		sum := 0
		for _, td := range elements(tr, "td") {
			if _, empty, some := strings.Cut(words(td), fmt.Sprintf("%d of %d ", filled[0], filled[1])); some && attr(td, "data-label") == "Filled" {
				_, err := fmt.Sscanf(empty, "%d empty", &sum)
				check(t, err)
			}
		}
		for _, verdict := range verdicts() {
			sum += parts[strings.ToUpper(verdict[:1])+verdict[1:]][0]
		}
		if sum != filled[1] {
			t.Errorf("%s: the parts are %d, want %d", words(tr), sum, filled[1])
		}
	}
	if rows < 5 {
		t.Errorf("found only %d fields", rows)
	}
}

// TestPatchWords: the command is offered where it has something to write, and what has no patch says why.
func TestPatchWords(t *testing.T) {
	wrong := func(repo, reason string) query.CatalogPatchRow {
		return query.CatalogPatchRow{Repo: repo, Reason: reason}
	}
	for name, c := range map[string]struct {
		rows    []query.CatalogPatchRow
		words   string
		caption string
		command string
	}{
		"none":           {nil, "No wrong owner stands in a file of a repository.", "Why the others are not corrected.", ""},
		"none certainly": {[]query.CatalogPatchRow{wrong("a", "unread"), wrong("b", "unread")}, "2 wrong owners stand in files of repositories of all. None can be put right with certainty.", "Why not.", ""},
		"some": {[]query.CatalogPatchRow{wrong("a", ""), wrong("a", ""), wrong("b", "unread")}, "3 wrong owners stand in files of repositories of all. 2 can be put right: 1 repository has a patch.",
			"Why the others are not corrected.", "trodden catalog patches --out DIR"},
	} {
		t.Run(name, func(t *testing.T) {
			got := newPatchWords(c.rows, " of all")
			if got.Words != c.words || got.Reasons.Caption != c.caption || got.Command != c.command {
				t.Errorf("got %q, %q, %q, want %q, %q, %q", got.Words, got.Reasons.Caption, got.Command, c.words, c.caption, c.command)
			}
		})
	}
}
