// Package program starts programs that tests talk to and that were not written for trodden. make peers installs them.
//
// Each runs as a child of the test, on a port of loopback that was free, and ends with the test, however that ends.
package program

import (
	"bytes"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	patience = 2 * time.Minute       // for a program to answer for the first time
	often    = 20 * time.Millisecond // it is tried meanwhile
	attempts = 3                     // for somebody else may take the port between its choice and its use
)

// Peers is the target of make that installs most programs.
const Peers = "peers"

// Path is where a target of make installs something below the folder of peers. Where it did not, t is not run, unless
// TRODDEN_REQUIRE names the target.
func Path(t testing.TB, name, target string) string {
	t.Helper()
	path := filepath.Join(module(t), "deploy", "peers", filepath.FromSlash(name))
	if _, err := os.Stat(path); err == nil {
		return path
	}
	if slices.Contains(strings.Split(os.Getenv("TRODDEN_REQUIRE"), ","), target) {
		t.Fatalf("there is no %s: make %s", path, target)
	}
	t.Skipf("there is no %s: make %s", path, target)
	return ""
}

// module is the folder of the module that the test is in.
func module(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder
		}
		if folder == filepath.Dir(folder) {
			t.Fatal("the test does not run in the module")
		}
		folder = filepath.Dir(folder)
	}
}

// Start starts a program until t ends, and returns the address at which it answers. command makes it for a port.
func Start(t testing.TB, command func(port int) *exec.Cmd) *url.URL {
	t.Helper()
	var last string
	for range attempts {
		port := freePort(t)
		p := run(t, command(port))
		if p.answers(t, port) {
			return &url.URL{Scheme: "http", Host: fmt.Sprintf("127.0.0.1:%d", port)}
		}
		last = p.said()
	}
	t.Fatalf("the program ended %d times before it answered; it said last:\n%s", attempts, last)
	return nil
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// process is a program under way.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}

	mu  sync.Mutex
	out bytes.Buffer
}

// run starts a program. Its parent is a thread that waits for it: were it to end before, as threads of Go may, the program
// would be taken to be left behind.
func run(t testing.TB, cmd *exec.Cmd) *process {
	t.Helper()
	p := &process{cmd: cmd, ended: make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr = p, p
	bind(p.cmd)
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(p.ended)
		err := p.cmd.Start()
		started <- err
		if err == nil {
			_ = p.cmd.Wait() // how a program ends that was killed says nothing
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.cmd.Process.Kill()
		<-p.ended
	})
	return p
}

// answers waits until the program listens, and reports whether it does, rather than having ended.
func (p *process) answers(t testing.TB, port int) bool {
	t.Helper()
	tick, late := time.NewTicker(often), time.After(patience)
	defer tick.Stop()
	for {
		if c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			c.Close()
			return true
		}
		select {
		case <-tick.C:
		case <-p.ended:
			return false
		case <-late:
			t.Fatalf("the program does not answer within %s; it said:\n%s", patience, p.said())
		}
	}
}

// Write implements io.Writer, for what the program says.
func (p *process) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.Write(text)
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.out.String()
}
