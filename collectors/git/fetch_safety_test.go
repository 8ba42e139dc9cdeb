package git_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// TestFetchRefusesOrigins has origins that would run a program or lead astray. The environment allows git
// every one of them.
func TestFetchRefusesOrigins(t *testing.T) {
	traces := t.TempDir()
	tests := []struct{ name, url, warning string }{
		{"a command", "ext::sh -c " + strings.ReplaceAll(trap(traces, "ext"), " ", "% "), "git-remote-ext"},
		{"a command with a URL", "ext::sh -c 'touch " + traces + "/ext' x://y", "not reached by"},
		{"a descriptor", "fd::17", "git-remote-fd"},
		{"any helper", "persistent-https::host/pay", "git-remote-persistent-https"},
		{"a helper as a scheme", "ext://sh", "not reached by https, http, ssh, git, file"},
		{"ftp", "ftp://127.0.0.1/pay.git", "not reached by"},
		{"a scheme in capitals", "SSH://127.0.0.1/pay.git", "not reached by"},
		{"an option", "--upload-pack=touch " + traces + "/option", "URL of its origin is none"},
		{"an option before a host", "-oProxyCommand=touch@host:pay", "URL of its origin is none"},
		{"an option as a host", "ssh://-oProxyCommand=touch/pay", "names no host"},
		{"an option as a host, with a user", "ssh://git@-oProxyCommand=touch/pay", "names no host"},
		{"an option as a host, masked", "ssh://%2doProxyCommand=touch/pay", "URL of its origin is none"},
		{"an option as a user", "ssh://-lroot@host/pay", "names no host"},
		{"an option as a host, in short", "git@-oProxyCommand=touch:pay", "names no host"},
		{"no host", "https:///pay", "names no host"},
		{"no host, in short", ":pay", "names no host"},
		{"a file of another host", "file://host/pay", "names no host"},
		{"a line feed", "https://host/pay\\nhelper", "URL of its origin is none"},
		{"a password that is nobody's business", "https://me:secret@ho st/pay", "URL of its origin is none"},
		{"nobody there, with a password", "http://me:secret@127.0.0.1:1/pay", "127.0.0.1"},
	}
	f := newFetching(t)
	t.Setenv("GIT_ALLOW_PROTOCOL", "ext:fd:ftp:file:persistent-https")
	f.config.Fetch = true
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			write(t, "[remote \"origin\"]\n\turl = \""+test.url+"\"\n", f.dir, ".git", "config")
			f.config.Dirs = []string{f.dir}
			summary := f.scan()
			got := warnings(summary)
			if summary.Unknown != 0 || !strings.Contains(got, test.warning) || !strings.Contains(got, "could not be brought up to date") {
				t.Errorf("scan came to %+v, want a warning with %q", summary, test.warning)
			}
			if strings.Contains(got, "secret") {
				t.Errorf("warning %q says a password", got)
			}
		})
	}
	if got := names(t, traces); len(got) > 0 {
		t.Errorf("the scan left %v behind", got)
	}
}

// TestNothingOfTheCloneRunsByFetch fetches into a clone that tries everything to have a program run, or to
// be brought to another origin.
func TestNothingOfTheCloneRunsByFetch(t *testing.T) {
	traces := t.TempDir()
	t.Setenv("TMPDIR", t.TempDir())
	f := newFetching(t)
	run(t, f.dir, "remote", "set-head", "origin", "--delete") // is written again
	trapClone(t, f.dir, traces)
	home, hook := filepath.Dir(f.dir), "#!/bin/sh\n"+trap(traces, "hook")+"\n"
	for _, setting := range []string{"extensions.partialClone", "remote.origin.promisor"} {
		run(t, f.dir, "config", "--unset", setting) // they are refused, see TestFetch
	}
	for setting, value := range map[string]string{
		"url.ext::sh -c 'touch " + traces + "/url' .insteadOf": "file://",
		"hook.evil.event": "reference-transaction", "hook.evil.command": trap(traces, "hook-command"),
		"remote.trodden.uploadpack": trap(traces, "trodden"), "remote.origin.proxy": "http://127.0.0.1:1",
		"protocol.allow": "always", "protocol.ext.allow": "always", "core.logAllRefUpdates": "always", "fetch.output": "compact",
		"gc.auto": "1", "gc.autoDetach": "false", "maintenance.auto": "true", "fetch.recurseSubmodules": "true",
	} {
		run(t, f.dir, "config", setting, value)
	}
	for _, name := range []string{"reference-transaction", "post-merge", "post-rewrite", "post-update", "update", "pre-receive", "post-receive", "proc-receive", "push-to-checkout"} {
		write(t, hook, home, "hooks", name)
		write(t, hook, f.dir, ".git", "hooks", name)
	}
	write(t, "URL: ext::"+trap(traces, "remotes")+"\n", f.dir, ".git", "remotes", "trodden")
	write(t, "ext::"+trap(traces, "branches")+"\n", f.dir, ".git", "branches", "trodden")
	trapEnvironment(t, traces)
	os.Unsetenv("GIT_SSH_COMMAND") // holds for a fetch, see TestFetchUsesOnesOwnAccess
	extend(f.origin, 1)
	for _, file := range names(t, traces) { // what setting the traps ran
		if err := os.RemoveAll(filepath.Join(traces, file)); err != nil {
			t.Fatal(err)
		}
	}
	before := names(t, filepath.Join(f.dir, ".git"))
	config, err := os.ReadFile(filepath.Join(f.dir, ".git", "config"))
	if err != nil {
		t.Fatal(err)
	}
	injected := "[core]\n\tsharedRepository = \"0600\\n[core]\\n\\tfsmonitor = " + trap(traces, "injected") + "\"\n"
	write(t, string(config)+injected, f.dir, ".git", "config")

	f.config.Fetch = true
	summary := f.scan()
	if len(summary.Warnings) > 0 || summary.Requests != 1 || len(f.store.History(metrics.NewRepoID("local/pay")).Commits) != 3 {
		t.Errorf("scan came to %+v, want three commits by one request", summary)
	}
	if got := names(t, traces); len(got) > 0 {
		t.Errorf("the scan left %v behind", got)
	}
	if diff := cmp.Diff(before, names(t, filepath.Join(f.dir, ".git"))); diff != "" {
		t.Errorf("the clone was changed (-before +after):\n%s", diff)
	}
	if got := names(t, os.Getenv("TMPDIR")); len(got) > 0 {
		t.Errorf("the scan left %v in the folder for temporary files", got)
	}
	write(t, string(config), f.dir, ".git", "config") // git would not even begin with the last setting
	try(f.dir, "fetch", "origin")
	try(f.dir, "update-ref", "refs/heads/x", "HEAD")
	if len(names(t, traces)) == 0 {
		t.Error("the traps of this test do not work: plain git left no trace")
	}
}

// TestFetchWritesNowhereElse fetches into clones with links that lead out of them.
func TestFetchWritesNowhereElse(t *testing.T) {
	tests := []struct {
		name, link, warning string
	}{
		{"all references", "refs", "refs is neither a folder nor a file"},
		{"the origin's references", "refs/remotes/origin", "neither a folder nor a file"},
		{"one reference", "refs/remotes/origin/main", "neither a folder nor a file"},
		{"packed references", "packed-refs", "neither a folder nor a file"},
		{"objects", "objects", "neither a folder nor a file"},
		{"packs", "objects/pack", "neither a folder nor a file"},
		{"reflogs", "logs", "neither a folder nor a file"},
		{"one reflog", "logs/refs/remotes/origin/HEAD", "neither a folder nor a file"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFetching(t)
			write(t, run(t, f.dir, "rev-parse", "HEAD"), f.dir, ".git", "refs", "remotes", "origin", "main")
			inside, outside := filepath.Join(f.dir, ".git", test.link), filepath.Join(filepath.Dir(f.dir), "outside")
			if err := os.Rename(inside, outside); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(outside, inside); err != nil {
				t.Fatal(err)
			}
			extend(f.origin, 1)
			f.config.Fetch = true
			summary := f.scan()
			if got := warnings(summary); summary.Unknown != 0 || !strings.Contains(got, test.warning) {
				t.Errorf("scan came to %+v, want a warning with %q", summary, test.warning)
			}
			if got := f.landed(); got != "c0 c1" {
				t.Errorf("got %s, want what was there", got)
			}
		})
	}
	t.Run("a symbolic reference", func(t *testing.T) {
		f := newFetching(t)
		run(t, f.dir, "symbolic-ref", "refs/remotes/origin/main", "refs/heads/main")
		extend(f.origin, 1)
		f.config.Fetch = true
		before := f.own()
		if got := warnings(f.scan()); !strings.Contains(got, "is a symbolic reference") || f.own() != before {
			t.Errorf("warnings are %q and the clone's own branches are\n%s", got, f.own())
		}
	})
	t.Run("a clone of another user", func(t *testing.T) {
		f := newFetching(t)
		if os.Lchown(filepath.Join(f.dir, ".git"), 12345, 12345) != nil {
			t.Skip("only root can give a clone away")
		}
		f.config.Fetch = true
		if summary := f.scan(); summary.Unknown != 0 || !strings.Contains(warnings(summary), "belongs to another user") {
			t.Errorf("scan came to %+v, want a warning", summary)
		}
	})
}

// TestFetchUsesOnesOwnAccess fetches by what whoever runs the scan has set up: rewritten URLs and ssh.
func TestFetchUsesOnesOwnAccess(t *testing.T) {
	t.Run("git's configuration", func(t *testing.T) {
		f := newFetching(t)
		run(t, f.dir, "config", "remote.origin.url", "https://git.acme.invalid/acme/origin.git")
		write(t, "[url \"file://"+filepath.Dir(f.dir)+"/\"]\n\tinsteadOf = https://git.acme.invalid/acme/\n", os.Getenv("HOME"), ".gitconfig")
		f.expectFetched("git.acme.invalid/acme/origin")
	})
	t.Run("ssh", func(t *testing.T) {
		f := newFetching(t)
		run(t, f.dir, "config", "remote.origin.url", "git@git.acme.invalid:"+f.origin.dir)
		run(t, f.dir, "config", "core.sshCommand", "false")
		script := filepath.Join(filepath.Dir(f.dir), "ssh")
		write(t, "#!/bin/sh\nfor last; do :; done\nexec sh -c \"$last\"\n", script)
		t.Setenv("GIT_SSH_COMMAND", script)
		f.expectFetched("git.acme.invalid" + strings.TrimSuffix(f.origin.dir, ".git"))
	})
}

// expectFetched fetches one new commit.
func (f *fetching) expectFetched(name string) {
	f.t.Helper()
	extend(f.origin, 1)
	f.config.Fetch = true
	summary := f.scan()
	got := len(f.store.History(metrics.NewRepoID(strings.ToLower(name))).Commits)
	if got != 3 || len(summary.Warnings) > 0 {
		f.t.Errorf("scan came to %+v and %d commits of %s, want 3", summary, got, name)
	}
}

// TestFetchFromAnOriginThatRuns fetches from a local partial clone, which would ask an origin of its own
// with a command of its own.
func TestFetchFromAnOriginThatRuns(t *testing.T) {
	traces := t.TempDir()
	f := newFetching(t)
	far := partialClone(t, "blob:none", traces)
	run(t, f.dir, "config", "remote.origin.url", far)
	f.config.Fetch = true
	if summary := f.scan(); summary.Unknown != 0 || len(summary.Warnings) != 1 {
		t.Errorf("scan came to %+v, want a warning", summary)
	}
	if got := names(t, traces); len(got) > 0 {
		t.Errorf("the scan left %v behind", got)
	}
}

// TestCancelledFetchEnds cancels a scan while an origin does not answer.
func TestCancelledFetchEnds(t *testing.T) {
	f := newFetching(t)
	t.Setenv("TMPDIR", t.TempDir())
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		if peer, err := silent.Accept(); err == nil {
			defer peer.Close()
			cancel()
			<-ctx.Done()
			_, _ = peer.Read(make([]byte, 1<<10))
		}
	}()
	run(t, f.dir, "config", "remote.origin.url", "git://"+silent.Addr().String()+"/pay.git")
	f.config.Fetch = true
	begun := time.Now()
	_, err = collectors.Run(ctx, collectors.Options{
		Sources: []collectors.Source{f.source()}, Store: f.store, Workers: 1,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != context.Canceled || time.Since(begun) > 30*time.Second {
		t.Errorf("got error %v after %s, want %v at once", err, time.Since(begun), context.Canceled)
	}
	if len(f.store.Readings) != 0 {
		t.Errorf("got readings %+v, want none", f.store.Readings)
	}
	if got := names(t, os.Getenv("TMPDIR")); len(got) > 0 {
		t.Errorf("%v is left", got)
	}
}
