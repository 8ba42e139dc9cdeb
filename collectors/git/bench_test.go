package git_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/collectorstest"
	"github.com/trodden/trodden/collectors/git"
	"github.com/trodden/trodden/metrics"
)

// null is a store that forgets everything but what a second scan has to know.
type null struct{ *collectorstest.Store }

func (n null) Write(ctx context.Context, b *metrics.Batch) error {
	return n.Store.Write(ctx, &metrics.Batch{Walks: b.Walks, Readings: b.Readings})
}

// BenchmarkScan reads the clones that TRODDEN_CORPUS names (a glob of bare clones; else a history made on
// the spot) and compares with the floor: the two bare walks, one after the other. The ratios are those of
// elapsed times, and of processor times with those of git included.
func BenchmarkScan(b *testing.B) {
	glob := os.Getenv("TRODDEN_CORPUS")
	if glob == "" {
		glob = filepath.Join(b.TempDir(), "*.git")
		busyRepo(b, filepath.Join(filepath.Dir(glob), "busy.git"), 2000)
	}
	dirs, err := doublestar.FilepathGlob(glob)
	if err != nil || len(dirs) == 0 {
		b.Fatalf("corpus %s: %d clones, %v", glob, len(dirs), err)
	}
	var floor, cold, again cost
	for b.Loop() {
		floor.add(func() { bareWalks(b, dirs) })
		store := null{collectorstest.New()}
		cold.add(func() { scan(b, glob, store) })
		again.add(func() { scan(b, glob, store) })
	}
	b.ReportMetric(floor.elapsed.Seconds()/float64(b.N), "floor-s")
	b.ReportMetric(cold.elapsed.Seconds()/floor.elapsed.Seconds(), "cold/floor")
	b.ReportMetric(cold.cpu.Seconds()/floor.cpu.Seconds(), "cold-cpu/floor-cpu")
	b.ReportMetric(again.elapsed.Seconds()/float64(b.N), "again-s")
	b.ReportMetric(0, "ns/op")
}

type cost struct{ elapsed, cpu time.Duration }

func (c *cost) add(work func()) {
	runtime.GC()
	begun, before := time.Now(), cpu()
	work()
	c.elapsed += time.Since(begun)
	c.cpu += cpu() - before
}

// cpu returns the processor time of this process and the children it waited for.
func cpu() (total time.Duration) {
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var used syscall.Rusage
		if syscall.Getrusage(who, &used) == nil {
			total += time.Duration(used.Utime.Nano() + used.Stime.Nano())
		}
	}
	return total
}

func bareWalks(b *testing.B, dirs []string) {
	for _, dir := range dirs {
		for _, which := range []string{"--first-parent", "--no-merges"} {
			cmd := exec.Command("git", "-C", dir, "log", which, "--raw", "-z", "--no-renames", "--no-abbrev")
			out, err := cmd.StdoutPipe()
			if err == nil {
				err = cmd.Start()
			}
			if err == nil {
				_, err = io.Copy(io.Discard, out)
			}
			if err == nil {
				err = cmd.Wait()
			}
			if err != nil {
				b.Fatalf("git log %s in %s: %v", which, dir, err)
			}
		}
	}
}

func scan(b *testing.B, glob string, store collectors.Store) {
	people, err := collectors.NewPeople(collectors.Names{Key: []byte("key"), Bots: []string{"*[bot]", "renovate*"}})
	if err != nil {
		b.Fatal(err)
	}
	source, err := git.New(git.Config{
		Name: "git", Dirs: []string{glob}, Watch: metrics.DefaultWatch(), People: people,
		Now: func() metrics.Instant { return metrics.At(time.Now()) },
	})
	if err != nil {
		b.Fatal(err)
	}
	summary, err := collectors.Run(context.Background(), collectors.Options{
		Sources: []collectors.Source{source}, Store: store, Workers: runtime.GOMAXPROCS(0),
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil || summary.Unknown > 0 || summary.Repos == 0 {
		b.Fatalf("scan: %d repositories, %d unknown, %v", summary.Repos, summary.Unknown, err)
	}
	b.Logf("%+v", summary)
}
