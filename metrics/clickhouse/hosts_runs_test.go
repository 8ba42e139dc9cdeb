package clickhouse_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// packed are the runs of a repository and a term as questions see them, and reds when it turned red and green.
type packed struct {
	Term     uint16   `ch:"term"`
	Green    uint32   `ch:"green"`
	Ended    uint32   `ch:"ended"`
	Created  []uint32 `ch:"created"`
	Finished []uint32 `ch:"finished"`
	Took     []uint32 `ch:"took"`
}

type reds struct {
	Red   []uint32 `ch:"red"`
	Green []uint32 `ch:"green"`
}

// TestRunPacks says what is summed up of runs, however they were told.
func TestRunPacks(t *testing.T) {
	const term = 84 * metrics.Day
	run := func(id uint64, begun, took metrics.Instant, o metrics.RunResult) metrics.Run {
		return metrics.Run{
			Repo: 1, ID: id, Attempt: 1, Workflow: "ci.yml", Default: true, Outcome: o, Created: begun, Started: begun, Finished: begun + took, Seen: begun + took + 1,
		}
	}
	with := func(r metrics.Run, change func(*metrics.Run)) metrics.Run {
		change(&r)
		return r
	}
	good, bad := metrics.RunSucceeded, metrics.RunFailed
	for _, c := range []struct {
		name string
		runs []metrics.Run
		want []packed
		reds []reds
	}{
		{"by term, in the order of their begin", []metrics.Run{run(1, term+50, 7, good), run(2, term+5, 9, bad), run(3, 2*term-1, 3, good), run(4, 2*term, 4, good)}, []packed{
			{1, uint32(term + 57), uint32(2*term + 2), []uint32{uint32(term + 5), uint32(term + 50), uint32(2*term - 1)}, []uint32{uint32(term + 14), uint32(term + 57), uint32(2*term + 2)}, []uint32{18, 15, 7}},
			{2, uint32(2*term + 4), uint32(2*term + 4), []uint32{uint32(2 * term)}, []uint32{uint32(2*term + 4)}, []uint32{9}},
		}, []reds{{}}},
		{"of a run told twice the later word", []metrics.Run{
			run(1, 10, 5, bad), with(run(1, 10, 5, good), func(r *metrics.Run) { r.Seen = 100 }), with(run(1, 10, 5, good), func(r *metrics.Run) { r.Seen = 100 }),
		}, []packed{{0, 15, 15, []uint32{10}, []uint32{15}, []uint32{11}}}, []reds{{}}},
		{"of a run that went on what came of it", []metrics.Run{with(run(1, 10, 5, metrics.RunUnderWay), func(r *metrics.Run) { r.Seen = 12 }), run(1, 10, 5, bad)}, []packed{
			{0, 0, 15, []uint32{10}, []uint32{15}, []uint32{10}},
		}, []reds{{}}},
		{"another attempt is another run", []metrics.Run{run(1, 10, 5, bad), with(run(1, 10, 9, good), func(r *metrics.Run) { r.Attempt = 2 })}, []packed{
			{0, 19, 19, []uint32{10, 10}, []uint32{15, 19}, []uint32{10, 19}},
		}, []reds{{}}},
		{"of unknown duration", []metrics.Run{with(run(1, 10, 5, good), func(r *metrics.Run) { r.Started, r.Finished = 0, 0 })}, []packed{
			{0, 10, 10, []uint32{10}, []uint32{10}, []uint32{4294967295}},
		}, []reds{{}}},
		{"of no account", []metrics.Run{
			with(run(1, 10, 5, good), func(r *metrics.Run) { r.Default = false }), run(2, 10, 5, metrics.RunCancelled), run(3, 10, 5, metrics.RunWaiting),
		}, nil, nil},
		{"red until the next success", []metrics.Run{run(1, 10, 5, good), run(2, 20, 5, bad), run(3, 30, 5, bad), run(4, 40, 5, good), run(5, 50, 5, bad)}, []packed{
			{0, 15, 55, []uint32{10, 20, 30, 40, 50}, []uint32{15, 25, 35, 45, 55}, []uint32{11, 10, 10, 11, 10}},
		}, []reds{{[]uint32{25, 55}, []uint32{45, 0}}}},
		{"red over terms, by when runs ended", []metrics.Run{run(1, 10, 5, good), run(2, 20, 3*term, bad), run(3, term+40, 5, good), run(4, 3*term+30, 5, good)}, []packed{
			{0, 15, uint32(3*term + 20), []uint32{10, 20}, []uint32{15, uint32(3*term + 20)}, []uint32{11, uint32(6 * term)}},
			{1, uint32(term + 45), uint32(term + 45), []uint32{uint32(term + 40)}, []uint32{uint32(term + 45)}, []uint32{11}},
			{3, uint32(3*term + 35), uint32(3*term + 35), []uint32{uint32(3*term + 30)}, []uint32{uint32(3*term + 35)}, []uint32{11}},
		}, []reds{{[]uint32{uint32(3*term + 20)}, []uint32{uint32(3*term + 35)}}}},
		{"each workflow for itself", []metrics.Run{run(1, 10, 5, good), with(run(2, 20, 5, bad), func(r *metrics.Run) { r.Workflow = "docs.yml" })}, []packed{
			{0, 15, 25, []uint32{10, 20}, []uint32{15, 25}, []uint32{11, 10}},
		}, []reds{{}}},
		{"at any time a host may tell", []metrics.Run{run(1, 1, 5, good), with(run(2, metrics.Forever, 0, bad), func(r *metrics.Run) { r.Seen = 9 })}, []packed{
			{0, 6, 6, []uint32{1}, []uint32{6}, []uint32{11}},
			{uint16(metrics.Forever / term), 0, uint32(metrics.Forever), []uint32{uint32(metrics.Forever)}, []uint32{uint32(metrics.Forever)}, []uint32{0}},
		}, []reds{{[]uint32{uint32(metrics.Forever)}, []uint32{0}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := openStore(t)
			write(t, db, metrics.Batch{Runs: c.runs})
			checkPacks(t, db, "at once", c.want, c.reds)
			backwards := openStore(t)
			for _, r := range slices.Backward(c.runs) {
				write(t, backwards, metrics.Batch{Runs: []metrics.Run{r}})
				checkFound(t, backwards)
			}
			checkPacks(t, backwards, "one by one, the last first", c.want, c.reds)
			write(t, backwards, metrics.Batch{Runs: c.runs})
			checkPacks(t, backwards, "and all once more", c.want, c.reds)
		})
	}
}

func checkFound(t *testing.T, db *clickhouse.DB) {
	t.Helper()
	if err := db.FindReds(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func checkPacks(t *testing.T, db *clickhouse.DB, told string, want []packed, wantReds []reds) {
	t.Helper()
	checkFound(t, db)
	var got []packed
	if err := db.Select(t.Context(), &got, `SELECT term, green, ended, `+numbersIn("created")+`, `+numbersIn("finished")+`, `+numbersIn("took")+` FROM run_packs FINAL ORDER BY term`, nil); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("%s: packs, -got +want\n%s", told, diff)
	}
	var gotReds []reds
	if err := db.Select(t.Context(), &gotReds, `SELECT `+numbersIn("red")+`, `+numbersIn("green")+` FROM run_reds FINAL ORDER BY repo`, nil); err != nil {
		t.Fatal(err)
	}
	for i := range wantReds {
		wantReds[i].Red, wantReds[i].Green = append([]uint32{}, wantReds[i].Red...), append([]uint32{}, wantReds[i].Green...)
	}
	if diff := cmp.Diff(gotReds, wantReds); diff != "" {
		t.Errorf("%s: reds, -got +want\n%s", told, diff)
	}
}

// numbersIn is a list of the numbers that a column has as bytes.
func numbersIn(column string) string {
	return "arrayMap(i -> reinterpretAsUInt32(substring(" + column + ", 4 * i + 1, 4)), range(intDiv(length(" + column + "), 4))) AS " + column
}

// manyRuns is the number of runs that runsTask writes at once, runsCeiling what the engine may take for it: far less than
// inserting all of them in one go takes.
const (
	manyRuns    = 600_000
	runsCeiling = 320 << 20
)

// runsTask writes many runs at once and prints how many there are in packs.
func runsTask(ctx context.Context, dir string) error {
	db, err := clickhouse.Open(ctx, "embedded:"+dir, clickhouse.Options{Engine: clickhousetest.Engine(), MaxMemory: runsCeiling})
	if err != nil {
		return err
	}
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	var b metrics.Batch
	for i := range manyRuns {
		created := metrics.Instant(i) * 250
		b.Runs = append(b.Runs, metrics.Run{
			Repo: metrics.RepoID(1 + i%5000), ID: uint64(i), Attempt: 1, Workflow: "ci" + strconv.Itoa(i%7) + ".yml", Branch: "branch" + strconv.Itoa(i), Default: true,
			Head: metrics.OID(fmt.Sprintf("%020d", i)), Outcome: metrics.RunSucceeded, Created: created, Started: created, Finished: created + 60, Seen: created + 60,
			Used: []metrics.Use{{Kind: metrics.UsesWorkflow, Target: "acme/golden/.github/workflows/build.yml", Ref: "v" + strconv.Itoa(i%50)}},
		})
	}
	if err := db.Write(ctx, &b); err != nil {
		return err
	}
	if err := db.FindReds(ctx); err != nil {
		return err
	}
	var rows []struct {
		N uint64 `ch:"n"`
	}
	if err := db.Select(ctx, &rows, "SELECT toUInt64(sum(length(took)) / 4) AS n FROM run_packs FINAL", nil); err != nil {
		return err
	}
	fmt.Println(rows[0].N)
	return db.Close()
}

func TestManyRunsAtOnceFitUnderTheCeiling(t *testing.T) {
	said, err := runChild(t, "runs", t.TempDir())
	if err != nil || said != strconv.Itoa(manyRuns) {
		t.Fatalf("child says %q, %v; want %d", said, err, manyRuns)
	}
}
