package git

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// logFormat is what git log prints of a commit, each field ended by NUL, which none of them can hold.
const logFormat = "%H%x00%P%x00%ct%x00%at%x00%an%x00%ae%x00%B%x00"

const (
	maxName    = 1 << 10  // bytes that are kept of a name or an address
	maxMessage = 64 << 10 // bytes that are kept of a message's end, where the trailers stand
	maxPath    = 16 << 10 // longer paths than git can check out are cut
)

// stream reads the output of git log with logFormat, -z and --raw. The slices it gives out hold until the
// next call.
type stream struct {
	in     *bufio.Reader
	commit commit
	change change
	digits int // of an object id; learned from the first
	entry  []byte
}

// commit is one commit as git log prints it.
type commit struct {
	oid                  metrics.OID
	parents              []metrics.OID
	committed, authored  metrics.Instant
	name, email, message []byte
}

// change is what a commit did to one path, compared with its first parent.
type change struct {
	path   []byte
	status byte
	before bool   // a regular file was there
	after  bool   // a regular file is there
	old    []byte // object id in hexadecimal
	blob   []byte // the same, of the new file
}

func newStream(in *bufio.Reader) *stream { return &stream{in: in} }

// next goes to the next commit and passes over what is left of the present one's changes. It returns io.EOF
// at the end.
func (s *stream) next() error {
	for {
		more, err := s.nextChange()
		if err != nil {
			return err
		}
		if !more {
			break
		}
	}
	oid, err := s.token(1 << 10)
	if err != nil {
		return err
	}
	if s.commit.oid, err = s.parseOID(oid); err != nil {
		return err
	}
	if err := s.parents(); err != nil {
		return err
	}
	if s.commit.committed, err = s.date(); err != nil {
		return err
	}
	if s.commit.authored, err = s.date(); err != nil {
		return err
	}
	if s.commit.name, err = s.text(s.commit.name, maxName); err != nil {
		return err
	}
	if s.commit.email, err = s.text(s.commit.email, maxName); err != nil {
		return err
	}
	s.commit.message, err = s.text(s.commit.message, maxMessage)
	return err
}

// parents reads the field with the parents' ids.
func (s *stream) parents() error {
	text, err := s.field(1 << 20)
	if err != nil {
		return err
	}
	s.commit.parents = s.commit.parents[:0]
	for len(text) > 0 {
		var id []byte
		id, text, _ = bytes.Cut(text, []byte{' '})
		oid, err := s.parseOID(id)
		if err != nil {
			return err
		}
		s.commit.parents = append(s.commit.parents, oid)
	}
	return nil
}

func (s *stream) parseOID(digits []byte) (metrics.OID, error) {
	if s.digits == 0 {
		s.digits = len(digits)
	}
	var raw [32]byte
	if len(digits) != s.digits || (len(digits) != 40 && len(digits) != 64) {
		return "", fmt.Errorf("git log: %.80q is no object id", digits)
	}
	if _, err := hex.Decode(raw[:], digits); err != nil {
		return "", fmt.Errorf("git log: object id %q: %w", digits, err)
	}
	return metrics.OID(raw[:len(digits)/2]), nil
}

// date reads a field with seconds since the epoch. Git leaves it empty where a commit has no date that it
// understands.
func (s *stream) date() (metrics.Instant, error) {
	text, err := s.field(64)
	if err != nil || len(text) == 0 {
		return metrics.Beginning, err
	}
	seconds, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, fmt.Errorf("git log: date: %w", err)
	}
	return metrics.Clamp(seconds), nil
}

// text reads a field into room.
func (s *stream) text(room []byte, limit int) ([]byte, error) {
	text, err := s.field(limit)
	return append(room[:0], text...), err
}

// field is token within a commit, where the end of the output is an error.
func (s *stream) field(limit int) ([]byte, error) {
	text, err := s.token(limit)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return text, err
}

// token reads up to the next NUL. Of a token longer than limit the end is kept.
func (s *stream) token(limit int) ([]byte, error) {
	text, err := s.in.ReadSlice(0)
	if err == nil {
		text = text[:len(text)-1]
		return text[max(0, len(text)-limit):], nil
	}
	var tail []byte
	for errors.Is(err, bufio.ErrBufferFull) {
		tail = append(tail, text...)
		tail = append(tail[:0], tail[max(0, len(tail)-limit-1):]...)
		text, err = s.in.ReadSlice(0)
	}
	tail = append(tail, text...)
	switch {
	case err == nil:
		tail = tail[:len(tail)-1]
		return tail[max(0, len(tail)-limit):], nil
	case errors.Is(err, io.EOF) && len(tail) > 0:
		return nil, io.ErrUnexpectedEOF
	default:
		return nil, err
	}
}

// nextChange goes to the next change of the present commit; false when there is none left. Commits and
// changes are told apart by the colon before a change, and divided by NULs and line feeds.
func (s *stream) nextChange() (bool, error) {
	for {
		b, err := s.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return false, nil
		case err != nil:
			return false, err
		case b == ':':
			return true, s.readChange()
		case b != 0 && b != '\n':
			return false, s.in.UnreadByte()
		}
	}
}

// readChange reads ":100644 100644 <old id> <new id> M" and the path behind it.
func (s *stream) readChange() error {
	head, err := s.field(256)
	if err != nil {
		return err
	}
	s.entry = append(s.entry[:0], head...)
	e, n := s.entry, s.digits
	if len(e) != 2*n+17 || e[6] != ' ' || e[13] != ' ' || e[14+n] != ' ' || e[15+2*n] != ' ' {
		return fmt.Errorf("git log: %.160q is no change", e)
	}
	s.change = change{
		before: regular(e[:6]), after: regular(e[7:13]),
		old: e[14 : 14+n], blob: e[15+n : 15+2*n], status: e[16+2*n],
	}
	s.change.path, err = s.field(maxPath)
	return err
}

// regular reports whether a mode is that of a regular file: not of a symbolic link, nor of a submodule.
func regular(mode []byte) bool { return bytes.HasPrefix(mode, []byte("100")) }

// signed returns the date that the committer of a commit or the tagger of a tag object has in its text; Beginning
// where there is none.
func signed(object, role string) metrics.Instant {
	header, _, _ := strings.Cut(object, "\n\n")
	_, line, _ := strings.Cut(header, "\n"+role+" ")
	line, _, _ = strings.Cut(line, "\n")
	fields := strings.Fields(line[strings.LastIndexByte(line, '>')+1:])
	if len(fields) == 0 {
		return metrics.Beginning
	}
	seconds, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return metrics.Beginning
	}
	return metrics.Clamp(seconds)
}
