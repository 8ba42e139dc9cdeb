package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// Scanner runs scans. One runs at a time.
type Scanner interface {
	// Start begins a scan, which goes on after the request, and returns how it stands. It fails with
	// metrics.ErrConflict while another one runs, with metrics.ErrInvalid for a request that cannot be right, and with
	// metrics.ErrUnavailable, in words for who asks and free of secrets, where no source lets it in.
	Start(ctx context.Context, r ScanRequest) (Scan, error)
	// Scans lists all scans, newest first: the one that runs, those that did not come to their end, and those that
	// did. The ones that this process ran have their problems.
	Scans(ctx context.Context) ([]Scan, error)
}

// ScanRequest says what to scan, as the flags of the command do.
type ScanRequest struct {
	Source string `json:"source"` // name of one source; "": all
	Full   bool   `json:"full"`   // read again what was read before
	Shard  string `json:"shard"`  // I/N: the I-th of N parts; "": all
	Budget int    `json:"budget"` // calls to hosts; 0: no bound

	History bool `json:"history,omitempty"` // read the history of the repositories of code hosts, be it configured or not
}

// ScanState says how a scan stands.
type ScanState string

// How a scan stands.
const (
	ScanRunning     ScanState = "running"
	ScanDone        ScanState = "done"
	ScanFailed      ScanState = "failed"      // broken off: nothing was concluded from it
	ScanInterrupted ScanState = "interrupted" // likewise, by who ran it; what it read is kept
)

// ScanID identifies a scan, in the store, too.
type ScanID uint64

// String returns the id as answers and addresses have it.
func (id ScanID) String() string { return fmt.Sprintf("%016x", uint64(id)) }

// Scan is one run of the collectors.
type Scan struct {
	ID        ScanID
	State     ScanState
	Began     metrics.Instant
	Ended     metrics.Instant // Beginning while it runs
	Source    string          // the only one that is read; "" for all
	Shard     string          // the part of the repositories, I/N; "" for all
	Listed    bool            // everything could be listed
	Complete  bool            // and read
	Total     int             // repositories there are to read; 0 while that is not known
	Repos     int             // done with so far
	Unchanged int
	Unknown   int
	Changes   int           // written
	Requests  int           // to hosts
	Points    int           // of what hosts allow
	Spent     []query.Spent // requests and points by source
	Renamed   int           // repositories that have another name than before
	Archived  int           // that were not archived before
	Gone      int           // that are not there any more
	Problems  []ScanProblem
	Error     string // why it failed, in words, free of secrets
	Resumed   int    // repositories without news since scans read them that were cut off
	Common    []ScanCommon
	Lacks     []ScanLack
	Catalogs  []query.ScanCatalog // that it read
	Links     ScanLinks
}

// ScanLinks is what asking the links of entities of catalogs came to.
type ScanLinks struct {
	Asked int `json:"asked"`
	Dead  int `json:"dead"` // of them, those that are believed to lead nowhere
	Left  int `json:"left"` // that were due, for the next scan
}

// ScanLack is what a source's host does not show to its token: it said so, or does not say whether there is any.
type ScanLack struct {
	Source string    `json:"source"`
	Part   string    `json:"part"`
	Needs  string    `json:"needs"`          // "" where that is not known
	Why    string    `json:"why,omitempty"`  // where the host said so
	Since  time.Time `json:"since,omitzero"` // likewise: when it did first
}

// ScanProblem is a repository that could not be read, or something else of a source that was not.
type ScanProblem struct {
	Source string         `json:"source"` // "" where none is known
	Repo   string         `json:"repo"`   // "" where it is about the source as a whole
	Reason metrics.Reason `json:"reason"` // of a repository
	Detail string         `json:"detail"`
}

// ScanCommon is that several sources have the same repositories.
type ScanCommon struct {
	Sources  []string `json:"sources"`
	Repos    int      `json:"repos"`
	Examples []string `json:"examples"`
	Once     bool     `json:"read_once"` // the first of them reads for all
	Apart    int      `json:"apart"`     // those of which they have different heads: the newest counts
}

// scanRow is a scan in answers.
type scanRow struct {
	ID        string        `json:"id"`
	State     ScanState     `json:"state"`
	Began     time.Time     `json:"began"`
	Ended     *time.Time    `json:"ended"`   // null while it runs
	Seconds   int64         `json:"seconds"` // it took so far
	Source    string        `json:"source"`
	Shard     string        `json:"shard"`
	Listed    bool          `json:"listed"`
	Complete  bool          `json:"complete"`
	Total     int           `json:"total"`
	Repos     int           `json:"repos"`
	Unchanged int           `json:"unchanged"`
	Unknown   int           `json:"unknown"`
	Changes   int           `json:"changes"`
	Requests  int           `json:"requests"`
	Points    int           `json:"points"`
	Spent     []query.Spent `json:"spent"`
	Renamed   int           `json:"renamed"`
	Archived  int           `json:"archived"`
	Gone      int           `json:"gone"`
	Problems  []ScanProblem `json:"problems"` // known while the server that ran it lives
	Error     string        `json:"error"`
	Resumed   int           `json:"resumed"`
	Common    []ScanCommon  `json:"common"` // known while the server that ran it lives
	Lacks     []ScanLack    `json:"lacks"`  // likewise

	Catalogs []query.ScanCatalog `json:"catalogs"`
	Links    ScanLinks           `json:"links"` // known while the server that ran it lives
	key      query.ScanKey
}

// newScanRow is the row of a scan of this process.
func newScanRow(s Scan, now metrics.Instant) scanRow {
	row := scanRow{ID: s.ID.String(), State: s.State, Began: s.Began.Time(), Source: s.Source, Shard: s.Shard,
		Listed: s.Listed, Complete: s.Complete,
		Total: s.Total, Repos: s.Repos, Unchanged: s.Unchanged, Unknown: s.Unknown, Changes: s.Changes,
		Requests: s.Requests, Points: s.Points, Spent: append([]query.Spent{}, s.Spent...), Renamed: s.Renamed, Archived: s.Archived, Gone: s.Gone,
		Problems: append([]ScanProblem{}, s.Problems...), Error: s.Error, Resumed: s.Resumed, Common: append([]ScanCommon{}, s.Common...),
		Lacks: append([]ScanLack{}, s.Lacks...), Catalogs: append([]query.ScanCatalog{}, s.Catalogs...), Links: s.Links,
		key: query.ScanKey{Began: s.Began, ID: uint64(s.ID)}}
	if s.Ended > metrics.Beginning {
		now = s.Ended
		ended := now.Time()
		row.Ended = &ended
	}
	row.Seconds = int64(max(now-s.Began, 0))
	return row
}

// storedScanRow is the row of a scan that the store remembers.
func storedScanRow(r query.ScanRow) scanRow {
	ended := r.Ended
	row := scanRow{ID: r.ID, State: ScanState(r.State), Began: r.Began, Ended: &ended,
		Seconds: int64(r.Ended.Sub(r.Began).Seconds()), Source: r.Source, Shard: r.Shard,
		Listed: r.Listed, Complete: r.Complete, Total: r.Repos, Repos: r.Repos,
		Unchanged: r.Unchanged, Unknown: r.Unknown, Changes: r.Changes, Requests: r.Requests,
		Points: r.Points, Spent: r.Spent, Renamed: r.Renamed, Archived: r.Archived, Gone: r.Gone,
		Problems: []ScanProblem{}, Common: []ScanCommon{}, Lacks: []ScanLack{}, Error: r.Error, Resumed: r.Resumed,
		Catalogs: append([]query.ScanCatalog{}, r.Catalogs...), key: r.Key()}
	if row.State == ScanRunning { // elsewhere: it was heard of last then
		row.Ended, row.Total = nil, 0
	}
	return row
}

// allScans lists scans, newest first. A server that runs none knows those that the store remembers.
func (s *Server) allScans(ctx context.Context) ([]scanRow, error) {
	if s.scanner == nil {
		return s.storedScans(ctx)
	}
	scans, err := s.scanner.Scans(ctx)
	rows, now := make([]scanRow, len(scans)), s.instant()
	for i, scan := range scans {
		rows[i] = newScanRow(scan, now)
	}
	return rows, err
}

// storedScans lists those that the store remembers.
func (s *Server) storedScans(ctx context.Context) ([]scanRow, error) {
	stored, err := query.Scans(ctx, s.db, query.ScansQuestion{Silent: s.instant() - query.HeardOf})
	if err == nil {
		err = query.AddCatalogs(ctx, s.db, stored)
	}
	rows := make([]scanRow, len(stored))
	for i, r := range stored {
		rows[i] = storedScanRow(r)
	}
	return rows, err
}

func (s *Server) getScans(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams()...)
	v, err := s.view(c, p, volatile)
	if err != nil {
		return err
	}
	rows, err := s.allScans(c.Request().Context())
	if err != nil {
		return err
	}
	return answerVolatile(c, v, rows, func(r scanRow) query.ScanKey { return r.key })
}

func (s *Server) getScan(c echo.Context) error {
	if err := parseParams(c.Request().URL.RawQuery).err(); err != nil {
		return err
	}
	rows, err := s.allScans(c.Request().Context())
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	for _, row := range rows {
		if row.ID == c.Param("id") {
			return c.JSON(http.StatusOK, row)
		}
	}
	return &failure{kind: metrics.ErrNotFound, detail: "there is no scan " + strconv.Quote(c.Param("id")),
		hint: "GET /api/v1/scans lists them"}
}

func (s *Server) postScans(c echo.Context) error {
	if err := parseParams(c.Request().URL.RawQuery).err(); err != nil {
		return err
	}
	if s.scanner == nil {
		return &failure{kind: errNotHere, detail: "this server starts no scans",
			hint: "run trodden scan where the sources are configured"}
	}
	var r ScanRequest
	if err := readBody(c, &r); err != nil {
		return err
	}
	if r.Budget < 0 {
		return wrongField("budget", "negative, expected a number of calls, or 0 for no bound")
	}
	scan, err := s.scanner.Start(c.Request().Context(), r)
	if errors.Is(err, metrics.ErrUnavailable) {
		return &failure{kind: metrics.ErrUnavailable, detail: strings.ReplaceAll(metrics.Detail(err), "\n", "; "), cause: err}
	}
	if err != nil {
		return err
	}
	row := newScanRow(scan, s.instant())
	c.Response().Header().Set(echo.HeaderLocation, "/api/v1/scans/"+row.ID)
	return c.JSON(http.StatusAccepted, row)
}

// wrongField is a mistake in a body.
func wrongField(field, detail string) error {
	return &failure{kind: metrics.ErrInvalid, detail: field + ": " + detail,
		mistakes: []mistake{{Parameter: field, Detail: detail}}}
}
