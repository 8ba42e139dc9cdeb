package api

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Figures are what /metrics shows of the work that goes on beside the requests. What has Total in its name only
// grows while the process lives.
type Figures struct {
	HintsPending int // not worked yet
	HintsTotal   map[string]int
	ScansTotal   map[ScanState]int
	ReposUnknown *int // as answers have it; nil where the store does not say
	Sources      []SourceFigures
}

// SourceFigures are what one source has spent.
type SourceFigures struct {
	Source        string
	RequestsTotal int
	PointsTotal   int // of the host's budget, where it has one
}

// meters counts requests and deliveries, and shows them with the figures of the rest of the program.
type meters struct {
	registry   *prometheus.Registry
	requests   *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	deliveries *prometheus.CounterVec
	figures    func() Figures
}

func newMeters(figures func() Figures) *meters {
	m := &meters{
		registry: prometheus.NewRegistry(), figures: figures,
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "trodden_http_requests_total", Help: "Requests answered."}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "trodden_http_request_seconds", Help: "How long answers took.", Buckets: prometheus.DefBuckets}, []string{"route"}),
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "trodden_webhook_deliveries_total", Help: "Deliveries of webhooks, by what became of them."}, []string{"host", "outcome"}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.deliveries, (*figuresCollector)(m),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// delivered counts a delivery.
func (m *meters) delivered(host, outcome string) { m.deliveries.WithLabelValues(host, outcome).Inc() }

// unrouted is the route of requests to addresses that there are not.
const unrouted = "other"

// measure counts a request. Labels are routes, never addresses: of those there are as many as callers invent.
func (m *meters) measure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := time.Now()
		err := next(c)
		status := c.Response().Status
		if err != nil && !c.Response().Committed {
			status = problemOf(err).Status
		}
		route := c.Path()
		var routed *echo.HTTPError
		if route == "" || errors.As(err, &routed) && routed.Code == http.StatusNotFound {
			route = unrouted
		}
		m.requests.WithLabelValues(route, method(c.Request().Method), strconv.Itoa(status)).Inc()
		m.seconds.WithLabelValues(route).Observe(time.Since(begun).Seconds())
		return err
	}
}

// method returns a method that there is; callers invent these, too.
func method(name string) string {
	switch name {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodPatch, http.MethodOptions:
		return name
	}
	return unrouted
}

func (s *Server) getMetrics(c echo.Context) error {
	promhttp.HandlerFor(s.meters.registry, promhttp.HandlerOpts{}).ServeHTTP(c.Response(), c.Request())
	return nil
}

// figuresCollector shows the figures, as they are when somebody asks.
type figuresCollector meters

var (
	hintsPending   = prometheus.NewDesc("trodden_hints_pending", "Hints of webhooks that are not worked yet.", nil, nil)
	hintsTotal     = prometheus.NewDesc("trodden_hints_total", "Hints of webhooks, by what became of them.", []string{"outcome"}, nil)
	scansTotal     = prometheus.NewDesc("trodden_scans_total", "Scans of this process, by how they ended.", []string{"state"}, nil)
	reposUnknown   = prometheus.NewDesc("trodden_repos_unknown", "Repositories of which it is not known how they stand on some path, as in answers.", nil, nil)
	sourceRequests = prometheus.NewDesc("trodden_source_requests_total", "Requests to the host of a source.", []string{"source"}, nil)
	sourcePoints   = prometheus.NewDesc("trodden_source_points_total", "Points of the host's budget that a source spent.", []string{"source"}, nil)
)

// Describe implements prometheus.Collector.
func (f *figuresCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{hintsPending, hintsTotal, scansTotal, reposUnknown, sourceRequests, sourcePoints} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (f *figuresCollector) Collect(to chan<- prometheus.Metric) {
	if f.figures == nil {
		return
	}
	now := f.figures()
	gauge := func(d *prometheus.Desc, value int, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), labels...)
	}
	counter := func(d *prometheus.Desc, value int, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(value), labels...)
	}
	gauge(hintsPending, now.HintsPending)
	if now.ReposUnknown != nil {
		gauge(reposUnknown, *now.ReposUnknown)
	}
	for outcome, n := range now.HintsTotal {
		counter(hintsTotal, n, outcome)
	}
	for state, n := range now.ScansTotal {
		counter(scansTotal, n, string(state))
	}
	for _, s := range now.Sources {
		counter(sourceRequests, s.RequestsTotal, s.Source)
		counter(sourcePoints, s.PointsTotal, s.Source)
	}
}
