package dashboards

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics/query"
)

// TestMovedTeams lists as many teams as what changed counts.
func TestMovedTeams(t *testing.T) {
	db := moversStore(t)
	p := newTest(t, db)
	for _, days := range [][2]string{{"2025-08-20", "2025-12-01"}, {"2025-10-01", "2026-06-01"}, {"2025-03-01", "2025-04-01"}} {
		q := query.FlowsQuestion{Path: "ci", From: at(days[0]), To: at(days[1])}
		rows, err := query.Changes(t.Context(), db, q)
		check(t, err)
		using := rows[0].Teams.Using
		for moved, want := range map[string]int{"came": using.Joined, "left": using.Left} {
			target := fmt.Sprintf("/moved?path=ci&from=%s&to=%s&moved=%s", days[0], days[1], moved)
			if got := walk(t, p, target); got != want {
				t.Errorf("%s: got %d rows, want %d", target, got, want)
			}
		}
		if (using.Joined > 0) != (days[1] > "2025-08-01") { // when the first come
			t.Errorf("from %s to %s %d teams came", days[0], days[1], using.Joined)
		}
	}
}

// TestWeekLeadsToItsLists follows what the overview says of a week: each number has a list as long. What came without a choice is
// told beside what was chosen.
func TestWeekLeadsToItsLists(t *testing.T) {
	p := newTest(t, moversStore(t))
	followed := make(map[string]int)
	for _, moment := range []string{"2025-09-20", "2025-11-01", "2025-12-15", "2024-01-03"} {
		_, root, _ := get(t, p, "/?as_of="+moment)
		for _, a := range elements(root, "a") {
			target, err := url.Parse(attr(a, "href"))
			check(t, err)
			moved, choice := target.Query().Get("moved"), target.Query().Get("choice")
			if moved == "" {
				continue
			}
			want, err := strconv.Atoi(words(a))
			check(t, err)
			if rows := walk(t, p, target.String()); rows != want || want == 0 {
				t.Errorf("%s: got %d rows, want %d", target, rows, want)
			}
			followed[target.Path+" "+choice+" "+moved]++
		}
	}
	for _, list := range []string{"/moved  came", "/moved true came", "/flows  came", "/flows  left"} {
		if followed[list] == 0 {
			t.Errorf("no number leads to %s: %v", list, followed)
		}
	}
}

// TestTeamsWithoutRepositories: the teams that have no active repository for a path can be listed, and so can all that are known.
func TestTeamsWithoutRepositories(t *testing.T) {
	p := newTest(t, catalogStore(t))
	without := ""
	_, root, _ := get(t, p, "/teams?path=ci")
	for _, a := range elements(root, "a") {
		if strings.Contains(words(a), "without an active repository") {
			without = attr(a, "href")
			if n := firstNumber(a); fmt.Sprint(walk(t, p, without)) != n {
				t.Errorf("%s: got %d rows, want %s", without, walk(t, p, without), n)
			}
		}
	}
	if _, root, _ = get(t, p, "/data"); without == "" {
		t.Error("nothing leads to the teams without an active repository")
	}
	for _, dd := range elements(root, "dd") {
		for _, a := range elements(dd, "a") {
			if target := attr(a, "href"); strings.HasPrefix(target, "/teams") {
				if got := walk(t, p, target); fmt.Sprint(got) != words(a) {
					t.Errorf("%s: got %d rows, want %s", target, got, words(a))
				}
				return
			}
		}
	}
	t.Error("the number of teams leads to no list")
}

// TestChangesLeadToTheHost: what began a stay leads to where its host shows it, as what was decided does.
func TestChangesLeadToTheHost(t *testing.T) {
	p := newTest(t, moversStore(t))
	p.Hosts = func() map[string]HostKind { return map[string]HostKind{"github.com": GitHub} }
	_, root, _ := get(t, p, "/stays?path=ci")
	rows, led := 0, 0
	for _, td := range elements(root, "td") {
		if attr(td, "data-label") != "Came with" || len(elements(td, "code")) == 0 {
			continue
		}
		rows++
		for _, a := range elements(td, "a") {
			if strings.HasPrefix(attr(a, "href"), "https://github.com/") && strings.Contains(attr(a, "href"), "/commit/"+words(a)) {
				led++
			}
		}
	}
	if rows == 0 || rows != led {
		t.Errorf("%d of %d changes lead to the host", led, rows)
	}
}
