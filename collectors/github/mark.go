package github

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
	Config  uint64          `json:"config"`            // what was asked for; with anything else the mark does not hold
	Pushed  metrics.Instant `json:"pushed"`            // the newest push, when the list began
	Updated metrics.Instant `json:"updated"`           // the newest change of another kind
	Created metrics.Instant `json:"created"`           // when the newest repository was made
	Total   int             `json:"total"`             // how many there were
	Full    metrics.Instant `json:"full"`              // when all were listed the last time, by our clock
	REST    bool            `json:"rest,omitempty"`    // the list was made without GraphQL
	GraphQL string          `json:"graphql,omitempty"` // where it has answered

	Installed string `json:"installed,omitempty"` // the App that was let in: see Source.installation

	collectors.Unfinished
	After  string             `json:"after,omitempty"`  // where its list goes on; "" for its begin
	Missed *collectors.Missed `json:"missed,omitempty"` // what is not read beside files
}

const (
	fullAfter = metrics.Day
	// overlap is how far behind the mark a list of news goes: hosts tell of pushes in about the order of their times.
	overlap metrics.Instant = 10 * 60
)

// asked identifies what decides about which repositories and which of their files are read.
func (s *Source) asked() uint64 {
	c := s.config
	return metrics.Fingerprint("github 1", s.host, strings.ToLower(s.owner()), strings.Join(c.Repos, "\n"), strings.Join(c.Include, "\n"), strings.Join(c.Exclude, "\n"),
		strconv.FormatUint(s.watched, 16), fmt.Sprint(c.Parts), strings.Join(c.Providers, "\n"))
}

// mark reads what the last listing left, and says whether this one may go on from there.
func (s *Source) mark(text string) (m mark, holds bool) {
	if text == "" || json.Unmarshal([]byte(text), &m) != nil {
		return mark{}, false
	}
	now := s.config.Now()
	return m, m.Config == s.asked() && m.Settled() && m.Full <= now && now < m.Full+fullAfter
}

// text is a mark with what is left unread by now, and with whether GraphQL has answered by then.
func (s *Source) text(m mark) string {
	if m.GraphQL = ""; s.graphed.Load() {
		m.GraphQL = s.api
	}
	if m.Installed = ""; s.config.Signer != nil && s.config.Signer.wasLetIn(s.installation()) {
		m.Installed = s.installation()
	}
	return s.state.text(m)
}

func (m mark) String() string {
	text, err := json.Marshal(m)
	if err != nil {
		return "" // then everything is listed the next time
	}
	return string(text)
}
