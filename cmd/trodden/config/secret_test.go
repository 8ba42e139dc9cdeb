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
		{"variable that is not set", "${NOPE}", "", "t.yaml:2:31: the environment variable NOPE is not set: invalid"},
		{"empty variable", "${BLANK}", "", "t.yaml:2:31: the environment variable BLANK is not set: invalid"},
		{"file that is not there", "file:nope", "", "t.yaml:2:31: read the secret: " + dir + "/nope: no such file: not found"},
		{"empty file", "file:blank", "", "t.yaml:2:31: the file " + dir + "/blank is empty, expected a secret: invalid"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := config.Parse(filepath.Join(dir, "t.yaml"), fmt.Sprintf("sources:\n  - gitlab: {group: a, token: %q}", test.reference), env)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Sources[0].GitLab.Token.Reveal(env)
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
