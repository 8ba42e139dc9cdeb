package github

import (
	"slices"

	"github.com/trodden/trodden/metrics"
)

// mistake is something that GitHub finds wrong with a CODEOWNERS file.
type mistake struct {
	Line, Column int
	Kind, Path   string
}

// warnings writes what GitHub finds wrong with the CODEOWNERS files of repositories, where that has changed. Its words
// for it name people; the kind of the mistake does not.
func (x *side) warnings(all []*reading) {
	s := x.source
	if !s.config.Parts.Codeowners {
		return
	}
	for _, r := range all {
		if !r.news.Probed || r.news.Partial || r.look.Idle && !x.daily {
			continue
		}
		now := metrics.HostWarnings{Repo: r.Repo.ID, Source: s.Name(), Seen: s.config.Now()}
		for _, m := range r.news.mistakes {
			if m != nil {
				now.List = append(now.List, metrics.Warning{File: m.Path, Line: m.Line, Column: m.Column, Message: m.Kind})
			}
		}
		had := r.Last.Told.Warnings
		if slices.Equal(now.List, had.List) && (had.Seen != metrics.Beginning || !r.news.owned) {
			continue
		}
		x.Batch.HostWarnings = append(x.Batch.HostWarnings, now)
	}
}
