package clickhouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/trodden/trodden/metrics"
)

// lockName is the file beside the engine's data. Whoever holds a flock(2) on it owns the directory; its
// content says who that is. The file is never removed: another process may be about to lock it.
const lockName = "lock"

// lockTries and lockPause bound how long a lock is tried for: Holder takes it for an instant too.
const (
	lockTries = 5
	lockPause = 10 * time.Millisecond
)

// Holding says which process has a directory open.
type Holding struct {
	PID int    `json:"pid"`
	URL string `json:"url,omitempty"` // where it serves, once it does
}

// HeldError is the failure to open a directory that another process has open. It is a
// metrics.ErrConflict.
type HeldError struct {
	Dir string
	PID int
	URL string
}

func (e *HeldError) Error() string {
	if e.URL != "" {
		return fmt.Sprintf("%s is held by process %d, which serves %s", e.Dir, e.PID, e.URL)
	}
	return fmt.Sprintf("%s is held by process %d", e.Dir, e.PID)
}

// Unwrap makes the error a metrics.ErrConflict.
func (e *HeldError) Unwrap() error { return metrics.ErrConflict }

// Holder says who has the embedded directory dir open; nil when nobody has, or when there is no such
// directory. It does not open the store.
func Holder(dir string) (*Holding, error) {
	file, err := os.Open(filepath.Join(dir, lockName))
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find who holds %s: %w", dir, err)
	}
	defer file.Close()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return readHolding(file), nil
	}
	if err != nil {
		return nil, fmt.Errorf("find who holds %s: flock: %w", dir, err)
	}
	return nil, nil // closing the file gives the lock back
}

// readHolding reads what the owner wrote. An owner that has the lock and has not written yet is known
// by nothing but that.
func readHolding(file *os.File) *Holding {
	holding := new(Holding)
	if err := json.NewDecoder(io.NewSectionReader(file, 0, 1<<16)).Decode(holding); err != nil {
		return new(Holding)
	}
	return holding
}

// dirLock is a held lock. The kernel gives it back when the process ends, however it ends.
type dirLock struct{ file *os.File }

// lockDir takes the lock of dir, or fails with a HeldError.
func lockDir(ctx context.Context, dir string) (*dirLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	lock := &dirLock{file}
	if err := lock.take(ctx, dir); err != nil {
		file.Close()
		return nil, err
	}
	if err := lock.announce(""); err != nil {
		lock.release()
		return nil, err
	}
	return lock, nil
}

func (l *dirLock) take(ctx context.Context, dir string) error {
	for try := 1; ; try++ {
		err := syscall.Flock(int(l.file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return fmt.Errorf("flock %s: %w", l.file.Name(), err)
		}
		if try == lockTries {
			held := readHolding(l.file)
			return &HeldError{Dir: dir, PID: held.PID, URL: held.URL}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lockPause):
		}
	}
}

// announce writes who holds the lock. A reader at the same moment sees the old or the new holder: it
// reads one JSON value, whatever follows it.
func (l *dirLock) announce(url string) error {
	text, err := json.Marshal(Holding{PID: os.Getpid(), URL: url})
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if _, err := l.file.WriteAt(text, 0); err != nil {
		return fmt.Errorf("write %s: %w", l.file.Name(), err)
	}
	return l.file.Truncate(int64(len(text)))
}

// release empties the file and gives the lock back.
func (l *dirLock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}
