package report

// cameAndWent are the sections on who came to a path or left it. What has nothing to tell is a sentence of another, and a week in which
// nothing came or went is one sentence in all.
func (r *Report) cameAndWent() (list []section) {
	none := map[string]string{"chose": "No team chose a path this week.", "left": "No team left a path this week.", "": "No team chose or left a path this week."}
	if r.Scope.Kind == OfTeam {
		none = map[string]string{"chose": "No repository came to a path this week.", "left": "No repository left a path this week."}
	}
	if len(r.Chose) > 0 {
		list = append(list, r.moved("Who chose a path", r.Chose, "chose"))
	}
	if len(r.Left) > 0 {
		list = append(list, r.moved("Who left a path", r.Left, "left"))
	}
	if len(list) == 1 {
		missing := "left"
		if len(r.Left) > 0 {
			missing = "chose"
		}
		list[0].Notes = append(list[0].Notes, none[missing])
	}
	traffic := r.traffic()
	switch {
	case r.Scope.Kind != OfTeam && len(traffic.Items) > 0 && len(list) == 0:
		traffic.Intro = none[""]
		return []section{traffic}
	case r.Scope.Kind != OfTeam && len(traffic.Items) > 0:
		return append(list, traffic)
	case len(list) > 0:
		return list
	case r.Scope.Kind == OfTeam:
		return []section{{Title: "Nothing came or went", Empty: "No repository came to a path or left one this week."}}
	}
	return []section{{Title: "Nothing came or went", Empty: "No team chose or left a path this week, and no repository came to one or left one."}}
}

// moved lists who came or left.
func (r *Report) moved(title string, moves []Move, did string) section {
	if r.Scope.Kind == OfTeam {
		title = map[string]string{"chose": "What came to a path", "left": "What left a path"}[did]
	}
	s := section{Title: title}
	for i, m := range moves {
		if i == maxMoves {
			s.Notes = append(s.Notes, "And "+count(len(moves)-i)+" more.")
			break
		}
		it := item{Text: clip(m.Who, 80), Href: m.Href, After: " " + did + " " + quoted(m.Path)}
		if m.Faded {
			it.After = " no longer counts on " + quoted(m.Path)
		}
		if r.Scope.Kind == OfTeam {
			it.After = ": " + quoted(m.Path) + "; " + m.Why[0].Text
		} else {
			for _, why := range m.Why {
				it.Lines = append(it.Lines, why.line())
			}
			if m.Other > 0 {
				it.Lines = append(it.Lines, line{Text: "and " + plural(m.Other, "more repository", "more repositories")})
			}
		}
		s.Items = append(s.Items, it)
	}
	return s
}
