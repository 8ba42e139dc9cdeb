package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// askedWithin is how many milliseconds a question about friction may take the first time after a scan.
const askedWithin = 900

// runsFigures measures what so many runs cost: to write them as scans do, to read them for conclusions, and to be asked
// about them, with no answer kept.
func runsFigures(ctx context.Context, runs, rounds int) ([]figure, error) {
	dir, err := os.MkdirTemp("", "trodden-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r, err := openTold(ctx, dir, runs)
	if err != nil {
		return nil, err
	}
	for _, measure := range []func(context.Context) error{r.write, r.settle, r.read, func(ctx context.Context) error { return r.ask(ctx, rounds) }} {
		if err = measure(ctx); err != nil {
			break
		}
	}
	if err := errors.Join(err, r.db.Close()); err != nil {
		return nil, err
	}
	size, err := sizeOf(dir)
	if err != nil {
		return nil, err
	}
	return append(r.figures,
		figure{Name: "runs.size", Value: float64(size) / float64(r.made), Unit: "bytes a run", Note: fmt.Sprintf("%d MiB with all that is around them", size>>20)},
		figure{Name: "runs.memory", Value: peak(), Unit: "MiB", Limit: 1024, AtMost: true, Note: "of this program, whatever else it measured before"},
	), nil
}

// openTold opens a store in a folder that is told of so many runs, or was.
func openTold(ctx context.Context, dir string, runs int) (*told, error) {
	db, err := clickhouse.Open(ctx, "embedded:"+dir, clickhouse.Options{Engine: os.Getenv("TRODDEN_ENGINE")})
	if err != nil {
		return nil, err
	}
	return &told{db: db, pipelines: newPipelines(runs, metrics.At(time.Now())), note: fmt.Sprintf("%d runs of %d repositories", runs, ranRepos)}, nil
}

// told is a store that is told of runs, and what was measured on it.
type told struct {
	*pipelines
	db      *clickhouse.DB
	note    string
	figures []figure
}

// write tells of everything, scan by scan.
func (r *told) write(ctx context.Context) error {
	if _, err := r.db.Migrate(ctx); err != nil {
		return err
	}
	if err := r.surround(ctx, r.db.Write); err != nil {
		return err
	}
	if err := r.conclude(ctx, r.db); err != nil {
		return err
	}
	var took time.Duration
	err := r.tell(ctx, scannedRows, func(ctx context.Context, b *metrics.Batch) error {
		begun := time.Now()
		defer func() { took += time.Since(begun) }()
		return r.db.Write(ctx, b)
	})
	r.figures = append(r.figures, figure{Name: "runs.written", Value: float64(r.made) / took.Seconds(), Unit: "runs/s", Note: r.note})
	fmt.Fprintf(os.Stderr, "told of %d runs in %.1f s\n", r.made, took.Seconds())
	return err
}

// settle does what the scan does next.
func (r *told) settle(ctx context.Context) error {
	begun := time.Now()
	if err := r.db.FindReds(ctx); err != nil {
		return err
	}
	first := time.Since(begun)
	begun = time.Now()
	err := r.db.FindReds(ctx)
	r.figures = append(r.figures, figure{Name: "runs.reds", Value: time.Since(begun).Seconds(), Unit: "s", Note: fmt.Sprintf("with nothing new; %.1f s of all repositories", first.Seconds())})
	return err
}

// read reads all histories, as classify does.
func (r *told) read(ctx context.Context) error {
	begun := time.Now()
	ids := make([]metrics.RepoID, len(r.repos))
	for i := range r.repos {
		ids[i] = r.repos[i].id
	}
	stretches := 0
	for h, err := range r.db.Histories(ctx, ids) {
		if err != nil {
			return err
		}
		for i := range h.Runs {
			stretches += len(h.Runs[i].Days)
		}
	}
	r.figures = append(r.figures, figure{Name: "runs.read", Value: time.Since(begun).Seconds(), Unit: "s", Note: fmt.Sprintf("all histories, with %d stretches of days", stretches)})
	return nil
}

// ask asks every question of friction, of everything, of a path and of a team.
func (r *told) ask(ctx context.Context, rounds int) error {
	for _, measure := range query.FrictionMeasures() {
		for _, of := range []struct {
			name string
			query.CohortQuestion
		}{
			{"all", query.CohortQuestion{}},
			{"path", query.CohortQuestion{Path: ranPath(3)}},
			{"team", query.CohortQuestion{Team: ranTeam(17)}},
		} {
			of.AsOf = r.now
			var took []float64
			for range rounds {
				begun := time.Now()
				if _, err := query.Friction(ctx, r.db, query.FrictionQuestion{CohortQuestion: of.CohortQuestion, Measure: measure}); err != nil {
					return err
				}
				took = append(took, float64(time.Since(begun).Microseconds())/1000)
			}
			name := fmt.Sprintf("friction.%s.%s", measure, of.name)
			r.figures = append(r.figures, figure{Name: name, Value: median(took), Unit: "ms", Limit: askedWithin, AtMost: true, Note: r.note})
			fmt.Fprintf(os.Stderr, "%s %.0f ms\n", name, median(took))
		}
	}
	return nil
}

// sizeOf is how many bytes the files below a folder have.
func sizeOf(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}

// peak is the most memory that this process ever had, in MiB; 0 where the system does not tell.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	found := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if err != nil || found == nil {
		return 0
	}
	kilobytes, err := strconv.ParseFloat(string(found[1]), 64)
	if err != nil {
		return 0
	}
	return kilobytes / 1024
}
