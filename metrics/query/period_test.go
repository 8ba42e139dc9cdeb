package query_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		name     string
		interval query.Interval
		from, to string
		want     string
	}{
		{"months", query.Month, "2024-01-01", "2024-04-01", "2024-01-01 2024-02-01 2024-03-01"},
		{"the month that holds the begin", query.Month, "2024-01-31T23:59:59Z", "2024-02-01", "2024-01-01"},
		{"a month that has just begun", query.Month, "2024-01-01", "2024-02-01T00:00:01Z", "2024-01-01 2024-02-01"},
		{"weeks begin on Monday", query.Week, "2024-02-28", "2024-03-05", "2024-02-26 2024-03-04"},
		{"a Sunday belongs to the week before", query.Week, "2024-03-03", "2024-03-04", "2024-02-26"},
		{"weeks over the end of a year", query.Week, "2024-12-31", "2025-01-07", "2024-12-30 2025-01-06"},
		{"quarters", query.Quarter, "2023-12-31", "2024-07-02", "2023-10-01 2024-01-01 2024-04-01 2024-07-01"},
		{"nothing", query.Month, "2024-01-01", "2024-01-01", ""},
		{"backwards", query.Month, "2024-03-01", "2024-01-01", ""},
		{"the first week of all is cut", query.Week, "1970-01-01", "1970-01-06", "1970-01-01 1970-01-05"},
		{"at the end of time", query.Month, "2106-01-15", "2106-02-07", "2106-01-01 2106-02-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			list, err := c.interval.Periods(at(c.from), at(c.to))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range list {
				got = append(got, p.Time().Format("2006-01-02"))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %v, want %s", got, c.want)
			}
		})
	}
}

func TestPeriodsEndWithTime(t *testing.T) {
	for _, i := range query.Intervals() {
		if list, err := i.Periods(at("2105-12-01"), metrics.Forever); err != nil || len(list) > 12 {
			t.Errorf("%s: got %d periods and %v, want those up to February 2106", i, len(list), err)
		}
	}
	if _, err := query.Week.Periods(1, metrics.Forever); !errors.Is(err, metrics.ErrInvalid) {
		t.Errorf("too many: got %v, want invalid", err)
	}
}
