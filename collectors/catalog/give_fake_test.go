package catalog_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/trodden/trodden/collectors/catalog"
	"github.com/trodden/trodden/metrics"
)

// taking is a portal that can be told something: what changes it goes to take, all else to the one that is read.
type taking struct {
	read   http.Handler
	writes func(*http.Request) bool
	take   func(w http.ResponseWriter, r *http.Request, body []byte)
	fail   http.HandlerFunc // answers writes in place of take; may be nil
	times  int              // so often; always where it is negative
	open   func(url string, client *http.Client, log *slog.Logger) (catalog.Taker, error)
	refs   []metrics.EntityRef // of entities that it has

	mu    sync.Mutex
	sent  []string // method and path of all that would change something
	texts []string // what was sent with them
}

// ServeHTTP implements http.Handler.
func (f *taking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !f.writes(r) {
		f.read.ServeHTTP(w, r)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	f.sent, f.texts = append(f.sent, r.Method+" "+r.URL.EscapedPath()), append(f.texts, string(body))
	r.Body = io.NopCloser(bytes.NewReader(body))
	if f.fail != nil && f.times != 0 {
		f.times--
		f.fail(w, r)
		return
	}
	f.take(w, r, body)
}

// strictly decodes a body that has nothing but what a schema knows.
func strictly(body []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// takingCortex takes custom data as the operation "Add custom data in bulk" of Cortex's OpenAPI document does (PUT
// /api/v1/catalog/custom-data, shown at https://docs.cortex.io/api/rest/custom-data/add-custom-data-in-bulk): values by tags, each
// with a key and a value of any type. A key that is there is overwritten. "Delete custom data by key for entity" (DELETE of the same,
// shown at https://docs.cortex.io/api/rest/custom-data-advanced/delete-custom-data-by-key-for-entity) takes one away.
func takingCortex(t testing.TB) *taking {
	f := cortexCatalog(t)
	return &taking{
		read: f, refs: []metrics.EntityRef{ref("service", "payments-api"), ref("service", "audit"), ref("data-store", "acme/bare")},
		writes: func(r *http.Request) bool { return r.Method != http.MethodGet },
		open: func(url string, client *http.Client, log *slog.Logger) (catalog.Taker, error) {
			return catalog.NewCortex(catalog.CortexConfig{URL: url, Key: cortexKey, HTTP: client, Log: log})
		},
		take: func(w http.ResponseWriter, r *http.Request, body []byte) {
			if r.Method == http.MethodDelete && r.URL.Path == "/api/v1/catalog/custom-data" && r.Header.Get("Authorization") == "Bearer "+cortexKey && len(body) == 0 {
				deleted(w, f.entities, r.URL.Query())
				return
			}
			var got struct {
				Values map[string][]struct {
					Key         string `json:"key"`
					Value       any    `json:"value"`
					Description string `json:"description"`
				} `json:"values"`
			}
			if r.Method != http.MethodPut || r.URL.Path != "/api/v1/catalog/custom-data" || r.Header.Get("Authorization") != "Bearer "+cortexKey || strictly(body, &got) != nil || len(body) > 2<<20 {
				cortexRefusal(w, 400, "BAD_REQUEST")
				return
			}
			for _, one := range f.entities {
				e := one.(map[string]any)
				for _, v := range got.Values[fmt.Sprint(e["tag"])] {
					e["metadata"] = replaced(e["metadata"], v.Key, v.Value)
				}
			}
			w.WriteHeader(http.StatusOK)
		},
	}
}

// deleted takes the custom data of a key from the entity of a tag.
func deleted(w http.ResponseWriter, entities []any, query url.Values) {
	for _, one := range entities {
		if e := one.(map[string]any); e["tag"] == query.Get("tag") {
			list, _ := e["metadata"].([]any)
			e["metadata"] = slices.DeleteFunc(list, func(data any) bool { return data.(map[string]any)["key"] == query.Get("key") })
			return
		}
	}
	cortexRefusal(w, 404, "NOT_FOUND")
}

// replaced is custom data with a key of another value.
func replaced(data any, key string, value any) []any {
	list, _ := data.([]any)
	for _, one := range list {
		if m := one.(map[string]any); m["key"] == key {
			m["value"] = value
			return list
		}
	}
	return append(list, map[string]any{"key": key, "value": value})
}

// takingPort takes properties as the operation "Patch an entity" of Port's OpenAPI document does (PATCH
// /v1/blueprints/{blueprint_identifier}/entities/{entity_identifier}, https://docs.port.io/api-reference/patch-an-entity): those of its
// blueprint alone, of their types, and null takes one away.
func takingPort(t testing.TB, properties map[string]string) *taking {
	f := portCatalog(t)
	schema := f.blueprints[0].(map[string]any)["schema"].(map[string]any)["properties"].(map[string]any)
	for key, kind := range properties {
		schema[key] = map[string]any{"type": kind}
	}
	return &taking{
		read: f, refs: []metrics.EntityRef{ref("component", "payments-api"), ref("component", "acme/audit"), ref("component", "billing")},
		writes: func(r *http.Request) bool {
			return r.Method != http.MethodGet && !strings.HasSuffix(r.URL.Path, "/search") && !strings.HasSuffix(r.URL.Path, "/access_token")
		},
		open: func(url string, client *http.Client, log *slog.Logger) (catalog.Taker, error) {
			return catalog.NewPort(catalog.PortConfig{URL: url, ClientID: "id", ClientSecret: portSecret, HTTP: client, Log: log})
		},
		take: func(w http.ResponseWriter, r *http.Request, body []byte) {
			var got struct {
				Properties map[string]any `json:"properties"`
			}
			name, found := strings.CutPrefix(r.URL.EscapedPath(), "/v1/blueprints/service/entities/")
			id, err := url.PathUnescape(name)
			if r.Method != http.MethodPatch || !found || err != nil || strings.Contains(name, "/") || strictly(body, &got) != nil {
				portRefusal(w, 422, "invalid_request")
				return
			}
			for _, e := range f.entities["service"] {
				if e["identifier"] == id {
					patched(w, e["properties"].(map[string]any), got.Properties, schema)
					return
				}
			}
			portRefusal(w, 404, "not_found")
		},
	}
}

func patched(w http.ResponseWriter, has, properties, schema map[string]any) {
	for key, value := range properties {
		kind, known := schema[key].(map[string]any)
		_, text := value.(string)
		_, truth := value.(bool)
		if !known || value != nil && (text != (kind["type"] == "string") || truth != (kind["type"] == "boolean")) {
			portRefusal(w, 422, "blueprint_schema_mismatch")
			return
		}
		has[key] = value
	}
	show(w, map[string]any{"ok": true, "entity": map[string]any{}})
}

const opsLevelEvents = "/integrations/custom_event/0b4b4bdf-21fb-473d-9a35-1fcdae67ef39"

// takingOpsLevel takes events as a custom event integration of OpsLevel does, https://docs.opslevel.com/docs/custom-event-checks: any
// JSON of at most 4 MiB, sent to an address that lets in by itself.
func takingOpsLevel(testing.TB) *taking {
	f := newOpsLevelFake()
	f.account["services"] = []any{
		map[string]any{"id": "Z2lkOi8v", "name": "Pay", "aliases": []any{"Pay_API"}, "type": map[string]any{"aliases": []any{"service"}}},
		map[string]any{"id": "Z2lkOi8vX", "name": "Nameless", "aliases": []any{}, "type": nil},
	}
	return &taking{
		read: f, refs: []metrics.EntityRef{ref("service", "pay_api"), ref("service", "z2lkoi8vx")},
		writes: func(r *http.Request) bool { return r.URL.Path != "/graphql" },
		open: func(url string, client *http.Client, log *slog.Logger) (catalog.Taker, error) {
			return catalog.NewOpsLevel(catalog.OpsLevelConfig{URL: url, Token: opsLevelToken, Events: url + opsLevelEvents, HTTP: client, Log: log})
		},
		take: func(w http.ResponseWriter, r *http.Request, body []byte) {
			if r.Method != http.MethodPost || r.URL.Path != opsLevelEvents || r.Header.Get("Authorization") != "" || !json.Valid(body) || len(body) > 4<<20 {
				status(400, `{"errors":[{"message":"no event"}]}`)(w, r)
				return
			}
			w.WriteHeader(http.StatusAccepted)
		},
	}
}

// takers are the three, made anew, and able to take all that gifts tell.
func takers(t testing.TB) map[string]*taking {
	return map[string]*taking{"cortex": takingCortex(t), "port": takingPort(t, places(gifts()...)), "opslevel": takingOpsLevel(t)}
}
