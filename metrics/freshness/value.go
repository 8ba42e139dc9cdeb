package freshness

import (
	"slices"
	"strings"
)

// placeholders are what people write in fields that they have to fill and cannot.
var placeholders = [...]string{"", "-", "tbd", "todo", "unknown", "n/a", "none", "guest", "?"}

// ownerless are further words that stand for no owner. In other fields they may mean something.
var ownerless = [...]string{"na", "guests", "nobody", "default", "default team", "default-team"}

// placeholder reports whether a value stands for nothing, in whatever case.
func placeholder(value string) bool {
	value = strings.TrimSpace(value)
	return len(value) <= len("unknown") && slices.Contains(placeholders[:], strings.ToLower(value))
}

// filled reports whether any of the values stands for something.
func filled(values []string) bool {
	return slices.ContainsFunc(values, func(v string) bool { return !placeholder(v) })
}

// blank reports whether a reference, in full or not, names nothing: portals make full references of placeholders, too.
func blank(ref string) bool {
	name := ref[strings.IndexByte(ref, ':')+1:]
	return placeholder(ref) || placeholder(name) || placeholder(name[strings.LastIndexByte(name, '/')+1:])
}

// noOwner reports whether an owner stands for nobody, be it written as a reference or not.
func noOwner(owner string) bool {
	return blank(owner) || slices.Contains(ownerless[:], owner[strings.LastIndexAny(owner, ":/")+1:])
}

// ownersIn returns the owners that a field names, in lower case. Lists are also written as one text with commas.
func ownersIn(values []string) []string {
	var list []string
	for _, v := range values {
		for part := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ';' }) {
			owner := strings.ToLower(strings.TrimSpace(part))
			if !noOwner(owner) && !slices.Contains(list, owner) {
				list = append(list, owner)
			}
		}
	}
	return list
}

// stage is where in its life a thing is.
type stage uint8

const (
	noStage stage = iota
	building
	serving
	ending // still there, not for long
	over
)

// stages are the words of catalogs for them, as plain makes them.
var stages = map[string]stage{
	"experimental": building, "experiment": building, "development": building, "in-development": building, "dev": building,
	"alpha": building, "pre-alpha": building, "beta": building, "poc": building, "prototype": building, "incubating": building,
	"limited-availability": building, "preview": building,
	"production": serving, "prod": serving, "generally-available": serving, "general-availability": serving, "ga": serving,
	"live": serving, "active": serving, "operational": serving, "stable": serving,
	"deprecated": ending, "sunset": ending, "sunsetting": ending, "end-of-sale": ending, "end-of-support": ending,
	"retired": over, "decommissioned": over, "end-of-life": over, "eol": over, "archived": over, "deleted": over,
}

// stageOf returns the stage that the first value which stands for something names; noStage where it is no word for one.
func stageOf(values []string) stage {
	i := slices.IndexFunc(values, func(v string) bool { return !placeholder(v) })
	if i < 0 {
		return noStage
	}
	return stages[plain(values[i])]
}

// plain returns a word in lower case with one spelling of what separates its parts.
func plain(value string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(value), func(r rune) bool { return r == ' ' || r == '_' || r == '-' || r == '\t' }), "-")
}
