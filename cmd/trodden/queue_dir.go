package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

// dirQueue keeps hints in a folder, whether or not the store is there. What is put together is one file, which
// appears whole and on disk or not at all, and goes when all of it is done. The folder done has a file a day with the
// ids of what was done. Processes may share the folder; one that is removed meanwhile is made anew.
type dirQueue struct {
	dir string
	now func() time.Time
	log *slog.Logger
}

// hintsSuffix ends the name of a file with hints. It begins with the time of the file, so that names are in order.
const hintsSuffix = ".hints"

// openDirQueue makes the folder where it is not there.
func openDirQueue(dir string, now func() time.Time, log *slog.Logger) (*dirQueue, error) {
	q := &dirQueue{dir, now, log}
	if err := q.make(); err != nil {
		return nil, err
	}
	probe, err := os.CreateTemp(dir, ".probe-*")
	if err != nil {
		return nil, fmt.Errorf("write to the folder of the queue: %w", err)
	}
	return q, errors.Join(probe.Close(), os.Remove(probe.Name()))
}

func (q *dirQueue) doneDir() string { return filepath.Join(q.dir, "done") }

func (q *dirQueue) make() error {
	if err := os.MkdirAll(q.doneDir(), 0o700); err != nil {
		return fmt.Errorf("make the folder of the queue: %w", err)
	}
	return nil
}

// opened opens a file in the folder, which is made anew where somebody removed it.
func (q *dirQueue) opened(open func() (*os.File, error)) (*os.File, error) {
	f, err := open()
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	q.log.Warn("the folder of the queue was removed, it is made anew", "folder", q.dir)
	if err := q.make(); err != nil {
		return nil, err
	}
	return open()
}

func (q *dirQueue) put(_ context.Context, hints []metrics.Hint) error {
	name := fmt.Sprintf("%020d-%s%s", q.now().UnixNano(), rand.Text()[:8], hintsSuffix)
	if err := q.write(name, hints); err != nil {
		return fmt.Errorf("put %d hints into %s: %w", len(hints), q.dir, err)
	}
	return nil
}

// write makes a file with hints.
func (q *dirQueue) write(name string, hints []metrics.Hint) error {
	text, err := json.Marshal(hints)
	if err != nil {
		return err
	}
	tmp, err := q.opened(func() (*os.File, error) { return os.CreateTemp(q.dir, ".put-*") })
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(q.dir, name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return syncDir(q.dir)
}

// syncDir brings the names in a folder to disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// hintFile is a file with hints.
type hintFile struct {
	name  string
	hints []metrics.Hint
}

// files reads the files with hints, oldest first. One that another process takes away meanwhile is not there; one
// that cannot be read is left alone.
func (q *dirQueue) files() ([]hintFile, error) {
	entries, err := os.ReadDir(q.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the queue: %w", err)
	}
	var list []hintFile
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), hintsSuffix) {
			continue
		}
		f := hintFile{name: e.Name()}
		text, err := os.ReadFile(filepath.Join(q.dir, f.name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = json.Unmarshal(text, &f.hints)
		}
		if err != nil {
			q.log.Error("a file of the queue cannot be read", "file", f.name, "error", err)
			continue
		}
		list = append(list, f)
	}
	return list, nil
}

func (q *dirQueue) pending(context.Context) ([]metrics.Hint, error) {
	files, err := q.files()
	if err != nil {
		return nil, err
	}
	var list []metrics.Hint
	oldest := metrics.At(q.now().Add(-pendingFor))
	for _, f := range files {
		for _, h := range f.hints {
			if h.At >= oldest {
				list = append(list, h)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b metrics.Hint) int { return cmp.Compare(a.At, b.At) })
	return list, nil
}

// done removes the files of which all is done or too old, and takes what is done out of the others. Should the
// process end in the middle, some of it is worked again.
func (q *dirQueue) done(_ context.Context, hints []metrics.Hint) error {
	ended := make(map[metrics.HintID]bool, len(hints))
	for _, h := range hints {
		ended[h.ID] = true
	}
	files, err := q.files()
	if err != nil {
		return err
	}
	if err := q.takeOff(files, ended); err != nil {
		return fmt.Errorf("take hints off the queue: %w", err)
	}
	if err := errors.Join(q.remember(hints), q.sweep()); err != nil {
		q.log.Warn("which hints are done is not noted, a delivery that comes again is worked again", "hints", len(hints), "error", err)
	}
	return nil
}

// takeOff removes whole files first: on a full disk the others cannot be written anew before there is room. What goes
// wrong with one file keeps no other.
func (q *dirQueue) takeOff(files []hintFile, ended map[metrics.HintID]bool) (err error) {
	oldest := metrics.At(q.now().Add(-pendingFor))
	rest := make([][]metrics.Hint, len(files))
	for i, f := range files {
		rest[i] = slices.DeleteFunc(slices.Clone(f.hints), func(h metrics.Hint) bool { return ended[h.ID] || h.At < oldest })
	}
	for _, whole := range []bool{true, false} {
		for i, f := range files {
			if (len(rest[i]) == 0) == whole {
				err = errors.Join(err, q.leave(f, rest[i]))
			}
		}
	}
	return err
}

// leave keeps those hints of a file that are left, in a file of their own: the name of the old one may be gone, when
// another process has worked the same.
func (q *dirQueue) leave(f hintFile, left []metrics.Hint) error {
	if len(left) == len(f.hints) {
		return nil
	}
	if len(left) > 0 {
		begin, _, _ := strings.Cut(f.name, "-")
		if err := q.write(begin+"-"+rand.Text()[:8]+hintsSuffix, left); err != nil {
			return err
		}
	}
	if err := os.Remove(filepath.Join(q.dir, f.name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// remember notes hints in the file of the day. It is no loss when a crash of the machine takes that away: what is read
// twice is read.
func (q *dirQueue) remember(hints []metrics.Hint) error {
	var lines bytes.Buffer
	for _, h := range hints {
		fmt.Fprintf(&lines, "%016x\n", uint64(h.ID))
	}
	day := q.now().UTC().Format(time.DateOnly)
	f, err := q.opened(func() (*os.File, error) {
		return os.OpenFile(filepath.Join(q.doneDir(), day), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	})
	if err != nil {
		return err
	}
	_, err = f.Write(lines.Bytes())
	return errors.Join(err, f.Close())
}

// sweep removes the days that are so long ago that nobody sends their deliveries again.
func (q *dirQueue) sweep() error {
	days, err := os.ReadDir(q.doneDir())
	if err != nil {
		return fmt.Errorf("sweep the queue: %w", err)
	}
	before := q.now().Add(-rememberFor).UTC().Format(time.DateOnly)
	for _, day := range days {
		if day.Name() >= before {
			break
		}
		if err := os.Remove(filepath.Join(q.doneDir(), day.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep the queue: %w", err)
		}
	}
	return nil
}

func (q *dirQueue) told(context.Context) ([]metrics.HintID, error) {
	files, err := q.files()
	if err != nil {
		return nil, err
	}
	var ids []metrics.HintID
	for _, f := range files {
		for _, h := range f.hints {
			ids = append(ids, h.ID)
		}
	}
	days, err := os.ReadDir(q.doneDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the queue: %w", err)
	}
	for _, day := range days {
		text, err := os.ReadFile(filepath.Join(q.doneDir(), day.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read the queue: %w", err)
		}
		for line := range strings.Lines(string(text)) {
			if id, err := strconv.ParseUint(strings.TrimSpace(line), 16, 64); err == nil { // the last may be cut
				ids = append(ids, metrics.HintID(id))
			}
		}
	}
	return ids, nil
}
