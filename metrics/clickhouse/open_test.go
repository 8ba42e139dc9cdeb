package clickhouse_test

import (
	"context"
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

func TestAddressesThatCannotBeOpened(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := listener.Addr().String()
	listener.Close()
	tests := []struct {
		dsn  string
		want error
		says string
	}{
		{"", metrics.ErrInvalid, "want embedded:DIR"},
		{"trodden.db", metrics.ErrInvalid, "want embedded:DIR"},
		{"postgres://user:secret@host/db", metrics.ErrInvalid, "want embedded:DIR"},
		{"embedded:", metrics.ErrInvalid, "want embedded:DIR"},
		{"clickhouse://", metrics.ErrInvalid, "address"},
		{"clickhouse://user:secret@host:port/db", metrics.ErrInvalid, "address"},
		{"clickhouse://user:secret@host:9000/db?dial_timeout=soon", metrics.ErrInvalid, "dial timeout"},
		{"clickhouse://user:secret@" + nobody + "/db", metrics.ErrUnavailable, nobody},
		{"http://user:secret@" + nobody + "/db", metrics.ErrUnavailable, nobody},
	}
	for _, test := range tests {
		t.Run(test.dsn, func(t *testing.T) {
			_, err := clickhouse.Open(t.Context(), test.dsn, clickhouse.Options{})
			if !errors.Is(err, test.want) {
				t.Fatalf("Open = %v; want %v", err, test.want)
			}
			if !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "secret") {
				t.Errorf("Open = %q; want %q and no password", err, test.says)
			}
		})
	}
}

func TestTooLittleMemory(t *testing.T) {
	_, err := clickhouse.Open(t.Context(), "embedded:"+t.TempDir(), clickhouse.Options{MaxMemory: 1 << 20})
	if !errors.Is(err, metrics.ErrInvalid) {
		t.Errorf("Open = %v; want invalid", err)
	}
}

func TestOpenWithAnEndedContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, dsn := range []string{"embedded:" + t.TempDir(), "http://127.0.0.1:1/db", "clickhouse://127.0.0.1:1/db"} {
		if _, err := clickhouse.Open(ctx, dsn, clickhouse.Options{Engine: "/bin/sh"}); !errors.Is(err, context.Canceled) {
			t.Errorf("Open %s = %v; want canceled", dsn, err)
		}
	}
}

func TestEmbeddedAndAnnounceOnAServer(t *testing.T) {
	db := openHTTP(t)
	if db.Embedded() {
		t.Error("a server is embedded")
	}
	if err := db.Announce("http://127.0.0.1:8080"); err != nil {
		t.Errorf("Announce = %v; want nothing", err)
	}
}

func TestTestsFailWithoutTheEngine(t *testing.T) {
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	other := exec.Command(binary, "-test.run", "^TestLimitOfTime$")
	other.Env = append(os.Environ(), clickhousetest.EnvEngine+"=/nowhere/libchdb.so", clickhousetest.EnvServer+"=")
	said, err := other.CombinedOutput()
	if err == nil || !strings.Contains(string(said), "npm ci") || !strings.Contains(string(said), "--- FAIL") {
		t.Errorf("a test without the engine: %v, %q; want a failure that says how to install it", err, said)
	}
}
