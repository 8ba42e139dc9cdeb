package config_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
)

func TestSecrets(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "token"), "from a file\n")
	write(t, filepath.Join(dir, "blank"), " \n")
	env := surroundings(map[string]string{"TOKEN": " from the environment ", "BLANK": ""})
	tests := []struct{ name, reference, want, err string }{
		{"variable", "${TOKEN}", "from the environment", ""},
		{"file beside the configuration", "file:token", "from a file", ""},
		{"file by its whole path", "file:" + dir + "/token", "from a file", ""},
		{"none", "", "", ""},
		{"variable that is not set", "${NOPE}", "", "t.yaml:2:31: the environment variable NOPE is not set"},
		{"empty variable", "${BLANK}", "", "t.yaml:2:31: the environment variable BLANK is set, but empty"},
		{"file that is not there", "file:nope", "", "t.yaml:2:31: read the secret: " + dir + "/nope: no such file"},
		{"empty file", "file:blank", "", "t.yaml:2:31: the file " + dir + "/blank is empty, expected a secret"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := config.Parse(filepath.Join(dir, "t.yaml"), fmt.Sprintf("sources:\n  - gitlab: {group: a, token: %q}", test.reference), env)
			if err != nil {
				t.Fatal(err)
			}
			var token config.Secret
			if given := c.Sources[0].GitLab.Tokens; len(given) > 0 {
				token = given[0]
			}
			got, err := token.Reveal(env)
			message := ""
			if err != nil {
				message = strings.TrimPrefix(err.Error(), dir+"/")
			}
			if got != test.want || message != test.err {
				t.Errorf("got %q, %q, want %q, %q", got, message, test.want, test.err)
			}
		})
	}
}

// TestTokens refuses what no header of a request can hold, and shows nothing of it.
func TestTokens(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "good"), "\tgood\r\n")
	write(t, filepath.Join(dir, "two"), "a-secret\nanother\n")
	write(t, filepath.Join(dir, "late"), "# of ana\x00\n")
	env := surroundings(map[string]string{"GOOD": " good\r\n", "TWO": "a-secret\nanother", "BELL": "a-\x07secret"})
	for _, test := range []struct{ reference, want, err string }{
		{"${GOOD}", "good", ""},
		{"file:good", "good", ""},
		{"${TWO}", "", "t.yaml:PLACE: the environment variable TWO has a line break or a control character inside, expected a token and nothing else"},
		{"${BELL}", "", "t.yaml:PLACE: the environment variable BELL has a line break or a control character inside, expected a token and nothing else"},
		{"file:two", "", "t.yaml:PLACE: DIR/two:1: a line break or a control character before the end, expected a token and nothing else"},
		{"file:late", "", "t.yaml:PLACE: DIR/late:1: a line break or a control character before the end, expected a token and nothing else"},
	} {
		for kind, text := range map[string]string{"github": "sources: [{github: {org: a, token: %q}}]", "gitlab": "sources: [{gitlab: {group: a, tokens: [%q]}}]"} {
			c, err := config.Parse(filepath.Join(dir, "t.yaml"), fmt.Sprintf(text, test.reference), env)
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			if err := c.CheckSecrets(env, c.Sources); err != nil {
				said = strings.ReplaceAll(strings.ReplaceAll(err.Error(), dir+"/t.yaml", "t.yaml"), dir, "DIR")
			}
			want := strings.Replace(test.err, "PLACE", map[string]string{"github": "1:36", "gitlab": "1:40"}[kind], 1)
			if said != want {
				t.Errorf("%s of %s: got %q, want %q", test.reference, kind, said, want)
			}
		}
		if got, _ := tokenOf(t, dir, test.reference, env).Token(env); got != test.want {
			t.Errorf("%s: got %q, want %q", test.reference, got, test.want)
		}
	}
	write(t, filepath.Join(dir, "key"), "-----BEGIN KEY-----\nabc\n-----END KEY-----\n")
	c, err := config.Parse(filepath.Join(dir, "t.yaml"), `sources: [{github: {org: a, app: {id: 1, installation: 2, key: "file:key"}}}]`, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.CheckSecrets(env, c.Sources); err != nil {
		t.Errorf("a key is refused: %v", err)
	}
}

// tokenOf is the token that a reference names.
func tokenOf(t *testing.T, dir, reference string, env config.Environment) config.Secret {
	t.Helper()
	c, err := config.Parse(filepath.Join(dir, "t.yaml"), fmt.Sprintf("sources: [{gitlab: {group: a, token: %q}}]", reference), env)
	if err != nil {
		t.Fatal(err)
	}
	return c.Sources[0].GitLab.Tokens[0]
}

// TestCheckSecrets shows that all that is missing is named, and that no key file is made.
func TestCheckSecrets(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "short"), "abc\n")
	env := surroundings(map[string]string{"TOKEN": "t", "KEY": strings.Repeat("k", 16)})
	tests := []struct{ name, text, want string }{
		{"a key that will be made", "sources: [{git: {dirs: [a]}}]", ""},
		{"all there", "sources: [{github: {org: a, token: \"${TOKEN}\"}}, {gitlab: {group: a}}]\nprivacy: {key: \"${KEY}\"}", ""},
		{"each kind of source", "sources:\n  - gitlab: {group: a, token: \"${NOPE}\"}\n  - port: {client_id: abc, client_secret: \"${NOPE}\"}\n" +
			"  - github: {org: a, app: {id: 1, installation: 2, key: \"file:nope\"}}\nprivacy: {key: \"${NOPE}\"}",
			"t.yaml:2:31: the environment variable NOPE is not set\nt.yaml:3:43: the environment variable NOPE is not set\n" +
				"t.yaml:4:57: read the secret: DIR/nope: no such file\nt.yaml:5:16: the environment variable NOPE is not set"},
		{"a key that can be guessed", "sources: [{git: {dirs: [a]}}]\nprivacy: {key: \"file:short\"}",
			"t.yaml:2:16: the privacy key has 3 characters, expected at least 16"},
		{"a key in no folder", "sources: [{git: {dirs: [a]}}]\nprivacy: {key: \"file:no/such.key\"}",
			"t.yaml:2:16: the privacy key cannot be made: there is no folder DIR/no"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := config.Parse(filepath.Join(dir, "t.yaml"), test.text, env)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := c.CheckSecrets(env, c.Sources); err != nil {
				got = strings.ReplaceAll(strings.ReplaceAll(err.Error(), dir+"/t.yaml", "t.yaml"), dir, "DIR")
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if _, err := os.Stat(filepath.Join(dir, "privacy.key")); err == nil {
				t.Error("a key file was made")
			}
		})
	}
}

// TestWebhooksOfReports: a webhook that could be read on its way is refused, and so is what is none, without showing it.
func TestWebhooksOfReports(t *testing.T) {
	for value, want := range map[string]string{
		"https://hooks.example.com/services/T/B/secret": "",
		"http://127.0.0.1:8080/secret":                  "",
		"http://hooks.example.com/secret":               "t.yaml:2:32: the webhook in the environment variable HOOK is no https URL: whoever reads it on its way could write in its name",
		"ftp://hooks.example.com/secret":                "t.yaml:2:32: the webhook in the environment variable HOOK is no https URL: whoever reads it on its way could write in its name",
		"secret":                                        "t.yaml:2:32: the environment variable HOOK holds no URL, expected the address of a webhook",
	} {
		env := surroundings(map[string]string{"HOOK": value})
		c, err := config.Parse("t.yaml", "sources: [{git: {dirs: [a]}}]\nreports: {recipients: [{slack: \"${HOOK}\"}]}", env)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if err := c.Reports.Check(env); err != nil {
			got = err.Error()
		}
		if _, err := c.Reports.Recipients[0].Slack.Webhook(env); got != want || (err == nil) != (want == "") {
			t.Errorf("%s: got %q and %v, want %q", value, got, err, want)
		}
	}
}

// binder is a store's memory of its privacy key.
type binder struct{ fingerprint string }

func (b *binder) Bind(_ context.Context, fingerprint string, _ metrics.Instant) error {
	if b.fingerprint == "" {
		b.fingerprint = fingerprint
	}
	if b.fingerprint != fingerprint {
		return fmt.Errorf("another key: %w", metrics.ErrConflict)
	}
	return nil
}

func TestPrivacyKey(t *testing.T) {
	ctx, env, dir := context.Background(), surroundings(map[string]string{"SHORT": "abc"}), t.TempDir()
	file := filepath.Join(dir, "privacy.key")
	c, err := config.Parse(filepath.Join(dir, "t.yaml"), "sources: [{git: {dirs: [a]}}]", env)
	if err != nil {
		t.Fatal(err)
	}
	store := new(binder)
	first, err := c.Privacy.Open(ctx, env, store, 1)
	if err != nil || len(first) != 64 {
		t.Fatalf("first use: got %d characters, %v, want 64", len(first), err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: got %v, %v, want one that only its owner reads", info.Mode(), err)
	}
	again, err := c.Privacy.Open(ctx, env, store, 2)
	if err != nil || string(again) != string(first) {
		t.Errorf("second use: got another key, %v", err)
	}
	if strings.Contains(store.fingerprint, string(first)) || len(store.fingerprint) != 16 {
		t.Errorf("fingerprint %q, want 16 digits that are not the key", store.fingerprint)
	}

	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Privacy.Open(ctx, env, store, 3); !errors.Is(err, metrics.ErrConflict) || !strings.Contains(err.Error(), "bring it back") {
		t.Errorf("lost key: got %v, want metrics.ErrConflict and what to do", err)
	}
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("lost key: got %v, want no new key file", err)
	}
	write(t, file, strings.Repeat("other", 8))
	if _, err := c.Privacy.Open(ctx, env, store, 4); !errors.Is(err, metrics.ErrConflict) {
		t.Errorf("other key: got %v, want metrics.ErrConflict", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("other key: got %v, want the file left alone", err)
	}
	short := config.Privacy{Key: config.Secret{Env: "SHORT"}}
	if _, err := short.Open(ctx, env, new(binder), 5); !errors.Is(err, metrics.ErrInvalid) || strings.Contains(err.Error(), "abc") {
		t.Errorf("short key: got %v, want metrics.ErrInvalid without the key", err)
	}
}

func TestLoadWithoutFile(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "trodden.yaml"), surroundings(nil))
	if !errors.Is(err, metrics.ErrNotFound) {
		t.Errorf("got %v, want metrics.ErrNotFound", err)
	}
	if _, err = config.Load(t.TempDir(), surroundings(nil)); err == nil {
		t.Error("a folder was read as a configuration")
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
