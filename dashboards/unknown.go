package dashboards

import (
	"context"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// nothingUnknown says what it means that nothing is unknown.
func nothingUnknown(q *request, known *known) string {
	switch {
	case known.fresh.Scanned == metrics.Beginning:
		return "Nothing has been read yet."
	case known.fresh.Before(q.asOf):
		return beforeScans + "."
	case wholeOrganisation(q) != "":
		return "Nothing of these is unknown."
	case q.asOf != q.now:
		return "Nothing was unknown then."
	case !known.fresh.Complete:
		return "Nothing of what was read is unknown. The newest scan could not read everything: the page of the data lists what."
	}
	return "Every repository could be read, and every file that the definitions ask for."
}

// unknown counts units and paths that are unknown by reason, the most frequent first.
func (p *Pages) unknown(ctx context.Context, q *request, known *known) (table, error) {
	t := table{Label: "Unknown repositories by reason", Caption: "Unknown is never counted as off. A repository counts once for each path on which it is unknown.",
		Columns: append(texts("Reason"), numbers("Unknown")...),
		Next:    nothingUnknown(q, known)}
	rows, err := query.Unknown(ctx, p.DB, query.StatesQuestion{Path: known.path(q), Team: known.team(q), Group: known.group(q), AsOf: q.asOf})
	for _, row := range rows {
		list := q.link("/states", append([]string{"path"}, whose...), "state", metrics.Unknown.String(), "reason", string(row.Reason))
		t.Rows = append(t.Rows, []cell{say(phrase.WhyUnknown(row.Reason)), counted(row.N, list)})
	}
	return t, err
}
