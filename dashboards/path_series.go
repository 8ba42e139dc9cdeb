package dashboards

import (
	"slices"
	"strconv"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// adoptionSection shows adoption over time, as the overview does.
func adoptionSection(q *request, known *known, a *pathAnswers, built bool) section {
	s := section{ID: "adoption", Title: "Adoption over time", Why: "No moment of this time has a figure.", Next: "Choose another time."}
	one := newSeries(q, known, a.present[0], a.past, built)
	if len(one.Rows) == 0 {
		return s
	}
	s.Why = ""
	if one.Chart.ID != "" {
		s.Chart = &one.Chart
	}
	if one.Note != "" {
		s.Words = append(s.Words, one.Note)
	}
	s.Table = table{Label: "Adoption over time", Caption: "State at the first instant of each period, the newest first",
		Columns: append(texts("Period"), numbers("Voluntary, teams", "95\u202f% interval", "All, teams", "All, repositories")...)}
	for _, r := range one.Rows {
		s.Table.Rows = append(s.Table.Rows, []cell{dated(r.Period, r.Href), rated(r.Voluntary), say(r.Voluntary.Interval), rated(r.Total), rated(r.Repos)})
	}
	return s
}

// dated is the first cell of a row about a moment.
func dated(text, href string) cell { return cell{Text: text, Href: href, NoWrap: true} }

// originOrder lists the origins as they are stacked: voluntary ones first.
var originOrder = []metrics.Origin{
	metrics.Chosen, metrics.Born, metrics.Assisted, metrics.Automated, metrics.Mandated, metrics.Enforced, metrics.UnknownOrigin,
}

// originWords names an origin and says what it means.
func originWords(o metrics.Origin) string {
	return o.String() + map[metrics.Origin]string{
		metrics.Born: " on it", metrics.Assisted: " by the platform team", metrics.Automated: ": by a bot or a campaign",
		metrics.Enforced: ", without a commit", metrics.UnknownOrigin: ": nobody could be found behind it",
	}[o]
}

// originCount returns the count of one origin.
func originCount(c query.OriginCounts, o metrics.Origin) int {
	return map[metrics.Origin]int{
		metrics.Chosen: c.Chosen, metrics.Born: c.Born, metrics.Assisted: c.Assisted, metrics.Automated: c.Automated,
		metrics.Mandated: c.Mandated, metrics.Enforced: c.Enforced, metrics.UnknownOrigin: c.Unknown,
	}[o]
}

// originsSection shows how those that use the path came to it, over time.
func originsSection(q *request, known *known, a *pathAnswers, built bool) section {
	s := section{ID: "origins", Title: "How they came", Why: "No repository used the path in this time.", Next: "Choose another time, or see below who goes another way.",
		Words: []string{"Of all repositories that the path serves, the share that uses it, by how it came there. Blue is voluntary; brown was brought by others; plum was ordered."}}
	layers, meanings := make([]layer, len(originOrder)), make([]legend, len(originOrder))
	t := table{Label: "Repositories by origin over time", Caption: "Repositories that use the path, by how they came to it; the newest first",
		Columns: append(texts("Period"), numbers("In the rates")...)}
	for i, o := range originOrder {
		layers[i] = layer{name: o.String(), colour: "var(--origin-" + o.String() + ")"}
		meanings[i] = legend{"origin-" + o.String(), originWords(o)}
		t.Columns = append(t.Columns, numbers(o.String())...)
	}
	launched := func(row query.AdoptionRow) bool { return row.Repos.Total.Reason != metrics.ReasonBeforeLaunch }
	rows := sinceKnown(q, upToNow(q, a.past, a.present[0]), func(row query.AdoptionRow) bool { return row.States.Served() > 0 && launched(row) })
	for _, row := range rows {
		at, err := metrics.ParseInstant(row.Period)
		if err != nil || !launched(row) {
			continue
		}
		if row.States.Served() == 0 { // the chart goes on to it, as the others do
			reach(layers, at)
			continue
		}
		list := listAt(q, row.Path, row.Period)
		cells := []cell{dated(day(at), periodLink(q, row.Path, row.Period)), countedAt(row.States.Served(), list("only", "served"))}
		for j, o := range originOrder {
			n := originCount(row.Origin, o)
			layers[j].add(at, percentOf(n, row.States.Served()), n, partsOf(query.NewRate(n, row.States.Served(), "")))
			cells = append(cells, countedAt(n, list("origin", o.String(), "only", "using")))
			if n > 0 {
				s.Why = ""
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	slices.Reverse(t.Rows)
	s.Table, s.Chart = t, &chart{ID: "chart-origins", Built: built, Legend: meanings, Ends: everyLine, Option: known.redefined(known.path(q), beginOf(q, layers), q.to).mark(stackChart("chart-origins", layers, true)).JSON(),
		Label: "Share of repositories that use the path by how they came, over time; the table has the figures"}
	return s
}

// waysSection shows which ways the job is done, over time.
func waysSection(q *request, known *known, a *pathAnswers, built bool) section {
	s := section{ID: "ways", Title: "Ways", Why: "No repository does the path's job in this time.", Next: "Choose another time.",
		Words: []string{"How many repositories do the path's job which way. One that goes several is counted in each."}}
	now := a.waysNow[0]
	if len(now.Ways) < 2 {
		s.Next = "The path declares no alternative: whoever does not go it goes no way that is known. Name alternatives in trodden.yaml."
		s.Words = append(s.Words, s.Next)
	} else if now.Fragmentation != nil {
		s.Words = append(s.Words, fragmentWords(*now.Fragmentation)+" Fragmentation is "+percent(*now.Fragmentation)+", from 0\u202f% (all go one way) to 100\u202f% (all ways are equally common).")
		s.More = []more{{"All " + count(now.Units) + " that the path serves, with the ways that they go", q.link("/states", whose, "path", string(now.Path), "only", "served")}}
	}
	ways := now.Ways
	layers := wayLayers(ways)
	t := table{Label: "Repositories by way over time", Caption: "Repositories that the path serves, by the ways they go; the newest first",
		Columns: append(texts("Period"), numbers("In the rates")...)}
	for _, w := range ways {
		t.Columns = append(t.Columns, numbers(string(w.Way))...)
	}
	meanings := make([]legend, len(layers))
	for i, l := range layers {
		meanings[i] = legend{l.class, l.name}
	}
	launched := func(row query.FragmentationRow) bool {
		at, err := metrics.ParseInstant(row.Period)
		return err == nil && row.Reason != metrics.ReasonBeforeLaunch && !launchedLater(known, row.Path, at)
	}
	rows := sinceKnown(q, upToNow(q, a.ways, now), func(row query.FragmentationRow) bool { return row.Units > 0 && launched(row) })
	for _, row := range rows {
		at, err := metrics.ParseInstant(row.Period)
		if err != nil || !launched(row) {
			continue
		}
		if row.Units == 0 {
			reach(layers, at)
			continue
		}
		list := listAt(q, row.Path, row.Period)
		cells := []cell{dated(day(at), periodLink(q, row.Path, row.Period)), countedAt(row.Units, list("only", "served"))}
		sums := make([]int, len(layers))
		for j, w := range ways {
			n := unitsOf(row, w.Way)
			sums[min(j, len(sums)-1)] += n
			cells = append(cells, countedAt(n, list("way", string(w.Way), "only", "served")))
			if n > 0 {
				s.Why = ""
			}
		}
		for j, n := range sums {
			layers[j].add(at, n, n, partsOf(query.NewRate(n, row.Units, "")))
		}
		t.Rows = append(t.Rows, cells)
	}
	slices.Reverse(t.Rows)
	s.Table, s.Chart = t, &chart{ID: "chart-ways", Built: built, Legend: meanings, Ends: everyLine, Option: known.redefined(known.path(q), beginOf(q, layers), q.to).mark(stackChart("chart-ways", layers, false)).JSON(),
		Label: "Repositories by the way they go, over time; the table has the figures"}
	return s
}

// unitsOf is how many go a way at a moment.
func unitsOf(row query.FragmentationRow, way metrics.WayKey) int {
	if i := slices.IndexFunc(row.Ways, func(w query.WayUnits) bool { return w.Way == way }); i >= 0 {
		return row.Ways[i].Units
	}
	return 0
}

// wayColours are the colours of the alternatives of a path, in the order in which it names them: by their size they would change with
// the filter and the moment.
var wayColours = []string{"a", "b", "c", "d", "e"}

// wayClass is the colour of the way at a place in that order: that of the path, those of alternatives, and one that all others share.
func wayClass(place int) string {
	switch {
	case place == 0:
		return "on"
	case place <= len(wayColours):
		return "way-" + wayColours[place-1]
	}
	return "outside"
}

// wayLayers returns a layer for each way, in the order in which the path names them; those for which there is no colour share the last.
func wayLayers(ways []query.WayUnits) []layer {
	var layers []layer
	for i, w := range ways[:min(len(ways), len(wayColours)+1)] {
		layers = append(layers, layer{name: string(w.Way), colour: "var(--" + wayClass(i) + ")", class: wayClass(i)})
	}
	if i := len(layers); i < len(ways) {
		layers = append(layers, layer{name: strconv.Itoa(len(ways)-i) + " more", colour: "var(--" + wayClass(i) + ")", class: wayClass(i)})
	}
	return layers
}

// wayShades are the colours of the ways of a path, in the order in which it names them.
func wayShades(ways []metrics.WayKey) map[metrics.WayKey]string {
	shades := map[metrics.WayKey]string{}
	for i, way := range ways {
		shades[way] = "var(--" + wayClass(i) + ")"
	}
	return shades
}

// launchedLater reports whether a path was launched after a moment.
func launchedLater(known *known, key metrics.PathKey, at metrics.Instant) bool {
	i := slices.IndexFunc(known.paths, func(p query.PathRow) bool { return p.Key == key })
	return i >= 0 && known.paths[i].Since != nil && at < metrics.At(*known.paths[i].Since)
}

// beginOf is the first moment at which layers are drawn.
func beginOf(q *request, layers []layer) metrics.Instant {
	begin := q.from
	for _, l := range layers {
		begin = max(begin, l.from)
	}
	return begin
}

// listAt returns the lists behind the counts of a moment.
func listAt(q *request, path metrics.PathKey, period string) func(pairs ...string) string {
	return func(pairs ...string) string {
		return q.link("/states", whose, append([]string{"path", string(path), "as_of", period}, pairs...)...)
	}
}

// periodLink leads to the page of a path as of a moment.
func periodLink(q *request, path metrics.PathKey, period string) string {
	return q.link("/path", append([]string{"interval"}, whose...), "path", string(path), "as_of", period)
}

// countedAt is a count that may have no list to lead to.
func countedAt(n int, href string) cell {
	return cell{Text: count(n), Href: linkOf(n, href), Mute: n == 0}
}

// percentOf is a share as charts take it.
func percentOf(n, of int) any {
	if of == 0 {
		return blank
	}
	return float64(n) / float64(of) * 100
}

// fragmentWords say what a fragmentation means.
func fragmentWords(f float64) string {
	switch {
	case f < 0.2:
		return "Nearly all go one way."
	case f < 0.6:
		return "One way is more common than the others."
	}
	return "The job is done in several ways, none of which prevails."
}
