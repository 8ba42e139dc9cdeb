// Package metrics is the domain of trodden: the facts that collectors bring, the paths that an
// organisation paves, the states that a repository can be in, and what is concluded from them.
//
// It holds types and the small rules that belong to them, imports the standard library only, and does
// no input or output. Its sub-packages do the work: detect finds evidence in files, classify turns facts
// into dated states, query asks the store, clickhouse is the store.
package metrics

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// PathKey names a golden path, as in the configuration.
type PathKey string

// WayKey names one way of doing a path's job: Golden, or the key of an alternative.
type WayKey string

// Golden is the way that is the paved path itself.
const Golden WayKey = "golden"

// TeamKey names a team. The empty key means that nobody is known to own something.
type TeamKey string

// RepoID identifies a repository for good, through renames and transfers. It is derived from the first
// name the repository was seen under, so that scanning twice, or in shards, gives the same number.
type RepoID uint64

// NewRepoID returns the id of a repository first seen as name (see Name).
func NewRepoID(name string) RepoID {
	return RepoID(Fingerprint("repo", name))
}

// PersonID is the keyed hash of a person's canonical e-mail address or login. It cannot be turned back
// without the installation's privacy key. Zero is nobody.
type PersonID uint64

// AliasID is the keyed hash of one spelling of an identity (name and e-mail as a commit has them).
// Identities say which person it belongs to.
type AliasID uint64

// OID is a git object id as raw bytes: 20 of them, or 32 in SHA-256 repositories. The empty OID means
// that there is no object.
type OID string

// ParseOID reads an object id in hexadecimal. A run of zeros, git's way to say "none", is the empty OID.
func ParseOID(s string) (OID, error) {
	if len(s) != 40 && len(s) != 64 {
		return "", fmt.Errorf("object id %q has %d digits: %w", s, len(s), ErrInvalid)
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return "", fmt.Errorf("object id %q: %w", s, ErrInvalid)
	}
	if strings.Trim(s, "0") == "" {
		return "", nil
	}
	return OID(b), nil
}

// String returns the id in hexadecimal, or "" for the empty OID.
func (o OID) String() string { return hex.EncodeToString([]byte(o)) }

// Fingerprint hashes the parts, in order, to 64 bits. Ids in the store are made with it, so that the same
// thing has the same id on every machine and at every time.
func Fingerprint(parts ...string) uint64 {
	h := sha256.New()
	var size [8]byte
	for _, p := range parts {
		binary.BigEndian.PutUint64(size[:], uint64(len(p)))
		h.Write(size[:])
		h.Write([]byte(p))
	}
	return binary.BigEndian.Uint64(h.Sum(nil))
}
