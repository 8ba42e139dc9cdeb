package clickhouse_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// crash dereferences nil and returns what recover saw.
func crash() (got any) {
	defer func() { got = recover() }()
	var nothing *struct{ field int }
	return nothing.field
}

const nilPanic = "runtime error: invalid memory address or nil pointer dereference"

func TestNilPointerIsAPanicWhileTheEngineRuns(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 5 {
				if err := db.Exec(context.Background(), "SELECT sum(number) FROM numbers(100000)", nil); err != nil {
					t.Error(err)
				}
				if got := fmt.Sprint(crash()); got != nilPanic {
					t.Errorf("recover = %v; want %v", got, nilPanic)
				}
			}
		})
	}
	group.Wait()
}

func TestNilPointerIsAPanicOnAThreadOfTheEngine(t *testing.T) {
	db := clickhousetest.OpenTest(t)
	if !db.Embedded() {
		return // a server has its threads elsewhere
	}
	db.OnEngineThread(func() {
		if got := fmt.Sprint(crash()); got != nilPanic {
			t.Errorf("recover = %v; want %v", got, nilPanic)
		}
	})
	if err := db.Exec(context.Background(), "SELECT 1", nil); err != nil {
		t.Error(err)
	}
}

// signalTask needs a process of its own: it leaves one processor to the scheduler, and interrupts
// itself.
func signalTask(ctx context.Context, dir string) error {
	db, err := openOwn(ctx, dir)
	if err != nil {
		return err
	}
	if err := db.Exec(ctx, "SELECT sum(number) FROM numbers(1000000)", nil); err != nil {
		return err
	}
	// With one processor, this goroutine runs again only when the spinning one is preempted by SIGURG.
	runtime.GOMAXPROCS(1)
	var stop atomic.Bool
	spinning := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		close(spinning)
		for !stop.Load() {
		}
		close(stopped)
	}()
	<-spinning
	runtime.Gosched()
	stop.Store(true)
	<-stopped
	fmt.Println("preempted")

	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, syscall.SIGINT, syscall.SIGTERM)
	for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		if err := syscall.Kill(os.Getpid(), s); err != nil {
			return err
		}
		fmt.Println("got", <-interrupts)
	}
	return db.Close()
}

func TestSignalsReachTheProgram(t *testing.T) {
	said, err := runChild(t, "signal", t.TempDir())
	if want := "preempted\ngot interrupt\ngot terminated"; said != want || err != nil {
		t.Errorf("child says %q, %v; want %q", said, err, want)
	}
}

func TestInterruptEndsAProgramThatDoesNotCatchIt(t *testing.T) {
	holder := startChild(t, "hold", t.TempDir())
	holder.line(t)
	if err := holder.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err := holder.Wait()
	status, ok := holder.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("child ended with %v; want signal: interrupt", err)
	}
}
