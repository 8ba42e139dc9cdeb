package program

import (
	"os/exec"
	"syscall"
)

// bind has the kernel end a program with the thread that starts it, so that a test which is killed leaves none behind.
func bind(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
