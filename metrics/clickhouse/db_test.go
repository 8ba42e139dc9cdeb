package clickhouse_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics/clickhouse"
)

// everything is a row of a table with every type of column that a store of ours may have.
type everything struct {
	ID       uint64            `ch:"id"`
	Text     string            `ch:"text"`
	Low      string            `ch:"low"`
	Maybe    *string           `ch:"maybe"`
	Hash     string            `ch:"hash"`
	Flag     bool              `ch:"flag"`
	Small    int8              `ch:"small"`
	Wide     int64             `ch:"wide"`
	Share    float64           `ch:"share"`
	Kind     string            `ch:"kind"`
	Day      time.Time         `ch:"day"`
	At       time.Time         `ch:"at"`
	Millis   time.Time         `ch:"millis"`
	Never    *time.Time        `ch:"never"`
	Tags     []string          `ch:"tags"`
	Lows     []string          `ch:"lows"`
	Deep     [][]uint32        `ch:"deep"`
	Pair     []any             `ch:"pair"`
	Pairs    [][]any           `ch:"pairs"`
	Labels   map[string]uint64 `ch:"labels"`
	NestText []string          `ch:"nest.text"`
	NestLine []uint32          `ch:"nest.line"`
	MaybeNum *int32            `ch:"maybe_num"`
}

const everythingTable = `CREATE TABLE everything (
	id UInt64, text String, low LowCardinality(String), maybe Nullable(String), hash FixedString(4),
	flag Bool, small Int8, wide Int64, share Float64, kind Enum8('file' = 1, 'uses' = 2),
	day Date, at DateTime('UTC'), millis DateTime64(3, 'UTC'), never Nullable(DateTime64(3, 'UTC')),
	tags Array(String), lows Array(LowCardinality(String)), deep Array(Array(UInt32)),
	pair Tuple(String, UInt8), pairs Array(Tuple(file String, line UInt32)), labels Map(String, UInt64),
	nest Nested(text String, line UInt32), maybe_num LowCardinality(Nullable(Int32))
) ENGINE = MergeTree ORDER BY id SETTINGS allow_suspicious_low_cardinality_types = 1`

func everythingRows() []everything {
	text, number := "it's\x00 \xff \\ \" `\n", int32(-7)
	at := time.Date(2024, 2, 29, 23, 59, 59, 0, time.UTC)
	millis := at.Add(123 * time.Millisecond)
	return []everything{
		{
			ID: math.MaxUint64, Text: text, Low: "low", Maybe: &text, Hash: "\x00ab\xff", Flag: true, Small: -128,
			Wide: math.MinInt64, Share: 0.1, Kind: "uses", Day: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
			At: at, Millis: millis, Never: &millis, Tags: []string{"", "ä", "b"}, Lows: []string{"x", "x"},
			Deep: [][]uint32{{}, {1, 2}}, Pair: []any{"p", uint8(1)}, Pairs: [][]any{{"f", uint32(3)}},
			Labels: map[string]uint64{"a": 1, "": 2}, NestText: []string{"t", "u"}, NestLine: []uint32{1, 2},
			MaybeNum: &number,
		},
		{
			Kind: "file", Hash: "\x00\x00\x00\x00", Day: time.Unix(0, 0).UTC(), At: time.Unix(0, 0).UTC(),
			Millis: time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC), Tags: []string{}, Lows: []string{},
			Deep: [][]uint32{}, Pair: []any{"", uint8(0)}, Pairs: [][]any{}, Labels: map[string]uint64{},
			NestText: []string{}, NestLine: []uint32{},
		},
	}
}

func TestBatchAndSelectOfEveryType(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		do(t, db, everythingTable)
		want := everythingRows()
		batch, err := db.Batch(t.Context(), "INSERT INTO everything")
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range want {
			if err := batch.AppendStruct(&row); err != nil {
				t.Fatal(err)
			}
		}
		if err := batch.Send(); err != nil {
			t.Fatal(err)
		}
		var got []everything
		if err := db.Select(t.Context(), &got, "SELECT * FROM everything ORDER BY id DESC", nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("rows (-got +want):\n%s", diff)
		}
	})
}

func TestBatchOfSomeColumns(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		do(t, db, "CREATE TABLE t (a UInt8, b String DEFAULT 'default', c String MATERIALIZED upper(b), `d e` UInt8) ENGINE = MergeTree ORDER BY a")
		tests := []struct {
			insert string
			row    []any
			want   string
		}{
			{"INSERT INTO t (`d e`, a)", []any{uint8(4), uint8(1)}, "1 default DEFAULT 4"},
			{"INSERT INTO t", []any{uint8(1), "b", uint8(2)}, "1 b B 2"},
			{"INSERT INTO t (b) SETTINGS max_insert_threads = 1", []any{"x"}, "0 x X 0"},
			{"insert into t (b) values", []any{"format values"}, "0 format values FORMAT VALUES 0"},
		}
		for _, test := range tests {
			t.Run(test.insert, func(t *testing.T) {
				do(t, db, "TRUNCATE TABLE t")
				batch, err := db.Batch(t.Context(), test.insert)
				if err != nil {
					t.Fatal(err)
				}
				if err := batch.Append(test.row...); err != nil {
					t.Fatal(err)
				}
				if err := batch.Send(); err != nil {
					t.Fatal(err)
				}
				got := one[string](t, db, "SELECT concatWithSeparator(' ', a, b, c, `d e`) AS value FROM t", nil)
				if got != test.want {
					t.Errorf("row = %q; want %q", got, test.want)
				}
			})
		}
	})
}

func TestBatchWithoutRows(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		do(t, db, "CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a")
		for _, end := range []string{"send", "abort"} {
			batch, err := db.Batch(t.Context(), "INSERT INTO t")
			if err != nil {
				t.Fatal(err)
			}
			if end == "send" {
				err = batch.Send()
			} else {
				err = batch.Abort()
			}
			if err != nil {
				t.Errorf("%s: %v", end, err)
			}
		}
		if got := one[uint64](t, db, "SELECT count() AS value FROM t", nil); got != 0 {
			t.Errorf("rows = %d; want none", got)
		}
	})
}

func TestParameters(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2024, 7, 1, 1, 2, 3, 0, berlin)
	tests := []struct {
		name, sql string
		value     any
		want      string
	}{
		{"text", "@x", `'; DROP TABLE t; -- \' @y \`, `'; DROP TABLE t; -- \' @y \`},
		{"zero byte", "hex(@x)", "a\x00b", "610062"},
		{"no parameter in a string", "concat('@x', @x)", "1", "@x1"},
		{"number", "@x + 1", uint64(math.MaxUint32), "4294967296"},
		{"truth", "@x", true, "1"},
		{"list", "has(@x, 'b')", []string{"a", "b"}, "1"},
		{"empty list", "length(@x)", []string{}, "0"},
		{"nothing", "ifNull(@x, 'null')", nil, "null"},
		{"instant of another zone", "formatDateTime(@x, '%F %T')", at, "2024-06-30 23:02:03"},
		{"pointer to an instant", "formatDateTime(@x, '%F %T')", &at, "2024-06-30 23:02:03"},
		{"instant with milliseconds", "toUnixTimestamp64Milli(@x)", time.UnixMilli(1700000000123), "1700000000123"},
		{"instant with nanoseconds", "toUnixTimestamp64Nano(@x)", time.Unix(1700000000, 1), "1700000000000000001"},
		{"instant before 1970", "toDate32(@x)", time.Date(1950, 5, 5, 0, 0, 0, 0, time.UTC), "1950-05-05"},
		{"instant after 2106", "toYear(@x)", time.Date(2200, 5, 5, 0, 0, 0, 0, time.UTC), "2200"},
		{"epoch", "toUnixTimestamp(@x)", time.Unix(0, 0), "0"},
	}
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		for _, test := range tests {
			t.Run(test.name, func(t *testing.T) {
				args := map[string]any{"x": test.value, "unused": 1}
				got := one[string](t, db, "SELECT toString("+test.sql+") AS value", args)
				if got != test.want {
					t.Errorf("%s = %q; want %q", test.sql, got, test.want)
				}
			})
		}
	})
}

func TestSelectWithoutRows(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		rows := []struct {
			Value uint64 `ch:"value"`
		}{{1}}
		if err := db.Select(t.Context(), &rows, "SELECT number AS value FROM numbers(0)", nil); err != nil {
			t.Fatal(err)
		}
		if len(rows) != 0 {
			t.Errorf("rows = %v; want none", rows)
		}
	})
}

func TestLargeResult(t *testing.T) {
	const rows, size = 1300, 100_000
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		result, err := db.Conn().Query(t.Context(), fmt.Sprintf("SELECT number, repeat(toString(number %% 10), %d) FROM numbers(%d) ORDER BY number", size, rows))
		if err != nil {
			t.Fatal(err)
		}
		defer result.Close()
		got := 0
		for ; result.Next(); got++ {
			var number uint64
			var text string
			if err := result.Scan(&number, &text); err != nil {
				t.Fatal(err)
			}
			if want := strings.Repeat(fmt.Sprint(number%10), size); number != uint64(got) || text != want {
				t.Fatalf("row %d is %d with %d bytes, and not what was asked", got, number, len(text))
			}
		}
		if err := result.Err(); err != nil || got != rows {
			t.Errorf("%d rows of %d MB, %v; want %d", got, got*size/1e6, err, rows)
		}
	})
}

func TestLargeStatement(t *testing.T) {
	onEveryStore(t, func(t *testing.T, db *clickhouse.DB) {
		names := make([]string, 5000)
		for i := range names {
			names[i] = fmt.Sprintf("repository-%d", i)
		}
		got := one[uint64](t, db, "SELECT length(@names) AS value", map[string]any{"names": names})
		if got != uint64(len(names)) {
			t.Errorf("length = %d; want %d", got, len(names))
		}
	})
}
