package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// unknowns says what could not be read at the end of the week, and what the newest scan could not read since.
func (r *Report) unknowns() section {
	u := r.Unknown
	s := section{Title: "What is not known", Empty: "Every repository here could be read."}
	switch {
	case r.Fresh.Scanned == metrics.Beginning:
		s.Empty = "Nothing has been read yet."
	case r.Fresh.Before(r.AsOf):
		s.Empty = beforeScans
		if u.Newest > 0 {
			s.Empty += " " + r.byNow()
		}
	case u.Newest > 0:
		s.Empty = r.allRead() + " at the end of the week. " + r.byNow()
	case u.Unowned > 0:
		s.Empty = r.allRead() + ". " + capital(verb(u.Unowned, "one repository", plural(u.Unowned, "repository", "repositories"))) + " that nobody is known to own could not."
	case !r.Fresh.Complete:
		s.Empty = "Nothing is unknown of what was read. The newest scan could not read everything that its sources have."
	}
	for _, reason := range u.Reasons {
		s.Items = append(s.Items, item{Text: Repos.count(reason.N), Href: r.link("/states", "state", "unknown", "path", r.key(OfPath), "team", r.key(OfTeam), "group", r.key(OfGroup)),
			After: ": " + reason.What})
	}
	if u.Units > 0 {
		s.Notes = []string{fmt.Sprintf("%s unknown; a week ago %s. Among them: %s. Unknown is never counted as off.",
			plural(u.Units, "repository is", "repositories are"), number(u.Before), among(u.Repos, u.Units))}
		if r.Fresh.Before(r.AsOf) {
			s.Notes = append(s.Notes, beforeScans)
		}
		if u.Newest != u.Units {
			s.Notes = append(s.Notes, r.byNow())
		}
	}
	return s
}

// beforeScans is said of a week that ended before the first scan.
const beforeScans = "No scan had been made by the end of the week: what could not be read since is not counted there."

// byNow says what is unknown as the newest scan left it.
func (r *Report) byNow() string {
	u := r.Unknown
	if u.Newest == 0 {
		return "By now all of that could be read."
	}
	var why []string
	for _, reason := range u.NewestReasons {
		why = append(why, Repos.count(reason.N)+": "+reason.What)
	}
	if len(why) == 1 {
		why[0] = u.NewestReasons[0].What
	}
	return fmt.Sprintf("By now %s unknown, as the newest scan could not read everything: %s. Why: %s.", plural(u.Newest, "repository is", "repositories are"),
		among(u.NewestRepos, u.Newest), strings.Join(why, "; "))
}

// among names some of so many.
func among(some []string, all int) string {
	if more := all - len(some); more > 0 {
		return strings.Join(clipped(some), ", ") + " and " + count(more) + " more"
	}
	return named(some)
}

func clipped(names []string) (list []string) {
	for _, n := range names {
		list = append(list, clip(n, 60))
	}
	return list
}

// allRead says that nothing was unknown. Where nothing was counted either, nothing had been read.
func (r *Report) allRead() string {
	counted := slices.ContainsFunc(r.Paths, func(p Path) bool { return p.Now.Den+p.Total.Den > 0 })
	switch {
	case !counted && r.Scope.Kind == OfTeam:
		return "No repository that is known to be yours had to be read"
	case !counted:
		return "There was nothing to read yet"
	case r.Scope.Kind == OfTeam:
		return "All your repositories could be read"
	case r.Scope.Kind == OfGroup:
		return "All repositories of the group could be read"
	}
	return "Everything could be read"
}

// howSure says how far all this can be trusted.
func (r *Report) howSure() section {
	s := section{Title: "How sure this is"}
	say := func(format string, args ...any) {
		s.Items = append(s.Items, item{Text: fmt.Sprintf(format, args...)})
	}
	say("%s", r.scan())
	if r.Scope.Kind == OfTeam {
		say("A team has few repositories: one that moves is a large share, and says little about a trend.")
	} else if text, lines := r.chances(); text != "" {
		s.Items = append(s.Items, item{Text: text, Lines: lines})
	}
	var small, ranges []string
	for _, p := range r.Paths {
		if p.Now.Rate != nil && p.Now.Small {
			small = append(small, quoted(p.Title))
		}
		if p.Bounds != nil && p.Bounds[0] != p.Bounds[1] {
			ranges = append(ranges, quoted(p.Title))
		}
	}
	if len(small) > 0 {
		say("Fewer than 5 %s have a choice on %s: the rate there tells little.", r.unitsWord(), named(small))
	}
	if len(ranges) > 0 {
		say("What is unknown makes the rate of %s a range.", named(ranges))
	}
	return s
}

// scan says how the newest scan ended, and names what it could not read.
func (r *Report) scan() string {
	f, u := r.Fresh, r.Unknown
	if f.Scanned == metrics.Beginning {
		return "There was no scan yet."
	}
	var lacks []string
	if u.Newest > 0 {
		lacks = append(lacks, "it left "+Repos.count(u.Newest)+" unknown, "+among(u.NewestRepos, u.Newest))
	}
	if u.Unowned > 0 {
		lacks = append(lacks, "it left "+Repos.count(u.Unowned)+" unknown that nobody is known to own")
	}
	if f.NotRead > 0 {
		lacks = append(lacks, Repos.count(f.NotRead)+" that it lists "+verb(f.NotRead, "was", "were")+" never read")
	}
	ended := "The newest scan ended " + r.minute(f.Scanned)
	switch {
	case f.Complete && len(lacks) == 0:
		return ended + " and could read all that its sources have."
	case f.Complete:
		return ended + " and listed all that its sources have; " + strings.Join(lacks, "; ") + "."
	case len(lacks) == 0:
		lacks = append(lacks, "what it could not list or read may be missing here")
	}
	return ended + " and was not complete: " + strings.Join(lacks, "; ") + "."
}
