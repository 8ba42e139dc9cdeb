package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestRunRefuses(t *testing.T) {
	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "thesis.txt"), []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"no folder", nil, 2, "want one folder, got 0"},
		{"two folders", []string{"a", "b"}, 2, "want one folder, got 2"},
		{"no date", []string{"--today", "soon", "a"}, 2, `--today "soon" is no date like 2026-11-22`},
		{"unknown flag", []string{"--size", "9", "a"}, 2, "flag provided but not defined: -size"},
		{"somebody's folder", []string{foreign}, 1, "the folder is not empty"},
		{"help", []string{"--help"}, 0, "trodden-demo --today 2026-11-22 .demo"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			code := run(context.Background(), tt.args, readmeDay, &stdout, &stderr)
			if code != tt.code {
				t.Errorf("exit status: got %d, want %d", code, tt.code)
			}
			if !strings.Contains(stderr.String(), tt.says) {
				t.Errorf("stderr: got %q, want it to say %q", stderr.String(), tt.says)
			}
			if stdout.Len() > 0 {
				t.Errorf("stdout: got %q, want nothing", stdout.String())
			}
		})
	}
	if _, err := os.Stat(filepath.Join(foreign, "thesis.txt")); err != nil {
		t.Errorf("the file in somebody's folder: %v", err)
	}
}

func TestRunStopsWhenInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{filepath.Join(t.TempDir(), "demo")}, readmeDay, &stdout, &stderr); code != 1 {
		t.Errorf("exit status: got %d, want 1; stderr %q", code, stderr.String())
	}
}

func TestParseDefaultsToThisDay(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.FixedZone("", -2*3600))
	o, err := parse([]string{"demo"}, now, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	if want := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC); !o.today.Equal(want) {
		t.Errorf("today: got %v, want %v", o.today, want)
	}
}

func TestMakeRoomReplacesOnlyItsOwn(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{stamp, "repos/old", "trodden.yaml", ".trodden"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := makeRoom(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{stamp: true, "repos": false, "trodden.yaml": false, ".trodden": true} {
		_, err := os.Stat(filepath.Join(dir, name))
		if got := err == nil; got != want {
			t.Errorf("%s is there: got %v, want %v", name, got, want)
		}
	}
}

func TestConfigNamesEveryTeam(t *testing.T) {
	text, err := config(options{dir: "/srv/demo", today: readmeDay}, newCrew(teams(), moves()))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`dirs: ["/srv/demo/repos/*"]`,
		`aliases: ["@acme/checkout", "@acme/cart"]`,
		"{id: tomas.lind@acme.dev, until: 2025-12-27}",
		"{id: tomas.lind@acme.dev, from: 2025-12-27}",
		"{groups: [fintech], announced: 2024-10-23, from: 2024-12-22, until: 2025-10-18, why: Audit of the base images}",
		"key: 2026-h2",
		"weight: 5 # members",
		"{key: commerce, title: Commerce, parent: shop}",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("configuration lacks %q:\n%s", want, text)
		}
	}
	for _, team := range teams() {
		if !strings.Contains(string(text), "- key: "+team.key+"\n") {
			t.Errorf("configuration lacks team %s", team.key)
		}
	}
}
