package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// killRepos is how many repositories a scan reads that is killed.
const killRepos = 10

// TestKilledScan kills scans at moments all over their time, each with a store of its own. The next run must
// leave what an undisturbed scan leaves.
func TestKilledScan(t *testing.T) {
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), killRepos, 40)
	p.run(exitDone, "scan") // makes the privacy key, on which no order may depend
	want := p.answers()
	pace := undisturbed(t, p, want)
	var stages stageCount
	t.Run("moments", func(t *testing.T) {
		for i := range 20 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				here := p.with(t, fmt.Sprint("killed", i))
				m := pace.moment(i)
				stages.add(kill(here, m))
				here.run(exitDone, "scan")
				if diff := cmp.Diff(here.answers(), want); diff != "" {
					t.Errorf("killed %v after %d repositories (-got +want):\n%s", m.delay, m.after, diff)
				}
			})
		}
	})
	t.Logf("undisturbed: %+v; killed %s", pace, stages.String())
}

// pace is how long the stages of an undisturbed scan take.
type pace struct{ opening, judging time.Duration }

// strike is so long after so many repositories have been read.
type strike struct {
	after int
	delay time.Duration
}

// moment returns the i-th of 20 random moments: four before anything is read, six between repositories, ten
// spread over the writing of facts, the classification and the end.
func (p pace) moment(i int) strike {
	some := func(d time.Duration) time.Duration { return time.Duration(rand.Float64() * float64(d)) }
	switch {
	case i < 4:
		return strike{0, some(p.opening)}
	case i < 10:
		return strike{1 + rand.IntN(killRepos-1), some(20 * time.Millisecond)}
	default:
		return strike{killRepos, time.Duration(i-10)*p.judging/10 + some(p.judging/10)}
	}
}

// undisturbed runs two scans at once, as the moments do later, and returns how long the stages took.
func undisturbed(t *testing.T, p *place, want string) pace {
	t.Helper()
	scans := []*scanning{begin(p.with(t, "one"), killRepos), begin(p.with(t, "two"), killRepos)}
	var longest pace
	for _, s := range scans {
		begun := time.Now()
		s.await()
		read := time.Now()
		if err := <-s.ended; err != nil {
			t.Fatalf("scan: %v\n%s", err, s.text())
		}
		longest.opening = max(longest.opening, read.Sub(begun))
		longest.judging = max(longest.judging, time.Since(read))
		if diff := cmp.Diff(s.answers(), want); diff != "" {
			t.Fatalf("two undisturbed scans differ (-got +want):\n%s", diff)
		}
	}
	return longest
}

// kill begins a scan and kills it at the moment; when it was over by then, another one earlier. It returns
// the log of the scan that was killed.
func kill(p *place, m strike) string {
	p.Helper()
	for {
		s := begin(p, m.after)
		if m.after > 0 {
			s.await()
		}
		timer := time.AfterFunc(m.delay, func() { s.cmd.Process.Kill() })
		err := <-s.ended
		timer.Stop()
		if err != nil && s.cmd.ProcessState.ExitCode() == -1 {
			return s.text()
		}
		if err != nil {
			p.Fatalf("scan: %v\n%s", err, s.text())
		}
		if err := os.RemoveAll(p.storeDir()); err != nil {
			p.Fatal(err)
		}
		m.delay = m.delay * 3 / 4
	}
}

// stageCount counts how far scans had come when they were killed.
type stageCount struct {
	mu                               sync.Mutex
	opening, reading, judging, ended int
}

func (s *stageCount) add(log string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch read := strings.Count(log, "repository read"); {
	case strings.Contains(log, "msg=classified"):
		s.ended++
	case read == 0:
		s.opening++
	case read < killRepos:
		s.reading++
	default:
		s.judging++
	}
}

func (s *stageCount) String() string {
	return fmt.Sprintf("while opening %d, reading %d, writing facts and classifying %d, ending %d", s.opening, s.reading, s.judging, s.ended)
}

// TestInterruptedScan ends scans as Ctrl-C does, while they read and while they classify.
func TestInterruptedScan(t *testing.T) {
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), killRepos, 40)
	p.run(exitDone, "scan")
	want := p.answers()
	for _, test := range []struct {
		name  string
		after int // repositories read
	}{{"while reading", 1}, {"after the last is read", killRepos}} {
		t.Run(test.name, func(t *testing.T) {
			here := p.with(t, "store after "+fmt.Sprint(test.after))
			took, log := interrupt(here, test.after)
			t.Logf("ended in %v", took)
			if took > 2*time.Second {
				t.Errorf("got an end %v after the interrupt, want at most 2 s", took)
			}
			if want := "trodden: interrupted; the same command goes on from here\n"; !strings.HasSuffix(log, want) {
				t.Errorf("got %q, want it to end with %q", log, want)
			}
			left := ask[cutOffScan](here, "scans")[0]
			if left.State != "interrupted" || left.Repos < test.after || left.Ended == "" || left.Error != "" {
				t.Errorf("the interrupted scan is kept as %+v, want at least %d repositories read", left, test.after)
			}
			next := ask[cutOffScan](here, "scan")[0]
			if next.Unchanged < test.after || next.Unchanged != next.Resumed || next.Resumed != left.Repos {
				t.Errorf("the next run tells %+v, want without news the %d repositories that were read before", next, left.Repos)
			}
			if got := ask[cutOffScan](here, "scan")[0]; got.Unchanged != killRepos || got.Resumed != 0 {
				t.Errorf("the run after the next tells %+v, want nothing of what lies before that one", got)
			}
			if diff := cmp.Diff(here.answers(), want); diff != "" {
				t.Errorf("after the next run (-got +want):\n%s", diff)
			}
		})
	}
}

// cutOffScan is what is told of a scan that was cut off, and of the next one.
type cutOffScan struct {
	State, Ended, Error       string
	Repos, Unchanged, Resumed int
}

// TestKilledScanIsKept kills a scan, which leaves a row: it was begun, and was not heard of any more.
func TestKilledScanIsKept(t *testing.T) {
	t.Parallel()
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), killRepos, 40)
	kill(p, strike{after: 1})
	got := ask[cutOffScan](p, "scans")
	if len(got) != 1 || got[0].State != "interrupted" || got[0].Repos > killRepos {
		t.Errorf("got %+v, want a scan that was interrupted", got)
	}
	next := ask[cutOffScan](p, "scan")[0]
	if next.Unchanged != next.Resumed {
		t.Errorf("the next run tells %+v, want nothing unchanged but what the killed one read", next)
	}
}

// interrupt begins a scan, interrupts it when so many repositories have been read, and returns how long it
// took to end and what it said.
func interrupt(p *place, after int) (time.Duration, string) {
	p.Helper()
	s := begin(p, after)
	s.await()
	begun := time.Now()
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		p.Fatal(err)
	}
	err := <-s.ended
	took := time.Since(begun)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		p.Errorf("got %v, want exit status %d", err, exitFailed)
	}
	return took, s.text()
}

// scanning is a scan under way. Its log tells how many repositories have been read.
type scanning struct {
	*place
	cmd   *exec.Cmd
	after int
	seen  chan struct{} // closed when so many have been read
	ended chan error

	mu  sync.Mutex
	log bytes.Buffer
}

func begin(p *place, after int) *scanning {
	p.Helper()
	s := &scanning{place: p, cmd: p.command("scan", "--log-level", "debug"), after: after, seen: make(chan struct{}), ended: make(chan error, 1)}
	s.cmd.Stderr = s
	if err := s.cmd.Start(); err != nil {
		p.Fatal(err)
	}
	go func() { s.ended <- s.cmd.Wait() }()
	return s
}

// Write implements io.Writer.
func (s *scanning) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := bytes.Count(s.log.Bytes(), []byte("repository read")) >= s.after
	n, err := s.log.Write(b)
	if !before && bytes.Count(s.log.Bytes(), []byte("repository read")) >= s.after {
		close(s.seen)
	}
	return n, err
}

func (s *scanning) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// await returns when so many repositories have been read.
func (s *scanning) await() {
	s.Helper()
	select {
	case <-s.seen:
	case err := <-s.ended:
		s.ended <- err
		select {
		case <-s.seen:
		default:
			s.Fatalf("got an end (%v) before %d repositories were read\n%s", err, s.after, s.text())
		}
	}
}
