//go:build !unix

package history

import (
	"io/fs"
	"os"
)

// lockFolder opens a folder. Here a lock would keep nobody out, and one process is taken to be all.
func lockFolder(dir string) (*os.File, error) { return os.Open(dir) }

// unlink removes a link or a file.
func unlink(path string) error { return os.Remove(path) }

// ours cannot tell here whose a folder is.
func ours(fs.FileInfo) bool { return true }

// room is about what a file takes on its disk.
func room(info fs.FileInfo) int64 { return info.Size() }
