package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// fiveWays is the configuration under which an organisation is classified first.
//
//go:embed five-ways.yaml
var fiveWays string

// The promise speaks of so many file changes; they are those of so many repositories.
const (
	reclassifiedChanges = 2_000_000
	reclassifiedRepos   = 2000
)

// rule and otherRule are the golden way of the path whose definition changes, before and after.
const (
	rule      = `golden: {workflow_uses: "acme/golden/.github/workflows/*"}`
	otherRule = `golden: {any: [{workflow_uses: "acme/golden/.github/workflows/*"}, {action_uses: "actions/setup-*"}]}`
)

// otherThreshold changes something that all paths follow from.
const otherThreshold = "measure: {leave_after: 15d}\n"

// reclassifyFigures measures what a changed rule costs, and besides what it costs to judge everything again: the
// program judges stored facts, and has no source to read. It is measured whole, as a process of its own, from its start to the new conclusions in force.
func reclassifyFigures(ctx context.Context, binary string, rounds int) ([]figure, error) {
	dir, err := os.MkdirTemp("", "trodden-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r := reclassification{dir: dir, config: filepath.Join(dir, "trodden.yaml"), store: "embedded:" + filepath.Join(dir, "store")}
	if r.binary, err = filepath.Abs(binary); err != nil {
		return nil, err
	}
	if err := r.fill(ctx); err != nil {
		return nil, fmt.Errorf("fill the store: %w", err)
	}
	for round := range rounds + 1 { // the first classifies at all
		text := fiveWays
		if round%2 == 1 {
			text = strings.Replace(text, rule, otherRule, 1)
		}
		if err := r.round(ctx, text); err != nil {
			return nil, err
		}
	}
	seconds := median(r.seconds[1:])
	if err := r.round(ctx, fiveWays+otherThreshold); err != nil {
		return nil, err
	}
	whole := r.seconds[len(r.seconds)-1]
	return []figure{
		{Name: "reclassify", Value: seconds, Unit: "s", Limit: 20, AtMost: true, Note: fmt.Sprintf("a rule of one path of five; %s; %.0f changes/s", r.note, reclassifiedChanges/seconds)},
		{Name: "reclassify.whole", Value: whole, Unit: "s", Note: "a threshold of all paths"},
		{Name: "reclassify.memory", Value: r.memory, Unit: "MiB", Limit: 1024, AtMost: true},
	}, nil
}

// reclassification is a store full of facts, and what was measured on it.
type reclassification struct {
	dir, config, store, binary string
	note                       string
	seconds                    []float64
	memory                     float64 // the largest of a run, in MiB
}

func (r *reclassification) fill(ctx context.Context) error {
	begun := time.Now()
	db, err := clickhouse.Open(ctx, r.store, clickhouse.Options{Engine: os.Getenv("TRODDEN_ENGINE")})
	if err != nil {
		return err
	}
	if _, err = db.Migrate(ctx); err == nil {
		var o *organisation
		if o, err = makeOrganisation(ctx, reclassifiedRepos, reclassifiedChanges, metrics.At(begun), db.Write); err == nil {
			r.note = fmt.Sprintf("%d file changes of %d repositories, %d contents", o.made, reclassifiedRepos, o.blobs)
		}
	}
	fmt.Fprintf(os.Stderr, "made %s in %.1f s\n", r.note, time.Since(begun).Seconds())
	return errors.Join(err, db.Close())
}

// round classifies what follows from another configuration than before.
func (r *reclassification) round(ctx context.Context, text string) error {
	if err := os.WriteFile(r.config, []byte(text), 0o600); err != nil {
		return err
	}
	cmd := command(ctx, r.binary, "scan", "--config", r.config, "--clickhouse", r.store)
	cmd.Dir = r.dir
	begun := time.Now()
	err := cmd.Run()
	seconds := time.Since(begun).Seconds()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		err = nil // done, and no repository was found
	}
	if err != nil {
		return fmt.Errorf("classify again: %w", err)
	}
	r.seconds = append(r.seconds, seconds)
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.memory = max(r.memory, float64(usage.Maxrss)/1024)
	}
	fmt.Fprintf(os.Stderr, "classified in %.2f s, %.0f MiB\n", seconds, r.memory)
	return nil
}
