package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// Problem is one mistake in a configuration file, at the value that is wrong.
type Problem struct {
	File    string
	Line    int // counted from 1
	Column  int // in characters, counted from 1
	Message string
}

// String returns the problem as compilers print theirs, so that editors can jump to it.
func (p Problem) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Column, p.Message)
}

// Problems are all mistakes of one configuration file, in the order in which they stand there.
type Problems []Problem

// Error lists the problems, one line each.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes every set of problems an invalid input.
func (p Problems) Unwrap() error { return metrics.ErrInvalid }

// once returns the problems without those that say the same as one before, elsewhere in the file.
func (p Problems) once() (list Problems) {
	for _, one := range p {
		if !slices.ContainsFunc(list, func(before Problem) bool { return before.Message == one.Message }) {
			list = append(list, one)
		}
	}
	return list
}

// sort puts the problems into the order of the file.
func (p Problems) sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
}
