package dashboards

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// table is a table as all pages show it. In a narrow window each row becomes a card, with the titles of columns beside its
// cells.
type table struct {
	Label   string // what it is, for those who do not see it
	Caption string
	Columns []column
	Rows    [][]cell // the first cell of each names its row
	Next    string   // what to do where there are no rows
}

// column is the head of a column.
type column struct {
	Title  string
	Number bool          // its cells stand to the right
	Screen bool          // paper does without it
	State  metrics.State // it counts this one; then Title is empty
}

// Class is the look of its cells; "" where it is that of all cells.
func (c column) Class() string {
	var list []string
	if c.Number {
		list = append(list, "num")
	}
	if c.Screen {
		list = append(list, "screen")
	}
	return strings.Join(list, " ")
}

// ClassOf is the look of one of its cells.
func (c column) ClassOf(of cell) string {
	class := c.Class()
	if !of.NoWrap || c.Number { // numbers do not wrap anyway
		return class
	}
	return strings.TrimSpace("nowrap " + class)
}

// cell is what stands in one place of a table.
type cell struct {
	Text, Href string
	Sub        []string      // said below, less loudly
	SubHref    string        // where one of these leads; "" nowhere
	SubAt      int           // which of them, from 0
	State      metrics.State // shown with its colour, in place of Text
	Figure     *figure       // likewise, with its parts
	Time       *stamp        // likewise
	Verdict    string        // likewise: on a field of a catalog
	Sign       string        // of the status of a key result, before Text
	Patch      string        // the class of a patch of colour before Text
	Code, Mute bool
	NoWrap     bool
}

// ranged reports whether a rate in it is a range.
func (t table) ranged() bool {
	return slices.ContainsFunc(t.Rows, func(row []cell) bool {
		return slices.ContainsFunc(row, func(c cell) bool { return c.Figure != nil && c.Figure.Range })
	})
}

// texts are columns of words.
func texts(titles ...string) []column {
	list := make([]column, len(titles))
	for i, title := range titles {
		list[i].Title = title
	}
	return list
}

// numbers are columns of numbers.
func numbers(titles ...string) []column {
	list := texts(titles...)
	for i := range list {
		list[i].Number = true
	}
	return list
}

// pathColumn is the title of the column that says which path rows of lists are of.
const pathColumn = "Path"

// ofPath takes the column of paths away, where all rows are of one.
func (t *table) ofPath(one bool) {
	i := slices.IndexFunc(t.Columns, func(c column) bool { return c.Title == pathColumn })
	if !one || i < 0 {
		return
	}
	t.Columns = slices.Delete(t.Columns, i, i+1)
	for r := range t.Rows {
		t.Rows[r] = slices.Delete(t.Rows[r], i, i+1)
	}
}

// say is a cell of words; none are a dash.
func say(text string, below ...string) cell {
	return cell{Text: orNothing(text), Sub: below, Mute: text == ""}
}

// lead is a cell that leads to what it names.
func lead(text, href string, below ...string) cell { return cell{Text: text, Href: href, Sub: below} }

// counted is a cell with a number and the list behind it. Nothing has no list behind it.
func counted(n int, href string) cell {
	if n == 0 {
		return cell{Text: "0", Mute: true}
	}
	return cell{Text: count(n), Href: href}
}

// rated is a cell with a rate.
func rated(f figure) cell { return cell{Figure: &f} }

// stated is a cell with a state.
func stated(s metrics.State, below ...string) cell { return cell{State: s, Sub: below} }

// timed is a cell with a time.
func timed(s stamp) cell { return cell{Time: &s, NoWrap: true} }

// Outside reports whether a cell leads to another host.
func (c cell) Outside() bool { return strings.HasPrefix(c.Href, "https://") }

// SubOutside reports whether what is said below leads to another host.
func (c cell) SubOutside() bool { return strings.HasPrefix(c.SubHref, "https://") }
