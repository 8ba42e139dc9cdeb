package config

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/trodden/trodden/metrics"
)

// Privacy says with what people's names are turned into hashes.
type Privacy struct {
	Key Secret
}

// Binder ties a store to a privacy key: it keeps the fingerprint of the first one and refuses others with
// metrics.ErrConflict.
type Binder interface {
	Bind(ctx context.Context, fingerprint string, now metrics.Instant) error
}

// minKey is the number of characters below which a key could be guessed.
const minKey = 16

// Open returns the privacy key for a store. A key file that is not there is made, for a store that has no
// key yet; afterwards only the same key opens the store, since hashes of two keys cannot be compared.
func (p Privacy) Open(ctx context.Context, env Environment, store Binder, now metrics.Instant) ([]byte, error) {
	made := false
	if p.Key.File != "" {
		var err error
		if made, err = makeKey(p.Key.File); err != nil {
			return nil, p.Key.wrong(err)
		}
	}
	key, err := p.reveal(env)
	if err != nil {
		return nil, err
	}
	err = store.Bind(ctx, Fingerprint(key), now)
	if made && errors.Is(err, metrics.ErrConflict) {
		os.Remove(p.Key.File) // so that nobody takes it for the right one
		return nil, p.Key.wrong(fmt.Errorf("the privacy key %s is not there: bring it back, or begin with an empty store: %w", p.Key.File, err))
	}
	if err != nil {
		return nil, p.Key.wrong(fmt.Errorf("use the privacy key: %w", err))
	}
	return []byte(key), nil
}

// reveal returns the privacy key, which must not be one that could be guessed.
func (p Privacy) reveal(env Environment) (string, error) {
	key, err := p.Key.Reveal(env)
	if err == nil && len(key) < minKey {
		return "", p.Key.problem("the privacy key has %d characters, expected at least %d", len(key), minKey)
	}
	return key, err
}

// check fails where Open could not have the key for any store. A key file that is not there can be made where
// its folder is.
func (p Privacy) check(env Environment) error {
	if _, err := os.Stat(p.Key.File); p.Key.File == "" || !errors.Is(err, fs.ErrNotExist) {
		_, err := p.reveal(env)
		return err
	}
	if dir := filepath.Dir(p.Key.File); !isFolder(dir) {
		return p.Key.problem("the privacy key cannot be made: there is no folder %s", dir)
	}
	return nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// Fingerprint names a privacy key without giving it away.
func Fingerprint(key string) string {
	return fmt.Sprintf("%016x", metrics.Fingerprint("privacy key", key))
}

// makeKey writes a new key file, readable by its owner only, unless there is one. The file appears whole or
// not at all, so that two programs that start at once take the same key.
func makeKey(file string) (made bool, err error) {
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return false, nil // reading it will tell what is wrong with it
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	tmp, err := os.CreateTemp(filepath.Dir(file), ".privacy-*") // made with mode 0600
	if err != nil {
		return false, fmt.Errorf("make the privacy key: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(secret) + "\n")
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return false, fmt.Errorf("make the privacy key: %w", err)
	}
	err = os.Link(tmp.Name(), file)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("make the privacy key: %w", err)
	}
	return true, nil
}
