package query

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/descriptor"
)

// filePatch is a patch of a file in the making.
type filePatch struct {
	place   metrics.Place
	content string
	taken   []descriptor.Correction
	patch   string
}

// fix is a correction, and the changes that ask for it: one of each catalog that has the entity from the file.
type fix struct {
	descriptor.Correction
	asked []*ownerChange
}

// correctFile makes the patch of a file, of which all that can be corrected is part, and says of the rest why it is not. The
// first change that is made has the patch.
func correctFile(place metrics.Place, content string, changes []*ownerChange) {
	open := slices.DeleteFunc(slices.Clone(changes), func(c *ownerChange) bool { return c.reason != "" })
	if len(open) == 0 {
		return
	}
	if content == "" {
		refuseAll(open, noContent)
		return
	}
	p := filePatch{place: place, content: content}
	p.take(fixes(descriptor.Parse(place, content), open))
	if !utf8.ValidString(p.patch) {
		refuseAll(open, noText)
		return
	}
	for _, c := range open {
		if c.reason == "" {
			c.patch = p.patch
			return
		}
	}
}

func refuseAll(changes []*ownerChange, reason string) {
	for _, c := range changes {
		c.refuse(reason)
	}
}

// fixes turns changes into corrections of a file.
func fixes(file descriptor.File, changes []*ownerChange) (list []*fix) {
	for _, c := range changes {
		typed, line, ok := c.typed(file)
		if !ok {
			c.refuse(saysOther)
			continue
		}
		c.to = c.spelled(typed)
		if strings.EqualFold(c.to, strings.TrimSpace(typed)) {
			c.refuse(noSuccessor)
			continue
		}
		list = addFix(list, c, descriptor.Correction{Ref: c.ref(), Field: metrics.FieldOwner, From: typed, To: c.to, Line: line})
	}
	return list
}

// spelled returns how the right owner is to be written in the place of the wrong one.
func (c *ownerChange) spelled(typed string) string {
	if c.group == (metrics.EntityRef{}) {
		return spelled(c.team, typed, c.Namespace, c.names)
	}
	return spelledAs(c.group, c.team, typed, c.Namespace, c.names)
}

// addFix adds a correction, unless another catalog asked for one of the same value: its spelling of the team holds then.
func addFix(list []*fix, c *ownerChange, wanted descriptor.Correction) []*fix {
	i := slices.IndexFunc(list, func(f *fix) bool { return f.Ref == wanted.Ref && f.From == wanted.From && f.Line == wanted.Line })
	switch {
	case i < 0:
		return append(list, &fix{wanted, []*ownerChange{c}})
	case list[i].asked[0].team != c.team:
		c.refuse(alsoOther)
	default:
		c.to = list[i].To
		list[i].asked = append(list[i].asked, c)
	}
	return list
}

// typed returns the owner that is wrong as the file has it, and the line that it stands on where the file describes the entity
// more than once. What was judged may be what a portal saw at another time.
func (c *ownerChange) typed(file descriptor.File) (owner string, line int, ok bool) {
	same := func(judged, said string) bool {
		return strings.TrimSpace(judged) == strings.TrimSpace(said) || metrics.IsPerson(judged) && metrics.IsPerson(said)
	}
	if !slices.EqualFunc(c.Owners, c.Said, same) {
		return "", 0, false
	}
	there := slices.DeleteFunc(slices.Clone(file.Entities), func(e descriptor.Entity) bool { return e.Ref != c.ref() })
	if on := func(e descriptor.Entity) bool { return e.Line(metrics.FieldOwner) == int(c.Line) }; len(there) > 1 && slices.ContainsFunc(there, on) {
		there, line = slices.DeleteFunc(there, func(e descriptor.Entity) bool { return !on(e) }), int(c.Line)
	}
	for _, e := range there {
		if field, _ := e.Field(metrics.FieldOwner); len(field.Values) == len(c.Said) && slices.EqualFunc(c.Said, field.Values, same) {
			return field.Values[c.at], line, true
		}
	}
	return "", 0, false
}

// take makes corrections part of the patch. Where they cannot be made together, those that can be made are found by halves.
func (p *filePatch) take(list []*fix) {
	if len(list) == 0 {
		return
	}
	tried := slices.Clone(p.taken)
	for _, f := range list {
		tried = append(tried, f.Correction)
	}
	patch, err := descriptor.Correct(p.place, p.content, tried...)
	switch half := len(list) / 2; {
	case err == nil:
		p.taken, p.patch = tried, patch
	case half > 0:
		p.take(list[:half])
		p.take(list[half:])
	default:
		refuseAll(list[0].asked, whyNot(err))
	}
}

// whyNot says in words why a correction is refused.
func whyNot(err error) string {
	if errors.Is(err, metrics.ErrNotFound) {
		return saysOther
	}
	return notAlone
}
