package main

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// linksWithin is how long a scan asks links. What is left then is first the next time.
const linksWithin = 5 * time.Minute

// linkChecker asks the links of entities for a configuration; nil where that is switched off.
func linkChecker(c *config.Config, now func() time.Time) *catalog.LinkChecker {
	if !c.Catalog.CheckLinks {
		return nil
	}
	checker := &catalog.LinkChecker{Agent: "trodden/" + version() + " (checks links of a software catalog; +" + homepage + ")", Discreet: []string{"github.com"}, Now: now}
	for _, s := range c.Sources {
		at := serverOf(s)
		if at == nil || at.Hostname() == "" {
			continue
		}
		if at.Port() != "" {
			checker.Ports = append(checker.Ports, strings.ToLower(at.Host))
		}
		if s.GitHub != nil || s.GitLab != nil {
			checker.Discreet = append(checker.Discreet, strings.ToLower(at.Hostname()))
		}
	}
	return checker
}

// homepage is where people find out what asks them.
const homepage = "https://github.com/trodden/trodden"

// serverOf is the address of what a source reads; nil where it says none.
func serverOf(s config.Source) *url.URL {
	var text string
	switch {
	case s.GitHub != nil:
		text = s.GitHub.URL
	case s.GitLab != nil:
		text = cmp.Or(s.GitLab.URL, "https://gitlab.com")
	case s.Catalog != nil:
		text = s.Catalog.URL
	}
	at, err := url.Parse(text)
	if err != nil {
		return nil
	}
	return at
}

// checkLinks asks whether the links of entities lead anywhere, where that is switched on, and keeps what it finds out. A scan
// asks them where it reads catalogs. What nobody answers fails nothing.
func (s *scanRun) checkLinks(ctx context.Context) (asked catalog.Asked, err error) {
	if s.links == nil || s.only != nil || s.shard.Index > 1 {
		return asked, nil
	}
	urls, err := s.db.LinksTold(ctx, namesOfCatalogs(s.all))
	if err != nil || len(urls) == 0 {
		return asked, err
	}
	known, err := s.db.Links(ctx)
	if err != nil {
		return asked, err
	}
	checker := *s.links
	checker.Keep = func(list []metrics.Link) error { return s.db.WriteLinks(context.WithoutCancel(ctx), list) }
	asked, err = checker.Check(ctx, urls, known, linksWithin)
	if err != nil {
		return asked, err
	}
	s.log.Info("links asked", "links", len(urls), "asked", asked.Asked, "dead", asked.Dead, "left", asked.Left)
	return asked, nil
}

// namesOfCatalogs are the names of the sources that are catalogs.
func namesOfCatalogs(sources []config.Source) (names []string) {
	for _, s := range sources {
		if s.IsCatalog() {
			names = append(names, s.Name)
		}
	}
	return names
}

// linkWords says in a line what asking links came to; "" where none was due.
func linkWords(l api.ScanLinks) string {
	if l.Asked+l.Left == 0 {
		return ""
	}
	text := fmt.Sprintf("links: %s asked, %s dead", number(l.Asked), number(l.Dead))
	if l.Left > 0 {
		text += fmt.Sprintf(", %s left for the next scan", number(l.Left))
	}
	return text
}

// linksJudged is what is known of links, as catalogs are judged by it. What was asked too long ago is not known any more.
func linksJudged(known []metrics.Link, now metrics.Instant, m metrics.Measure) map[string]freshness.Link {
	states := map[metrics.Truth]freshness.LinkState{metrics.Yes: freshness.LinkAlive, metrics.No: freshness.LinkDead}
	links := make(map[string]freshness.Link, len(known))
	for _, l := range known {
		if state, told := states[l.Answers]; told && now <= l.Checked.Add(m.UnknownAfter) {
			links[l.URL] = freshness.Link{State: state, Since: l.Since}
		}
	}
	return links
}
