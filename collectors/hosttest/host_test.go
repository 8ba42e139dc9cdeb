package hosttest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/hosttest"
)

// The routes of a host that knows fruit.
const (
	listRoute = "GET /fruit"
	oneRoute  = "GET /fruit/{name}"
	wrong     = hosttest.Failure("500")
)

// garden answers the routes. The Account of a request is its token.
type garden struct {
	*hosttest.Host
	mux *http.ServeMux
}

func (g *garden) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.mux.ServeHTTP(w, r) }

// open starts a host of fruit for a test.
func open(t *testing.T, config hosttest.Config) *garden {
	t.Helper()
	config.Name, config.URL, config.JSON = "garden", "http://garden.invalid", "application/json"
	if config.Report == nil {
		config.Report = hosttest.Fatally(t, "garden")
	}
	g := &garden{hosttest.New(config), http.NewServeMux()}
	g.serve(listRoute, func(c *hosttest.Call) (any, error) {
		page, per := c.Page(2)
		c.Link(g.URL, "next", "page", strconv.Itoa(page+1))
		c.Link(g.URL, "last", "page", "9")
		return hosttest.List(hosttest.Slice([]string{"apple", "fig", "lime", "pear"}, page, per)), nil
	})
	g.serve(oneRoute, func(c *hosttest.Call) (any, error) {
		switch c.Path("name") {
		case "none":
			return nil, hosttest.Refuse(http.StatusNotFound, "no %s", c.Path("name"))
		case "page":
			return nil, hosttest.RefusePage(http.StatusBadGateway, "Down")
		case "unheard":
			return nil, errors.New("a mistake")
		}
		return map[string]any{"name": c.Path("name"), "colour": hosttest.OrNull(c.Given("colour")), "parts": []any{map[string]any{"colour": "<red>"}}}, nil
	})
	g.Open(g)
	t.Cleanup(g.Close)
	return g
}

func (g *garden) serve(route string, answer func(c *hosttest.Call) (any, error)) {
	g.mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) {
		token := r.Header.Get("Token")
		c, leave := g.Call(r, route, token, r.PathValue("name"), token)
		defer leave()
		err := c.Failed(func() map[hosttest.Failure]*hosttest.Refusal {
			return map[hosttest.Failure]*hosttest.Refusal{wrong: hosttest.Refuse(http.StatusInternalServerError, "wrong")}
		})
		var body any
		if err == nil {
			body, err = answer(c)
		}
		c.Take(time.Second)
		c.Write(w, c.Answer(c.Fault.Spoil(body, []string{"colour"}), err, func(no *hosttest.Refusal) any { return map[string]any{"message": no.Message} }))
	})
}

// ask returns the answer to a request, and its body.
func ask(t *testing.T, g *garden, path, token string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, g.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Token", token)
	resp, err := g.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, strings.TrimSpace(string(text))
}

// inBoth runs a test over the network and in the process.
func inBoth(t *testing.T, test func(t *testing.T, g *garden)) {
	for name, inProcess := range map[string]bool{"network": false, "process": true} {
		t.Run(name, func(t *testing.T) { test(t, open(t, hosttest.Config{InProcess: inProcess})) })
	}
}

func TestAnswers(t *testing.T) {
	var told []string
	g := open(t, hosttest.Config{Report: func(text string) { told = append(told, text) }})
	for _, test := range []struct {
		path   string
		status int
		kind   string
		want   string
	}{
		{"/fruit/fig", 200, "application/json", `{"colour":null,"name":"fig","parts":[{"colour":"<red>"}]}`},
		{"/fruit/fig?colour=blue", 200, "application/json", `{"colour":"blue","name":"fig","parts":[{"colour":"<red>"}]}`},
		{"/fruit/none", 404, "application/json", `{"message":"no none"}`},
		{"/fruit/page", 502, "text/html; charset=utf-8", "<!DOCTYPE html>\n<html>\n<head><title>Down</title></head>\n<body><h1>Down</h1></body>\n</html>"},
		{"/fruit/unheard", 500, "application/json", `{"message":"a mistake"}`},
		{"/fruit", 200, "application/json", `["apple","fig"]`},
		{"/fruit?page=2&per_page=3", 200, "application/json", `["pear"]`},
		{"/fruit?page=3", 200, "application/json", `[]`},
	} {
		resp, got := ask(t, g, test.path, "")
		if resp.StatusCode != test.status || resp.Header.Get("Content-Type") != test.kind || got != test.want {
			t.Errorf("%s: got %d %s %s, want %d %s %s", test.path, resp.StatusCode, resp.Header.Get("Content-Type"), got, test.status, test.kind, test.want)
		}
	}
	if want := []string{"/fruit/unheard: a mistake"}; !slices.Equal(told, want) {
		t.Errorf("reported %q, want %q", told, want)
	}
	resp, _ := ask(t, g, "/fruit?per_page=1", "")
	if got, want := resp.Header.Get("Link"), `<`+g.URL+`/fruit?page=2&per_page=1>; rel="next", <`+g.URL+`/fruit?page=9&per_page=1>; rel="last"`; got != want {
		t.Errorf("got link %s, want %s", got, want)
	}
}

func TestTheTimeOfAHost(t *testing.T) {
	g := open(t, hosttest.Config{})
	g.Advance(time.Minute)
	g.Skew(time.Hour)
	resp, _ := ask(t, g, "/fruit", "")
	if got, want := resp.Header.Get("Date"), "Mon, 01 Jun 2026 09:01:01 GMT"; got != want {
		t.Errorf("got date %s, want %s: the request took a second", got, want)
	}
	if got, want := g.Now(), hosttest.Start.Add(61*time.Second); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestWallInABubble lets time pass that is nobody's.
func TestWallInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := open(t, hosttest.Config{Clock: hosttest.Wall{}, InProcess: true})
		begin := time.Now()
		ask(t, g, "/fruit", "")
		if got := time.Since(begin); got != time.Second {
			t.Errorf("the request took %s, want 1s", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := (hosttest.Wall{}).Sleep(ctx, time.Hour); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want that the time is over", err)
		}
	})
}

func TestCounts(t *testing.T) {
	g := open(t, hosttest.Config{})
	ask(t, g, "/fruit", "ana")
	ask(t, g, "/fruit/fig", "ana")
	ask(t, g, "/fruit/none", "bob")
	want := hosttest.Counts{Requests: 3, REST: 3, Concurrent: 1, Routes: map[string]int{listRoute: 1, oneRoute: 2},
		Trace: []string{"GET /fruit", "GET /fruit/fig", "GET /fruit/none"}}
	if diff := cmp.Diff(g.Asked(), want); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	g.CountAnew()
	if got := g.Asked().Requests; got != 0 {
		t.Errorf("got %d when counted anew, want 0", got)
	}
}

func TestAnEventIsDelivered(t *testing.T) {
	g := open(t, hosttest.Config{})
	got, err := hosttest.Send(t.Context(), g.URL+"/fruit/fig", "1", http.Header{}, []byte("ripe"))
	if err != nil || got.Status != http.StatusMethodNotAllowed || got.ID != "1" {
		t.Errorf("got %v, %v, want what was answered to a POST", got, err)
	}
	if _, err := hosttest.Send(t.Context(), "http://127.0.0.1:0", "2", http.Header{}, nil); err == nil || !strings.Contains(err.Error(), "deliver 2") {
		t.Errorf("got %v, want an error that names the event", err)
	}
}
