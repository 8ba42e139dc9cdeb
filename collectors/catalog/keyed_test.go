package catalog_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// TestReaderHidesSecrets writes texts with secrets in their addresses as a value, as an owner and as a problem.
func TestReaderHidesSecrets(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"a password":             {"https://ci:hunter2@ci.acme.example/x", "https://ci.acme.example/x"},
		"one with an at":         {"https://ci:hun@hunter2@ci.acme.example/x", "https://ci.acme.example/x"},
		"one with a slash":       {"https://ci:hun/hunter2@ci.acme.example/x", "https://ci.acme.example/x"},
		"of somebody named user": {"https://user:hunter2@ci.acme.example/x", "https://ci.acme.example/x"},
		"a port and a scope":     {"https://npm.acme.example:8080/@acme/pay", "https://npm.acme.example:8080/@acme/pay"},
		"a token":                {"https://ci.acme.example/x?a=1&access_token=hunter2&b=2#top", "https://ci.acme.example/x?a=1&access_token=***&b=2#top"},
		"a key":                  {"see https://ci.acme.example/?key=hunter2 or (https://ci.acme.example/?x-api-key=hunter2)", "see https://ci.acme.example/?key=*** or (https://ci.acme.example/?x-api-key=***)"},
		"the key of an app":      {"https://ci.acme.example/?apiKey=hunter2&projectKey=PAY", "https://ci.acme.example/?apiKey=***&projectKey=PAY"},
		"a secret":               {"https://ci.acme.example/?client_secret=hunter2", "https://ci.acme.example/?client_secret=***"},
		"a password in a query":  {"https://ci.acme.example/?Password=hunter2", "https://ci.acme.example/?Password=***"},
		"a signature":            {"https://ci.acme.example/?X-Amz-Signature=hunter2&sig=hunter2", "https://ci.acme.example/?X-Amz-Signature=***&sig=***"},
		"a code":                 {"https://ci.acme.example/f?code=hunter2&auth=hunter2", "https://ci.acme.example/f?code=***&auth=***"},
		"as JSON has it":         {`{"url":"https://ci.acme.example/?a=1\u0026token=hunter2"}`, `{"url":"https://ci.acme.example/?a=1\u0026token=***"}`},
		"in another address":     {"https://ci.acme.example/?to=https%3A%2F%2Fx.example%3Ftoken%3Dhunter2", "https://ci.acme.example/?to=https%3A%2F%2Fx.example%3Ftoken%3D***"},
		"in the fragment":        {"https://ci.acme.example/#access_token=hunter2", "https://ci.acme.example/#access_token=***"},
		"a token in a text":      {"pull with gl" + "pat-" + strings.Repeat("hunter2", 3) + ", then go", "pull with ***, then go"},
		"none":                   {"https://ci.acme.example/?monkey=1&author=2&encode=3&design=4", "https://ci.acme.example/?monkey=1&author=2&encode=3&design=4"},
	} {
		t.Run(name, func(t *testing.T) {
			item := thing("pay", "links", c.text, "owner", c.text)
			item.Entity.Problems = []string{c.text}
			var l ledger
			l.read(t, &fakePortal{items: []catalog.Item{item}, err: fmt.Errorf("no %s", c.text)}, 100)
			got := l.snapshots[item.Entity.Ref]
			told := []string{got.Fields[0].Values[0], got.Problems[0], strings.TrimPrefix(l.newest().Detail, "no ")}
			if diff := cmp.Diff(told, []string{c.want, c.want, c.want}); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
			if text, err := json.Marshal(l.batches); err != nil || strings.Contains(string(text), "hunter2") {
				t.Errorf("the secret is written: %s (%v)", text, err)
			}
		})
	}
}

// TestReaderKeysOwners types owners by name whom the portal takes for persons, whatever the order of what it says.
func TestReaderKeysOwners(t *testing.T) {
	person := catalog.Owner{Ref: userRef("ada"), Person: &adaSpelled}
	key := fmt.Sprintf("user:default/person-%016x", uint64(testPeople(t).Alias([]byte("user:default/ada"), nil)))
	for name, c := range map[string]struct {
		typed, want []string
		owners      []catalog.Owner
	}{
		"one":            {[]string{"Ada"}, []string{key}, []catalog.Owner{person}},
		"turned about":   {[]string{"ada", "ads"}, []string{key, "ads"}, []catalog.Owner{{Ref: groupRef("ads")}, person}},
		"more than said": {[]string{"ads", "ada"}, []string{"ads", key}, []catalog.Owner{person}},
		"in one text":    {[]string{"ads,default/ada"}, []string{"ads," + key}, []catalog.Owner{person}},
		"a team":         {[]string{"ads"}, []string{"ads"}, []catalog.Owner{{Ref: groupRef("ads")}}},
	} {
		t.Run(name, func(t *testing.T) {
			item := thing("web")
			item.Entity.Fields = []metrics.EntityField{{Name: metrics.FieldOwner, Values: c.typed}}
			item.Owners = c.owners
			var l ledger
			l.read(t, &fakePortal{items: []catalog.Item{item}}, 100)
			if diff := cmp.Diff(l.snapshots[item.Entity.Ref].Fields[0].Values, c.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

// TestReaderUnsureOwners breaks off a list before it is known whether an owner is a person: who is a team by an
// earlier list is written, and nobody else.
func TestReaderUnsureOwners(t *testing.T) {
	fail := fakeBackstage{most: 2, entities: []string{component("pay", "payments"), component("web", "ada"), group("payments"), `{"kind":"User","metadata":{"name":"ada"}}`}}
	var l ledger
	l.read(t, &fakePortal{items: []catalog.Item{team("payments", true)}, err: fmt.Errorf("no")}, 100)
	fail.meddle = func(_ *fakeBackstage, w http.ResponseWriter, r *http.Request, nth int) bool {
		if nth == 2 {
			refuseBackstage(w, http.StatusForbidden, "Error", "no")
		}
		return nth == 2
	}
	l.read(t, fail.portal(t, nil), 200)
	_, pay := l.snapshots[thing("pay").Entity.Ref]
	_, web := l.snapshots[thing("web").Entity.Ref]
	if text, err := json.Marshal(l.batches); !pay || web || err != nil || l.newest().Complete {
		t.Errorf("pay is written: %t, web: %t (%v)\n%s", pay, web, err, text)
	}
	fail.meddle = nil
	l.read(t, fail.portal(t, nil), 300)
	key := fmt.Sprintf("user:default/person-%016x", uint64(testPeople(t).Alias([]byte("user:default/ada"), nil)))
	if got := l.snapshots[thing("web").Entity.Ref]; len(got.Fields) != 1 || got.Fields[0].Values[0] != key || !l.newest().Complete {
		t.Errorf("web is %+v, want the owner %s", got, key)
	}
}

// TestReaderUnread lists an entity of which nothing but the name could be read: what is known of it stays, and nothing is gone.
func TestReaderUnread(t *testing.T) {
	unread := thing("pay")
	unread.Unread = "it has 1234567 bytes, more than 1048576"
	somebody := user("ada", nil)
	somebody.Unread = unread.Unread
	unknown := []metrics.EntityField{{Name: metrics.FieldLifecycle, Unresolved: true}, {Name: metrics.FieldOwner, Unresolved: true}}
	for name, c := range map[string]struct {
		before []catalog.Item
		gone   bool // in a list after that
		now    catalog.Item
		want   []metrics.EntityField
	}{
		"known":     {before: []catalog.Item{thing("pay", "owner", "ads")}, now: unread, want: []metrics.EntityField{{Name: "owner", Values: []string{"ads"}}}},
		"new":       {now: unread, want: unknown},
		"come back": {before: []catalog.Item{thing("pay", "owner", "ads")}, gone: true, now: unread, want: unknown},
		"a person":  {now: somebody},
	} {
		t.Run(name, func(t *testing.T) {
			var l ledger
			l.read(t, &fakePortal{items: append(things(9), c.before...)}, 100)
			if c.gone {
				l.read(t, &fakePortal{items: things(9)}, 200)
			}
			wrote := len(l.batches)
			done := l.read(t, &fakePortal{items: append(things(8), c.now)}, 300)
			if done.Complete || !strings.Contains(done.Detail, unread.Unread) || c.want != nil && !strings.Contains(done.Detail, "component:default/pay") || strings.Contains(done.Detail, "ada") || len(l.gone()) > 0 {
				t.Errorf("it came to %+v, gone are %q", done, l.gone())
			}
			got := l.snapshots[unread.Entity.Ref]
			if diff := cmp.Diff(got.Fields, c.want); diff != "" || c.want != nil && got.Gone {
				t.Errorf("fields (-got +want):\n%s", diff)
			}
			for _, b := range l.batches[wrote:] {
				if name == "known" && len(b.Snapshots) > 0 {
					t.Errorf("it is written again: %+v", b.Snapshots)
				}
			}
		})
	}
	var l ledger
	done := l.read(t, (&fakeBackstage{entities: []string{`{"kind":"API","metadata":{"name":"pay"},"spec":{"definition":"` + strings.Repeat("x", 2<<20) + `"}}`}}).portal(t, nil), 100)
	if want := "1 entity could not be read: api:default/pay (it has 2097217 bytes, more than 1048576)"; done.Complete || !strings.HasPrefix(done.Detail, want) {
		t.Errorf("of 2 MB it says %+v, want %s", done, want)
	}
}

// TestReaderHidesNames: the names of fields hold neither people nor secrets, and those that are one then are one field.
func TestReaderHidesNames(t *testing.T) {
	secret := "AK" + "IAABCDEFGHIJKLMNOP"
	var l ledger
	item := thing("pay", "annotation.petra.pfeffer@acme.dev/x", "a", "label."+secret, "b", "label.https://a:hunter2@x.dev", "d", "label.https://x.dev", "c", "type", "service")
	l.read(t, &fakePortal{items: []catalog.Item{item}}, 100)
	person := fmt.Sprintf("person-%016x", uint64(testPeople(t).Alias(nil, []byte("petra.pfeffer@acme.dev"))))
	want := []metrics.EntityField{
		{Name: "annotation." + person + "/x", Values: []string{"a"}}, {Name: "label.***", Values: []string{"b"}},
		{Name: "label.https://x.dev", Values: []string{"d", "c"}}, {Name: "type", Values: []string{"service"}},
	}
	got := l.snapshots[item.Entity.Ref]
	if diff := cmp.Diff(got.Fields, want); diff != "" || len(got.Since) != len(want) {
		t.Errorf("since %v (-got +want):\n%s", got.Since, diff)
	}
}

// TestReferencesHideSecrets: a secret in a reference is known for one only before it is in lower case.
func TestReferencesHideSecrets(t *testing.T) {
	secret := "AK" + "IAABCDEFGHIJKLMNOP"
	for name, f := range map[string]*fakeBackstage{
		"in a spec": {entities: []string{`{"kind":"Component","metadata":{"name":"pay"},"spec":{"owner":"` + secret + `","system":"` + secret + `","dependsOn":["component:` + secret + `"]}}`}},
		"a name":    {entities: []string{`{"kind":"Component","metadata":{"name":"` + secret + `"}}`}},
		"related":   {entities: []string{`{"kind":"Component","metadata":{"name":"pay"},"relations":[{"type":"ownedBy","targetRef":"group:default/` + secret + `"}]}`}},
	} {
		var l ledger
		l.read(t, f.portal(t, nil), 100)
		text, err := json.Marshal(l.batches)
		if err != nil || len(l.snapshots) != 1 || strings.Contains(strings.ToLower(string(text)), strings.ToLower(secret)) {
			t.Errorf("%s: the secret is written: %s (%v)", name, text, err)
		}
	}
}

// TestRefusalsNameNobody: what a portal says when it refuses something has nobody in it, whoever shows that.
func TestRefusalsNameNobody(t *testing.T) {
	for _, code := range []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusInternalServerError} {
		f := fakeBackstage{meddle: func(_ *fakeBackstage, w http.ResponseWriter, _ *http.Request, _ int) bool {
			refuseBackstage(w, code, "Error", "boom of petra.pfeffer@acme.dev, user:default/petra.pfeffer")
			return true
		}}
		_, _, err := f.portal(t, nil).Check(t.Context())
		if err == nil || strings.Contains(err.Error(), "petra") || code == http.StatusBadRequest && !strings.Contains(err.Error(), "boom of somebody, somebody") {
			t.Errorf("%d: it says %v", code, err)
		}
	}
}
