package api

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// scanPart is the part of an envelope that says how fresh the data are.
type scanPart struct {
	At       *time.Time `json:"at"` // when the newest scan ended; null before the first
	Complete bool       `json:"complete"`
	Unknown  int        `json:"unknown"`            // repositories that are unknown on some path, or were never read
	NotRead  int        `json:"not_read,omitempty"` // of these, those of parts that no scan read
}

// tail is what follows the rows in an envelope.
type tail struct {
	AsOf     time.Time  `json:"as_of"`
	Scan     scanPart   `json:"scan"`
	JudgedAt *time.Time `json:"judged_at,omitempty"` // of answers about catalogs: when these were judged; none where none was by then
	Next     *string    `json:"next"`
}

// newScanPart says how fresh the data are.
func newScanPart(f query.Freshness) scanPart {
	part := scanPart{Complete: f.Complete, Unknown: f.Unknown, NotRead: f.NotRead}
	if f.Scanned > metrics.Beginning {
		at := f.Scanned.Time()
		part.At = &at
	}
	return part
}

// format is a way of writing rows.
type format struct {
	name      string
	mediaType string
	writer    func(w *bufio.Writer, row reflect.Type) rowWriter
}

// formats lists the ways of writing rows; the first is the default.
func formats() []format {
	return []format{
		{"json", "application/json", newJSONRows},
		{"csv", "text/csv; charset=utf-8; header=present", newCSVRows},
		{"ndjson", "application/x-ndjson", newNDJSONRows},
	}
}

func formatNames() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// rowWriter writes rows and, at the end, what an envelope has beside them. Nothing is sent before its
// buffer is full, so that a question that fails early can still be answered with a problem.
type rowWriter interface {
	row(v any) error
	end(t tail) error
}

// jsonRows writes the envelope, a row a line.
type jsonRows struct {
	w    *bufio.Writer
	rows int
}

func newJSONRows(w *bufio.Writer, _ reflect.Type) rowWriter { return &jsonRows{w: w} }

// plainJSON is v as JSON that is not made safe for HTML, which it is never part of.
func plainJSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func (j *jsonRows) row(v any) error {
	row, err := plainJSON(v)
	if err != nil {
		return err
	}
	lead := ",\n"
	if j.rows == 0 {
		lead = "{\"data\":[\n"
	}
	j.rows++
	if _, err := j.w.WriteString(lead); err != nil {
		return err
	}
	_, err = j.w.Write(row)
	return err
}

func (j *jsonRows) end(t tail) error {
	rest, err := json.Marshal(t)
	if err != nil {
		return err
	}
	lead := "\n],"
	if j.rows == 0 {
		lead = `{"data":[],`
	}
	j.w.WriteString(lead)
	j.w.Write(rest[1:]) // the envelope's own brace is open already
	j.w.WriteByte('\n')
	return j.w.Flush() // reports the first error of all writes
}

// ndjsonRows writes the bare rows, one a line.
type ndjsonRows struct{ w *bufio.Writer }

func newNDJSONRows(w *bufio.Writer, _ reflect.Type) rowWriter { return &ndjsonRows{w} }

func (n *ndjsonRows) row(v any) error {
	row, err := plainJSON(v)
	if err != nil {
		return err
	}
	_, err = n.w.Write(append(row, '\n'))
	return err
}

func (n *ndjsonRows) end(tail) error { return n.w.Flush() }

// spread is a row that is several lines of CSV, all of one type, because a list in it is what people want to look at there.
type spread interface {
	line() reflect.Type
	lines() []any
}

// csvRows writes a header and a line a row.
type csvRows struct {
	w       *bufio.Writer
	csv     *csv.Writer
	columns []column
	begun   bool
}

func newCSVRows(w *bufio.Writer, row reflect.Type) rowWriter {
	if s, ok := reflect.Zero(row).Interface().(spread); ok {
		row = s.line()
	}
	return &csvRows{w: w, csv: csv.NewWriter(w), columns: columnsOf(row)}
}

func (c *csvRows) begin() error {
	if c.begun {
		return nil
	}
	c.begun = true
	names := make([]string, len(c.columns))
	for i, col := range c.columns {
		names[i] = col.name
	}
	return c.csv.Write(names)
}

func (c *csvRows) row(v any) error {
	if err := c.begin(); err != nil {
		return err
	}
	s, ok := v.(spread)
	if !ok {
		return c.write(v)
	}
	for _, line := range s.lines() {
		if err := c.write(line); err != nil {
			return err
		}
	}
	return nil
}

func (c *csvRows) write(line any) error {
	cells, err := record(reflect.ValueOf(line), c.columns)
	if err != nil {
		return err
	}
	return c.csv.Write(cells)
}

func (c *csvRows) end(tail) error {
	if err := c.begin(); err != nil {
		return err
	}
	c.csv.Flush()
	if err := c.csv.Error(); err != nil {
		return err
	}
	return c.w.Flush()
}
