package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/collectors/quota"
)

// portKeys sign requests to Port with a token, which they get for a client id and a secret. The token is used until
// shortly before it ends, and renewed once where Port refuses it before.
type portKeys struct {
	id, key string
	base    *url.URL // requests to elsewhere are not signed
	budget  *quota.Budget
	next    http.RoundTripper

	mu    sync.Mutex
	token string
	until time.Time
}

// early is how long before its end a token is renewed: a page may be on its way for so long.
const early = 2 * time.Minute

// sign lets the keys sign what goes to a base.
func (k *portKeys) sign(base *url.URL, next http.RoundTripper) http.RoundTripper {
	k.base, k.next = base, next
	return k
}

// secret is the token of now, which nobody may see.
func (k *portKeys) secret() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.token
}

// RoundTrip implements http.RoundTripper. Where Port gives no token, its answer to that stands for the one to the request.
func (k *portKeys) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.EqualFold(r.URL.Host, k.base.Host) || r.URL.Scheme != k.base.Scheme {
		return nil, errors.New("Port sends requests to another host")
	}
	resp, used, err := k.try(r, "")
	if err != nil || resp.StatusCode != http.StatusUnauthorized || used == "" {
		return resp, err
	}
	io.Copy(io.Discard, io.LimitReader(resp.Body, maxRefusal))
	resp.Body.Close()
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	k.spend()
	resp, _, err = k.try(again, used)
	return resp, err
}

// try signs a request with a token that is not the refused one, and sends it. It returns the token that it used, or none
// where none was to be had.
func (k *portKeys) try(r *http.Request, refused string) (*http.Response, string, error) {
	token, no, err := k.renewed(r, refused)
	if err != nil || no != nil {
		return no, "", err
	}
	signed := r.Clone(r.Context())
	signed.Header.Set("Authorization", "Bearer "+token)
	resp, err := k.next.RoundTrip(signed)
	return resp, token, err
}

// renewed returns a token that lasts and is not the refused one; or the answer that there is none.
func (k *portKeys) renewed(r *http.Request, refused string) (token string, no *http.Response, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.token != "" && k.token != refused && time.Now().Before(k.until) {
		return k.token, nil, nil
	}
	resp, err := k.exchange(r)
	if err != nil || resp.StatusCode != http.StatusOK {
		return "", resp, err
	}
	defer resp.Body.Close()
	var got struct {
		AccessToken string  `json:"accessToken"`
		ExpiresIn   float64 `json:"expiresIn"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxAnswer)).Decode(&got); err != nil {
		return "", nil, err
	}
	if got.AccessToken == "" {
		return "", nil, errGarbled
	}
	lasts := time.Duration(got.ExpiresIn * float64(time.Second))
	k.token, k.until = got.AccessToken, time.Now().Add(max(lasts-early, lasts/2))
	return k.token, nil, nil
}

// exchange asks for a token.
func (k *portKeys) exchange(r *http.Request) (*http.Response, error) {
	body, err := json.Marshal(map[string]string{"clientId": k.id, "clientSecret": k.key})
	if err != nil {
		return nil, err
	}
	req, err := withHeaders(http.NewRequestWithContext(r.Context(), http.MethodPost, k.base.JoinPath("v1/auth/access_token").String(), bytes.NewReader(body)))
	if err != nil {
		return nil, err
	}
	k.spend()
	return k.next.RoundTrip(req)
}

// spend counts a request that nobody above knows of.
func (k *portKeys) spend() {
	if k.budget != nil {
		k.budget.Spend(1)
	}
}
