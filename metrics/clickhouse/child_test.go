package clickhouse_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/clickhouse/clickhousetest"
)

// A process can have one directory open, so tests that open their own do it in a child: this binary,
// started again with the name of one of these tasks and the directory. A child that prints an error
// ends with status 1.
var tasks = map[string]func(ctx context.Context, dir string) error{
	"hold":   holdTask,
	"open":   openTask,
	"reopen": reopenTask,
	"twice":  twiceTask,
	"nobody": nobodyTask,
	"memory": memoryTask,
	"signal": signalTask,
	"zone":   zoneTask,
	"close":  closeTask,
	"figure": figureTask,
	"runs":   runsTask,
}

const (
	envTask = "TRODDEN_CHILD_TASK"
	envDir  = "TRODDEN_CHILD_DIR"
)

func TestMain(m *testing.M) {
	name := os.Getenv(envTask)
	if name == "" {
		os.Exit(m.Run())
	}
	if err := tasks[name](context.Background(), os.Getenv(envDir)); err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// openOwn opens dir in a child.
func openOwn(ctx context.Context, dir string) (*clickhouse.DB, error) {
	return clickhouse.Open(ctx, "embedded:"+dir, clickhouse.Options{Engine: clickhousetest.Engine()})
}

// child is a task at work.
type child struct {
	*exec.Cmd
	stdin  io.WriteCloser
	stdout *bufio.Reader
	stderr strings.Builder
}

func startChild(t testing.TB, task, dir string) *child {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{Cmd: exec.Command(binary)}
	c.Env = append(os.Environ(), envTask+"="+task, envDir+"="+dir)
	c.Stderr = &c.stderr
	if c.stdin, err = c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.stdout = bufio.NewReader(out)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	return c
}

// line is the next line that the child prints.
func (c *child) line(t testing.TB) string {
	t.Helper()
	line, err := c.stdout.ReadString('\n')
	if err != nil {
		t.Fatalf("child ended: %v; stderr: %s", err, c.stderr.String())
	}
	return strings.TrimSuffix(line, "\n")
}

// runChild runs a task to its end and returns what it printed.
func runChild(t testing.TB, task, dir string) (string, error) {
	t.Helper()
	c := startChild(t, task, dir)
	c.stdin.Close()
	text, err := io.ReadAll(c.stdout)
	if err != nil {
		t.Fatal(err)
	}
	err = c.Wait()
	if c.stderr.Len() > 0 {
		t.Logf("stderr of %s: %s", task, c.stderr.String())
	}
	return strings.TrimSpace(string(text)), err
}
