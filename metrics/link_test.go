package metrics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

func TestLinkAfter(t *testing.T) {
	const yes, maybe, no = metrics.Yes, metrics.Maybe, metrics.No
	link := func(answers metrics.Truth, since, failed, answered metrics.Instant) metrics.Link {
		return metrics.Link{Answers: answers, Since: since, Failed: failed, Answered: answered}
	}
	for _, test := range []struct {
		name  string
		found []metrics.Truth // at 1, 2, 3 and so on
		want  metrics.Link
	}{
		{"something answers", []metrics.Truth{yes}, link(yes, 1, 0, 1)},
		{"as before", []metrics.Truth{yes, yes}, link(yes, 1, 0, 2)},
		{"nothing, once", []metrics.Truth{no}, link(maybe, 1, 1, 0)},
		{"nothing, once since something did", []metrics.Truth{yes, no}, link(maybe, 2, 2, 1)},
		{"nothing, twice", []metrics.Truth{yes, no, no}, link(no, 2, 2, 1)},
		{"nothing, ever since", []metrics.Truth{no, no, no}, link(no, 0, 1, 0)},
		{"nothing, between what nobody can tell from", []metrics.Truth{no, maybe, no}, link(no, 0, 1, 0)},
		{"nobody can tell any more", []metrics.Truth{no, no, maybe}, link(maybe, 3, 1, 0)},
		{"back again", []metrics.Truth{no, no, yes}, link(yes, 3, 0, 3)},
		{"away again", []metrics.Truth{no, no, yes, no}, link(maybe, 4, 4, 3)},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got metrics.Link
			for i, found := range test.found {
				got = got.After(found, 200, metrics.Instant(i+1))
			}
			test.want.Status, test.want.Checked = 200, metrics.Instant(len(test.found))
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Errorf("-got +want\n%s", diff)
			}
		})
	}
}
