package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// onCI are facts about a path that somebody chose, offCI of who left it again.
func onCI(path metrics.PathKey) []metrics.PortalFact {
	return []metrics.PortalFact{
		{About: "fresh", Value: "yes"}, {Path: path, About: "state", Value: "on"}, {Path: path, About: "voluntary", Kind: metrics.TruthFact, Value: "true"},
		{Path: path, About: "since", Kind: metrics.MomentFact, Value: "2026-03-01T00:00:00Z"},
	}
}

func offCI(path metrics.PathKey) []metrics.PortalFact {
	return []metrics.PortalFact{
		{About: "fresh", Value: "unknown"}, {Path: path, About: "state", Value: "off"}, {Path: path, About: "voluntary", Kind: metrics.TruthFact},
		{Path: path, About: "since", Kind: metrics.MomentFact},
	}
}

// gifts are facts about what the refs name.
func gifts(refs ...metrics.EntityRef) (list []catalog.Gift) {
	for _, ref := range refs {
		list = append(list, catalog.Gift{Ref: ref, Facts: onCI("ci")})
	}
	return list
}

// places are properties that can hold what gifts tell.
func places(...catalog.Gift) map[string]string {
	return map[string]string{"trodden_fresh": "string", "trodden_ci_state": "string", "trodden_ci_voluntary": "boolean", "trodden_ci_since": "string"}
}

// opened opens a portal, with what it logs.
func (f *taking) opened(t *testing.T) (catalog.Taker, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	url, client := answering(t, f)
	taker, err := f.open(url, client, slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return taker, log
}

// tell looks and gives, and returns what was offered and what was given.
func tell(t *testing.T, taker catalog.Taker, gifts []catalog.Gift) (catalog.Offer, []string, error) {
	t.Helper()
	offer, err := taker.Look(t.Context(), gifts)
	if err != nil {
		return offer, nil, err
	}
	var given []string
	err = taker.Give(t.Context(), offer.Writes, func(list []catalog.Write) error {
		for _, w := range list {
			given = append(given, w.Ref.Name)
		}
		return nil
	})
	return offer, given, err
}

// shown are the changes of an offer, a line each.
func shown(o catalog.Offer) (lines []string) {
	for _, w := range o.Writes {
		for _, v := range w.Values {
			lines = append(lines, fmt.Sprintf("%s %s %q to %q", w.Ref, v.Key, v.Old, v.New))
		}
	}
	return lines
}

// TestGive tells each portal something, tells it the same again, and then that it is not so any more. What is said goes out in the shape
// that the portal publishes, and nothing is sent by looking, nor what a portal that shows it has already.
func TestGive(t *testing.T) {
	cortex := func(fresh, state, voluntary, since string) string {
		return fmt.Sprintf(`[{"key":"trodden_fresh","value":%q},{"key":"trodden_ci_state","value":%q},{"key":"trodden_ci_voluntary","value":%s},{"key":"trodden_ci_since","value":%q}]`, fresh, state, voluntary, since)
	}
	const moment = "2026-03-01T00:00:00Z"
	for _, test := range []struct {
		name      string
		portal    *taking
		repeated  bool // what was told is told again
		on, off   []string
		addressed []string
	}{
		{"cortex", takingCortex(t), false,
			[]string{`{"values":{"acme/bare":` + cortex("yes", "on", "true", moment) + `,"audit":` + cortex("yes", "on", "true", moment) + `,"payments-api":` + cortex("yes", "on", "true", moment) + `}}`},
			[]string{`{"values":{"payments-api":` + cortex("unknown", "off", `""`, "") + `}}`},
			[]string{"PUT /api/v1/catalog/custom-data"}},
		{"port", takingPort(t, places()), false,
			slices.Repeat([]string{`{"properties":{"trodden_ci_since":"2026-03-01T00:00:00Z","trodden_ci_state":"on","trodden_ci_voluntary":true,"trodden_fresh":"yes"}}`}, 3),
			[]string{`{"properties":{"trodden_ci_since":null,"trodden_ci_state":"off","trodden_ci_voluntary":null,"trodden_fresh":"unknown"}}`},
			[]string{"PATCH /v1/blueprints/service/entities/Payments-API", "PATCH /v1/blueprints/service/entities/acme%2Faudit", "PATCH /v1/blueprints/service/entities/billing"}},
		{"opslevel", takingOpsLevel(t), true,
			[]string{`{"services":[{"service":"Pay_API","facts":{"trodden.ci.since":"2026-03-01T00:00:00Z","trodden.ci.state":"on","trodden.ci.voluntary":true,"trodden.fresh":"yes"}},` +
				`{"service":"Z2lkOi8vX","facts":{"trodden.ci.since":"2026-03-01T00:00:00Z","trodden.ci.state":"on","trodden.ci.voluntary":true,"trodden.fresh":"yes"}}]}`},
			[]string{`{"services":[{"service":"Pay_API","facts":{"trodden.ci.state":"off","trodden.fresh":"unknown"}}]}`},
			[]string{"POST " + opsLevelEvents}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := test.portal
			taker, _ := f.opened(t)
			nowhere := ref("service", "nowhere")
			offer, err := taker.Look(t.Context(), gifts(append(slices.Clone(f.refs), nowhere)...))
			if err != nil || len(f.sent) > 0 || len(offer.Lacks) > 0 {
				t.Fatalf("looking sends %q, lacks %q, %v", f.sent, offer.Lacks, err)
			}
			if diff := cmp.Diff(offer.Absent, []metrics.EntityRef{nowhere}); diff != "" {
				t.Errorf("what is not there (-got +want):\n%s", diff)
			}
			offer, given, err := tell(t, taker, gifts(f.refs...))
			if err != nil || len(given) != len(f.refs) || offer.Writes[0].Mark != gifts(f.refs...)[0].Mark() {
				t.Errorf("given are %q, %v, of %d", given, err, offer.Writes[0].Mark)
			}
			if diff := cmp.Diff(f.texts, test.on); diff != "" {
				t.Errorf("it is sent (-got +want):\n%s", diff)
			}
			if diff := cmp.Diff(f.sent, test.addressed); diff != "" {
				t.Errorf("it is sent to (-got +want):\n%s", diff)
			}
			f.texts = nil
			if _, given, err = tell(t, taker, gifts(f.refs...)); err != nil || len(given) != len(f.refs) || (len(f.texts) > 0) != test.repeated {
				t.Errorf("told again, given are %q, %v, and it is sent %q", given, err, f.texts)
			}
			f.texts = nil
			if _, _, err = tell(t, taker, []catalog.Gift{{Ref: f.refs[0], Facts: offCI("ci")}}); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(f.texts, test.off); diff != "" {
				t.Errorf("at the end it is sent (-got +want):\n%s", diff)
			}
		})
	}
}

// TestTakenBack takes back what was told of a path that is none any more, and then all that was told of an entity. Where the portal
// shows what it has, nothing of it is left, and nothing is sent again.
func TestTakenBack(t *testing.T) {
	const cortex, port = "/api/v1/catalog/custom-data", "PATCH /v1/blueprints/service/entities/Payments-API"
	for _, test := range []struct {
		name             string
		portal           *taking
		path, all        []string // what is sent
		pathOld, pathAll string   // what there is before
		key              string   // how keys begin, with what divides them
	}{
		{"cortex", takingCortex(t), slices.Repeat([]string{"DELETE " + cortex}, 3), []string{"DELETE " + cortex}, `"on"`, `"yes"`, "_"},
		{"port", takingPort(t, places()), []string{port + ` {"properties":{"trodden_ci_since":null,"trodden_ci_state":null,"trodden_ci_voluntary":null}}`}, []string{port + ` {"properties":{"trodden_fresh":null}}`}, `"on"`, `"yes"`, "_"},
		{"opslevel", takingOpsLevel(t), []string{"POST " + opsLevelEvents + ` {"services":[{"service":"Pay_API","facts":{"trodden.fresh":"yes"}}]}`}, []string{"POST " + opsLevelEvents + ` {"services":[{"service":"Pay_API","facts":{}}]}`}, `""`, `""`, "."},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := test.portal
			taker, _ := f.opened(t)
			told := gifts(f.refs[0])
			if _, _, err := tell(t, taker, told); err != nil {
				t.Fatal(err)
			}
			sent := func() (list []string) {
				for i, s := range f.sent {
					list = append(list, strings.TrimSpace(s+" "+f.texts[i]))
				}
				f.sent, f.texts = nil, nil
				return list
			}
			sent()
			less := catalog.Gift{Ref: f.refs[0], Facts: told[0].Facts[:1], Before: told[0].Facts}
			offer, given, err := tell(t, taker, []catalog.Gift{less})
			if want := []string{less.Ref.String() + " " + strings.Join([]string{"trodden", "ci", "state"}, test.key) + " " + test.pathOld + ` to ""`}; !slices.Contains(shown(offer), want[0]) || err != nil || len(given) != 1 {
				t.Errorf("offered is %q, given are %q, %v", shown(offer), given, err)
			}
			if diff := cmp.Diff(sent(), test.path); diff != "" || offer.Writes[0].Mark != less.Mark() {
				t.Errorf("for a path it is sent (-got +want):\n%s", diff)
			}
			none := catalog.Gift{Ref: f.refs[0], Before: less.Facts}
			offer, given, err = tell(t, taker, []catalog.Gift{none})
			if want := []string{less.Ref.String() + " trodden" + test.key + "fresh " + test.pathAll + ` to ""`}; cmp.Diff(shown(offer), want) != "" || err != nil || len(given) != 1 {
				t.Errorf("offered is %q, given are %q, %v", shown(offer), given, err)
			}
			if diff := cmp.Diff(sent(), test.all); diff != "" || offer.Writes[0].Mark != none.Mark() {
				t.Errorf("for all it is sent (-got +want):\n%s", diff)
			}
			if _, given, err = tell(t, taker, []catalog.Gift{none}); err != nil || len(given) != 1 || len(sent()) > 0 != (test.name == "opslevel") {
				t.Errorf("taken back again, given are %q, %v", given, err)
			}
		})
	}
}

// TestTakenBackInPart: a key that another path has by now stays, what was deleted meanwhile is taken back already, and of what fails
// behind some only these count as given.
func TestTakenBackInPart(t *testing.T) {
	f := takingCortex(t)
	taker, _ := f.opened(t)
	if _, _, err := tell(t, taker, gifts(f.refs...)); err != nil {
		t.Fatal(err)
	}
	f.sent = nil
	renamed := catalog.Gift{Ref: f.refs[0], Facts: onCI("c/i"), Before: onCI("c.i")}
	if _, given, err := tell(t, taker, []catalog.Gift{renamed}); err != nil || len(given) != 1 || !slices.Equal(f.sent, []string{"PUT /api/v1/catalog/custom-data"}) {
		t.Errorf("renamed: given are %q, %v, by %q", given, err, f.sent)
	}
	offer, err := taker.Look(t.Context(), []catalog.Gift{{Ref: f.refs[0], Before: onCI("ci")}, {Ref: f.refs[1], Before: onCI("ci")}, {Ref: f.refs[2], Before: onCI("ci")}})
	if err != nil {
		t.Fatal(err)
	}
	inner := f.read.(*cortexFake)
	inner.entities = slices.DeleteFunc(inner.entities, func(e any) bool { return e.(map[string]any)["tag"] == "payments-api" })
	var given []string
	f.sent, f.times = nil, -1
	f.fail = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("tag") == "acme/bare" {
			status(500, "oops")(w, r)
			return
		}
		f.take(w, r, nil)
	}
	err = taker.Give(t.Context(), offer.Writes, func(list []catalog.Write) error {
		for _, w := range list {
			given = append(given, w.Ref.Name)
		}
		return nil
	})
	if err == nil || !strings.HasPrefix(err.Error(), "delete custom data of data-store:default/acme/bare in Cortex: Cortex answers 500") || !slices.Equal(given, []string{"payments-api", "audit"}) {
		t.Errorf("given are %q, %v", given, err)
	}
}

// TestOffer shows what is there and what would be in its place.
func TestOffer(t *testing.T) {
	f := takingCortex(t)
	taker, _ := f.opened(t)
	if _, _, err := tell(t, taker, gifts(f.refs[0])); err != nil {
		t.Fatal(err)
	}
	offer, err := taker.Look(t.Context(), []catalog.Gift{{Ref: f.refs[0], Facts: offCI("ci")}})
	want := []string{
		`service:default/payments-api trodden_fresh "yes" to "unknown"`, `service:default/payments-api trodden_ci_state "on" to "off"`,
		`service:default/payments-api trodden_ci_voluntary "true" to ""`, `service:default/payments-api trodden_ci_since "2026-03-01T00:00:00Z" to ""`,
	}
	if diff := cmp.Diff(shown(offer), want); err != nil || diff != "" {
		t.Errorf("%v (-got +want):\n%s", err, diff)
	}
}

// TestGivenIsNoField: what was given is not read as if somebody had filled it in.
func TestGivenIsNoField(t *testing.T) {
	for _, name := range []string{"cortex", "port"} {
		f := takers(t)[name]
		taker, _ := f.opened(t)
		if _, _, err := tell(t, taker, gifts(f.refs...)); err != nil {
			t.Fatal(err)
		}
		items, err := everything(t.Context(), taker)
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range items {
			for _, field := range item.Entity.Fields {
				if strings.Contains(field.Name, "trodden") {
					t.Errorf("%s: %s has the field %s", name, item.Entity.Ref, field.Name)
				}
			}
		}
	}
}

// TestPortLacks: a blueprint without some of the properties, or with others of their names, is told so, and takes the rest.
func TestPortLacks(t *testing.T) {
	f := takingPort(t, map[string]string{"trodden_fresh": "string", "trodden_ci_state": "string", "trodden_ci_voluntary": "string"})
	taker, _ := f.opened(t)
	gift := gifts(f.refs[0])
	offer, given, err := tell(t, taker, gift)
	want := []string{
		`blueprint "service" of Port has no place for trodden_ci_since (string): add properties with these identifiers and types in the builder`,
		`blueprint "service" of Port has properties of other types, expected trodden_ci_voluntary (boolean): change them in the builder`,
	}
	if diff := cmp.Diff(offer.Lacks, want); err != nil || diff != "" || len(given) != 1 {
		t.Errorf("given are %q, %v, it lacks (-got +want):\n%s", given, err, diff)
	}
	if diff := cmp.Diff(f.texts, []string{`{"properties":{"trodden_ci_state":"on","trodden_fresh":"yes"}}`}); diff != "" {
		t.Errorf("it is sent (-got +want):\n%s", diff)
	}
	if offer.Writes[0].Mark == gift[0].Mark() {
		t.Error("what was left out counts as told")
	}
}

// TestPortRefusesSome: an entity that was deleted meanwhile, and one that no address leads to, keep nothing from the others.
func TestPortRefusesSome(t *testing.T) {
	f := takingPort(t, places())
	inner := f.read.(*portFake)
	inner.entities["service"] = append([]map[string]any{{"identifier": "..", "properties": map[string]any{}}}, inner.entities["service"]...)
	taker, _ := f.opened(t)
	offer, err := taker.Look(t.Context(), gifts(ref("component", ".."), ref("component", "payments-api"), ref("component", "billing")))
	if err != nil {
		t.Fatal(err)
	}
	inner.entities["service"] = slices.DeleteFunc(inner.entities["service"], func(e map[string]any) bool { return e["identifier"] == "Payments-API" })
	var given []string
	err = taker.Give(t.Context(), offer.Writes, func(list []catalog.Write) error {
		given = append(given, list[0].Ref.Name)
		return nil
	})
	if err == nil || err.Error() != "2 entities are not taken, the first is component:default/..: no address leads to an entity of that name" {
		t.Errorf("it says %v", err)
	}
	if !slices.Equal(given, []string{"billing"}) || len(f.sent) != 2 {
		t.Errorf("given are %q by %q", given, f.sent)
	}
}

// TestGiveManyAtOnce sends as much with a request as portals take.
func TestGiveManyAtOnce(t *testing.T) {
	for name, most := range map[string]int{"cortex": 5, "opslevel": 2} {
		f := takers(t)[name]
		grown := map[string]*rented{"cortex": {}, "opslevel": {}}[name]
		switch inner := f.read.(type) {
		case *cortexFake:
			grown = inner.rented()
		case *opsLevelFake:
			grown = inner.rented()
		}
		grown.grow(1000)
		var refs []metrics.EntityRef
		for i := range 1000 {
			refs = append(refs, ref("service", map[string]string{"cortex": fmt.Sprintf("service-%05d", i), "opslevel": fmt.Sprintf("service_%05d", i)}[name]))
		}
		taker, _ := f.opened(t)
		_, given, err := tell(t, taker, gifts(refs...))
		if err != nil || len(given) != 1000 || len(f.sent) != most {
			t.Errorf("%s: %d are given with %d requests, %v, want 1000 with %d", name, len(given), len(f.sent), err, most)
		}
	}
}

// repeated answers with all secrets of a request.
func repeated(w http.ResponseWriter, r *http.Request) {
	status(400, fmt.Sprintf(`{"message":"not good: %s %s"}`, r.Header.Get("Authorization"), r.URL.Path))(w, r)
}

// TestGiveFails lets what is sent be refused in all ways that hosts have. Nothing is sent twice after a failure, since it may have been
// taken; nothing counts as given, and no secret is in any error or log.
func TestGiveFails(t *testing.T) {
	always := -1
	for _, test := range []struct {
		name  string
		fail  http.HandlerFunc
		times int
		want  string // part of the error; none where empty
		sent  int    // at most; 0 for any number
	}{
		{"401", status(401, `{"message":"unauthorized"}`), always, "refuses the credentials", 0},
		{"403", status(403, `{"message":"missing permission"}`), always, "answers 403: missing permission; see what the token is allowed; the ", 1},
		{"400", status(400, `{"message":"no such thing"}`), always, "answers 400: no such thing", 1},
		{"500", status(500, `oops`), always, "answers 500", 1},
		{"429 for a while", busy("30"), 2, "", 0},
		{"429 for good", busy("30"), always, "allows no more requests before", 0},
		{"a redirection", moved, always, "answers 302", 1},
		{"the secret in the answer", repeated, always, "not good: ", 1},
	} {
		for name := range takers(t) {
			t.Run(test.name+" of "+name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					f := takers(t)[name]
					f.fail, f.times = test.fail, test.times
					begun := time.Now()
					taker, log := f.opened(t)
					_, given, err := tell(t, taker, gifts(f.refs[0]))
					switch {
					case test.want == "" && (err != nil || len(given) != 1 || time.Since(begun) < time.Minute):
						t.Errorf("given are %q, %v", given, err)
					case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || len(given) > 0):
						t.Errorf("given are %q, %v, want an error that says %q", given, err, test.want)
					}
					if test.sent > 0 && len(f.sent) > test.sent {
						t.Errorf("it is sent %d times", len(f.sent))
					}
					if strings.Contains(test.want, "no more requests") && !errors.Is(err, collectors.ErrSpent) {
						t.Errorf("got %v, want one that is ErrSpent", err)
					}
					for _, secret := range []string{cortexKey, portSecret, portToken, opsLevelToken, "0b4b4bdf"} {
						if strings.Contains(fmt.Sprintf("%v %+v %s", err, err, log), secret) {
							t.Errorf("the secret %q is in %v or in %s", secret, err, log)
						}
					}
				})
			})
		}
	}
}

// TestGiveHostileNames writes under keys that portals can hold, refuses those that they could not tell apart, and sends what is odd in
// values as it is.
func TestGiveHostileNames(t *testing.T) {
	f := takingCortex(t)
	taker, _ := f.opened(t)
	gift := catalog.Gift{Ref: f.refs[0], Facts: []metrics.PortalFact{{Path: "it's a \"path\"/é", About: "version", Value: "\"},{\x1b[31m<b>\u2028"}}}
	offer, _, err := tell(t, taker, []catalog.Gift{gift})
	if err != nil || offer.Writes[0].Values[0].Key != "trodden_it-s-a--path---_version" {
		t.Errorf("%v, %q", err, shown(offer))
	}
	if offer, _, err = tell(t, taker, []catalog.Gift{gift}); err != nil || len(offer.Writes[0].Values) > 0 {
		t.Errorf("%v, it is not there as it was sent: %q", err, shown(offer))
	}
	for want, facts := range map[string][]metrics.PortalFact{
		"cannot tell the keys of paths a.b and a/b apart": {{Path: "a.b", About: "state"}, {Path: "a/b", About: "state"}},
		"is too long for a portal":                        {{Path: metrics.PathKey(strings.Repeat("p", 100)), About: "state"}},
	} {
		for name, portal := range takers(t) {
			taker, _ := portal.opened(t)
			if _, err := taker.Look(t.Context(), []catalog.Gift{{Ref: f.refs[0], Facts: facts}}); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, metrics.ErrInvalid) {
				t.Errorf("%s: got %v, want %s", name, err, want)
			}
		}
	}
}

// TestNoEvents: without the URL of an integration OpsLevel is looked at, and told nothing.
func TestNoEvents(t *testing.T) {
	f := takingOpsLevel(t)
	url, client := answering(t, f)
	taker, err := catalog.NewOpsLevel(catalog.OpsLevelConfig{URL: url, Token: opsLevelToken, HTTP: client})
	if err != nil {
		t.Fatal(err)
	}
	offer, given, err := tell(t, taker, gifts(f.refs...))
	if err == nil || len(given)+len(f.sent) > 0 || len(offer.Writes) != 2 || len(offer.Lacks) != 1 {
		t.Errorf("given are %q, %v, it lacks %q", given, err, offer.Lacks)
	}
	for _, address := range []string{"no address", "https://us:word@portal.example/x", "ftp://portal.example"} {
		if _, err := catalog.NewOpsLevel(catalog.OpsLevelConfig{Token: "t", Events: address}); !errors.Is(err, metrics.ErrInvalid) {
			t.Errorf("%q: got %v, want that it is refused", address, err)
		}
	}
}

// TestTakenBackLater: what takes a request each is taken back in parts, and what waits is neither forgotten nor told as done.
func TestTakenBackLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := takingCortex(t)
		taker, _ := f.opened(t)
		var before []metrics.PortalFact
		for i := range 200 {
			before = append(before, onCI(metrics.PathKey(fmt.Sprintf("p%d", i)))[1])
		}
		told := make([]catalog.Gift, len(f.refs))
		for i, ref := range f.refs {
			told[i] = catalog.Gift{Ref: ref, Facts: before}
		}
		if _, given, err := tell(t, taker, told); err != nil || len(given) != 3 {
			t.Fatal(given, err)
		}
		now := []catalog.Gift{{Ref: f.refs[0], Before: before}, {Ref: f.refs[1], Facts: onCI("ci"), Before: before}, {Ref: f.refs[2], Before: before}}
		offer, err := taker.Look(t.Context(), now)
		if want := []string{"300 facts that are over are taken back by the next scans"}; err != nil || !slices.Equal(offer.Lacks, want) || len(offer.Writes) != 2 {
			t.Fatalf("offered are %d writes, %q (%v)", len(offer.Writes), offer.Lacks, err)
		}
		whole, part := offer.Writes[0], offer.Writes[1]
		if whole.Mark != now[0].Mark() || part.Mark == now[1].Mark() || len(part.Facts) != len(now[1].Facts)+100 {
			t.Errorf("the first is %d facts, the second %d, and counts as told: %t", len(whole.Facts), len(part.Facts), part.Mark == now[1].Mark())
		}
		if err := taker.Give(t.Context(), offer.Writes, func([]catalog.Write) error { return nil }); err != nil {
			t.Fatal(err)
		}
		now[0].Before, now[1].Before = whole.Facts, part.Facts
		offer, given, err := tell(t, taker, now)
		if err != nil || len(given) != 3 || len(offer.Lacks) != 0 || offer.Writes[1].Mark != now[1].Mark() || len(offer.Writes[1].Values) != 100 {
			t.Errorf("then given are %q, lacks %q (%v)", given, offer.Lacks, err)
		}
	})
}
