package github_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// transport is an http.RoundTripper.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// text is the body of a request, which can be read again afterwards.
func text(r *http.Request) string {
	if r.Body == nil {
		return ""
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body)
}

// answer is one that somebody makes up.
func answer(status int, body string, r *http.Request) *http.Response {
	return &http.Response{
		StatusCode: status, Status: fmt.Sprint(status), Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body)), Request: r, ContentLength: int64(len(body)),
	}
}

// spoiled asks a query and takes one repository out of its answer, with an error of this type.
func spoiled(next http.RoundTripper, r *http.Request, owner, name, kind string) (*http.Response, error) {
	var asked struct{ Variables map[string]any }
	if err := json.Unmarshal([]byte(text(r)), &asked); err != nil {
		return nil, err
	}
	resp, err := next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var got struct {
		Data   map[string]json.RawMessage `json:"data"`
		Errors []any                      `json:"errors,omitempty"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&got); err != nil {
		return nil, err
	}
	for variable, value := range asked.Variables {
		if number, is := strings.CutPrefix(variable, "n"); is && value == name && asked.Variables["o"+number] == owner {
			got.Data["r"+number] = json.RawMessage("null")
			message := map[string]string{"": "Something went wrong", "FORBIDDEN": "Resource protected by organization SAML enforcement."}[kind]
			got.Errors = append(got.Errors, map[string]any{"type": kind, "message": message, "path": []any{"r" + number}})
		}
	}
	body, err := json.Marshal(got)
	return answer(http.StatusOK, string(body), r), err
}
