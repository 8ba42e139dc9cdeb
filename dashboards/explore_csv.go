package dashboards

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/trodden/trodden/metrics/query"
)

// formatCSV asks a page for its figures as a file.
const formatCSV = "csv"

// exporter is a page that can be had as a file.
type exporter interface {
	records() [][]string // of CSV, the first with the names of columns
}

// export answers with a file.
func (p *Pages) export(w http.ResponseWriter, r *http.Request, page exporter) {
	var b bytes.Buffer
	rows := csv.NewWriter(&b)
	err := rows.WriteAll(page.records())
	if err != nil { // never: a buffer takes everything
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="trodden`+fileName(r.URL.Path)+`.csv"`)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Authorization")
	_, _ = w.Write(b.Bytes()) // to whom it is gone there is nobody to tell
}

// fileName is what an address adds to the name of a file.
func fileName(address string) string {
	name := []byte(address)
	for i, c := range name {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			name[i] = '-'
		}
	}
	return string(name)
}

// exportColumns are what all lines of a file have in common.
type exportColumns struct{ measure, by string }

// records are the figures of a page, with those that the page leaves out: shares from 0 to 1, days or hours, and what they stand on.
func (page *explorePage) records() [][]string {
	list := [][]string{{"measure", "by", "of", "moment", "value", "lo", "hi", "lowest", "highest", "num", "den", "reason"}}
	for _, row := range page.explored {
		f := row.figure
		line := []string{page.export.measure, page.export.by, query.Cell(row.part), row.at.Time().Format(time.RFC3339), "", "", "", "", "", "", "", query.Cell(f.Why)}
		if f.known {
			line[4] = decimal(f.exact.value)
		}
		if f.known && f.exact.lo != nil && f.exact.hi != nil {
			line[5], line[6] = decimal(*f.exact.lo), decimal(*f.exact.hi)
		}
		if f.bounds != nil {
			line[7], line[8] = decimal(f.bounds[0]), decimal(f.bounds[1])
		}
		if f.rate.Den > 0 {
			line[9], line[10] = strconv.Itoa(f.rate.Num), strconv.Itoa(f.rate.Den)
		}
		list = append(list, line)
	}
	return list
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
