package metrics

import (
	"errors"
	"strings"
)

// The four kinds of failure that callers tell apart. Everything else is an internal error.
var (
	// ErrInvalid means that what was given cannot be right: a configuration, a parameter, a file.
	ErrInvalid = errors.New("invalid")
	// ErrNotFound means that the thing asked for is not known.
	ErrNotFound = errors.New("not found")
	// ErrConflict means that it collides with what is there: another process, another key.
	ErrConflict = errors.New("conflict")
	// ErrUnavailable means that something needed does not answer or is not there now.
	ErrUnavailable = errors.New("unavailable")
)

// Detail returns what an error says to people: its text without the kinds of failure that end it.
func Detail(err error) string {
	text := err.Error()
	for {
		rest := text
		for _, kind := range []error{ErrInvalid, ErrNotFound, ErrConflict, ErrUnavailable} {
			rest = strings.TrimSuffix(rest, ": "+kind.Error())
		}
		if rest == text {
			return text
		}
		text = rest
	}
}
