package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// promises are the figures that Go benchmarks report themselves, by the unit under which they do. A
// benchmark reports a promise with b.ReportMetric.
var promises = map[string]figure{
	"changes/s":        {Name: "classify.changes", Unit: "file changes/s", Limit: 200_000},
	"repos-ms":         {Name: "adoption.repos", Unit: "ms", Limit: 150, AtMost: true},
	"verdicts-ms":      {Name: "adoption.verdicts", Unit: "ms", Limit: 600, AtMost: true},
	"cached-ms":        {Name: "adoption.cached", Unit: "ms", Limit: 5, AtMost: true},
	"of-driver-rate":   {Name: "write.rate", Unit: "x driver alone", Limit: 0.8},
	"of-floor-walk":    {Name: "git.walk", Unit: "x floor"},
	"signal-changes/s": {Name: "detect.changes", Unit: "file changes/s"},
}

// codeFigures runs the benchmarks that report promises, and reads what they report.
func codeFigures(ctx context.Context) ([]figure, error) {
	args := []string{"test", "-run", "^$", "-bench", ".", "-benchtime", "3x", "-timeout", "15m", "./metrics/...", "./collectors/..."}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		os.Stderr.Write(out)
		return nil, fmt.Errorf("go %s: %w", strings.Join(args, " "), err)
	}
	var list []figure
	for lines := bufio.NewScanner(strings.NewReader(string(out))); lines.Scan(); {
		list = append(list, read(lines.Text())...)
	}
	return list, nil
}

// read takes the promises out of one line of benchmark results: name, count, then pairs of value and unit.
func read(line string) []figure {
	fields := strings.Fields(line)
	if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
		return nil
	}
	var list []figure
	for i := 2; i+1 < len(fields); i += 2 {
		f, promised := promises[fields[i+1]]
		value, err := strconv.ParseFloat(fields[i], 64)
		if !promised || err != nil {
			continue
		}
		f.Value, f.Note = value, strings.TrimSuffix(fields[0], "-2")
		list = append(list, f)
	}
	return list
}
