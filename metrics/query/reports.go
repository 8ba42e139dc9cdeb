package query

import (
	"context"
	_ "embed"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed reports.sql
var reportsSQL string

// ReportKey is what reports are ordered by.
type ReportKey struct {
	Week      string `json:"week"`
	Scope     string `json:"scope"`
	Recipient string `json:"recipient"`
}

// ReportRow says whether a report was sent to a recipient, after however many attempts.
type ReportRow struct {
	Week      string               `json:"week"` // the day on which it begins
	Scope     string               `json:"scope"`
	Recipient string               `json:"recipient"`
	State     metrics.SendingState `json:"state"` // of the attempt that came furthest
	At        time.Time            `json:"at"`    // of the newest word about that
	Attempts  int                  `json:"attempts"`
	Detail    string               `json:"detail"` // why it failed, or what to do where whoever sent it died; "" where it was sent, or is being sent
}

// Key returns where the row stands in the order of reports.
func (r ReportRow) Key() ReportKey { return ReportKey{r.Week, r.Scope, r.Recipient} }

// Reports returns which reports were sent, or tried to be, as far as is known at a moment: the newest weeks first, then by scope and
// recipient.
func Reports(ctx context.Context, db DB, now metrics.Instant) ([]ReportRow, error) {
	type row struct {
		Week      string    `ch:"week"`
		Scope     string    `ch:"scope"`
		Recipient string    `ch:"recipient"`
		State     uint8     `ch:"state"`
		At        time.Time `ch:"at"`
		Attempts  uint64    `ch:"attempts"`
		Detail    string    `ch:"detail"`
	}
	rows, err := ask[row](ctx, db, "for reports", reportsSQL, map[string]any{"died": moment(now - metrics.SendingAbandoned)})
	return answers(rows, func(r *row) ReportRow {
		row := ReportRow{r.Week, r.Scope, r.Recipient, metrics.SendingState(r.State), r.At, int(r.Attempts), r.Detail}
		if row.Detail == "" && metrics.At(r.At) < now-metrics.SendingAbandoned {
			row.Detail = died(row.State)
		}
		return row
	}), err
}

// died says what to do where a sender said nothing more after it had come so far; "" where that was the end.
func died(state metrics.SendingState) string {
	switch state {
	case metrics.SendingClaimed:
		return "not sent: whoever was about to send it has said nothing since; a server that runs tries again"
	case metrics.SendingBegun:
		return "may have been sent: whoever sent it has not said how that ended; look whether it came, and if not, `trodden report --send --again` sends it"
	}
	return ""
}
