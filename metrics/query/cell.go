package query

import "strings"

// Cell returns a text as a cell of CSV. What a spreadsheet would take for a formula gets an apostrophe before
// it, also before what looks like a number: versions, names and reasons are written by people that nobody vouches for. A number is no
// text, and is written as it is.
func Cell(text string) string {
	if text == "" || !strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return text
	}
	return "'" + text
}
