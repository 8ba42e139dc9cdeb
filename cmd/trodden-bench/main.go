// Trodden-bench measures what the project promises and prints it as a table and as JSON. Absolute times
// depend on the machine, so every promise is a ratio against a floor or a peer of the same run, or is
// shown beside one.
//
// The scan is measured on real repositories: -corpus names a folder of clones (OWNER/NAME.git or any depth
// up to three), which never become part of the project. Without it the sample organisation serves.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"text/tabwriter"
)

// figure is one measured promise.
type figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Unit   string  `json:"unit"`
	Limit  float64 `json:"limit,omitempty"`   // 0: shown only
	AtMost bool    `json:"at_most,omitempty"` // the limit is a ceiling; otherwise a floor
	Note   string  `json:"note,omitempty"`
}

// holds reports whether the figure keeps its promise.
func (f figure) holds() bool {
	switch {
	case f.Limit == 0:
		return true
	case f.AtMost:
		return f.Value <= f.Limit
	default:
		return f.Value >= f.Limit
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "trodden-bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("trodden-bench", flag.ContinueOnError)
	corpus := flags.String("corpus", os.Getenv("TRODDEN_CORPUS"), "folder of real clones to scan (default $TRODDEN_CORPUS, else the sample organisation)")
	binary := flags.String("trodden", "bin/trodden", "the program to measure")
	out := flags.String("out", "", "write the figures as JSON to this file")
	rounds := flags.Int("rounds", 3, "how often the floor and the scan are run, in turn; medians are kept")
	runs := flags.Int("runs", 1_000_000, "of how many runs of pipelines the parts runs and pages are; the promise is of 20,000,000, which take half an hour")
	store := flags.String("store", "", "keep what the part pages is measured on in this folder, and find it there (default: made anew)")
	only := flags.String("only", "", "scan, reclassify, runs, pages, catalog or code: measure only that part")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var figures []figure
	for _, part := range []struct {
		name    string
		measure func() ([]figure, error)
	}{
		{"scan", func() ([]figure, error) { return scanFigures(ctx, *corpus, *binary, *rounds) }},
		{"reclassify", func() ([]figure, error) { return reclassifyFigures(ctx, *binary, *rounds) }},
		{"runs", func() ([]figure, error) { return runsFigures(ctx, *runs, *rounds) }},
		{"pages", func() ([]figure, error) { return pagesFigures(ctx, *store, *runs, *rounds) }},
		{"catalog", func() ([]figure, error) { return catalogFigures(ctx, *binary, *rounds) }},
		{"code", func() ([]figure, error) { return codeFigures(ctx) }},
	} {
		if *only != "" && *only != part.name {
			continue
		}
		list, err := part.measure()
		if err != nil {
			return err
		}
		figures = append(figures, list...)
	}
	if len(figures) == 0 {
		return fmt.Errorf("-only %s is no part, expected scan, reclassify, runs, pages, catalog or code", *only)
	}
	return report(figures, *out)
}

// report prints the figures and writes them; a broken promise is an error.
func report(figures []figure, out string) error {
	w := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "FIGURE\tVALUE\tUNIT\tPROMISE\tHOLDS\tNOTE")
	broken := 0
	for _, f := range figures {
		promise, holds := "", ""
		if f.Limit != 0 {
			promise, holds = fmt.Sprintf(">= %g", f.Limit), "yes"
			if f.AtMost {
				promise = fmt.Sprintf("<= %g", f.Limit)
			}
			if !f.holds() {
				holds = "NO"
				broken++
			}
		}
		fmt.Fprintf(w, "%s\t%.4g\t%s\t%s\t%s\t%s\n", f.Name, f.Value, f.Unit, promise, holds, f.Note)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if out != "" {
		b, err := json.MarshalIndent(figures, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(out, append(b, '\n'), 0o644); err != nil {
			return fmt.Errorf("write the figures: %w", err)
		}
	}
	if broken > 0 {
		return fmt.Errorf("%d figures do not hold", broken)
	}
	return nil
}
