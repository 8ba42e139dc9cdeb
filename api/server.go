// Package api answers the questions of package query over HTTP: JSON, CSV and NDJSON, a resource a
// question, as openapi.yaml describes it. The command line asks it too, over a socket or in process.
//
// The package does no work of its own: what scans, exempts and explains arrives as an interface. Its
// errors are problem documents (RFC 9457), made in one place from the sentinels of package metrics.
package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Options say what a server works with.
type Options struct {
	DB         query.DB                   // the store
	Explain    Explainer                  // nil: explanations go without signals
	Scans      Scanner                    // nil: this server starts no scans
	Exemptions Exempter                   // nil: this server exempts nothing
	Reports    Reporter                   // nil: this server makes no reports
	Objectives func() []metrics.Objective // as they are now; nil: there are none
	Pages      http.Handler               // what stands at / and at every address that is not the API's; nil: nothing
	Webhooks   Webhooks
	Figures    func() Figures // of the rest of the program, for /metrics; nil: it has none
	Access     Access
	Now        func() time.Time
	Log        *slog.Logger // nil: silence
	Version    string       // of the program
}

// Server answers requests.
type Server struct {
	db         query.DB
	explainer  Explainer
	scanner    Scanner
	exempter   Exempter
	reporter   Reporter
	objectives func() []metrics.Objective
	deliveries *deliveries
	meters     *meters
	access     Access
	now        func() time.Time
	log        *slog.Logger
	version    string
	echo       *echo.Echo
	openapi    func() ([]byte, error)
}

// New returns a server. It opens nothing and listens nowhere.
func New(o Options) *Server {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Objectives == nil {
		o.Objectives = func() []metrics.Objective { return nil }
	}
	s := &Server{
		db: o.DB, explainer: o.Explain, scanner: o.Scans, exempter: o.Exemptions, reporter: o.Reports, objectives: o.Objectives,
		access: o.Access, now: o.Now, log: o.Log, version: o.Version, openapi: describe(), meters: newMeters(o.Figures),
	}
	s.deliveries = newDeliveries(o.Webhooks, s.meters.delivered)
	s.echo = s.router(o.Pages)
	return s
}

// Handler returns the server's handler. It panics with http.ErrAbortHandler where an answer breaks off in
// its middle, as net/http wants it; whoever calls it in process must take that for an error.
func (s *Server) Handler() http.Handler { return s.echo }
