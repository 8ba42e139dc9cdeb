package query

import (
	"strconv"
	"strings"
)

// Cell returns a text as a cell of CSV. What a spreadsheet would take for a formula gets an apostrophe before
// it: versions, names and reasons are written by people that nobody vouches for.
func Cell(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	if _, err := strconv.ParseFloat(text, 64); err == nil {
		return text
	}
	return "'" + text
}
