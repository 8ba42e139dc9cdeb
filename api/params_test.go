package api

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

// FuzzParams reads query strings: whatever they are, they are read without a panic, mistakes become a
// failure that names them, and what is accepted means the same when it is written anew.
func FuzzParams(f *testing.F) {
	for _, seed := range []string{
		"", "path=ci&team=pay&as_of=2026-07-01", "from=2026-01-01&to=2026-07-01T10:00:00Z&interval=month&by=team",
		"limit=0&format=csv", "limit=-1", "state=off&state=on", "%zz", "path=%00", "path=%ff", "next=eyJxIjoxfQ", "a;b", "as_of=9999-12-31",
		"=", "&&&", "from=2026-01-01&interval=", "LIMIT=1",
	} {
		f.Add(seed)
	}
	names := listParams("path", "team", "group", "state", "by", "from", "to", "interval", "as_of")
	now := metrics.Instant(1_800_000_000)
	f.Fuzz(func(t *testing.T, raw string) {
		p := parseParams(raw, names...)
		adoption, events, state := readAdoption(p, now), readEvents(p, now), readState(p)
		limit, asOf := p.limit(), p.instant("as_of", now)
		if err := p.err(); err != nil {
			if problem := problemOf(err); problem.Status != 400 || len(problem.Errors) == 0 {
				t.Fatalf("%q: got %+v", raw, problem)
			}
			return
		}
		if limit < 0 || limit > maxLimit || asOf <= 0 || asOf >= metrics.Forever {
			t.Fatalf("%q: limit %d, as of %d", raw, limit, asOf)
		}
		again := parseParams(p.canonical(), names...)
		if diff := cmp.Diff(readAdoption(again, now), adoption); diff != "" {
			t.Fatalf("%q: again(-) at first(+):\n%s", raw, diff)
		}
		if diff := cmp.Diff(readEvents(again, now), events); diff != "" || readState(again) != state || again.limit() != limit {
			t.Fatalf("%q: means something else when written anew %s", raw, diff)
		}
	})
}

// FuzzCursor reads cursors: what is accepted is what was made for the question.
func FuzzCursor(f *testing.F) {
	good, err := cursor{Question: 7, AsOf: 1_800_000_000, After: []byte(`{"repo":"a"}`)}.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("")
	f.Add("e30")
	f.Add(good[:len(good)-2])
	f.Fuzz(func(t *testing.T, text string) {
		c, err := decodeCursor(text, 7)
		if err != nil {
			return
		}
		again, err := c.encode()
		if err != nil {
			t.Fatal(err)
		}
		back, err := decodeCursor(again, 7)
		if err != nil || back.AsOf != c.AsOf {
			t.Fatalf("%q: %v", text, err)
		}
		if _, err := decodeCursor(text, 8); err == nil {
			t.Fatalf("%q is taken for another question", text)
		}
	})
}

func TestHeadersAreTheSameWhateverTheRows(t *testing.T) {
	type inner struct {
		Num  int      `json:"num"`
		Rate *float64 `json:"rate"`
	}
	type embedded struct {
		Repo string `json:"repo"`
		//lint:ignore U1000 it must not become a column
		hidden int
		Never  string `json:"-"`
	}
	type row struct {
		embedded
		At    time.Time      `json:"at"`
		Until *time.Time     `json:"until"`
		Rate  inner          `json:"rate"`
		Maybe *inner         `json:"maybe,omitempty"`
		State metrics.State  `json:"state"`
		Ways  []string       `json:"ways"`
		Found []inner        `json:"found"`
		Free  map[string]int `json:"free"`
		Team  *string        `json:"team,omitempty"`
		Yes   bool
	}
	columns := columnsOf(reflect.TypeFor[row]())
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
	}
	want := "repo at until rate.num rate.rate maybe.num maybe.rate state ways found free team Yes"
	if diff := cmp.Diff(strings.Join(names, " "), want); diff != "" {
		t.Errorf("got(-) want(+):\n%s", diff)
	}
	half, team := 0.1, `a "b"`
	half += 0.2 // not exactly 0.3: numbers are not rounded
	for name, c := range map[string]struct {
		row  row
		want []string
	}{
		"full": {
			row{embedded: embedded{Repo: "r"}, At: time.Unix(1_800_000_000, 0).UTC(), Rate: inner{1, &half}, Maybe: &inner{Num: 2},
				State: metrics.On, Ways: []string{"golden", "x"}, Found: []inner{{Num: 3}}, Free: map[string]int{"a": 1}, Team: &team, Yes: true},
			[]string{"r", "2027-01-15T08:00:00Z", "", "1", "0.30000000000000004", "2", "", "on", "golden;x", `[{"num":3,"rate":null}]`, `{"a":1}`, `a "b"`, "true"},
		},
		"empty": {
			row{State: metrics.Off},
			[]string{"", "0001-01-01T00:00:00Z", "", "0", "", "", "", "off", "", "", "", "", "false"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := record(reflect.ValueOf(c.row), columns)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("got(-) want(+):\n%s", diff)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	keys := strings.Fields("billing checkout customer data fraud identity ledger logistics marketing orders payments search")
	for key, want := range map[string]string{"payment": "payments", "check-out": "checkout", "ordres": "orders"} {
		if got := nearest(key, append([]string{}, keys...)); len(got) != 3 || got[0] != want {
			t.Errorf("nearest to %q: got %v, want %s first of three", key, got, want)
		}
	}
}

func TestNearHint(t *testing.T) {
	const next = "; a team that is new in the configuration is there after the next scan"
	for want, keys := range map[string]string{
		strings.TrimPrefix(next, "; "):          "",
		"there is pay, shop" + next:             "pay shop",
		"the nearest are payments, a, e" + next: "a payments c d e f g h i j k",
	} {
		if got := nearHint("team", "payment", strings.Fields(keys)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// TestEndsByAsOf asks questions that take an end and a moment with an end before, at and after the moment.
func TestEndsByAsOf(t *testing.T) {
	const now = metrics.Instant(1_800_000_000) // 2027-01-15
	for question, read := range map[string]func(*params){
		"adoption":  func(p *params) { readAdoption(p, now) },
		"decisions": func(p *params) { readDecisions(p, now) },
		"flows":     func(p *params) { readFlows(p, now) },
		"cohort":    func(p *params) { readCohort(p) },
	} {
		for to, want := range map[string]string{
			"2026-01-31": "", "2026-02-01": "",
			"2026-02-01T00:00:01Z": "to: 2026-02-01T00:00:01Z is after as_of, 2026-02-01T00:00:00Z: invalid",
		} {
			p := parseParams("interval=month&from=2026-01-01&as_of=2026-02-01&to="+to, "interval", "from", "to", "as_of", "by")
			got := ""
			if read(p); p.err() != nil {
				got = p.err().Error()
			}
			if got != want {
				t.Errorf("%s to %s: got %q, want %q", question, to, got, want)
			}
		}
	}
}

func TestLimits(t *testing.T) {
	for raw, want := range map[string]int{"": 1000, "limit=0": 0, "limit=7": 7, "limit=100000": 100_000} {
		p := parseParams(raw, "limit")
		if got := p.limit(); got != want || p.err() != nil {
			t.Errorf("%q: got %d and %v, want %d", raw, got, p.err(), want)
		}
	}
	for _, raw := range []string{"limit=100001", "limit=-1", "limit=1e3", "limit=" + url.QueryEscape("１")} {
		p := parseParams(raw, "limit")
		if p.limit(); p.err() == nil {
			t.Errorf("%q was accepted", raw)
		}
	}
}
