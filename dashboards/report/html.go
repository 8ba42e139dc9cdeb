package report

import (
	"encoding/base64"
	"html/template"
	"strings"
)

// maxHTML is how many bytes Gmail shows of a mail; it cuts off the rest.
const maxHTML = 102 << 10

// laidOut is a letter with what its HTML needs besides.
type laidOut struct {
	*letter
	Source func(*Picture) template.URL
}

// HTML lays a report out as a page that stands alone: its pictures are in it.
func (r *Report) HTML() (string, error) {
	return newLetter(r, true).html(func(p *Picture) template.URL {
		return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(p.PNG))
	})
}

// html lays a letter out; source says where pictures are. What no mail program would show is left out, last things of
// lists first.
func (l *letter) html(source func(*Picture) template.URL) (string, error) {
	for most := 40; ; most /= 2 {
		var b strings.Builder
		if err := mailHTML.Execute(&b, laidOut{l.atMost(most), source}); err != nil {
			return "", err
		}
		if size(b.String()) <= maxHTML || most <= 1 {
			return b.String(), nil
		}
	}
}

// size is what counts of a page: without pictures that stand in it.
func size(page string) int {
	n := len(page)
	for rest := page; ; {
		_, after, found := strings.Cut(rest, `"data:image/png;base64,`)
		if !found {
			return n
		}
		end := strings.IndexByte(after, '"')
		n, rest = n-end, after[end:]
	}
}

// atMost is a letter with lists of at most so many; it says what it leaves out.
func (l *letter) atMost(most int) *letter {
	short := *l
	short.Sections = make([]section, len(l.Sections))
	for i, s := range l.Sections {
		left := max(len(s.Figures)-most, 0) + max(len(s.Items)-most, 0)
		s.Figures, s.Items = s.Figures[:min(len(s.Figures), most)], s.Items[:min(len(s.Items), most)]
		if left > 0 {
			s.Notes = append([]string{"And " + count(left) + " more; all of it is on the dashboards."}, s.Notes...)
		}
		short.Sections[i] = s
	}
	return &short
}

// pictures are those of a letter, in its order.
func (l *letter) pictures() (list []*Picture) {
	for _, s := range l.Sections {
		for _, f := range s.Figures {
			if f.Picture != nil {
				list = append(list, f.Picture)
			}
		}
	}
	return list
}

// outlook returns the table that gives Outlook, which knows no greatest width, a width. Templates take comments away, so
// it comes from here.
func outlook(part string) template.HTML {
	if part == "open" {
		return `<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->`
	}
	return `<!--[if mso]></td></tr></table><![endif]-->`
}
