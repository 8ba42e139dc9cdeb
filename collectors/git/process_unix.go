//go:build unix

package git

import (
	"os/exec"
	"syscall"
)

// detach puts git into a process group of its own: an interrupt at the terminal is for the program that
// reads, which ends git when it has tidied up.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
