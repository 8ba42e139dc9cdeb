package descriptor

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v4"
)

// Correction puts one value in the place of another.
type Correction struct {
	Ref      metrics.EntityRef
	Field    string
	From, To string // as they are typed; From is "" where the field is there and empty
	Line     int    // that the field stands on, which tells entities apart that a file describes twice; 0 for the first that has the value
}

// Correct returns a patch in unified format that makes corrections to a file, all of them at once, and changes nothing else of
// it: not its quotes, comments, line ends nor order. It is read again before it is handed out; where the corrections would
// change more than the values that they are for, as when an anchor gives one to other entities too, they are refused. The kinds
// of failure: ErrNotFound where the file has no such entity, field or value; ErrInvalid where the new value is no line of text;
// ErrConflict where the values cannot be changed by themselves.
func Correct(at metrics.Place, content string, corrections ...Correction) (patch string, err error) {
	changed, err := correct(at, content, corrections)
	if err != nil {
		return "", err
	}
	return diff(at.Path, content, changed), nil
}

// correct returns the content with corrections made.
func correct(at metrics.Place, content string, corrections []Correction) (string, error) {
	before, in := Parse(at, content), linesOf(content)
	var edits []edit
	for _, c := range corrections {
		e, err := c.edit(before, content, in, edits)
		if err != nil {
			return "", fmt.Errorf("correct %s of %s in %s: %w", c.Field, c.Ref, at.Path, err)
		}
		edits = append(edits, e)
	}
	changed, err := edited(content, edits)
	if err == nil {
		err = check(before, Parse(at, changed), edits)
	}
	if err != nil {
		return "", fmt.Errorf("correct %d values in %s: %w", len(edits), at.Path, err)
	}
	return changed, nil
}

// edit is a correction of one value in a file.
type edit struct {
	Correction
	entity, value int // indexes
	begin, end    int // offsets of what is written now
	written       string
}

// edit finds out what a correction changes; what others change already is not found.
func (c Correction) edit(before File, content string, in lines, others []edit) (e edit, err error) {
	if strings.TrimSpace(c.To) != c.To || c.To == "" || !utf8.ValidString(c.To) || strings.ContainsFunc(c.To, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return edit{}, fmt.Errorf("value %q is no line of text: %w", c.To, metrics.ErrInvalid)
	}
	e.Correction = c
	if e.entity, e.value, err = c.find(before, others); err != nil {
		return edit{}, err
	}
	if e.begin, e.end, err = span(content, in, before.Entities[e.entity].places[c.Field][e.value]); err != nil {
		return edit{}, err
	}
	e.written = c.written(content, e.begin, e.end)
	return e, nil
}

// edited returns a content with all edits made. What several entities share is written once, and cannot become two things.
func edited(content string, edits []edit) (string, error) {
	edits = slices.Clone(edits)
	slices.SortFunc(edits, func(a, b edit) int { return cmp.Compare(b.begin, a.begin) })
	edits = slices.CompactFunc(edits, func(a, b edit) bool { return a.begin == b.begin && a.end == b.end && a.written == b.written })
	whole := len(content)
	for _, e := range edits {
		if e.end > whole {
			return "", fmt.Errorf("two corrections are for one value of %s: %w", e.Ref, metrics.ErrConflict)
		}
		content, whole = content[:e.begin]+e.written+content[e.end:], e.begin
	}
	return content, nil
}

// find returns the indexes of the entity and of the value.
func (c Correction) find(file File, others []edit) (entity, value int, err error) {
	err = fmt.Errorf("no such entity: %w", metrics.ErrNotFound)
	for i, e := range file.Entities {
		taken := func(value int) bool {
			return slices.ContainsFunc(others, func(o edit) bool { return o.entity == i && o.Field == c.Field && o.value == value })
		}
		if e.Ref != c.Ref || c.Line > 0 && e.Line(c.Field) != c.Line {
			continue
		}
		if value, err = c.index(e, taken); err == nil {
			return i, value, nil
		}
	}
	return 0, 0, err
}

// index returns the index of the value in the field of an entity, 0 where the field is empty and that is corrected.
func (c Correction) index(e Entity, taken func(value int) bool) (int, error) {
	field, ok := e.Field(c.Field)
	if !ok {
		return 0, fmt.Errorf("no such field: %w", metrics.ErrNotFound)
	}
	if c.From == "" && len(field.Values) == 0 && !taken(0) {
		return 0, nil
	}
	for value, typed := range field.Values {
		if typed == c.From && !taken(value) {
			return value, nil
		}
	}
	return 0, fmt.Errorf("it has no value %q but %q: %w", c.From, field.Values, metrics.ErrNotFound)
}

// span returns where a value is written.
func span(content string, in lines, p place) (begin, end int, err error) {
	begin = in.offset(content, p.line, p.column)
	rest := content[begin:]
	switch p.form {
	case plain, null:
		end = len(p.text)
		if !strings.HasPrefix(rest, p.text) {
			end = -1
		}
	case single:
		end = endOfSingle(rest)
	case double:
		end = endOfDouble(rest)
	case alias:
		end = len(p.text) + 1
	case listing:
		end = len(emptyList.FindString(rest))
	}
	if end < 0 || begin+end > len(content) || strings.Contains(rest[:end], "\n") || end == 0 && p.form != null {
		return 0, 0, fmt.Errorf("line %d does not hold the value in a way that can be changed by itself: %w", p.line, metrics.ErrConflict)
	}
	return begin, begin + end, nil
}

var emptyList = regexp.MustCompile(`^\[[ \t]*\]`)

// endOfSingle returns the length of a text in single quotes, -1 where it has no end.
func endOfSingle(text string) int {
	for i := 1; i < len(text); i++ {
		if text[i] != '\'' {
			continue
		}
		if i+1 == len(text) || text[i+1] != '\'' {
			return i + 1
		}
		i++
	}
	return -1
}

// endOfDouble returns the length of a text in double quotes, -1 where it has no end.
func endOfDouble(text string) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return -1
}

// lines are the offsets at which the lines of a content begin, in the way of the parser: it knows more ends of lines than other
// programs.
type lines []int

func linesOf(content string) lines {
	begins := lines{len(content) - len(strings.TrimPrefix(content, "\uFEFF"))}
	for at := begins[0]; at < len(content); {
		c, size := utf8.DecodeRuneInString(content[at:])
		at += size
		if c == '\r' && strings.HasPrefix(content[at:], "\n") {
			at++
		}
		switch c {
		case '\r', '\n', '\u0085', '\u2028', '\u2029':
			begins = append(begins, at)
		}
	}
	return begins
}

// offset returns the offset of a line and a column, which counts characters, both from 1.
func (l lines) offset(content string, line, column int) int {
	if line > len(l) {
		return len(content)
	}
	at := l[max(line, 1)-1]
	for ; column > 1 && at < len(content); column-- {
		_, size := utf8.DecodeRuneInString(content[at:])
		at += size
	}
	return at
}

// written returns the new value as it is to be written between two offsets: in the quotes that were there.
func (c Correction) written(content string, begin, end int) string {
	switch {
	case begin < end && content[begin] == '\'':
		return "'" + strings.ReplaceAll(c.To, "'", "''") + "'"
	case begin < end && content[begin] == '"' || !bare(c.To):
		return pad(content, begin, end, `"`+strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(c.To)+`"`)
	}
	return pad(content, begin, end, c.To)
}

// pad puts spaces around a value that takes the place of nothing.
func pad(content string, begin, end int, value string) string {
	if begin < end {
		return value
	}
	if begin > 0 && !strings.ContainsRune(" \t", rune(content[begin-1])) {
		value = " " + value
	}
	if end < len(content) && !strings.ContainsRune(" \t\r\n,]}", rune(content[end])) {
		value += " "
	}
	return value
}

var (
	bareText = regexp.MustCompile(`^[\pL\pN_]([\pL\pN_./@ -]|:[\pL\pN_./@-])*$`)
	switches = []string{"y", "n", "yes", "no", "on", "off"} // older parsers read them as true and false
)

// bare reports whether a value is the same text in YAML without quotes.
func bare(value string) bool {
	if !bareText.MatchString(value) || slices.Contains(switches, strings.ToLower(value)) {
		return false
	}
	roots, err := load(value)
	return err == nil && len(roots) == 1 && roots[0].Kind == yaml.ScalarNode && roots[0].ShortTag() == "!!str" && roots[0].Value == value
}

// check makes sure that a changed file differs from what it was in the values alone that were edited.
func check(before, after File, edits []edit) error {
	conflict := fmt.Errorf("the file would then say something else too: %w", metrics.ErrConflict)
	if len(before.Entities) != len(after.Entities) || len(before.Locations) != len(after.Locations) || before.Broken != after.Broken {
		return conflict
	}
	byEntity := make(map[int][]edit, len(edits))
	for _, e := range edits {
		byEntity[e.entity] = append(byEntity[e.entity], e)
	}
	for i, e := range before.Entities {
		if !became(e, after.Entities[i], byEntity[i]) {
			return conflict
		}
	}
	return nil
}

// became reports whether an entity became another one by nothing but edits.
func became(was, now Entity, edits []edit) bool {
	if was.Ref != now.Ref || len(was.Fields) != len(now.Fields) {
		return false
	}
	for i, field := range was.Fields {
		derived := slices.ContainsFunc(edits, func(e edit) bool { return e.derived(field.Name) })
		for _, e := range edits {
			if e.Field == field.Name {
				field, derived = e.corrected(field, e.value, was.Ref.Namespace), false
			}
		}
		if !derived && (field.Name != now.Fields[i].Name || !slices.Equal(field.Values, now.Fields[i].Values)) {
			return false
		}
	}
	return true
}

// derived reports whether a field is read from the one that is corrected.
func (c Correction) derived(field string) bool {
	return strings.HasPrefix(c.Field, "annotation.") && (field == metrics.FieldSource || field == metrics.FieldTemplate)
}

// corrected returns the field as it is to be: with the value as it is typed, or as a reference in full where it is one.
func (c Correction) corrected(field metrics.EntityField, value int, namespace string) metrics.EntityField {
	to := c.To
	if old, err := metrics.ParseEntityRef(c.From, "", ""); err == nil && field.Name != metrics.FieldOwner && old.String() == c.From {
		if ref, err := metrics.ParseEntityRef(c.To, old.Kind, namespace); err == nil {
			to = ref.String()
		}
	}
	field.Values = slices.Clone(field.Values)
	if len(field.Values) == 0 {
		field.Values = []string{""}
	}
	field.Values[value] = to
	return field
}
