package report

import (
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
)

// letter is a report in words, as all renderings lay it out. Its texts are plain: who lays them out escapes them.
type letter struct {
	Subject  string
	Heading  string
	Under    string // what and when, in a line
	Gist     string // the report in a sentence or two
	Sections []section
	Foot     []string
	Home     string // address of the pages, "" for none
}

// section is a part of a letter.
type section struct {
	Title   string
	Intro   string
	Figures []figure
	Items   []item
	Numbers bool // the items are in an order that matters
	Empty   string
	Notes   []string
}

// figure is a number that stands out, with what must stand beside it.
type figure struct {
	Title, Href string
	Value       string
	State, Sign string   // how it stands in words, beside the value, and the sign before that; "" for none
	Beside      []string // lines below
	Picture     *Picture
}

// Aside says in words how the figure stands, to go on after its value.
func (f figure) Aside() string {
	if f.State == "" {
		return ""
	}
	return ", " + f.State
}

// item is a line of a list.
type item struct {
	Text, Href string // a link, or plain where Href is ""
	After      string // goes on in the same line
	Lines      []line // below
}

// line is below an item.
type line struct{ Text, Href, After string }

// maxTeamPictures is how many charts the report of a team has: there may be a thousand of them, and drawing takes time.
const maxTeamPictures = 2

// maxMoves is how many teams are named that moved.
const maxMoves = 12

// newLetter puts a report into words. Pictures are drawn where somebody will see them.
func newLetter(r *Report, pictures bool) *letter {
	l := &letter{Heading: r.heading(), Under: r.Week.String() + r.soFar(), Gist: r.gist(), Home: r.link("/")}
	l.Subject = Subject(r)
	if r.Empty() {
		l.Sections = []section{{Title: "Nothing is measured yet", Empty: "No scan that came to its end has found a path. Define one in trodden.yaml, then run trodden" + space + "scan; the page of the data says how scans went."}}
	} else {
		l.Sections = r.sections(pictures)
	}
	l.Foot = r.foot()
	return l
}

// heading names the report and whom it is about.
func (r *Report) heading() string {
	name := clip(r.name(), 80)
	switch r.Scope.Kind {
	case OfPath:
		return "Do teams choose " + quoted(name) + "?"
	case OfTeam:
		if strings.HasPrefix(strings.ToLower(name), "team ") {
			return name + " and the paved path"
		}
		return "Team " + name + " and the paved path"
	case OfGroup:
		return "Does " + name + " choose the paved path?"
	}
	return "Do teams choose the paved path?"
}

// soFar says that a week goes on.
func (r *Report) soFar() string {
	if r.AsOf < r.Week.To {
		return ", as of " + r.AsOf.Time().In(r.Week.Zone).Format("Mon 2 Jan, 15:04 MST")
	}
	return ""
}

// Subject is the line of a mail's subject. It has no line breaks, whatever the names in it.
func Subject(r *Report) string {
	name := clip(r.name(), 40) // what happened has room beside it
	about := map[ScopeKind]string{OfPath: ", path " + name, OfTeam: ", team " + name, OfGroup: ", " + name}[r.Scope.Kind]
	text := strings.TrimSpace("trodden "+clip(r.Org, 30)) + about + ": " + r.happened()
	return clip(text, 120) + " (" + r.Week.String() + ")"
}

// lead is the path with the most to tell: the first that has a figure.
func (r *Report) lead() *Path {
	for i, p := range r.Paths {
		if p.Now.Rate != nil {
			return &r.Paths[i]
		}
	}
	return nil
}

// sections are the parts of a report, in the order in which they are read.
func (r *Report) sections(pictures bool) []section {
	list := []section{r.whatToDo()}
	if len(r.Results) > 0 {
		list = append(list, r.objectives())
	}
	list = append(append(list, r.byPath(pictures)), r.cameAndWent()...)
	if len(r.Catalogs) > 0 || r.NoCatalog != "" {
		list = append(list, r.catalogs())
	}
	return append(list, r.unknowns(), r.howSure())
}

func (r *Report) whatToDo() section {
	s := section{Title: "What would change most", Numbers: true,
		Empty: "Nothing stands out: no single step that is known here would move a figure by much."}
	if len(r.Actions) > 1 {
		s.Intro = "By the gain, in points of voluntary adoption: those of a key result behind its plan count double, those of other figures a quarter."
	}
	for _, a := range r.Actions {
		it := item{Text: a.What, Lines: []line{{Text: a.Effect}}}
		if a.Href != "" {
			it.Lines = append(it.Lines, line{Text: "See which", Href: a.Href})
		}
		it.Lines = append(it.Lines, leadLines(a.Which)...)
		s.Items = append(s.Items, it)
	}
	return s
}

// leadLines leads to the first of those of whom a step speaks, and says how many it leaves out.
func leadLines(which []Lead) (lines []line) {
	for i, l := range which {
		if l.Href == "" {
			return nil
		}
		if i == mostNamed {
			break
		}
		lines = append(lines, line{Text: "See " + clip(l.Name, 60), Href: l.Href})
	}
	if more := len(which) - len(lines); more > 0 {
		lines[len(lines)-1].After = ", and " + count(more) + " more"
	}
	return lines
}

// words is a name in words.
func words(s string) string { return strings.ReplaceAll(s, "_", " ") }

func (r *Report) byPath(pictures bool) section {
	s := section{Title: "Voluntary adoption", Intro: "Of the teams that have a choice, those that chose the path."}
	if r.Scope.Kind == OfTeam {
		s.Intro = "Of the repositories that have a choice, those that chose the path."
	}
	var without reasons
	drawn := 0
	for _, p := range r.Paths {
		if p.Now.Rate == nil && p.Before.Rate == nil {
			without.add(whyNot(p.Now.Reason, p.Units), quoted(p.Title))
			continue
		}
		value, parts := rate(p.Now, p.Bounds, p.Units)
		same := p.Now.Rate != nil && p.Before.Rate != nil && !differ(p.Now, p.Before)
		if same {
			parts += ", as " + p.since()
		}
		f := figure{Title: clip(p.Title, 80), Value: value, Beside: []string{sentence(parts, interval(p.Now))},
			Href: r.link("/teams", "path", string(p.Key), "group", r.key(OfGroup), "only", "choice")}
		if r.Scope.Kind == OfTeam {
			f.Href = r.link("/states", "team", r.Scope.Key, "path", string(p.Key), "only", "choice")
		}
		then := ""
		if !same {
			before, beforeParts := rate(p.Before, nil, p.Units)
			then = "A week ago: " + before + " (" + beforeParts + "). "
		}
		f.Beside = append(f.Beside, strings.TrimSpace(then+p.change()))
		if pictures && (r.Scope.Kind != OfTeam || drawn < maxTeamPictures) {
			f.Picture = r.picture(p)
			if f.Picture != nil && drawn == 0 {
				f.Picture.Caption += legend
			}
			drawn += one(f.Picture != nil)
		}
		if p.Total.Rate != nil && p.Now.Rate != nil {
			f.Beside = append(f.Beside, p.all())
		}
		s.Figures = append(s.Figures, f)
	}
	s.Notes = without.notes()
	return s
}

// since says since when the rate is what it is, as far as that is known.
func (p Path) since() string {
	if n := p.steady(); n > 1 {
		return "in all of the last " + count(n) + " weeks"
	}
	return "a week ago"
}

// reasons gather names by why there is no figure of them.
type reasons struct {
	whys  []string
	names map[string][]string
}

func (r *reasons) add(why, name string) {
	if r.names == nil {
		r.names = make(map[string][]string)
	}
	if len(r.names[why]) == 0 {
		r.whys = append(r.whys, why)
	}
	r.names[why] = append(r.names[why], name)
}

func (r *reasons) notes() (list []string) {
	for _, why := range r.whys {
		list = append(list, "No figure for "+named(r.names[why])+": "+why+".")
	}
	return list
}

// sentence joins parts.
func sentence(parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	text := strings.Join(some, "; ") + "."
	return strings.ToUpper(text[:1]) + text[1:]
}

// line puts a reason into words.
func (w Reason) line() line {
	if w.Repo == "" {
		return line{Text: w.Text}
	}
	return line{clip(w.Repo, 100), w.Href, " " + w.Text}
}

func (r *Report) unitsWord() string {
	if r.Scope.Kind == OfTeam {
		return string(Repos)
	}
	return string(Teams)
}

// minute writes a time in the zone of the report.
func (r *Report) minute(t metrics.Instant) string {
	return t.Time().In(r.Week.Zone).Format("2 Jan 2006, 15:04 MST")
}

// foot says what the report is and where it ends.
func (r *Report) foot() []string {
	about := "Figures of " + r.minute(r.AsOf) + ", compared with those of " + r.minute(r.Week.From) + "."
	return []string{about, "Rates count what teams chose when they had a choice. Nothing here is about persons."}
}

// weeks is how many whole weeks the chart of a path reaches back.
func weeks(points []Point) int {
	if len(points) == 0 {
		return 0
	}
	first, last := points[0].At.Time(), points[len(points)-1].At.Time()
	return int(last.Sub(first) / (7 * 24 * time.Hour))
}

// have are the points that have a value.
func have(points []Point) (list []Point) {
	for _, p := range points {
		if p.Rate.Rate != nil {
			list = append(list, p)
		}
	}
	return list
}
