package main

import (
	"context"
	"slices"
	"strings"

	"github.com/trodden/trodden/cmd/trodden/config"
)

// tryCatalog asks a catalog whether it lets in, and how many entities it has.
func (p *program) tryCatalog(ctx context.Context, s config.Source) sourceCheck {
	got := sourceCheck{name: s.Name, kind: s.Kind, catalog: true}
	around, err := p.trial()
	if err != nil {
		got.problem = oneLine(err)
		return got
	}
	opened, err := openCatalog(s, around)
	if err != nil {
		got.problem = oneLine(err)
		return got
	}
	asked := &catalogLook{portal: opened.portal}
	if err := look(ctx, s.Name, opened.where(), asked, p.tell); err != nil {
		got.problem = strings.TrimPrefix(oneLine(err), "source "+s.Name+": ")
	} else if asked.told {
		got.entities = &asked.entities
	}
	return got
}

// catalogLook looks at a portal as at other sources, and keeps what it tells of itself.
type catalogLook struct {
	portal   catalogPortal
	entities int
	told     bool
}

// Check implements collectors.Checker.
func (l *catalogLook) Check(ctx context.Context) (err error) {
	l.entities, l.told, err = l.portal.Check(ctx)
	return err
}

// ofCatalog says what trying a catalog showed.
func (s sourceCheck) ofCatalog() string {
	switch {
	case s.problem != "":
		return "not to be read: " + s.problem
	case s.entities == nil:
		return "lets in; how many entities it has is told when it is read"
	}
	text := count(*s.entities, "entity", "entities")
	if processes(s.kind) {
		text += " that it has processed"
	}
	return text
}

// processes says whether a kind of catalog counts those of its entities alone that it has processed: a scan reads the others,
// too.
func processes(kind string) bool {
	return slices.Contains([]string{"backstage", "roadie", "spotify-portal"}, kind)
}

// withRepos are the checked sources that are no catalogs.
func withRepos(list []sourceCheck) []sourceCheck {
	return slices.DeleteFunc(slices.Clone(list), func(s sourceCheck) bool { return s.catalog })
}
