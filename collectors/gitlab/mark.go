package gitlab

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// mark is what a listing leaves for the next one. Its times are the host's, but for Full.
type mark struct {
	Config  uint64          `json:"config"`  // what was asked for; with anything else the mark does not hold
	Begun   metrics.Instant `json:"begun"`   // when the list began
	Updated metrics.Instant `json:"updated"` // the newest change of a project's settings
	Newest  int             `json:"newest"`  // the largest id
	Total   int             `json:"total"`   // how many there were; 0 where the host did not say
	Full    metrics.Instant `json:"full"`    // when all were listed the last time, by our clock
	Pulls   metrics.Instant `json:"pulls"`   // up to when the merge requests of the whole group are known
	Teams   metrics.Instant `json:"teams"`   // when groups and members were read, by our clock
	Circle  metrics.Instant `json:"circle"`  // since when every project has its turn, one after the other, by our clock
	Turn    int             `json:"turn"`    // the last project whose turn it was; 0 when all had theirs
	Looked  string          `json:"looked"`  // the last group that was asked for where it is; "" when all were

	collectors.Unfinished
	progress
	Missed *collectors.Missed `json:"missed,omitempty"` // what is not read beside files
}

// progress is how far the list of a round came.
type progress struct {
	News   bool            `json:"news,omitempty"`   // it is one of news
	Before metrics.Instant `json:"before,omitempty"` // when the list before it began
	Merged bool            `json:"merged,omitempty"` // the merge requests of the whole group are read
	Aside  bool            `json:"aside,omitempty"`  // what belongs to the whole group is read
	Page   int             `json:"page,omitempty"`   // where it goes on
	Forced bool            `json:"forced,omitempty"` // something happened in every project, as far as is known
	Every  bool            `json:"every,omitempty"`  // it is the turn of every project
}

const (
	fullAfter = metrics.Day
	// overlap is how far behind a mark a list of news goes: hosts tell of changes in about the order of their times.
	overlap metrics.Instant = 10 * 60
	// coarse is how long GitLab lets the time of a project's last activity stand, whatever happens after it: a push
	// moves it only where it is older.
	coarse metrics.Instant = 60 * 60
)

// asked identifies what decides about which projects and which of their files are read.
func (s *Source) asked() uint64 {
	c := s.config
	return metrics.Fingerprint("gitlab 1", s.host, strings.ToLower(c.Group), strings.ToLower(c.User), strings.Join(c.Include, "\n"),
		strings.Join(c.Exclude, "\n"), strings.Join(c.Projects, "\n"), strconv.FormatUint(s.watched, 16), fmt.Sprint(c.Parts))
}

// mark reads what the last listing left, and says whether this one may go on from there.
func (s *Source) mark(text string) (m mark, holds bool) {
	if text == "" || json.Unmarshal([]byte(text), &m) != nil {
		return mark{}, false
	}
	now := s.config.Now()
	return m, m.Config == s.asked() && m.Settled() && m.Full <= now && now < m.Full+fullAfter
}

func (m mark) String() string {
	text, err := json.Marshal(m)
	if err != nil {
		return "" // then everything is listed the next time
	}
	return string(text)
}
