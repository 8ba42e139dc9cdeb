//go:build unix

package git

import (
	"io/fs"
	"os"
	"os/exec"
	"syscall"
)

// isolate puts git and the programs that it starts (ssh, credential helpers) into a session of their own. It
// has no terminal that they could ask on, and it is ended as one and gently, so that no lock and no
// half a pack stays in the clone.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
}

// ours reports whether a file belongs to whoever runs this program.
func ours(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
