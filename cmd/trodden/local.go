package main

import (
	"context"
	"net/http"
	"time"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// local is a store that is open in this process, with all that works on it.
type local struct {
	// handler returns the API, and the pages where there are any, for callers with the given access.
	handler func(access) http.Handler
	// scan reads, classifies and stores, and returns when that is done. It tells how far it has come.
	scan func(context.Context, scanRequest, func(scanProgress)) (scanRow, error)
	// push tells software catalogs how what is in them stands on paths, or says what would be told.
	push func(context.Context, pushRequest, []config.Source) ([]pushed, error)
	// start begins a scan and returns while it runs. It fails with metrics.ErrConflict while another one does.
	start func(context.Context, scanRequest) error
	// report sends the reports of the last week to all recipients, and fails where any could not be sent.
	report func(context.Context) error
	// catchUp sends those reports of the last week that should have been sent by now and were not.
	catchUp func(ctx context.Context, now time.Time) error
	// receive begins to take what webhooks deliver, into a folder or, where that is "", into the store, and to work
	// it. It is called before handler. What it returns ends that.
	receive func(ctx context.Context, c config.Webhooks, dir string) (stop func(), err error)
	// warm keeps ready what the pages show that are opened first, until ctx ends.
	warm func(ctx context.Context)
	// makeReady asks what takes long to answer, so that who asks it next need not wait, be it of another process.
	makeReady func(ctx context.Context)
	// pending says what a scan would have to read that no scan has read yet. It writes nothing.
	pending func(context.Context, metrics.WatchSet) (pending, error)
	// migrated names what was applied to bring the schema up to date when the store was opened.
	migrated []string
	// announce tells other processes where this one serves the embedded directory.
	announce func(url string) error
	close    func() error
}

// access says who may use a handler.
type access struct {
	Write   bool   // callers without a token may scan and exempt, not only ask
	Deny    bool   // callers without a token may do nothing
	AnyHost bool   // callers without a token may come by any host name
	Token   string // who has it may scan and exempt; "" for none
}

// scanRequest says what to scan.
type scanRequest struct {
	Source string `json:"source"` // name of one source; "" for all
	Full   bool   `json:"full"`
	Shard  string `json:"shard"` // I/N; "" for all
	Budget int    `json:"budget"`

	History bool `json:"history,omitempty"` // of all code hosts, be it configured or not

	anew    bool                             // look at what is looked at once a day
	checked *checked                         // what looking at the sources showed; nil where nobody looked
	tell    func(format string, args ...any) // is told what a look waits for; nil for the log
}

// shard returns the part of the repositories that the request names.
func (r scanRequest) shard() (collectors.Shard, error) { return parseShard(r.Shard) }

// pending is what a scan would have to read that no scan has read yet.
type pending struct {
	New   bool     // there is no store yet, or nothing in it
	Read  []string // names of the sources that scans have read, or begun to
	Never int      // repositories never read
	Again int      // repositories whose history is read again, because of the globs
	Globs []string // that were not among those read
	// Outdated are the migrations that the store lacks; nothing else is known of it then.
	Outdated []string
}

// schemaUse says what becomes of the schema of a store that is opened.
type schemaUse bool

const (
	updateSchema schemaUse = true  // it is brought up to date
	leaveSchema  schemaUse = false // it is left alone, whether it is up to date or not
)
