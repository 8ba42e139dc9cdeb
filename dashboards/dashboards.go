// Package dashboards renders the pages: plain HTML that works without JavaScript, with charts where it
// is there. A page asks the same questions as the API and the command line, through package query.
//
// Everything a page needs comes from the binary; its Content-Security-Policy forbids any other host.
// A page is one file, one template and one entry in pages.go.
package dashboards

import (
	"context"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Explainer shows what the signals of a path find in one unit.
type Explainer interface {
	// Explain looks at the unit's files as they were at a moment. An empty path means all paths.
	Explain(ctx context.Context, repo metrics.RepoID, component string, path metrics.PathKey,
		at metrics.Instant) (metrics.Explanation, error)
}

// Options say what the pages work with.
type Options struct {
	DB      query.DB
	Explain Explainer // nil: pages go without signals
	// Objectives are those of the configuration, as it is in force; nil: there are none.
	Objectives func() []metrics.Objective
	Hosts      func() map[string]HostKind // code hosts beside github.com and gitlab.com, by name; nil: there are none
	EmbedIn    func() []string            // who may show charts within their pages, as https://wiki.acme.dev; nil: nobody
	Now        func() time.Time
	Log        *slog.Logger // nil: silence
	Org        string
	Version    string
}

// Pages serves the pages.
type Pages struct {
	Options
	assets    *assets
	templates map[string]*template.Template
	mux       *http.ServeMux
	looked    atomic.Int64 // when somebody opened a page last, in seconds
	ready     shelf        // what was made ready
}

// New returns the pages. It fails only when what the binary holds of them is damaged.
func New(o Options) (*Pages, error) { return newPages(o, files) }

func newPages(o Options, from fs.FS) (*Pages, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a, err := newAssets(from)
	if err != nil {
		return nil, fmt.Errorf("read the assets of the pages: %w", err)
	}
	p := &Pages{Options: o, assets: a, templates: make(map[string]*template.Template), mux: http.NewServeMux()}
	p.mux.Handle("GET /assets/", a)
	p.mux.HandleFunc("GET /badges/{path}/{file}", p.badge)
	p.mux.Handle("GET /favicon.ico", http.RedirectHandler(a.address("icon.svg"), http.StatusFound)) // where no page says what it is
	for _, page := range append(pages(), notFoundPage()) {
		if err := p.add(page); err != nil {
			return nil, err
		}
	}
	p.templates[problemPage] = p.templates[notFoundPage().address]
	if p.templates[embedPage], err = template.New("").Funcs(template.FuncMap{"asset": p.assets.address}).
		ParseFS(templates, "templates/parts.html", "templates/embed.html"); err != nil {
		return nil, fmt.Errorf("parse the template of charts by themselves: %w", err)
	}
	return p, nil
}

// add parses the template of a page and routes its address.
func (p *Pages) add(page page) error {
	t, err := template.New("").Funcs(template.FuncMap{"asset": p.assets.address}).
		ParseFS(templates, "templates/layout.html", "templates/parts.html", "templates/"+page.template)
	if err != nil {
		return fmt.Errorf("parse the template of page %s: %w", page.address, err)
	}
	p.templates[page.address] = t
	p.mux.Handle("GET "+pattern(page.address), p.serve(page))
	return nil
}

// pattern returns the route of one address and nothing below it; the empty address is all that is left.
func pattern(address string) string {
	switch address {
	case "":
		return "/"
	case "/":
		return "/{$}"
	}
	return address
}
