package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
)

// bodyLimit is the size of the largest body that is read.
const bodyLimit = "64K"

// guardWrite lets a writing request pass only when no page on another origin can have sent it: it must
// carry JSON, which a form cannot and which a script may send across origins only after asking first (it
// is never allowed), and what browsers tell of a request's origin must be this server.
func guardWrite(next echo.HandlerFunc) echo.HandlerFunc {
	origin := http.NewCrossOriginProtection()
	return func(c echo.Context) error {
		r := c.Request()
		if err := origin.Check(r); err != nil {
			return &failure{kind: errForbidden, detail: "a page on another origin may not do this"}
		}
		kind, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
		if err != nil || kind != echo.MIMEApplicationJSON {
			return &failure{kind: errMediaType, detail: "the body must be application/json",
				hint: "send Content-Type: application/json, with {} where there is nothing to say"}
		}
		return next(c)
	}
}

// readBody decodes the body of a request into v. An empty body leaves v as it is; one that is not UTF-8 is refused,
// where encoding/json would put something else in its place.
func readBody(c echo.Context, v any) error {
	text, err := io.ReadAll(c.Request().Body)
	var routed *echo.HTTPError // the body limit
	switch {
	case errors.As(err, &routed):
		return err
	case err != nil:
		return bodyFailure(err)
	case !utf8.Valid(text):
		return bodyFailure(errors.New("not UTF-8"))
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	err = dec.Decode(v)
	if errors.Is(err, io.EOF) {
		return nil
	}
	if err == nil {
		_, err = dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		err = errors.New("more than one value")
	}
	return bodyFailure(err)
}

// jsonWords names a type of Go, or what encoding/json calls a value, as JSON does.
func jsonWords(kind string) string {
	switch kind {
	case "struct", "map", "object":
		return "an object"
	case "slice", "array":
		return "an array"
	case "bool":
		return "true or false"
	case "int":
		return "a whole number"
	default:
		return "a " + kind
	}
}

// bodyFailure says what is wrong with a body.
func bodyFailure(err error) error {
	m := mistake{Detail: strings.TrimPrefix(err.Error(), "json: ")}
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		m.Parameter = wrongType.Field[strings.LastIndexByte(wrongType.Field, '.')+1:]
		value, _, _ := strings.Cut(wrongType.Value, " ") // "number 1.5"
		m.Detail = jsonWords(value) + ", expected " + jsonWords(wrongType.Type.Kind().String())
	}
	detail := strings.TrimPrefix(m.Parameter+": "+m.Detail, ": ")
	return &failure{kind: metrics.ErrInvalid, detail: "the body cannot be read: " + detail,
		mistakes: []mistake{m}, hint: "GET " + openapiPath + " describes the body"}
}
