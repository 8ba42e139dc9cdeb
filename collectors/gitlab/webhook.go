package gitlab

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Webhook understands what GitLab delivers to webhooks of projects and groups, and to system hooks. It takes the few
// fields that it needs, so that an event that GitLab adds a field to, or gives null for one, is still understood.
type Webhook struct {
	tokens  [][sha256.Size]byte // of the secret tokens
	signing [][]byte            // keys of signatures
}

// NewWebhook returns a webhook whose deliveries carry one of the secret tokens, or are signed with one of the
// signing tokens. There are several while one takes the place of another.
func NewWebhook(tokens, signing []string) *Webhook {
	w := new(Webhook)
	for _, t := range tokens {
		w.tokens = append(w.tokens, sha256.Sum256([]byte(t)))
	}
	for _, s := range signing {
		w.signing = append(w.signing, keysOf(s)...)
	}
	return w
}

// keysOf returns the keys that a signing token may mean. The Standard Webhooks that GitLab follows write a key as
// whsec_ and base64; a token of another form is the key itself.
func keysOf(token string) [][]byte {
	keys := [][]byte{[]byte(token)}
	if text, ok := strings.CutPrefix(token, "whsec_"); ok {
		if key, err := base64.StdEncoding.DecodeString(text); err == nil && len(key) > 0 {
			keys = append(keys, key)
		}
	}
	return keys
}

// tolerance is by how much the time of a signed delivery may differ from ours.
const tolerance = 5 * time.Minute

// Verify fails unless a delivery is signed over the body, as it was sent, or carries a secret token. A signature
// that is there must be right where there are keys for it, whatever the token. It takes the same time for every
// signature and every token.
func (w *Webhook) Verify(header http.Header, body []byte, now time.Time) error {
	if len(w.signing) > 0 && header.Get("webhook-signature") != "" {
		return w.verifySignature(header, body, now)
	}
	if len(w.tokens) == 0 {
		return fmt.Errorf("the header webhook-signature is missing: %w", metrics.ErrInvalid)
	}
	got, known := sha256.Sum256([]byte(header.Get("X-Gitlab-Token"))), 0
	for _, token := range w.tokens {
		known |= subtle.ConstantTimeCompare(got[:], token[:])
	}
	if known == 0 {
		return fmt.Errorf("the header X-Gitlab-Token has no token that is configured: %w", metrics.ErrInvalid)
	}
	return nil
}

// verifySignature checks one of the signatures of a delivery and the time that it was made.
func (w *Webhook) verifySignature(header http.Header, body []byte, now time.Time) error {
	id, stamp := header.Get("webhook-id"), header.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || id == "" {
		return fmt.Errorf("webhook-id or webhook-timestamp is missing: %w", metrics.ErrInvalid)
	}
	signed := false
	for _, key := range w.signing {
		mac := hmac.New(sha256.New, key)
		fmt.Fprintf(mac, "%s.%s.", id, stamp)
		mac.Write(body)
		want := mac.Sum(nil)
		for text := range strings.FieldsSeq(header.Get("webhook-signature")) {
			got, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(text, "v1,"))
			signed = strings.HasPrefix(text, "v1,") && err == nil && hmac.Equal(got, want) || signed
		}
	}
	if !signed {
		return fmt.Errorf("webhook-signature is not that of the body under a signing token that is configured: %w", metrics.ErrInvalid)
	}
	if away := now.Unix() - seconds; away > int64(tolerance/time.Second) || away < -int64(tolerance/time.Second) {
		return fmt.Errorf("webhook-timestamp is more than %v away from this server's clock: %w", tolerance, metrics.ErrInvalid)
	}
	return nil
}

// maxDelivery is the length above which nothing is the id of a delivery.
const maxDelivery = 128

// Read returns what a delivery hints at. It is ok to ignore one that hints at nothing: events that change nothing
// which a scan reads, events that are not known, and those that name no repository.
func (w *Webhook) Read(header http.Header, payload []byte, now time.Time) (hint metrics.Hint, ok bool, err error) {
	var told webhookPayload
	var other *json.UnmarshalTypeError // a field that is not what it should be counts as not there
	if err := json.Unmarshal(payload, &told); err != nil && !errors.As(err, &other) {
		return hint, false, fmt.Errorf("the body is no JSON (%w): %w", err, metrics.ErrInvalid)
	}
	id, err := delivery(header, payload, now)
	if err != nil {
		return hint, false, err
	}
	event := told.event()
	repo, listing := told.concerns(event)
	hint = metrics.Hint{
		ID: metrics.NewHintID("gitlab", id), Host: "gitlab", Listing: listing, Event: event, Action: told.Attributes.Action, At: metrics.At(now),
	}
	hint.Repo, hint.HostID = told.identity(header.Get("X-Gitlab-Instance"))
	if len(hint.Action) > maxDelivery {
		hint.Action = ""
	}
	return hint, listing || repo && hint.Repo != "", nil
}

// delivery returns by what a delivery is known when it comes again. Events that set off one another have the same
// event UUID, so that it identifies nothing without the body; what an old GitLab sends without any is never the same.
func delivery(header http.Header, payload []byte, now time.Time) (string, error) {
	id := header.Get("webhook-id")
	if id == "" {
		id = header.Get("Idempotency-Key")
	}
	uuid := header.Get("X-Gitlab-Event-UUID")
	if len(id) > maxDelivery || len(uuid) > maxDelivery {
		return "", fmt.Errorf("the id of the delivery is longer than %d characters: %w", maxDelivery, metrics.ErrInvalid)
	}
	if id != "" {
		return id, nil
	}
	if uuid == "" {
		uuid = now.UTC().Format(time.RFC3339Nano)
	}
	return fmt.Sprintf("%s/%016x", uuid, metrics.Fingerprint(string(payload))), nil
}

// webhookPayload is what is needed of the body of an event. Events of system hooks have the path of the project
// beside its id, the others have a project.
type webhookPayload struct {
	Kind       string          `json:"object_kind"`
	Name       string          `json:"event_name"`
	Ref        string          `json:"ref"`
	Status     string          `json:"status"`
	ProjectID  json.RawMessage `json:"project_id"`
	Path       string          `json:"path_with_namespace"`
	Project    webhookProject  `json:"project"`
	Attributes struct {
		Action string `json:"action"`
		Status string `json:"status"`
		Ref    string `json:"ref"`
	} `json:"object_attributes"`
}

// webhookProject is what is needed of a project in an event.
type webhookProject struct {
	ID            json.RawMessage `json:"id"`
	WebURL        string          `json:"web_url"`
	Path          string          `json:"path_with_namespace"`
	DefaultBranch string          `json:"default_branch"`
}

func (p *webhookPayload) event() string {
	if p.Kind != "" {
		return p.Kind
	}
	return p.Name
}

// identity returns the name of the project and the host's own id of it. Where its page is not told, it is on the
// instance, a URL.
func (p *webhookPayload) identity(instance string) (name, hostID string) {
	page, path := p.Project.WebURL, p.Project.Path
	if path == "" {
		path = p.Path
	}
	if page == "" && path != "" && instance != "" {
		page = strings.TrimSuffix(instance, "/") + "/" + path
	}
	name = metrics.HintedRepo(page)
	host, _, _ := strings.Cut(name, "/")
	for _, text := range []json.RawMessage{p.Project.ID, p.ProjectID} {
		if id, err := strconv.ParseUint(string(text), 10, 63); err == nil && id > 0 && name != "" {
			return name, fmt.Sprintf("%s#%d", host, id)
		}
	}
	return name, ""
}

// branch reports whether that is the default branch. Where that is not told, any may be.
func (p webhookProject) branch(name string) bool {
	return p.DefaultBranch == "" || name == p.DefaultBranch
}

// over reports whether a pipeline or deployment with a status has ended.
func over(status string) bool {
	switch status {
	case "success", "failed", "canceled", "skipped":
		return true
	}
	return false
}

// concerns reports whether an event changes what a scan reads of its project, or what it lists: projects and groups
// that come, go and change their names, and members.
func (p *webhookPayload) concerns(event string) (repo, listing bool) {
	switch event {
	case "push":
		branch, isBranch := strings.CutPrefix(p.Ref, "refs/heads/")
		return isBranch && p.Project.branch(branch), false
	case "tag_push", "release":
		return true, false
	case "pipeline":
		return over(p.Attributes.Status) && p.Project.branch(p.Attributes.Ref), false
	case "deployment":
		return over(p.Status), false
	case "merge_request":
		return p.Attributes.Action == "merge" || p.Attributes.Action == "close", false
	case "project_update":
		return true, false
	case "project_create", "project_rename", "project_transfer", "project_destroy", "project_archive", "project_unarchive",
		"group_create", "group_rename", "group_destroy", "subgroup_create", "subgroup_destroy":
		return false, true
	}
	return false, Daily(event)
}

// Daily reports whether an event is about what sources ask for once a day: who is a member of which group.
func Daily(event string) bool {
	switch event {
	case "user_add_to_team", "user_update_for_team", "user_remove_from_team",
		"user_add_to_group", "user_update_for_group", "user_remove_from_group":
		return true
	}
	return false
}
