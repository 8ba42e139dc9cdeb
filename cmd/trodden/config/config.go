// Package config reads trodden.yaml: what an organisation measures, where its work is kept, and how
// trodden behaves.
//
// A file is checked whole. All mistakes are found in one run, each with its line, its column and what was
// expected. The published JSON Schema is made from the tables that read the file, so that the two agree.
package config

import (
	"fmt"
	"path/filepath"

	"github.com/trodden/trodden/metrics"
)

//go:generate go test -run=TestSchemaIsCurrent -update .

// Config is a configuration without mistakes.
type Config struct {
	metrics.Definitions
	File       string // the file it was read from, as the user calls it
	Dir        string // the folder of the file
	Sources    []Source
	Catalog    CatalogOptions
	Bots       []string // who is a bot, besides those that call themselves so; * and ? are special
	Initiators []string // bots that change repositories because somebody asked them to
	Privacy    Privacy
	Scan       Scan
	Webhooks   Webhooks
	Reports    Reports
	Pages      Pages
	OKRs       []metrics.Objective
	Warnings   Problems // what is probably a mistake but may be meant
}

// Scan says when a server scans by itself.
type Scan struct {
	Schedule string // cron; "" for never
}

// Load reads the configuration in a file. Mistakes in it come back as Problems.
func Load(file string, env Environment) (*Config, error) {
	b, err := readLimited(file, maxBytes)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	return Parse(file, string(b), env)
}

// Parse reads a configuration that stands in file. Relative folders begin where the file lies.
func Parse(file, text string, env Environment) (*Config, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, fmt.Errorf("find the folder of %s: %w", file, err)
	}
	d := newDecoder(file, filepath.Dir(abs), env)
	c := &Config{File: file, Dir: d.dir}
	if root, ok := d.parse(text); ok {
		d.link(root)
		c.preset(d)
		configShape().read(d, root, c)
		for _, check := range d.checks {
			check()
		}
	}
	d.problems.sort()
	d.warnings.sort()
	d.warnings = d.warnings.once()
	if len(d.problems) > 0 {
		return nil, d.problems
	}
	c.Warnings, c.CatalogFiles = d.warnings, c.Catalog.Files
	return c, nil
}

// preset puts in what holds where the file says nothing.
func (c *Config) preset(d *decoder) {
	c.Measure = metrics.DefaultMeasure()
	c.Teams.Order = []metrics.OwnerSource{
		metrics.OwnerConfig, metrics.OwnerCatalog, metrics.OwnerCodeowners, metrics.OwnerProvider,
	}
	c.Privacy.Key = Secret{File: filepath.Join(d.dir, "privacy.key"), At: Problem{File: d.file, Line: 1, Column: 1}}
}

func configShape() shape[Config] {
	return object("trodden.yaml", []field[Config]{
		key("org", "Name of the organisation.", text(), func(c *Config) *string { return &c.Org }),
		key("sources", "Where repositories and catalogs are.", nonEmpty(list("sources", sourceShape(), namedOnce), "source"),
			func(c *Config) *[]Source { return &c.Sources }).must(),
		key("catalog", "What software catalogs are judged by, beside what portals tell.", catalogOptionsShape(), func(c *Config) *CatalogOptions { return &c.Catalog }),
		key("teams", "Who owns what.", teamsShape(), func(c *Config) *metrics.Teams { return &c.Teams }),
		key("bots", "Who is a bot: names, e-mail addresses or logins; * and ? are special.",
			list("names", name[string]("a name")), func(c *Config) *[]string { return &c.Bots }),
		key("initiators", "Bots that act for a human who asked them, such as template runners and coding agents.",
			list("names", name[string]("a name")), func(c *Config) *[]string { return &c.Initiators }),
		key("measure", "The thresholds of all measures.", measureShape(), func(c *Config) *metrics.Measure { return &c.Measure }),
		key("campaigns", "Mass changes that cannot be seen from the changes alone.", campaignsShape(),
			func(c *Config) *metrics.Campaigns { return &c.Campaigns }),
		key("privacy", "How names are turned into hashes.", privacyShape(), func(c *Config) *Privacy { return &c.Privacy }),
		key("paths", "The golden paths.", list("paths", pathShape(),
			once("key", "path key", func(p metrics.Path) string { return string(p.Key) })),
			func(c *Config) *[]metrics.Path { return &c.Paths }),
		key("okrs", "Objectives and their key results.", list("objectives", objectiveShape(),
			once("key", "objective key", func(o metrics.Objective) string { return o.Key })),
			func(c *Config) *[]metrics.Objective { return &c.OKRs }),
		key("scan", "When a server scans by itself.", scanShape(), func(c *Config) *Scan { return &c.Scan }),
		key("webhooks", "What code hosts tell a server, so that it reads at once what has changed.", webhooksShape(), func(c *Config) *Webhooks { return &c.Webhooks }),
		key("reports", "The report that is sent regularly.", reportsShape(), func(c *Config) *Reports { return &c.Reports }),
		key("pages", "What pages show to whom.", pagesShape(), func(c *Config) *Pages { return &c.Pages }),
	}, knowNames)
}

// knowNames lets every reference to a path, a team or a group be checked once all of them are known.
func knowNames(d *decoder, _ mapping, c *Config) {
	d.known = names{teams: map[string]bool{}, groups: map[string]bool{}, paths: map[string]bool{}}
	for _, p := range c.Paths {
		d.known.paths[string(p.Key)] = true
	}
	for _, t := range c.Teams.List {
		d.known.teams[string(t.Key)] = true
		d.known.groups[t.Group] = true
	}
	for _, g := range c.Teams.Groups {
		d.known.groups[g.Key] = true
	}
	delete(d.known.groups, "") // of no group, or of a mistake
}

func scanShape() shape[Scan] {
	return object("scan", []field[Scan]{
		key("schedule", "When to scan, as cron writes it.", schedule(), func(s *Scan) *string { return &s.Schedule }),
	})
}

func privacyShape() shape[Privacy] {
	return object("privacy", []field[Privacy]{
		key("key", "Where the key is; a file is made on first use. Another key than the store was filled with is refused.",
			secret(), func(p *Privacy) *Secret { return &p.Key }),
	})
}
