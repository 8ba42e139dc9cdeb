package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/github/githubtest"
	"github.com/trodden/trodden/metrics"
)

// TestBurst delivers 500 pushes through 50 connections at once into queues that are on disk when they are answered: none
// is refused, and each is in the queue. The time is measured against that of the same deliveries to a server that keeps
// nothing, which is what the machine can do at all by now; the best of some tries counts.
func TestBurst(t *testing.T) {
	for name, open := range map[string]func() hintQueue{
		"a folder": func() hintQueue {
			q, err := openDirQueue(t.TempDir(), time.Now, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			return q
		},
		"a disk that takes long": func() hintQueue {
			p := newPile()
			p.takes = 50 * time.Millisecond
			return p
		},
	} {
		t.Run(name, func(t *testing.T) {
			var best, most time.Duration
			for try := 0; try < 5 && (try == 0 || best >= most); try++ {
				queue := open()
				floor := burst(t, nothing{})
				most = max(100*time.Millisecond, 4*floor[len(floor)*99/100])
				took := burst(t, queue)
				if left, err := queue.pending(t.Context()); err != nil || len(left) != 500 {
					t.Fatalf("got %d hints in the queue, %v, want 500", len(left), err)
				}
				if p99 := took[len(took)*99/100]; try == 0 || p99 < best {
					best = p99
				}
			}
			t.Logf("99 of 100 answers within %v, may be %v", best, most)
			if best >= most {
				t.Errorf("99 of 100 answers came within %v, want less than %v", best, most)
			}
		})
	}
}

// nothing is a queue that forgets.
type nothing struct{ hintQueue }

func (nothing) put(context.Context, []metrics.Hint) error      { return nil }
func (nothing) told(context.Context) ([]metrics.HintID, error) { return nil, nil }

// burst delivers 500 pushes through 50 connections, and returns in order how long the answers took.
func burst(t *testing.T, queue hintQueue) []time.Duration {
	t.Helper()
	const secret = "It's a Secret to Everybody"
	body := `{"ref":"refs/heads/main","repository":{"id":7,"html_url":"https://github.com/acme/pay","default_branch":"main"}}`
	box, stop := openBox(t, queue)
	defer stop()
	server := httptest.NewServer(api.New(api.Options{Now: time.Now, Access: api.Access{Anonymous: api.Nobody},
		Webhooks: api.Webhooks{GitHub: github.NewWebhook(secret), Hints: box, Patience: diskPatience}}).Handler())
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 50}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var took []time.Duration
	var senders sync.WaitGroup
	for s := range 50 {
		senders.Go(func() {
			for i := range 10 {
				r, err := http.NewRequestWithContext(t.Context(), "POST", server.URL+"/webhooks/github", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				r.Header.Set("Content-Type", "application/json")
				r.Header.Set("X-GitHub-Event", "push")
				r.Header.Set("X-GitHub-Delivery", fmt.Sprint(s, "-", i))
				r.Header.Set("X-Hub-Signature-256", githubtest.Sign(secret, []byte(body)))
				begun := time.Now()
				answer, err := client.Do(r)
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				answer.Body.Close()
				if answer.StatusCode != http.StatusAccepted {
					t.Errorf("got %d after %v, want 202", answer.StatusCode, time.Since(begun))
				}
				mu.Lock()
				took = append(took, time.Since(begun))
				mu.Unlock()
			}
		})
	}
	senders.Wait()
	slices.Sort(took)
	return took
}
