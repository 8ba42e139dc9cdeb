package hosttest_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors/hosttest"
)

func TestFaultsFit(t *testing.T) {
	for name, test := range map[string]struct {
		fault hosttest.Fault
		want  []int // of the list, of a fig, of a lime, of a lime for Bob
	}{
		"any":                 {hosttest.Fault{}, []int{500, 500, 500, 500}},
		"a route":             {hosttest.Fault{Route: oneRoute}, []int{200, 500, 500, 500}},
		"a path":              {hosttest.Fault{Path: "/fruit/f*"}, []int{200, 500, 200, 200}},
		"a repository":        {hosttest.Fault{Repo: "LIME"}, []int{200, 200, 500, 500}},
		"a token":             {hosttest.Fault{Token: "bob"}, []int{200, 200, 200, 500}},
		"all of it":           {hosttest.Fault{Route: oneRoute, Path: "/fruit/*", Repo: "lime", Token: "bob"}, []int{200, 200, 200, 500}},
		"one that is unknown": {hosttest.Fault{Repo: "kiwi"}, []int{200, 200, 200, 200}},
	} {
		t.Run(name, func(t *testing.T) {
			g := open(t, hosttest.Config{})
			test.fault.Failure, test.fault.Times = wrong, -1
			g.Fail(test.fault)
			var got []int
			for _, asked := range [][2]string{{"/fruit", "ana"}, {"/fruit/fig", "ana"}, {"/fruit/lime", "ana"}, {"/fruit/lime", "bob"}} {
				resp, _ := ask(t, g, asked[0], asked[1])
				got = append(got, resp.StatusCode)
			}
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("got (-), want (+):\n%s", diff)
			}
		})
	}
}

func TestFaultsByCount(t *testing.T) {
	g := open(t, hosttest.Config{})
	status := func(path string) int { resp, _ := ask(t, g, path, ""); return resp.StatusCode }
	g.Fail(hosttest.Fault{Failure: wrong, Repo: "fig", After: 1, Times: 2})
	var got []int
	for range 4 {
		got = append(got, status("/fruit/fig"), status("/fruit/lime"))
	}
	if diff := cmp.Diff(got, []int{200, 200, 500, 200, 500, 200, 200, 200}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	g.Fail(hosttest.Fault{Failure: wrong})
	if got := []int{status("/fruit"), status("/fruit")}; got[0] != 500 || got[1] != 200 {
		t.Errorf("got %v, want one that fails where no number is said", got)
	}
	g.Fail(hosttest.Fault{Failure: wrong, Times: -1})
	g.Heal()
	if got := status("/fruit"); got != 200 {
		t.Errorf("got %d when healed, want 200", got)
	}
}

func TestFaultOfARepositoryAmongOthers(t *testing.T) {
	g := open(t, hosttest.Config{})
	g.Fail(hosttest.Fault{Failure: wrong, Repo: "fig", Route: "POST /graphql"})
	for _, test := range []struct {
		repo, route string
		want        bool
	}{{"lime", "POST /graphql", false}, {"fig", listRoute, false}, {"Fig", "POST /graphql", true}, {"fig", "POST /graphql", false}} {
		if got := g.FaultOf(test.repo, test.route).Is(wrong); got != test.want {
			t.Errorf("%s by %s: got %v, want %v", test.repo, test.route, got, test.want)
		}
	}
}

func TestNulls(t *testing.T) {
	g := open(t, hosttest.Config{})
	g.Fail(hosttest.Fault{Failure: hosttest.Nulls})
	if _, got := ask(t, g, "/fruit/fig?colour=blue", ""); got != `{"colour":null,"name":"fig","parts":[{"colour":null}]}` {
		t.Errorf("got %s, want null where it is allowed and nowhere else", got)
	}
}

func TestCut(t *testing.T) {
	inBoth(t, func(t *testing.T, g *garden) {
		g.Fail(hosttest.Fault{Failure: hosttest.Cut})
		resp, err := g.Client().Get(g.URL + "/fruit")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v, want an unexpected end", err)
		}
	})
}

// TestLateBodies has the headers come, and what follows them not, or not in time.
func TestLateBodies(t *testing.T) {
	for _, failure := range []hosttest.Failure{hosttest.Stall, hosttest.Drip} {
		inBoth(t, func(t *testing.T, g *garden) {
			g.Fail(hosttest.Fault{Failure: failure})
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.URL+"/fruit", nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := g.Client().Do(req)
			if err != nil {
				t.Fatalf("%s: got %v, want the headers", failure, err)
			}
			defer resp.Body.Close()
			got, err := io.ReadAll(resp.Body)
			if whole := `["apple","fig"]`; err == nil || ctx.Err() == nil || len(got) >= len(whole) || (len(got) == 0) != (failure == hosttest.Drip) {
				t.Errorf("%s: got %s, %v, want a part of it until the time is over", failure, got, err)
			}
		})
	}
}

func TestHang(t *testing.T) {
	inBoth(t, func(t *testing.T, g *garden) {
		g.Fail(hosttest.Fault{Failure: hosttest.Hang})
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.URL+"/fruit", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Client().Do(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want that the time is over", err)
		}
	})
}
