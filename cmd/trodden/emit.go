package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"time"

	"github.com/trodden/trodden/metrics/query"
)

// pair is a key of a record and its value.
type pair struct {
	key   string
	value any
}

// record is one row of what a command did, with its keys in order.
type record []pair

// MarshalJSON implements json.Marshaler.
func (r record) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, p := range r {
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%q:%s", ",{"[btoi(i == 0)], p.key, value)
	}
	if len(r) == 0 {
		b.WriteByte('{')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// scanState is the part of an envelope that says how fresh the data are.
type scanState struct {
	At       *string `json:"at"`
	Complete bool    `json:"complete"`
	Unknown  int     `json:"unknown"`
}

// emit prints what a command did: records in the envelope of every answer, as NDJSON or as CSV where that
// was asked for, else the lines for people that human writes.
func (p *program) emit(records []record, scan scanState, human func()) error {
	switch p.output {
	case "json":
		return json.NewEncoder(p.out).Encode(struct {
			Data []record  `json:"data"`
			AsOf string    `json:"as_of"`
			Scan scanState `json:"scan"`
			Next *string   `json:"next"`
		}{append([]record{}, records...), utc(p.now()), scan, nil})
	case "ndjson":
		enc := json.NewEncoder(p.out)
		for _, r := range records {
			if err := enc.Encode(r); err != nil {
				return err
			}
		}
		return nil
	case "csv":
		return p.emitCSV(records)
	default:
		human()
		return nil
	}
}

// emitCSV writes a column a key. What is no single value is written as JSON.
func (p *program) emitCSV(records []record) error {
	w := csv.NewWriter(p.out)
	for i, r := range records {
		var keys, cells []string
		for _, pair := range r {
			text, plain := pair.value.(string)
			if !plain {
				b, err := json.Marshal(pair.value)
				if err != nil {
					return err
				}
				text = string(b)
			}
			if plain {
				text = query.Cell(text)
			}
			keys, cells = append(keys, pair.key), append(cells, text)
		}
		if i == 0 {
			w.Write(keys)
		}
		w.Write(cells)
	}
	w.Flush()
	return w.Error()
}

// utc writes a time as answers have it.
func utc(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// say prints a line for people among the results.
func (p *program) say(format string, args ...any) {
	fmt.Fprintln(p.out, plain(fmt.Sprintf(format, args...)))
}

// tell prints a line for people beside the results.
func (p *program) tell(format string, args ...any) {
	fmt.Fprintln(p.err, plain(fmt.Sprintf(format, args...)))
}
