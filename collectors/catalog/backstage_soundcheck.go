package catalog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Track is how far the entities of a Spotify Portal are on a track of Soundcheck.
type Track struct {
	ID       string
	Entities int          `json:"numberOfEntities"` // that the track is for
	Levels   []TrackLevel `json:"statusByLevel"`
}

// TrackLevel is how many entities reach one level of a track. Those of the cumulative figures passed or failed the levels
// below it, too.
type TrackLevel struct {
	Ordinal            int
	Passed             int
	Failed             int
	CumulativelyPassed int
	CumulativelyFailed int
	NotReported        int
}

// most is the largest count of a track.
func (t *Track) most() int {
	most := t.Entities
	for _, l := range t.Levels {
		most = max(most, l.Ordinal, l.Passed, l.Failed, l.CumulativelyPassed, l.CumulativelyFailed, l.NotReported)
	}
	return most
}

// Track asks Soundcheck for a track. It is metrics.ErrNotFound where there is no such track or no Soundcheck, and
// metrics.ErrUnavailable where the token may not read it: that has to be allowed the plugin soundcheck beside catalog.
func (b *Backstage) Track(ctx context.Context, id string) (Track, error) {
	var t Track
	err := b.wire.ask(ctx, request{path: "api/soundcheck/tracks/" + url.PathEscape(id) + "/status"}, &t)
	switch {
	case lacks(err):
		return Track{}, fmt.Errorf("status of the track %q of %s: %w: %w", id, b.product(), err, metrics.ErrNotFound)
	case errors.Is(err, quota.ErrRefused), statusOf(err) == http.StatusForbidden:
		return Track{}, fmt.Errorf("status of the track %q of %s: %w; the token has to be allowed the plugin soundcheck: %w", id, b.product(), err, metrics.ErrUnavailable)
	case err != nil:
		return Track{}, fmt.Errorf("status of the track %q of %s: %w", id, b.product(), err)
	case t.most() > math.MaxUint32:
		return Track{}, fmt.Errorf("status of the track %q of %s: it counts %d entities, more than there can be", id, b.product(), t.most())
	case t.ID != id:
		return Track{}, fmt.Errorf("status of the track %q of %s: %w", id, b.product(), b.wire.say(errGarbled))
	}
	return t, nil
}
