package clickhouse

import "net/http"

// Transport is the embedded engine as the driver sees it.
func (db *DB) Transport() http.RoundTripper { return db.embedded }

// OnEngineThread runs call on a thread that the engine has worked on, and changed.
func (db *DB) OnEngineThread(call func()) {
	w := <-db.embedded.sessions.idle
	w.do(func(engineSession) { call() })
	db.embedded.sessions.idle <- w
}
