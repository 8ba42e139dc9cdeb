package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// An author is who brought a change, with those named in the trailers.
type author struct {
	mail, message string
}

// begin judges how a spell began, campaigns aside.
func (o organisation) begin(t *testing.T, p pathRule, u unit, l landing) spell {
	t.Helper()
	s := spell{from: l.at, owner: o.owner(u.walk, l), actor: authored(t, p, u, l)}
	for path, text := range u.files(l) {
		if goldenUse.MatchString(text) {
			s.blob = path + "\x00" + text
		}
	}
	s.choice = !o.covered(p, s.owner, l.at)
	s.origin = o.origin(u, s, !s.choice)
	return s
}

var trailer = regexp.MustCompile(`(?m)^(?:Co-authored-by|Requested-by): .* <(.*)>$`)

// origin is the first rule that holds.
func (o organisation) origin(u unit, s spell, mandated bool) string {
	bot := strings.Contains(s.actor.mail, "[bot]")
	named := trailer.FindAllStringSubmatch(s.actor.message, -1)
	if strings.Contains(s.actor.mail, "acme-scaffolder[bot]") && len(named) > 0 {
		s.actor.mail, bot, named = named[0][1], false, nil
	}
	switch {
	case mandated:
		return "mandated"
	case !bot && !u.shallow && s.from.Sub(u.first) <= 7*24*time.Hour:
		return "born"
	case bot:
		return "automated"
	}
	helpers := []string{s.actor.mail}
	for _, m := range named {
		helpers = append(helpers, m[1])
	}
	if s.owner != platformTeam && slices.ContainsFunc(helpers, func(mail string) bool { return o.member(platformTeam, mail, s.from) }) {
		return "assisted"
	}
	return "chosen"
}

func (o organisation) member(team, mail string, at time.Time) bool {
	ago := int(o.today.Sub(at).Hours() / 24)
	return slices.ContainsFunc(o.crew.present(team, ago), func(p person) bool { return p.mail == mail })
}

// authored finds the authored commit: the landing itself, or for a merge the
// first commit of the side branch whose files have the golden way.
func authored(t *testing.T, p pathRule, u unit, l landing) author {
	t.Helper()
	const format = "--format=%x00%H%x01%aE%x01%B"
	if len(l.parents) < 2 {
		return parseAuthor(mustGit(t, u.dir, "", "log", "-1", "--use-mailmap", format, l.sha))
	}
	side := mustGit(t, u.dir, "", "log", "--no-merges", "--reverse", "--topo-order", "--use-mailmap", format, l.parents[0]+".."+l.parents[1])
	for entry := range strings.SplitSeq(side[1:], "\x00") {
		sha, _, _ := strings.Cut(entry, "\x01")
		seen := landing{files: map[string]string{}}
		for path := range l.files {
			if text, err := plainGit(u.dir, "", "show", sha+":"+path); err == nil {
				seen.files[path] = text
			}
		}
		if slices.Contains(p.ways(u.files(seen)), "golden") {
			return parseAuthor("\x00" + entry)
		}
	}
	return parseAuthor(mustGit(t, u.dir, "", "log", "-1", "--use-mailmap", format, l.sha))
}

func parseAuthor(s string) author {
	fields := strings.SplitN(s, "\x01", 3)
	return author{mail: fields[1], message: strings.TrimSpace(fields[2])}
}

// markCampaigns finds the same change by one author in five or more
// repositories of three or more foreign teams within a week.
func (o organisation) markCampaigns(p pathRule) {
	units := o.units[p.key]
	for i := range units {
		for j := range units[i].spells {
			s := &units[i].spells[j]
			if o.campaign(units, *s) && (s.origin == "chosen" || s.origin == "assisted") {
				s.origin = "automated"
			}
		}
	}
}

func (o organisation) campaign(units []unit, of spell) bool {
	var begun []spell
	for _, u := range units {
		for _, s := range u.spells {
			if s.blob == of.blob && s.blob != "" && s.actor.mail == of.actor.mail && !o.member(s.owner, s.actor.mail, s.from) {
				begun = append(begun, s)
			}
		}
	}
	for _, first := range begun {
		teams, repos, within := map[string]bool{}, 0, false
		for _, s := range begun {
			if d := s.from.Sub(first.from); d >= 0 && d <= 7*24*time.Hour {
				teams[s.owner], repos = true, repos+1
				within = within || s.from.Equal(of.from)
			}
		}
		if within && repos >= 5 && len(teams) >= 3 {
			return true
		}
	}
	return false
}

// A standing is a unit on a path at one moment.
type standing struct {
	unit
	team, state    string
	choice, active bool
	spell          spell
}

// standings gives every unit of a path at a moment.
func (o organisation) standings(p pathRule, when time.Time) []standing {
	var out []standing
	for _, u := range o.units[p.key] {
		l, there := u.at(when)
		switch {
		case u.unreadable:
			out = append(out, standing{unit: u, state: "unknown"})
			continue
		case !there && u.shallow:
			out = append(out, standing{unit: u, state: "unknown"})
			continue
		case !there:
			continue
		}
		s := standing{unit: u, team: o.owner(u.walk, l), active: u.active(when)}
		s.state = state(p, u.files(l), s.team)
		for _, sp := range u.spells {
			if !sp.from.After(when) && (sp.until.IsZero() || sp.until.After(when)) {
				s.spell = sp
			}
		}
		s.choice = !o.covered(p, s.team, when)
		out = append(out, s)
	}
	return out
}

func state(p pathRule, files map[string]string, team string) string {
	ways := p.ways(files)
	golden := slices.Contains(ways, "golden")
	switch {
	case team == platformTeam || !p.eligible(files):
		return "ineligible"
	case golden && len(ways) == 1:
		return "on"
	case golden:
		return "mixed"
	case len(ways) > 0 || p.optional:
		return "off"
	}
	return "none"
}

func (s standing) using() bool  { return s.state == "on" || s.state == "mixed" }
func (s standing) served() bool { return s.using() || s.state == "off" }
func (s standing) voluntary() bool {
	return s.using() && s.spell.choice && (s.spell.origin == "chosen" || s.spell.origin == "born")
}
