package catalog_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestEndlessLists reads lists that go on for ever by their own word, with an answer that is another one each time: after a
// page that tells nothing new nothing more is asked, and the list is not whole.
func TestEndlessLists(t *testing.T) {
	cortex := func(list, entries string) string {
		return fmt.Sprintf(`{%q:[%s],"page":%%[1]d,"total":5,"totalPages":1000000000}`, list, entries)
	}
	port := func(entities string) string {
		return fmt.Sprintf(`{"ok":true,"entities":[%s],"next":"cursor-%%[1]d"}`, entities)
	}
	opslevel := func(list, nodes string) string {
		return fmt.Sprintf(`{"data":{"account":{%q:{"nodes":[%s],"pageInfo":{"hasNextPage":true,"endCursor":"cursor-%%[1]d"}}}}}`, list, nodes)
	}
	logged := func(r *http.Request, _ string) bool { return strings.HasSuffix(r.URL.Path, "/gitops-logs") }
	found := func(r *http.Request, _ string) bool { return strings.HasSuffix(r.URL.Path, "/discovery-audit") }
	kept := func(_ *http.Request, body string) bool { return strings.Contains(body, "query Repositories") }
	for _, test := range []struct {
		name, portal string
		listed       func(r *http.Request, body string) bool // what is endless; the list of entities where nil
		answer       string                                  // with the number of the request
		asked        int                                     // how often that is asked for
		want         string
	}{
		{"empty pages", "cortex", nil, cortex("entities", ""), 1, "nothing is new on page 1 of the 1000000000 that Cortex says there are"},
		{"the same page", "cortex", nil, cortex("entities", `{"tag":"a"}`), 2, "nothing is new on page 2 of the 1000000000"},
		{"the same thing, looking otherwise", "cortex", nil, cortex("entities", `{"tag":"a","name":"%[1]d"}`), 2, "nothing is new on page 2 of the 1000000000"},
		{"empty pages of the log", "cortex", logged, cortex("logs", ""), 1, "gitops logs: nothing is new on page 1"},
		{"the same finding", "cortex", found, cortex("events", `{"type":"REPOSITORY_DELETED"}`), 2, "discovery audit: nothing is new on page 2"},
		{"empty pages", "port", nil, port(""), 1, "list the entities of service: Port goes on behind a page that tells nothing new"},
		{"the same page", "port", nil, port(`{"identifier":"a"}`), 2, "Port goes on behind a page that tells nothing new"},
		{"empty pages", "opslevel", nil, opslevel("services", ""), 1, "list the services of OpsLevel: OpsLevel goes on behind a page that tells nothing new"},
		{"the same page", "opslevel", nil, opslevel("services", `{"id":"a"}`), 2, "OpsLevel goes on behind a page that tells nothing new"},
		{"the same repository", "opslevel", kept, opslevel("repositories", `{"defaultAlias":"a"}`), 2, "list the repositories of OpsLevel: OpsLevel goes on behind a page that tells nothing new"},
	} {
		t.Run(test.name+" of "+test.portal, func(t *testing.T) {
			p := rentedPortals()[test.portal]
			if test.listed != nil {
				p.listed = test.listed
			}
			asked := 0
			_, _, err := p.read(t, &faulty{rented: p, times: 50, fail: func(w http.ResponseWriter, r *http.Request) {
				asked++
				body := test.answer
				if strings.Contains(body, "%[1]d") {
					body = fmt.Sprintf(body, asked)
				}
				status(200, body)(w, r)
			}})
			if err == nil || !strings.Contains(err.Error(), test.want) || asked != test.asked {
				t.Errorf("got %v after %d requests, want %q after %d", err, asked, test.want, test.asked)
			}
		})
	}
}
