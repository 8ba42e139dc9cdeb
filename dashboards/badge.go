package dashboards

import (
	"context"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// badge is a picture with two fields: what it is about, and how that stands.
type badge struct {
	Label, Value, Colour   string
	LabelWidth, ValueWidth int
}

// Widths of badges, in pixels: of a letter, and of a field without any.
const (
	letterWidth = 7
	fieldWidth  = 12
	mostLetters = 40
)

// Colours of badges, which are dark enough for white letters.
const (
	badgeOn      = "#00734f"
	badgePartly  = "#8a5a00"
	badgeOff     = "#a84a00"
	badgeUnknown = "#55606a"
)

func newBadge(label, value, colour string) badge {
	label, value = shortened(string(unturned([]byte(held(label))))), shortened(held(value))
	return badge{label, value, colour, fieldWidth + letterWidth*utf8.RuneCountInString(label), fieldWidth + letterWidth*utf8.RuneCountInString(value)}
}

// held is a text with U+FFFD in place of all that XML cannot hold.
func held(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= ' ' && r <= 0xD7FF, r >= 0xE000 && r <= 0xFFFD, r >= 0x10000:
			return r
		}
		return utf8.RuneError
	}, text)
}

// shortened shortens a text to what a badge has room for.
func shortened(text string) string {
	letters := []rune(text)
	if len(letters) <= mostLetters {
		return text
	}
	return string(letters[:mostLetters-1]) + "…"
}

// Width is that of all of it.
func (b badge) Width() int { return b.LabelWidth + b.ValueWidth }

// ValueMiddle is where the second field has its middle.
func (b badge) ValueMiddle() int { return b.LabelWidth + b.ValueWidth/2 }

// LabelMiddle is where the first field has its middle.
func (b badge) LabelMiddle() int { return b.LabelWidth / 2 }

// badges draws badges.
var badges = template.Must(template.New("badge").Parse(`<svg xmlns="http://www.w3.org/2000/svg" width="{{.Width}}" height="20" role="img" aria-label="{{.Label}}: {{.Value}}"><title>{{.Label}}: {{.Value}}</title>` +
	`<rect width="{{.LabelWidth}}" height="20" fill="#3d474e"/><rect x="{{.LabelWidth}}" width="{{.ValueWidth}}" height="20" fill="{{.Colour}}"/>` +
	`<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="{{.LabelMiddle}}" y="14">{{.Label}}</text><text x="{{.ValueMiddle}}" y="14">{{.Value}}</text></g></svg>
`))

// newBadge says how a team stands on a path now.
func (p *Pages) newBadge(ctx context.Context, path metrics.PathKey, team metrics.TeamKey) (badge, int) {
	ctx, cancel := context.WithTimeout(ctx, pageTimeout)
	defer cancel()
	now, err := p.settled(ctx)
	if err != nil {
		return p.noBadge(ctx, err)
	}
	q := &request{values: map[string]string{"path": string(path), "team": string(team)}, now: now, asOf: now}
	known, err := p.known(ctx, q)
	if err != nil {
		return p.noBadge(ctx, err)
	}
	switch {
	case known.path(q) == "":
		return newBadge(string(path), "no such path", badgeUnknown), http.StatusNotFound
	case known.team(q) == "":
		return newBadge(known.title(path), "no such team", badgeUnknown), http.StatusNotFound
	}
	rows, err := query.Adoption(ctx, p.DB, query.AdoptionQuestion{Path: path, Team: team, By: query.ByTeam, AsOf: now})
	if err != nil {
		return p.noBadge(ctx, err)
	}
	title := known.title(path)
	for _, row := range rows {
		if row.Team == nil || *row.Team != team {
			continue
		}
		switch {
		case row.Repos.Total.Reason == metrics.ReasonBeforeLaunch:
			return newBadge(title, "not launched yet", badgeUnknown), http.StatusOK
		case row.Verdict == query.TeamOn && row.Teams.Voluntary.Num > 0 && !unsureOf(row):
			return newBadge(title, "on, by choice", badgeOn), http.StatusOK
		case row.Verdict == query.TeamOn:
			return newBadge(title, "on", badgeOn), http.StatusOK
		case row.Verdict == query.TeamPartial:
			return newBadge(title, "partly, "+partsOf(row.Repos.Total), badgePartly), http.StatusOK
		case row.Verdict == query.TeamOff:
			return newBadge(title, "off", badgeOff), http.StatusOK
		case row.States.Unknown > 0:
			return newBadge(title, "not known", badgeUnknown), http.StatusOK
		}
	}
	return newBadge(title, "not applicable", badgeUnknown), http.StatusOK
}

// noBadge says that there is none for now.
func (p *Pages) noBadge(ctx context.Context, err error) (badge, int) {
	p.Log.LogAttrs(ctx, slog.LevelError, "badge failed", slog.Any("error", err))
	return newBadge("trodden", "not available", badgeUnknown), statusOf(err)
}
