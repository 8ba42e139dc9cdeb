package gitlab

import "github.com/trodden/trodden/metrics"

// newestWindow is the last of the times whose runs are known; ok is false where there is none.
func newestWindow(r *reading) (w metrics.RunWindow, ok bool) {
	if n := len(r.Last.Told.Windows); n > 0 {
		return r.Last.Told.Windows[n-1], true
	}
	return w, false
}

// askedRuns is when the pipelines of a project were asked for the last time with an answer; Beginning for never. Where
// something of them was missed, it is when they were asked for before that.
func askedRuns(r *reading) metrics.Instant {
	w, _ := newestWindow(r)
	asked := min(w.To, w.Seen)
	if r.again(ofRuns) {
		asked = min(asked, r.look.Since)
	}
	return asked
}

// openWindow says that all pipelines of a project are known from now on, or from as far back as was asked. What was
// closed is open again: all that happened since then was asked for.
func (x *side) openWindow(r *runsOf) {
	s := x.source
	w, known := newestWindow(r.reading)
	if !known {
		w = metrics.RunWindow{Repo: r.Repo.ID, Source: s.Name(), Period: metrics.Period{From: r.Since}}
	}
	w.To, w.Seen = metrics.Forever, r.Begun
	x.Batch.RunWindows = append(x.Batch.RunWindows, w)
}

// closeWindow says that what happened since the last answer is not known.
func (x *side) closeWindow(r *reading) {
	w, known := newestWindow(r)
	if !known || w.To != metrics.Forever {
		return
	}
	w.To, w.Seen = w.Seen, x.source.config.Now()
	x.Batch.RunWindows = append(x.Batch.RunWindows, w)
}
