package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// catalogConfig is the configuration of an organisation with a catalog, and theCatalog the line of that.
//
//go:embed catalog.yaml
var catalogConfig string

const theCatalog = "  - backstage: {url: \"http://127.0.0.1:9\"}\n"

// catalogFigures measures what it costs to judge a catalog when a scan finds no news: to load what it says and what is known
// of the world, to judge, and to store that. The floor is only to read the rows of both, and to write the verdicts again.
func catalogFigures(ctx context.Context, binary string, rounds int) ([]figure, error) {
	dir, err := os.MkdirTemp("", "trodden-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	j := judging{dir: dir, config: filepath.Join(dir, "trodden.yaml"), store: "embedded:" + filepath.Join(dir, "store")}
	if j.binary, err = filepath.Abs(binary); err != nil {
		return nil, err
	}
	now := metrics.At(time.Now())
	if err := j.open(ctx, func(db *clickhouse.DB) error { return fillCatalog(ctx, db, now) }); err != nil {
		return nil, fmt.Errorf("fill the store: %w", err)
	}
	for range rounds + 1 { // the first classifies
		if err := j.judge(ctx); err != nil {
			return nil, err
		}
		if err := j.open(ctx, func(db *clickhouse.DB) error { return j.floor(ctx, db, now) }); err != nil {
			return nil, fmt.Errorf("measure the floor: %w", err)
		}
	}
	_, without, err := j.scan(ctx, strings.Replace(catalogConfig, theCatalog, "", 1))
	if err != nil {
		return nil, err
	}
	seconds, floor := median(j.seconds[1:]), median(j.floors[1:])
	note := fmt.Sprintf("%d entities with 20 fields, %d repositories with %d commits each, %d teams", catalogEntities, catalogEntities, catalogCommits, catalogTeams)
	return []figure{
		{Name: "catalog", Value: seconds, Unit: "s", Limit: 5, AtMost: true, Note: note},
		{Name: "catalog.floor", Value: floor, Unit: "s", Note: "reads and writes the same rows, and judges nothing"},
		{Name: "catalog.ratio", Value: seconds / floor, Unit: "x"},
		{Name: "catalog.memory", Value: j.memory - without, Unit: "MiB", Limit: 500, AtMost: true, Note: fmt.Sprintf("more than a scan takes that judges none; %.0f MiB with the engine and all", j.memory)},
	}, nil
}

// judging is a store with a catalog, and what was measured on it.
type judging struct {
	dir, config, store, binary string
	seconds, floors            []float64
	memory                     float64 // the largest of a scan that classified nothing, in MiB
}

// open does something with the store, and closes it for the next.
func (j *judging) open(ctx context.Context, do func(*clickhouse.DB) error) error {
	db, err := clickhouse.Open(ctx, j.store, clickhouse.Options{Engine: os.Getenv("TRODDEN_ENGINE")})
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}

// judge lets the program scan, which finds no news, and takes from its log how long it judged.
func (j *judging) judge(ctx context.Context) error {
	log, memory, err := j.scan(ctx, catalogConfig)
	seconds, found := judgedIn(log)
	if err == nil && !found {
		err = fmt.Errorf("find in the log how long catalogs were judged: %w\n%s", metrics.ErrNotFound, log)
	}
	if len(j.seconds) > 0 { // the first one classified
		j.memory = max(j.memory, memory)
	}
	j.seconds = append(j.seconds, seconds)
	fmt.Fprintf(os.Stderr, "judged a catalog in %.2f s, %.0f MiB\n", seconds, memory)
	return err
}

// scan runs the program as a process of its own, and returns its log and how many MiB it took.
func (j *judging) scan(ctx context.Context, config string) (log []byte, memory float64, err error) {
	if err := os.WriteFile(j.config, []byte(config), 0o600); err != nil {
		return nil, 0, err
	}
	cmd := command(ctx, j.binary, "scan", "--source", "git", "--config", j.config, "--clickhouse", j.store, "--log-level", "info", "--log-format", "json")
	var said bytes.Buffer
	cmd.Dir, cmd.Stderr, cmd.Stdout = j.dir, &said, io.Discard
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		err = nil // done, and no repository was found
	}
	if err != nil {
		return nil, 0, fmt.Errorf("scan without news: %w\n%s", err, said.String())
	}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		memory = float64(usage.Maxrss) / 1024
	}
	return said.Bytes(), memory, nil
}

// judgedIn finds in a log how long catalogs were judged.
func judgedIn(log []byte) (seconds float64, found bool) {
	for line := range bytes.Lines(log) {
		var said struct {
			Msg      string  `json:"msg"`
			Entities int     `json:"entities"`
			Seconds  float64 `json:"seconds"`
		}
		if json.Unmarshal(line, &said) == nil && said.Msg == "judged catalogs" && said.Entities >= catalogEntities {
			return said.Seconds, true
		}
	}
	return 0, false
}

// floor reads what the program read, and copies the verdicts.
func (j *judging) floor(ctx context.Context, db *clickhouse.DB, now metrics.Instant) error {
	if err := db.Exec(ctx, "CREATE OR REPLACE TABLE copied AS catalog_verdicts", nil); err != nil {
		return err
	}
	begun := time.Now()
	if _, err := db.Snapshots(ctx, "backstage"); err != nil {
		return err
	}
	world, err := db.World(ctx)
	if err != nil {
		return err
	}
	for _, err := range world.Work(ctx, clickhouse.WorkWanted{Since: now - 180*metrics.Day, Lately: now - 90*metrics.Day, Until: now}) {
		if err != nil {
			return err
		}
	}
	err = db.Exec(ctx, "INSERT INTO copied SELECT * FROM catalog_verdicts WHERE at = (SELECT max(at) FROM catalog_judgements)", nil)
	j.floors = append(j.floors, time.Since(begun).Seconds())
	return err
}
