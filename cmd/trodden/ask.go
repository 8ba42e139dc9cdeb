package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics/clickhouse"
)

// embedded begins the address of a store in this machine's folders.
const embedded = "embedded:"

// reach calls do with a client: of the server that --server names, of the one that holds the embedded
// directory, or of this process with the store opened in it.
func (p *program) reach(ctx context.Context, do func(*client) error) error {
	c, err := p.remote(ctx)
	if err != nil {
		return err
	}
	if c != nil {
		return do(c)
	}
	err = p.withLocal(ctx, func(l *local) error { return do(newLocalClient(l.handler(access{Write: true}))) })
	var held *clickhouse.HeldError
	if errors.As(err, &held) && held.URL != "" { // a server came first
		if c, err = newClient(held.URL, p.lookup("TRODDEN_TOKEN", "")); err == nil {
			err = do(c)
		}
	}
	return err
}

// holder says who holds the embedded directory, nil where nobody does or the store is elsewhere.
func (p *program) holder() (*clickhouse.Holding, error) {
	dir, ok := strings.CutPrefix(p.clickhouse, embedded)
	if !ok {
		return nil, nil
	}
	return clickhouse.Holder(dir)
}

// stored reports whether there is a store. One that is not to be reached is told of when it is opened.
func (p *program) stored(ctx context.Context) bool {
	if dir, ok := strings.CutPrefix(p.clickhouse, embedded); ok {
		files, err := os.ReadDir(dir)
		kept := func(f os.DirEntry) bool { return !strings.HasPrefix(f.Name(), ".") } // a .gitkeep is no store
		return err == nil && slices.ContainsFunc(files, kept)
	}
	db, err := clickhouse.Open(ctx, p.clickhouse, clickhouse.Options{})
	if err != nil {
		return false
	}
	defer db.Close()
	begun, err := db.Begun(ctx)
	return err == nil && begun
}

// withLocal calls do with the store opened in this process.
func (p *program) withLocal(ctx context.Context, do func(*local) error) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	l, err := p.opened(ctx, c)
	if err != nil {
		return err
	}
	return errors.Join(do(l), l.close())
}

// question is what an asking command asks.
type question struct {
	resource string
	query    url.Values
	table    func(io.Writer, *answer) error // prints the answer for people
}

// answer is an envelope as it is read for a table.
type answer struct {
	Data json.RawMessage `json:"data"`
	AsOf string          `json:"as_of"`
	Scan struct {
		At       *string `json:"at"`
		Complete bool    `json:"complete"`
		Unknown  int     `json:"unknown"`
		NotRead  int     `json:"not_read"` // of these, of parts that no scan read
	} `json:"scan"`
	JudgedAt *string `json:"judged_at"` // of what is about catalogs
}

// ask puts a question and prints every row of the answer.
func (p *program) ask(cmd *cobra.Command, q question) error {
	return p.reach(cmd.Context(), func(c *client) error { return p.askOf(cmd, c, q) })
}

// askOf puts a question to a server. What is not printed as a table is passed on as it comes.
func (p *program) askOf(cmd *cobra.Command, c *client, q question) error {
	format := p.format()
	q.query.Set("limit", "0") // all rows
	if format == "csv" || format == "ndjson" {
		q.query.Set("format", format)
	}
	body, err := c.get(cmd.Context(), q.resource, q.query)
	if err != nil {
		return err
	}
	defer body.Close()
	if format == "table" {
		return p.print(body, q.table)
	}
	if _, err := io.Copy(p.out, body); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	return nil
}

// format is how an asking command prints: as told, else a table on a terminal and JSON for programs.
func (p *program) format() string {
	switch {
	case p.output != "":
		return p.output
	case p.outTerminal:
		return "table"
	default:
		return "json"
	}
}

// print writes an answer as a table, with a line that says how far it can be trusted.
func (p *program) print(body io.Reader, table func(io.Writer, *answer) error) error {
	var a answer
	if err := json.NewDecoder(body).Decode(&a); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if err := table(p.out, &a); err != nil {
		return err
	}
	_, err := fmt.Fprintln(p.out, "\n"+a.note())
	return err
}

// note says for which moment an answer is and how far it can be trusted.
func (a *answer) note() string {
	parts := []string{"as of " + moment(a.AsOf)}
	if a.JudgedAt != nil {
		parts[0] += "; catalogs judged " + moment(*a.JudgedAt)
	}
	if a.Scan.At == nil {
		return parts[0] + "; nothing has been scanned yet: `trodden scan`"
	}
	scan := "newest scan " + moment(*a.Scan.At)
	if !a.Scan.Complete {
		scan += ", not complete"
	}
	unknown := count(a.Scan.Unknown, "repository", "repositories") + " unknown"
	if a.Scan.NotRead > 0 {
		unknown += ", " + number(a.Scan.NotRead) + " of them of parts that no scan has read: `trodden scan --shard`"
	}
	return strings.Join(append(parts, scan, unknown), "; ")
}

// set puts a flag's value into a query where it is given.
func set(query url.Values, name, value string) {
	if value != "" {
		query.Set(name, value)
	}
}
