package quota

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
)

// something returns the body of an answer. Where what was asked for ought to be in it as JSON, and it holds nothing that
// can be believed, reading it fails as if it were cut: clients would take that for a list of nothing. Not believed are an
// empty answer and null, a list or an object with nothing in it that is not said to be JSON, and an empty page of a list
// of which the host says that it has more.
func something(resp *http.Response) io.ReadCloser {
	if resp.Request.Method != http.MethodGet || resp.StatusCode != http.StatusOK || !structured(resp) {
		return resp.Body
	}
	rest := bufio.NewReader(resp.Body)
	start, err := rest.Peek(vacant)
	if whole := errors.Is(err, io.EOF); whole && !believed(resp, string(bytes.TrimSpace(start))) {
		return behind{strings.NewReader(""), resp.Body, io.ErrUnexpectedEOF}
	}
	return behind{rest, resp.Body, io.EOF}
}

// vacant is how long the answers are that are looked at: what is longer holds something.
const vacant = 64

// verbatim matches the escaped paths below which files are given as they are, whatever was asked for.
var verbatim = regexp.MustCompile(`/raw$`)

// structured reports whether an answer is to be JSON: the host says that it is, or that was asked for and it is no file.
func structured(resp *http.Response) bool {
	asked := resp.Request
	return isJSON(kindOf(resp)) || strings.Contains(asked.Header.Get("Accept"), "json") && !verbatim.MatchString(asked.URL.EscapedPath())
}

// kindOf is the media type of an answer; "" where there is none.
func kindOf(resp *http.Response) string {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return kind
}

func isJSON(kind string) bool { return strings.HasSuffix(kind, "json") }

// believed reports whether this can be all of an answer.
func believed(resp *http.Response, text string) bool {
	kind := kindOf(resp)
	switch text = strings.Join(strings.Fields(text), ""); text {
	case "", "null":
		return false
	case "[]":
		return (kind == "" || isJSON(kind)) && !before(resp.Header)
	case "{}":
		return kind == "" || isJSON(kind)
	}
	return true
}

// before reports whether a page ought to have entries, as the headers tell that GitLab counts them in.
func before(h http.Header) bool {
	number := func(name string) int {
		n, _ := strconv.Atoi(h.Get(name))
		return n
	}
	return number("X-Total") > max(number("X-Page")-1, 0)*number("X-Per-Page")
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
