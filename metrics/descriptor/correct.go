package descriptor

import (
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
}

// Correct returns a patch in unified format that makes corrections to a file and changes nothing else of it: not its
// quotes, comments, line ends nor order. It is read again before it is handed out; where a correction would change more than
// the one value that it is for, as when an anchor gives that to other entities too, it is refused. The kinds of failure:
// ErrNotFound where the file has no such entity, field or value; ErrInvalid where the new value is no line of text;
// ErrConflict where the value cannot be changed by itself.
func Correct(at metrics.Place, content string, corrections ...Correction) (patch string, err error) {
	changed := content
	for _, c := range corrections {
		if changed, err = c.apply(at, changed); err != nil {
			return "", fmt.Errorf("correct %s of %s in %s: %w", c.Field, c.Ref, at.Path, err)
		}
	}
	return diff(at.Path, content, changed), nil
}

// apply makes a correction.
func (c Correction) apply(at metrics.Place, content string) (string, error) {
	if strings.TrimSpace(c.To) != c.To || c.To == "" || !utf8.ValidString(c.To) || strings.ContainsFunc(c.To, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", fmt.Errorf("value %q is no line of text: %w", c.To, metrics.ErrInvalid)
	}
	before := Parse(at, content)
	entity, value, err := c.find(before)
	if err != nil {
		return "", err
	}
	begin, end, err := span(content, before.Entities[entity].places[c.Field][value])
	if err != nil {
		return "", err
	}
	changed := content[:begin] + c.written(content, begin, end) + content[end:]
	return changed, c.check(before, Parse(at, changed), entity, value)
}

// find returns the indexes of the entity and of the value. Of an entity that is described twice it takes the first that has
// the value.
func (c Correction) find(file File) (entity, value int, err error) {
	err = fmt.Errorf("no such entity: %w", metrics.ErrNotFound)
	for i, e := range file.Entities {
		if e.Ref != c.Ref {
			continue
		}
		if value, err = c.index(e); err == nil {
			return i, value, nil
		}
	}
	return 0, 0, err
}

// index returns the index of the value in the field of an entity, 0 where the field is empty and that is corrected.
func (c Correction) index(e Entity) (int, error) {
	field, ok := e.Field(c.Field)
	if !ok {
		return 0, fmt.Errorf("no such field: %w", metrics.ErrNotFound)
	}
	if c.From == "" && len(field.Values) == 0 {
		return 0, nil
	}
	value := slices.Index(field.Values, c.From)
	if value < 0 {
		return 0, fmt.Errorf("it has no value %q but %q: %w", c.From, field.Values, metrics.ErrNotFound)
	}
	return value, nil
}

// span returns where a value is written.
func span(content string, p place) (begin, end int, err error) {
	begin = offset(content, p.line, p.column)
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

// offset returns the offset of a line and a column, both counted from 1 in the way of the parser: it knows more ends of
// lines than other programs, and counts characters.
func offset(content string, line, column int) int {
	at := len(content) - len(strings.TrimPrefix(content, "\uFEFF"))
	for line > 1 && at < len(content) {
		c, size := utf8.DecodeRuneInString(content[at:])
		at += size
		if c == '\r' && strings.HasPrefix(content[at:], "\n") {
			at++
		}
		if strings.ContainsRune("\r\n\u0085\u2028\u2029", c) {
			line--
		}
	}
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

// check makes sure that a changed file differs from what it was in the one value alone.
func (c Correction) check(before, after File, entity, value int) error {
	conflict := fmt.Errorf("the file would then say something else too: %w", metrics.ErrConflict)
	if len(before.Entities) != len(after.Entities) || len(before.Locations) != len(after.Locations) || before.Broken != after.Broken {
		return conflict
	}
	for i, e := range before.Entities {
		now := after.Entities[i]
		if e.Ref != now.Ref || len(e.Fields) != len(now.Fields) {
			return conflict
		}
		for j, field := range e.Fields {
			switch {
			case i == entity && field.Name == c.Field:
				field = c.corrected(field, value, e.Ref.Namespace)
			case i == entity && c.derived(field.Name):
				continue
			}
			if field.Name != now.Fields[j].Name || !slices.Equal(field.Values, now.Fields[j].Values) {
				return conflict
			}
		}
	}
	return nil
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
