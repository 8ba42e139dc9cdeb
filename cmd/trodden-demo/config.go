package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/template"
	"time"
)

//go:embed trodden.yaml.tmpl
var configTemplate string

// A configTeam is one entry of the list of teams.
type configTeam struct {
	Key, Group, Aliases, Repos string
	Members                    []string
	Weight                     int // how many members it has today
}

// owned are the repositories whose owner no file in them tells.
func owned() map[string][]string {
	return map[string][]string{
		platformTeam: {"handbook"},
		"warehouse":  {"barcode"},
	}
}

// writeConfig writes trodden.yaml for the organisation.
func writeConfig(o options, c crew) error {
	text, err := config(o, c)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(o.dir, "trodden.yaml"), text, 0o644); err != nil {
		return fmt.Errorf("write configuration: %w", err)
	}
	return nil
}

// config is the text of trodden.yaml.
func config(o options, c crew) ([]byte, error) {
	day := func(ago int) string { return o.today.AddDate(0, 0, -ago).Format(time.DateOnly) }
	t, err := template.New("trodden.yaml").Funcs(template.FuncMap{"date": day}).Parse(configTemplate)
	if err != nil {
		return nil, fmt.Errorf("read template of the configuration: %w", err)
	}
	half, from, to := halfYear(o.today)
	var out bytes.Buffer
	err = t.Execute(&out, map[string]any{
		"Today": day(0), "Repos": strconv.Quote(filepath.Join(o.dir, "repos", "*")), "Teams": configTeams(c, day),
		"Launch": launchAgo, "Images": imageReleases()[0].ago, "Chart": chartAgo, "Faster": fasterAgo,
		"AuditAnnounced": auditAnnouncedAgo, "AuditFrom": auditFromAgo, "AuditUntil": auditUntilAgo,
		"CardsAnnounced": cardsAnnouncedAgo, "CardsFrom": cardsFromAgo,
		"Half": half, "HalfFrom": from, "HalfTo": to,
	})
	if err != nil {
		return nil, fmt.Errorf("fill template of the configuration: %w", err)
	}
	return out.Bytes(), nil
}

// configTeams writes down the crew. day gives the date of so many days ago.
func configTeams(c crew, day func(int) string) []configTeam {
	var out []configTeam
	for _, t := range c.teams {
		team := configTeam{Key: t.key, Group: t.group, Aliases: strconv.Quote("@acme/" + t.key)}
		if t.formerly != "" {
			team.Aliases += ", " + strconv.Quote("@acme/"+t.formerly)
		}
		var names []string
		for _, name := range owned()[t.key] {
			names = append(names, "github.com/acme/"+name)
		}
		team.Repos = strings.Join(names, ", ")
		for _, p := range c.members[t.key] {
			team.Members = append(team.Members, member(p, day))
			if p.until == 0 {
				team.Weight++
			}
		}
		out = append(out, team)
	}
	return out
}

func member(p person, day func(int) string) string {
	fields := []string{"id: " + p.mail}
	if p.since > 0 {
		fields = append(fields, "from: "+day(p.since))
	}
	if p.until > 0 {
		fields = append(fields, "until: "+day(p.until))
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// halfYear names the half year that a day is in, with its first and last day.
func halfYear(day time.Time) (key, from, to string) {
	if day.Month() < time.July {
		return fmt.Sprintf("%d-h1", day.Year()), fmt.Sprintf("%d-01-01", day.Year()), fmt.Sprintf("%d-06-30", day.Year())
	}
	return fmt.Sprintf("%d-h2", day.Year()), fmt.Sprintf("%d-07-01", day.Year()), fmt.Sprintf("%d-12-31", day.Year())
}
