package github

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Webhook understands what GitHub delivers. It takes the few fields that it needs, rather than go-github's types:
// an event that GitHub adds a field to, or gives null for one, is still understood.
type Webhook struct{ secrets [][]byte }

// NewWebhook returns a webhook whose deliveries are signed with one of the secrets. There are several while one
// takes the place of another.
func NewWebhook(secrets ...string) *Webhook {
	w := new(Webhook)
	for _, s := range secrets {
		w.secrets = append(w.secrets, []byte(s))
	}
	return w
}

const signatureHeader = "X-Hub-Signature-256"

// Verify fails unless the body, as it was sent, is signed with one of the secrets. It takes the same time for every
// signature. The time of a delivery is not signed by GitHub.
func (w *Webhook) Verify(header http.Header, body []byte, _ time.Time) error {
	text, ok := strings.CutPrefix(header.Get(signatureHeader), "sha256=")
	got, err := hex.DecodeString(text)
	if !ok || err != nil || len(got) != sha256.Size {
		return fmt.Errorf("the header %s has no signature, expected sha256= and 64 digits: %w", signatureHeader, metrics.ErrInvalid)
	}
	signed := false
	for _, secret := range w.secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write(body)
		signed = hmac.Equal(mac.Sum(nil), got) || signed
	}
	if !signed {
		return fmt.Errorf("the signature is not that of the body under a secret that is configured: %w", metrics.ErrInvalid)
	}
	return nil
}

// maxDelivery is the length above which nothing is the id of a delivery.
const maxDelivery = 128

// Read returns what a delivery hints at. It is ok to ignore one that hints at nothing: events that change nothing
// which a scan reads, events that are not known, and those that name no repository.
func (w *Webhook) Read(header http.Header, payload []byte, now time.Time) (hint metrics.Hint, ok bool, err error) {
	delivery, event := header.Get("X-GitHub-Delivery"), header.Get("X-GitHub-Event")
	if delivery == "" || len(delivery) > maxDelivery || event == "" {
		return hint, false, fmt.Errorf("X-GitHub-Delivery or X-GitHub-Event is missing or too long: %w", metrics.ErrInvalid)
	}
	var told webhookPayload
	if err := readPayload(payload, &told); err != nil {
		return hint, false, err
	}
	repo, listing := told.concerns(event)
	hint = metrics.Hint{
		ID: metrics.NewHintID("github", delivery), Host: "github", Listing: listing, Event: event, Action: told.Action, At: metrics.At(now),
	}
	hint.Repo, hint.HostID = told.Repository.identity(header.Get("X-GitHub-Enterprise-Host"))
	if len(hint.Action) > maxDelivery {
		hint.Action = ""
	}
	return hint, listing || repo && hint.Repo != "", nil
}

// readPayload reads the fields that are needed. One that has another type than it should counts as not there.
func readPayload(payload []byte, into any) error {
	var other *json.UnmarshalTypeError
	if err := json.Unmarshal(payload, into); err != nil && !errors.As(err, &other) {
		return fmt.Errorf("the body is no JSON (%w): %w", err, metrics.ErrInvalid)
	}
	return nil
}

// webhookPayload is what is needed of the body of an event.
type webhookPayload struct {
	Action      string      `json:"action"`
	Ref         string      `json:"ref"`
	RefType     string      `json:"ref_type"`
	Repository  webhookRepo `json:"repository"`
	WorkflowRun struct {
		HeadBranch string `json:"head_branch"`
	} `json:"workflow_run"`
}

// webhookRepo is what is needed of a repository in an event.
type webhookRepo struct {
	ID            json.RawMessage `json:"id"`
	FullName      string          `json:"full_name"`
	HTMLURL       string          `json:"html_url"`
	DefaultBranch string          `json:"default_branch"`
}

// identity returns the name of a repository and the host's own id of it. Where its page is not told, it is on host,
// on github.com where that is empty.
func (r webhookRepo) identity(host string) (name, hostID string) {
	page := r.HTMLURL
	if page == "" && r.FullName != "" {
		if host == "" {
			host = "github.com"
		}
		page = "https://" + host + "/" + r.FullName
	}
	name = metrics.HintedRepo(page)
	host, _, _ = strings.Cut(name, "/")
	if id, err := strconv.ParseUint(string(r.ID), 10, 63); err == nil && id > 0 && name != "" {
		hostID = fmt.Sprintf("%s#%d", host, id)
	}
	return name, hostID
}

// branch reports whether that is the default branch. Where that is not told, any may be.
func (r webhookRepo) branch(name string) bool {
	return r.DefaultBranch == "" || name == r.DefaultBranch
}

// concerns reports whether an event changes what a scan reads of its repository, or what it lists: repositories
// that come, go and change their names, and teams.
func (p *webhookPayload) concerns(event string) (repo, listing bool) {
	switch event {
	case "push":
		branch, isBranch := strings.CutPrefix(p.Ref, "refs/heads/")
		return isBranch && p.Repository.branch(branch) || strings.HasPrefix(p.Ref, "refs/tags/"), false
	case "create", "delete":
		return p.RefType == "tag", false
	case "workflow_run":
		return p.Action == "completed" && p.Repository.branch(p.WorkflowRun.HeadBranch), false
	case "pull_request":
		return p.Action == "closed", false
	case "deployment_status", "release", "custom_property_values":
		return true, false
	case "repository":
		switch p.Action {
		case "edited", "publicized", "privatized":
			return true, false
		}
		return false, true
	case "installation", "installation_repositories", "installation_target":
		return false, true
	}
	return event == "public", Daily(event)
}

// Daily reports whether an event is about what sources ask for once a day: who is in which team, what teams and rulesets
// there are.
func Daily(event string) bool {
	switch event {
	case "repository_ruleset", "team", "team_add", "membership", "member", "organization":
		return true
	}
	return false
}
