package history

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/trodden/trodden/metrics"
)

// Cache is a folder of clones that takes no more than so much room on its disk. Clones that were not used for the
// longest time go first, and none goes that is in use, be it by another process. All in it can be had again.
//
// A clone is called by the id of its repository, whatever the repository is called. It holds the names and addresses
// of those who committed, as every clone does: nobody but the owner may read it.
type Cache struct {
	dir   string
	limit int64 // in bytes; below 1 there is none
	now   func() time.Time

	mu    sync.Mutex
	known bool
	total int64 // as far as this process knows
}

// NewCache returns a cache. The folder is made when it is needed.
func NewCache(dir string, limit int64, now func() time.Time) *Cache {
	return &Cache{dir: dir, limit: limit, now: now}
}

// usable fails where no clone could be kept: what is called as the folder is none, or nothing can be written into it. A
// folder that is not there yet is not made.
func (c *Cache) usable() error {
	at, err := os.Stat(c.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !at.IsDir():
		return fmt.Errorf("%s is not a folder", c.dir)
	}
	try, err := os.CreateTemp(c.dir, ".usable-*")
	if err != nil {
		return err
	}
	return errors.Join(try.Close(), os.Remove(try.Name()))
}

// Clone is the folder of one clone, to be used by whoever took it.
type Clone struct {
	Dir   string
	Fresh bool // there was nothing in it

	cache  *Cache
	lock   *os.File
	before int64
}

// stamp is the file in a clone whose time says when it was used last.
const stamp = "trodden-used"

// ErrBusy means that somebody else has a clone, most likely another process.
var ErrBusy = errors.New("its clone is in use")

// Take returns the clone of a repository, which may be an empty folder. What is in its place and is no folder, such as a
// link to one somewhere else, is taken away: only the clones in the cache are its own to write to.
func (c *Cache) Take(id metrics.RepoID) (*Clone, error) {
	if err := c.open(); err != nil {
		return nil, err
	}
	k := &Clone{Dir: filepath.Join(c.dir, fmt.Sprintf("%016x.git", uint64(id))), cache: c}
	if err := k.claim(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(k.Dir)
	if err != nil {
		k.lock.Close()
		return nil, err
	}
	k.Fresh, k.before = len(entries) == 0, size(k.Dir)
	return k, nil
}

// claims is how often a clone is claimed anew that somebody removes meanwhile, before it counts as in use.
const claims = 10

// claim makes the folder of a clone where there is none, and locks it.
func (k *Clone) claim() (err error) {
	for range claims {
		if err := k.make(); err != nil {
			return fmt.Errorf("make a folder for a clone: %w", err)
		}
		k.lock, err = lockFolder(k.Dir)
		switch {
		case errors.Is(err, fs.ErrNotExist): // it was removed in between
		case err != nil:
			return err
		case same(k.lock, k.Dir):
			return nil
		default:
			k.lock.Close()
		}
	}
	return ErrBusy
}

// make makes the folder of a clone, where it is not there. Of a link in its place the link alone goes.
func (k *Clone) make() error {
	at, err := os.Lstat(k.Dir)
	if err == nil && !at.IsDir() {
		err = unlink(k.Dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Mkdir(k.Dir, 0o700); !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// same reports whether an open folder is what a path leads to.
func same(open *os.File, path string) bool {
	one, err := open.Stat()
	if err != nil {
		return false
	}
	other, err := os.Lstat(path)
	return err == nil && os.SameFile(one, other)
}

// Clear empties the clone's folder.
func (k *Clone) Clear() error {
	entries, err := os.ReadDir(k.Dir)
	for _, e := range entries {
		err = errors.Join(err, os.RemoveAll(filepath.Join(k.Dir, e.Name())))
	}
	return err
}

// Release gives the clone back, and sees to the size of the cache. A clone that alone takes more room than there is,
// does not stay.
func (k *Clone) Release() error {
	c := k.cache
	bytes := size(k.Dir)
	if c.limit > 0 && bytes > c.limit {
		err := c.remove(k.Dir)
		k.lock.Close()
		c.grow(-k.before)
		return err
	}
	err := k.use()
	k.lock.Close()
	c.grow(bytes - k.before)
	return errors.Join(err, c.shrink())
}

// use notes that the clone was used now.
func (k *Clone) use() error {
	file := filepath.Join(k.Dir, stamp)
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return err
	}
	now := k.cache.now()
	return os.Chtimes(file, now, now)
}

func (c *Cache) grow(bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total += bytes
}

// tag tells programs that keep copies that a folder can be had again (https://bford.info/cachedir/).
const tag = "Signature: 8a477f597d28d172789f06886806bc55\n# clones that trodden makes: they can be removed at any time\n"

// open makes the folder, and finds out what is in it. It refuses one that others may write to: what they put there
// would be taken for ours.
func (c *Cache) open() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known {
		return nil
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of clones: %w", err)
	}
	info, err := os.Stat(c.dir)
	if err != nil {
		return fmt.Errorf("open the folder of clones: %w", err)
	}
	if !ours(info) {
		return fmt.Errorf("the folder of clones %s belongs to another user, or others may write to it: %w", c.dir, metrics.ErrInvalid)
	}
	if err := os.WriteFile(filepath.Join(c.dir, "CACHEDIR.TAG"), []byte(tag), 0o600); err != nil {
		return fmt.Errorf("write to the folder of clones: %w", err)
	}
	all, err := c.list()
	if err != nil {
		return err
	}
	for _, k := range all {
		c.total += k.bytes
	}
	c.known = true
	return nil
}

// kept is a clone that lies in the cache.
type kept struct {
	dir   string
	bytes int64
	used  time.Time
}

var (
	cloneName = regexp.MustCompile(`^[0-9a-f]{16}\.git$`)
	goneName  = regexp.MustCompile(`^gone-[0-9a-f]{16}\.git-`)
)

// list returns the clones, the one that was used last at the end. What a process that was killed had begun to remove
// is removed, and what is called like a clone and is no folder.
func (c *Cache) list() ([]kept, error) {
	entries, err := os.ReadDir(c.dir)
	if err != nil {
		return nil, fmt.Errorf("list the clones: %w", err)
	}
	var all []kept
	for _, e := range entries {
		dir := filepath.Join(c.dir, e.Name())
		switch {
		case goneName.MatchString(e.Name()):
			_ = os.RemoveAll(dir)
		case cloneName.MatchString(e.Name()) && !e.IsDir():
			_ = unlink(dir)
		case cloneName.MatchString(e.Name()):
			k := kept{dir: dir, bytes: size(dir)}
			if info, err := os.Stat(filepath.Join(dir, stamp)); err == nil {
				k.used = info.ModTime()
			} // one that was never finished goes first
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b kept) int { return cmp.Or(a.used.Compare(b.used), strings.Compare(a.dir, b.dir)) })
	return all, nil
}

// shrink removes clones that are not in use until a tenth of the room is free, once there is none left: to look at
// all clones takes a while where there are many.
func (c *Cache) shrink() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.limit < 1 || c.total <= c.limit {
		return nil
	}
	all, err := c.list()
	if err != nil {
		return err
	}
	c.total = 0
	for _, k := range all {
		c.total += k.bytes
	}
	for _, k := range all {
		if c.total <= c.limit-c.limit/10 {
			break
		}
		lock, busy := lockFolder(k.dir)
		if busy != nil {
			continue
		}
		failed := c.remove(k.dir)
		lock.Close()
		if err = errors.Join(err, failed); failed == nil {
			c.total -= k.bytes
		}
	}
	return err
}

// remove takes a clone away that is locked. It is nobody's any more before the first file of it goes.
func (c *Cache) remove(dir string) error {
	gone, err := os.MkdirTemp(c.dir, "gone-"+filepath.Base(dir)+"-")
	if err != nil {
		return err
	}
	if err := os.Rename(dir, filepath.Join(gone, "clone")); err != nil {
		return errors.Join(err, os.RemoveAll(gone))
	}
	return os.RemoveAll(gone)
}

// size is the room that a folder takes on its disk, as far as it can be seen.
func size(dir string) (bytes int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := entry.Info(); err == nil {
			bytes += room(info)
		}
		return nil
	})
	return bytes
}
