package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
)

// none stands in tables where there is no value.
const none = "–"

// column is one column of a table of rows.
type column[T any] struct {
	title string
	right bool // numbers are aligned at their end
	cell  func(T) string
}

// rowsOf decodes the rows of an answer.
func rowsOf[T any](a *answer) ([]T, error) {
	var rows []T
	if err := json.Unmarshal(a.Data, &rows); err != nil {
		return nil, fmt.Errorf("read the rows of the answer: %w", err)
	}
	return rows, nil
}

// tableOf prints an answer with the given columns; those that are empty in every row are left out.
func tableOf[T any](columns ...column[T]) func(io.Writer, *answer) error {
	return func(w io.Writer, a *answer) error {
		rows, err := rowsOf[T](a)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			_, err := fmt.Fprintln(w, "no rows")
			return err
		}
		return writeTable(w, rows, columns)
	}
}

// widest is how much of a cell is shown that others stand behind.
const widest = 120

// cutLong cuts the cells of all columns but the last in the middle where they are so long that they would widen every row.
func cutLong(cells [][]string) {
	for _, list := range cells[:max(0, len(cells)-1)] {
		for i, text := range list {
			list[i] = cutMiddle(text, widest)
		}
	}
}

// cutMiddle leaves so many characters of a text: how it begins, and how it ends.
func cutMiddle(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	half := most / 2
	return string(runes[:half]) + "…" + string(runes[len(runes)-(most-half-1):])
}

func writeTable[T any](w io.Writer, rows []T, columns []column[T]) error {
	var cells [][]string // a column each, the title first
	var shown []column[T]
	for _, c := range columns {
		list, any := []string{c.title}, false
		for _, row := range rows {
			text := plain(c.cell(row))
			any = any || text != ""
			list = append(list, text)
		}
		if any {
			cells, shown = append(cells, list), append(shown, c)
		}
	}
	cutLong(cells)
	widths := make([]int, len(cells))
	for i, list := range cells {
		for _, text := range list {
			widths[i] = max(widths[i], uniseg.StringWidth(text))
		}
	}
	for line := range len(rows) + 1 {
		var b strings.Builder
		for i, c := range shown {
			text := cells[i][line]
			gap := strings.Repeat(" ", widths[i]-uniseg.StringWidth(text))
			switch {
			case c.right:
				b.WriteString(gap + text)
			default:
				b.WriteString(text + gap)
			}
			b.WriteString("  ")
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(b.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

// plain keeps what repositories contain from steering the terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return '\ufffd'
		}
		return r
	}, s)
}

// rate is a proportion as answers have it.
type rate struct {
	Num    int      `json:"num"`
	Den    int      `json:"den"`
	Rate   *float64 `json:"rate"`
	Lo     *float64 `json:"lo"`
	Hi     *float64 `json:"hi"`
	Reason string   `json:"reason"`
}

// percent writes a share from 0 to 1 in whole percent. Shares that are neither none nor all never look it.
func percent(share float64) string {
	whole := strconv.FormatFloat(share*100, 'f', 0, 64)
	switch {
	case share > 0 && whole == "0":
		return "<1"
	case share < 1 && whole == "100":
		return ">99"
	}
	return whole
}

// String shows a proportion with what it is of and how sure it is: 30 % 12/40 (18–45).
func (r rate) String() string {
	if r.Rate == nil {
		return none + " " + words(r.Reason)
	}
	text := fmt.Sprintf("%s %% %d/%d", percent(*r.Rate), r.Num, r.Den)
	if r.Lo != nil && r.Hi != nil {
		text += fmt.Sprintf(" (%.0f–%.0f)", *r.Lo*100, *r.Hi*100)
	}
	return text
}

// within shows a proportion as what it can be where bounds, the lowest and the highest, tell that unknown things make it a
// range: 0–60 % 0/5 (0–43). Ranges tells whether it is one.
func (r rate) within(bounds []float64) (text string, ranges bool) {
	if r.Rate == nil || len(bounds) != 2 {
		return r.String(), false
	}
	lo, hi := fmt.Sprintf("%.0f", bounds[0]*100), fmt.Sprintf("%.0f", bounds[1]*100)
	if lo == hi {
		return r.String(), false
	}
	_, counts, _ := strings.Cut(r.String(), " % ")
	return lo + "–" + hi + " % " + counts, true
}

// weightedRate is a proportion of weights as answers have it.
type weightedRate struct {
	Num    float64  `json:"num"`
	Den    float64  `json:"den"`
	Rate   *float64 `json:"rate"`
	Lo     *float64 `json:"lo"`
	Hi     *float64 `json:"hi"`
	Reason string   `json:"reason"`
}

// String shows it as a rate is shown.
func (r weightedRate) String() string {
	if r.Rate == nil {
		return none + " " + words(r.Reason)
	}
	text := fmt.Sprintf("%s %% %s/%s", percent(*r.Rate), weight(r.Num), weight(r.Den))
	if r.Lo != nil && r.Hi != nil {
		text += fmt.Sprintf(" (%.0f–%.0f)", *r.Lo*100, *r.Hi*100)
	}
	return text
}

// differs reports whether a rate without weights is another one.
func (r weightedRate) differs(plain rate) bool {
	return r.Num != float64(plain.Num) || r.Den != float64(plain.Den)
}

// weight shows weights added up.
func weight(w float64) string { return strconv.FormatFloat(w, 'f', -1, 64) }

// words turns a name in answers into words.
func words(name string) string { return strings.ReplaceAll(name, "_", " ") }

// moment shows a time of an answer in UTC, without seconds.
func moment(s string) string {
	if len(s) == len("2006-01-02T15:04:05Z") {
		return s[:10] + " " + s[11:16]
	}
	return s
}

// day shows the day of a time in an answer.
func day(s *string) string {
	if s == nil {
		return none
	}
	return (*s)[:min(len(*s), len("2006-01-02"))]
}

// short cuts a commit to as much as people need.
func short(commit *string) string {
	if commit == nil {
		return none
	}
	return (*commit)[:min(len(*commit), 12)]
}

// shortVersion cuts a version that is the id of a commit or of an image to as much as people need.
func shortVersion(version string) string {
	kind, id := "", version
	if digest, ok := strings.CutPrefix(version, "sha256:"); ok {
		kind, id = "sha256:", digest
	}
	if _, err := hex.DecodeString(id); err != nil || len(id) != 40 && len(id) != 64 {
		return version
	}
	return kind + id[:12]
}

// dash shows that there is nothing.
func dash(s string) string {
	if s == "" {
		return none
	}
	return s
}

// number shows a count.
func number(n int) string { return strconv.Itoa(n) }

// count says how many there are of something.
func count(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + more
}
