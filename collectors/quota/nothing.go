package quota

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
)

// something returns the body of an answer. Where what was asked for ought to be in it as JSON, and it is empty or null,
// reading it fails as if it were cut: clients would take that for a list of nothing.
func something(resp *http.Response) io.ReadCloser {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")) // "" where there is none
	isJSON := strings.HasSuffix(kind, "json") || kind == "" && strings.Contains(resp.Request.Header.Get("Accept"), "json")
	if resp.Request.Method != http.MethodGet || resp.StatusCode != http.StatusOK || !isJSON {
		return resp.Body
	}
	rest := bufio.NewReader(resp.Body)
	start, err := rest.Peek(len("null") + 1)
	start = bytes.TrimSpace(start)
	if len(start) == 0 && errors.Is(err, io.EOF) || string(start) == "null" {
		return behind{strings.NewReader(""), resp.Body, io.ErrUnexpectedEOF}
	}
	return behind{rest, resp.Body, io.EOF}
}

// behind reads what was looked into of a body, and ends with an error.
type behind struct {
	io.Reader
	io.Closer
	end error
}

// Read implements io.Reader.
func (b behind) Read(into []byte) (int, error) {
	n, err := b.Reader.Read(into)
	if errors.Is(err, io.EOF) {
		err = b.end
	}
	return n, err
}
