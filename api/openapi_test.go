package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/metrics/query"
)

// load reads the description that a server gives of itself.
func load(t *testing.T, h http.Handler) *openapi3.T {
	t.Helper()
	answer := ask(t, h, "GET", "/api/v1/openapi.json")
	doc, err := openapi3.NewLoader().LoadFromData(answer.Body.Bytes())
	check(t, err)
	return doc
}

// TestDescription holds the description to OpenAPI 3.1, with its examples, and to the routes.
func TestDescription(t *testing.T) {
	s := api.New(api.Options{Now: clock, Access: api.Access{Anonymous: api.Viewer}})
	doc := load(t, s.Handler())
	if err := doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Errorf("the description is not valid: %v", err)
	}
	var described []string
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described = append(described, method+" "+strings.NewReplacer("{", ":", "}", "").Replace(path))
		}
	}
	slices.Sort(described)
	if diff := cmp.Diff(described, s.Routes()); diff != "" {
		t.Errorf("described(-) routed(+):\n%s", diff)
	}
}

// TestDescribedNames holds the names that parameters take to those that are understood.
func TestDescribedNames(t *testing.T) {
	doc := load(t, api.New(api.Options{Now: clock, Access: api.Access{Anonymous: api.Viewer}}).Handler())
	for name, want := range map[string][]string{
		"states only": query.SelectionNames(query.StateSelections())[1:], "decisions only": query.SelectionNames(query.DecisionSelections())[1:],
		"repos only": query.SelectionNames(query.RepoSelections())[1:], "retention manner": query.SelectionNames(query.StayManners())[1:],
		"retention outcome": query.SelectionNames(query.StayOutcomes())[1:], "time-to-adopt came": query.SelectionNames(query.WaitOutcomes())[1:],
		"states without": query.Labels()[1:], "retention without": query.Labels()[1:], "time-to-adopt without": query.Labels()[1:],
		"states lag": query.SelectionNames(query.LagSelections())[1:], "flows moved": query.SelectionNames(query.Moves())[1:], "states reason": reasons(),
	} {
		resource, parameter, _ := strings.Cut(name, " ")
		p := doc.Paths.Value("/api/v1/"+resource).Get.Parameters.GetByInAndName("query", parameter)
		if p == nil {
			t.Errorf("%s is not described", name)
			continue
		}
		var got []string
		for _, v := range p.Schema.Value.Enum {
			got = append(got, v.(string))
		}
		if diff := cmp.Diff(got, want); diff != "" {
			t.Errorf("%s: described(-) understood(+):\n%s", name, diff)
		}
	}
}

func reasons() []string {
	var names []string
	for _, r := range query.StateReasons() {
		names = append(names, string(r))
	}
	return names
}

// validator returns a function that holds answers to the description.
func validator(t *testing.T, h http.Handler) func(method, target string, answer *httptest.ResponseRecorder) error {
	t.Helper()
	doc := load(t, h)
	router, err := gorillamux.NewRouter(doc)
	check(t, err)
	return func(method, target string, answer *httptest.ResponseRecorder) error {
		r := httptest.NewRequest(method, target, http.NoBody)
		r.Header.Set("Content-Type", "application/json")
		route, params, err := router.FindRoute(r)
		if err != nil {
			return err
		}
		return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
			Status:                 answer.Code, Header: answer.Header(),
			Body:    io.NopCloser(bytes.NewReader(answer.Body.Bytes())),
			Options: &openapi3filter.Options{IncludeResponseStatus: true},
		})
	}
}

// TestValidatorFindsFaults makes sure that the test of answers can fail.
func TestValidatorFindsFaults(t *testing.T) {
	h := api.New(api.Options{Now: clock, Access: api.Access{Anonymous: api.Viewer}}).Handler()
	valid := validator(t, h)
	answer := httptest.NewRecorder()
	answer.Header().Set("Content-Type", "application/json")
	answer.WriteString(`{"data":[{"path":"ci","title":"","since":null,"ways":"golden","team_on_at":0.5}],"as_of":"2026-07-01T00:00:00Z","scan":{"at":null,"complete":true,"unknown":0},"next":null}`)
	if err := valid("GET", "/api/v1/paths", answer); err == nil {
		t.Error("a text in the place of a list was not found")
	}
}
