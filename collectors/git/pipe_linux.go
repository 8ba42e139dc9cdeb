package git

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// widen makes more room in a pipe, so that both of its ends run on for longer. It is no harm where the
// system does not allow it.
func widen(pipe io.Reader, size int) {
	file, ok := pipe.(*os.File)
	if !ok {
		return
	}
	conn, err := file.SyscallConn()
	if err != nil {
		return
	}
	_ = conn.Control(func(fd uintptr) { _, _ = unix.FcntlInt(fd, unix.F_SETPIPE_SZ, size) })
}
