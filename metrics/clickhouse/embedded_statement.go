package clickhouse

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
)

// statement is what one request asks of the engine.
type statement struct {
	sql      string
	format   string // of the result
	database string
	settings map[string]string
	insert   bool // the body of the request holds the rows
}

// Parameters of a request to the HTTP interface that are no settings. The first list is understood or
// means nothing here; what the second one asks for cannot be given, and must not be dropped silently.
var (
	plainParameters = map[string]bool{
		"query": true, "database": true, "default_format": true, "query_id": true, "quota_key": true,
		"client_protocol_version": true, "wait_end_of_query": true, "buffer_size": true, "stacktrace": true,
		"user": true, "password": true,
	}
	refusedParameters = map[string]string{
		"session_id": "sessions", "session_timeout": "sessions", "session_check": "sessions", "role": "roles",
		"compress": "compressed results", "decompress": "compressed inserts",
	}
)

var (
	settingName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)
	insertTail  = regexp.MustCompile(`(?is)^(\s*INSERT\s.*?)\s+FORMAT\s+([A-Za-z0-9]+)\s*;?\s*$`)
	leadingWord = regexp.MustCompile(`(?is)^(?:\s+|--[^\n]*\n|#[^\n]*\n|/\*.*?\*/)*([a-z]+(?:\s+temporary)?)`)
)

// readStatement reads a request as the driver makes it: the statement is the body, or the parameter
// query with the rows of an insert as body. What cannot be done is an exception.
func readStatement(req *http.Request) (statement, error) {
	parameters := req.URL.Query()
	s := statement{
		sql:      parameters.Get("query"),
		format:   parameters.Get("default_format"),
		database: parameters.Get("database"),
	}
	if s.format == "" {
		s.format = "TabSeparated"
	}
	var err error
	if s.settings, err = readSettings(parameters); err != nil {
		return statement{}, err
	}
	if form := req.Header.Get("Content-Type"); strings.HasPrefix(form, "multipart/") {
		return statement{}, exception{48, "External tables are not implemented by the embedded engine. (NOT_IMPLEMENTED)"}
	}
	if encoding := req.Header.Get("Content-Encoding"); encoding != "" {
		return statement{}, exception{48, "Content encoding " + encoding + " is not implemented by the embedded engine. (NOT_IMPLEMENTED)"}
	}
	if s.insert = s.sql != "" && req.Body != nil; !s.insert && req.Body != nil {
		text, err := io.ReadAll(req.Body)
		if err != nil {
			return statement{}, fmt.Errorf("read statement: %w", err)
		}
		s.sql = string(text)
	}
	if strings.TrimSpace(s.sql) == "" {
		return statement{}, exception{62, "Syntax error: Empty query. (SYNTAX_ERROR)"}
	}
	return s, nil
}

func readSettings(parameters url.Values) (map[string]string, error) {
	settings := make(map[string]string)
	for name, values := range parameters {
		switch {
		case plainParameters[name]:
		case strings.HasPrefix(name, "param_"):
			return nil, exception{48, "Parameters of the form {name:Type} are not implemented by the embedded engine, which mixes up those of statements that run at the same time; write @name. (NOT_IMPLEMENTED)"}
		case refusedParameters[name] != "":
			return nil, exception{48, "The embedded engine does not implement " + refusedParameters[name] + ". (NOT_IMPLEMENTED)"}
		case !settingName.MatchString(name):
			return nil, exception{115, "Unknown setting " + quoteString(name) + ". (UNKNOWN_SETTING)"}
		default:
			settings[name] = values[len(values)-1]
		}
	}
	return settings, nil
}

// fromFile makes an insert of rows in the request an insert of rows in the file at path: the engine's
// parser cuts binary rows short when they follow the statement.
func (s statement) fromFile(path string) (statement, error) {
	parts := insertTail.FindStringSubmatch(s.sql)
	if parts == nil {
		return statement{}, exception{36, "Rows in the body need INSERT INTO … FORMAT … as the statement. (BAD_ARGUMENTS)"}
	}
	if !strings.EqualFold(parts[2], "Native") {
		return statement{}, exception{48, "Inserts in format " + parts[2] + " are not implemented by the embedded engine; use Native. (NOT_IMPLEMENTED)"}
	}
	s.sql = parts[1] + " SELECT * FROM file(" + quoteString(path) + ", 'Native')"
	return s, nil
}

// leavesTraces tells whether s changes the session that it runs in. Over HTTP each statement has its
// own session; here the session must then be renewed.
func (s statement) leavesTraces() bool {
	parts := leadingWord.FindStringSubmatch(s.sql)
	if parts == nil {
		return false
	}
	words := strings.Fields(strings.ToLower(parts[1]))
	switch words[0] {
	case "set", "use", "begin":
		return true
	}
	return len(words) > 1 // create temporary
}

// hello tells whether s is the driver's question at the start of a connection.
func (s statement) hello() bool {
	return s.sql == "SELECT displayName(), version(), revision(), timezone()"
}

// quoteString and quoteIdentifier write text so that the parser reads it back.
func quoteString(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\x00", `\0`).Replace(text) + "'"
}

func quoteIdentifier(text string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`", "\x00", `\0`).Replace(text) + "`"
}
