package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A share is a numerator and a denominator.
type share struct{ num, den int }

func (s share) percent() float64 { return 100 * float64(s.num) / float64(max(s.den, 1)) }

func (s share) String() string { return fmt.Sprintf("%d/%d", s.num, s.den) }

// A figure is the adoption of one path at one moment.
type figure struct {
	teams, voluntary, total share // voluntary teams; voluntary repos; using repos of those served
	eligible                share // using repos of all that are eligible
	origin, state           map[string]int
	kept, inactive          int
}

func (o organisation) figure(p pathRule, when time.Time) figure {
	f := figure{origin: map[string]int{}, state: map[string]int{}}
	byTeam := map[string][]standing{}
	for _, s := range o.standings(p, when) {
		if s.state != "unknown" && !s.active {
			f.inactive++
			continue
		}
		f.state[s.state]++
		if s.served() {
			f.addServed(o, p, s, when)
			byTeam[s.team] = append(byTeam[s.team], s)
		}
	}
	f.eligible = share{f.total.num, f.total.den + f.state["none"]}
	delete(byTeam, "")
	for _, list := range byTeam {
		if slices.ContainsFunc(list, func(s standing) bool { return s.choice }) {
			f.teams.den++
			if voluntaryTeam(list) {
				f.teams.num++
			}
		}
	}
	return f
}

func (f *figure) addServed(o organisation, p pathRule, s standing, when time.Time) {
	f.total.den++
	if s.choice {
		f.voluntary.den++
		if s.voluntary() {
			f.voluntary.num++
		}
	}
	if !s.using() {
		return
	}
	f.total.num++
	f.origin[s.spell.origin]++
	for _, m := range p.mandates {
		end := o.today.AddDate(0, 0, -m.until)
		if s.spell.origin == "mandated" && m.until > 0 && slices.Contains(m.teams, s.team) && !when.Before(end.AddDate(0, 0, 180)) && s.spell.from.Before(end) {
			f.kept++
		}
	}
}

// voluntaryTeam says whether half of a team's repos use the path and half of
// those do so by choice.
func voluntaryTeam(list []standing) bool {
	using, voluntary := 0, 0
	for _, s := range list {
		if s.using() {
			using++
		}
		if s.voluntary() {
			voluntary++
		}
	}
	return using > 0 && 2*using >= len(list) && 2*voluntary >= using
}

// monthsShown are the months before today of the table in README.md.
var monthsShown = [...]int{33, 30, 27, 24, 21, 18, 15, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0}

// page writes the figures of README.md.
func (o organisation) page() string {
	var b strings.Builder
	o.writeMonths(&b)
	o.writeToday(&b)
	for _, p := range pathRules() {
		o.writeSpells(&b, p)
	}
	return b.String()
}

func (o organisation) writeMonths(b *strings.Builder) {
	b.WriteString("### Month by month\n\nAt 00:00 UTC of the day. Voluntary teams are of the teams with a choice, voluntary repositories of the active served ones with a choice, using of all active served ones.\n\n")
	b.WriteString("| months ago | day | ci: voluntary teams | ci: voluntary | ci: using | image: voluntary | image: using | deploy: voluntary | deploy: using | template: using |\n| --: | --- | --: | --: | --: | --: | --: | --: | --: | --: |\n")
	rules := pathRules()
	for _, n := range monthsShown {
		when := o.today.AddDate(0, -n, 0)
		ci, image := o.figure(rules[0], when), o.figure(rules[1], when)
		deploy, template := o.figure(rules[2], when), o.figure(rules[3], when)
		fmt.Fprintf(b, "| %d | %s | %v | %v | %v | %v | %v | %v | %v | %v |\n", n, when.Format(time.DateOnly),
			ci.teams, ci.voluntary, ci.total, image.voluntary, image.total, deploy.voluntary, deploy.total, template.total)
	}
}

func (o organisation) writeToday(b *strings.Builder) {
	b.WriteString("\n### Today, over active repositories\n\n")
	b.WriteString("| path | on | mixed | off | none | ineligible | unknown | inactive | chosen | born | assisted | automated | mandated | of these kept | voluntary teams |\n| --- |" + strings.Repeat(" --: |", 14) + "\n")
	for _, p := range pathRules() {
		f := o.figure(p, o.today)
		fmt.Fprintf(b, "| %s |", p.key)
		for _, s := range []string{"on", "mixed", "off", "none", "ineligible", "unknown"} {
			fmt.Fprintf(b, " %d |", f.state[s])
		}
		fmt.Fprintf(b, " %d |", f.inactive)
		for _, s := range []string{"chosen", "born", "assisted", "automated", "mandated"} {
			fmt.Fprintf(b, " %d |", f.origin[s])
		}
		fmt.Fprintf(b, " %d | %v |\n", f.kept, f.teams)
	}
}

func (o organisation) writeSpells(b *strings.Builder, p pathRule) {
	fmt.Fprintf(b, "\n### Every time on `%s`\n\n| repository | team then | from | until | origin |\n| --- | --- | --- | --- | --- |\n", p.key)
	for _, u := range o.units[p.key] {
		for _, s := range u.spells {
			name, until := u.repo, ""
			if u.component != "" {
				name += "//" + u.component
			}
			if !s.until.IsZero() {
				until = s.until.Format(time.DateOnly)
			}
			fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", name, s.owner, s.from.Format(time.DateOnly), until, s.origin)
		}
	}
}
