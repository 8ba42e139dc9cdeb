package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"time"

	chproto "github.com/ClickHouse/ch-go/proto"
	ch "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// RoundTrip runs the statement of one request. A failure of the statement is a response of status 500,
// as a server gives it; the error is for requests that could not be run at all, and for ended contexts.
func (e *embedded) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	result, err := e.answer(req)
	if refusal, ok := errors.AsType[exception](err); ok {
		return respond(req, refusal), nil
	}
	if err != nil {
		return nil, err
	}
	return respond(req, result), nil
}

func (e *embedded) answer(req *http.Request) (engineResult, error) {
	s, err := readStatement(req)
	if err != nil {
		return nil, err
	}
	if s.hello() {
		return hello(e.version)
	}
	s.settings = withoutDeadline(req.Context(), s.settings)
	if !s.insert {
		return e.sessions.run(req.Context(), s, func() {})
	}
	rows, err := e.store(req.Body)
	if err != nil {
		return nil, fmt.Errorf("keep the rows of an insert: %w", err)
	}
	if s, err = s.fromFile(rows.path); err != nil {
		rows.remove()
		return nil, err
	}
	return e.sessions.run(req.Context(), s, rows.remove)
}

// withoutDeadline leaves out a limit of time that ends after ctx does. The driver sends one with every
// context that has a deadline, each time another, and setting it takes as long as a small statement.
func withoutDeadline(ctx context.Context, settings map[string]string) map[string]string {
	deadline, ok := ctx.Deadline()
	limit, err := strconv.ParseFloat(settings["max_execution_time"], 64)
	if ok && err == nil && limit >= time.Until(deadline).Seconds() {
		delete(settings, "max_execution_time")
	}
	return settings
}

// respond turns a result into a response, which owns it from then on.
func respond(req *http.Request, result engineResult) *http.Response {
	response := &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Request: req,
	}
	if message := result.failure(); message != "" {
		result.free()
		result = inMemory(message)
		response.StatusCode, response.Status = http.StatusInternalServerError, "500 Internal Server Error"
		response.Header.Set("X-ClickHouse-Exception-Code", exceptionCode(message))
	}
	body := &resultBody{result: result, rest: result.data()}
	response.Body, response.ContentLength = body, int64(len(body.rest))
	return response
}

// hello answers the question with which the driver begins a connection. The answer is in the format of
// the driver's newest revision, because the driver expects that; the revision in it is 0, so that the
// driver reads every later block without block info, as the engine writes them.
func hello(version string) (engineResult, error) {
	answer := proto.NewBlock()
	err := errors.Join(
		answer.AddColumn("displayName()", "String"),
		answer.AddColumn("version()", "String"),
		answer.AddColumn("revision()", "UInt32"),
		answer.AddColumn("timezone()", "String"),
	)
	if err != nil {
		return nil, err
	}
	if err := answer.Append("embedded", version, uint32(0), "UTC"); err != nil {
		return nil, err
	}
	var buffer chproto.Buffer
	if err := answer.Encode(&buffer, ch.ClientTCPProtocolVersion); err != nil {
		return nil, err
	}
	return inMemory(buffer.Buf), nil
}

// spooled are the rows of an insert, in a file.
type spooled struct {
	file *os.File
	path string // for the engine
}

// store writes rows to a file for the engine to read. Where a file can be reached through its
// descriptor it has no name for longer than an instant: nothing is left behind when the process is
// killed, and the engine never sees a directory whose characters mean something to it.
func (e *embedded) store(rows io.Reader) (*spooled, error) {
	file, err := os.CreateTemp(e.spool, "insert-*")
	if err != nil {
		return nil, err
	}
	s := &spooled{file: file, path: file.Name()}
	if runtime.GOOS == "linux" {
		err = os.Remove(file.Name())
		s.path = fmt.Sprintf("/proc/self/fd/%d", file.Fd())
	}
	if err == nil {
		_, err = io.Copy(file, rows)
	}
	if err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

// remove frees the rows. There is nobody to tell when that fails; the next start empties the folder.
func (s *spooled) remove() {
	s.file.Close()
	if s.path == s.file.Name() {
		os.Remove(s.path)
	}
}
