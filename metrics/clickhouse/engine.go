package clickhouse

// The engine is reached through these three small interfaces, so that the rest of the package is the
// same in a binary built without it (build tag noengine) and on systems for which no library exists.

// engine is the ClickHouse library, loaded into this process.
type engine interface {
	// version is the library's own, such as "26.7.0".
	version() string
	// connect opens a session. The first one starts the server inside the process with these
	// arguments; later ones must name the same path.
	connect(args []string) (engineSession, error)
}

// engineSession is one connection to the engine. It runs one statement at a time and keeps its
// current database and settings between statements. It must not be used by two goroutines at once.
type engineSession interface {
	// query runs sql and blocks until it is done. It cannot be interrupted but by KILL QUERY from
	// another session. The result must be freed.
	query(sql, format string) engineResult
	// statements counts the statements in sql with the engine's own parser; 0 when it does not parse.
	statements(sql string) int
	// close ends the session. The server stops with the last one.
	close()
}

// engineResult is what a statement returned, in memory of the engine.
type engineResult interface {
	// failure is the engine's message, or empty when the statement succeeded.
	failure() string
	// data is valid until free.
	data() []byte
	free()
}
