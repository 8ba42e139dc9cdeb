package program

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestProgramsEndWithTheTest kills a test that has started a program: the program ends, too.
func TestProgramsEndWithTheTest(t *testing.T) {
	if os.Getenv("PROGRAM_KILLED") == "1" {
		p := run(t, exec.Command("sleep", "600"))
		fmt.Printf("started %d\n", p.cmd.Process.Pid)
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	test := exec.Command(os.Args[0], "-test.run=^TestProgramsEndWithTheTest$")
	test.Env = append(os.Environ(), "PROGRAM_KILLED=1")
	out, err := test.StdoutPipe()
	if err == nil {
		err = test.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	pid, wrong := strconv.Atoi(strings.TrimPrefix(strings.TrimSpace(line), "started "))
	if err = errors.Join(err, wrong); err != nil {
		t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := test.Wait(); !errors.As(err, &exit) {
		t.Fatalf("got %v, want the test to be killed", err)
	}
	tick, late := time.NewTicker(often), time.After(patience)
	defer tick.Stop()
	for syscall.Kill(pid, 0) == nil && !zombie(pid) {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("the program %d is still there", pid)
		}
	}
}

// zombie reports whether a process has ended, and nobody has asked how.
func zombie(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	return err == nil && strings.HasPrefix(rest, "Z")
}
