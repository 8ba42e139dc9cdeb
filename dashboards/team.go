package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	teamUnits   = 100              // repositories that the page of a team lists
	teamChanges = 90 * metrics.Day // how far back it tells of changes
	teamMoves   = 20               // of how many of them
)

// teamPage shows one team: how it stands on each path and why, what changed, and what to do next.
type teamPage struct {
	Mistakes    []string
	Filters     filters
	Facts       []fact
	ChartsBuilt bool
	Paths       []teamPath
	Without     notFor // paths that are for nothing that it has
	Units       table
	Moves       table
	Entries     table
	More        string // all its repositories

	standings standings
}

// notFor are the paths that are for nothing that a team has.
type notFor struct {
	Text, Next string // Next says what to do where no path is for anything
	Paths      []more // to its repositories
}

// teamPath is how a team stands on a path.
type teamPath struct {
	Key, Title, Why, Href string
	Next                  teamStep

	Verdict      cell
	Using, Chose figure
	Series       series

	key    metrics.PathKey
	points []point // of the series
}

func fillTeam(ctx context.Context, p *Pages, q *request) (content, error) {
	if q.values["team"] == "" {
		return content{}, fmt.Errorf("no team was named: %w", metrics.ErrInvalid)
	}
	named := q.values["team"]
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	if known.team(q) == "" {
		return content{}, &missing{fmt.Errorf("there is no team %q: %w", named, metrics.ErrNotFound), more{"See all teams", q.link("/teams", nil)}}
	}
	page := teamPage{ChartsBuilt: p.assets.has(chartLibrary), Filters: known.filters(q, "team", "from", "to", "interval", "as_of"),
		More: q.link("/states", []string{"team"}), Facts: known.teamFacts(q)}
	err = cmp.Or(page.units(ctx, p, q, known), page.paths(ctx, p, q, known), page.withoutPaths(), page.moves(ctx, p, q, known), page.entries(ctx, p, q, known))
	if err != nil {
		return content{}, err
	}
	page.Mistakes = q.mistakes
	heading := cmp.Or(known.teamTitle(known.team(q)), named)
	return content{heading: heading, body: &page, intro: "How this team stands on each path, why, and what would change it."}, nil
}

// teamFacts say what a team is.
func (k *known) teamFacts(q *request) []fact {
	i := slices.IndexFunc(k.teams, func(t query.TeamRow) bool { return t.Key == k.team(q) })
	t := k.teams[i]
	facts := []fact{{Label: "Key", Text: string(t.Key)}, {Label: "Group", Text: orNothing(t.Group)}}
	if t.Group != "" {
		facts[1].Href = q.link("/", nil, "group", t.Group)
	}
	if t.Platform {
		facts = append(facts, fact{Label: "Provides paths", Text: "yes: its own repositories count on none"})
	}
	if !t.Configured {
		facts = append(facts, fact{Label: "Known from", Text: "files or a code host; it is not in trodden.yaml"})
	}
	return facts
}

// paths fills in how the team stands on each path, now and before.
func (page *teamPage) paths(ctx context.Context, p *Pages, q *request, known *known) error {
	ask := query.AdoptionQuestion{Team: known.team(q), By: query.ByTeam, AsOf: q.asOf}
	present, err := query.Adoption(ctx, p.DB, ask)
	if err != nil {
		return fmt.Errorf("ask for the adoption of a team: %w", err)
	}
	ask.From, ask.To, ask.Interval = q.from, q.to, query.Interval(q.interval)
	past, err := query.Adoption(ctx, p.DB, ask)
	if err != nil {
		return fmt.Errorf("ask for the adoption of a team over time: %w", err)
	}
	for _, row := range present {
		if row.Team == nil || *row.Team != known.team(q) {
			continue
		}
		if row.Verdict == query.TeamNoRepos && row.States.Unknown == 0 {
			page.Without.Paths = append(page.Without.Paths, more{known.title(row.Path), q.link("/states", []string{"team"}, "path", string(row.Path))})
			continue
		}
		page.Paths = append(page.Paths, known.teamPath(q, row, past, page.standings[row.Path]))
	}
	page.draw(known)
	if without := len(page.Without.Paths); without > 0 {
		page.Without.Text = plural(without, "path is", "paths are") + " for nothing active that this team has:"
	}
	return nil
}

// withoutPaths says what to do where no path is for anything that the team has.
func (page *teamPage) withoutPaths() error {
	switch {
	case len(page.Paths) > 0:
	case len(page.Units.Rows) > 0:
		page.Without.Next = "What it has is inactive, or no path is meant for it: its repositories below say which."
	default:
		page.Without.Next = "It is known to own no repository. " + ownersCome
	}
	return nil
}

func (k *known) teamPath(q *request, row query.AdoptionRow, past []query.AdoptionRow, repos standing) teamPath {
	path := string(row.Path)
	list := func(pairs ...string) string {
		return q.link("/states", []string{"team"}, append([]string{"path", path}, pairs...)...)
	}
	t := teamPath{key: row.Path, Key: path, Title: k.title(row.Path), Verdict: verdictCell(row.Verdict, ""), Href: list(),
		Using: newFigure(row.Repos.Total).within(row.Bounds.ReposTotal).idle(row).to(list("only", "served")),
		Chose: newFigure(row.Repos.Voluntary).within(row.Bounds.ReposVoluntary).idle(row).to(list("only", "choice"))}
	onAt := k.onAt(row.Path)
	t.Why = fmt.Sprintf("%s of its active repositories use the path; %s are enough for the team to be on it.", partsOf(row.Repos.Total), percent(onAt))
	switch {
	case row.Repos.Total.Reason == metrics.ReasonBeforeLaunch:
		t.Verdict, t.Why, t.Next = say("not launched yet"), "The path had not been launched.", k.launchStep(q, row.Path)
		return t
	case row.States.Unknown > 0 && row.Repos.Total.Den == 0:
		t.Why = "Nothing of what it has could be read."
	}
	t.Next = stepOf(row, onAt, repos, func(state metrics.State) string { return list("state", state.String(), "only", "counted") })
	if row.Verdict == query.TeamOn && row.Teams.Voluntary.Den > 0 && row.Teams.Voluntary.Num == 0 {
		t.Why += " It did not choose it: fewer than half of those came freely."
	}
	t.Series, t.points = k.teamSeries(q, row, past)
	return t
}

// units fills in the repositories, a row each and a column a path.
func (page *teamPage) units(ctx context.Context, p *Pages, q *request, known *known) error {
	t := table{Label: "Repositories of the team", Columns: texts("Repository"), Next: "It owns no repository now. Ownership comes from the configuration, CODEOWNERS and catalog files."}
	column := map[metrics.PathKey]int{}
	for _, path := range known.paths {
		column[path.Key] = len(t.Columns)
		t.Columns = append(t.Columns, texts(known.title(path.Key))...)
	}
	more := false
	at := map[string]int{}
	page.standings = standings{}
	for row, err := range p.states(ctx, query.StatesQuestion{Team: known.team(q), AsOf: q.asOf}) {
		if err != nil {
			return err
		}
		unit := metrics.UnitName(row.Repo, row.Component)
		i, is := at[unit]
		if !is && len(t.Rows) == teamUnits {
			more = true
			break
		}
		if !is {
			i = len(t.Rows)
			at[unit] = i
			cells := make([]cell, len(t.Columns))
			for k := range cells {
				cells[k] = say("")
			}
			cells[0] = lead(unit, q.link("/repo", nil, "repo", unit))
			t.Rows = append(t.Rows, cells)
		}
		c := stated(row.State)
		if c.Href = q.link("/repo", nil, "repo", unit, "path", string(row.Path)); !row.Active {
			c.Sub = []string{"inactive"}
		}
		t.Rows[i][column[row.Path]] = c
		page.standings.add(q, row)
	}
	t.Caption = plural(len(t.Rows), "repository", "repositories")
	if len(t.Rows) == 0 && known.fresh.Unknown > 0 {
		t.Next = fmt.Sprintf("None is known to be its own. Of %s nothing is known, and so not who owns them: the page Data says why.", plural(known.fresh.Unknown, "repository", "repositories"))
	}
	if more {
		t.Caption = fmt.Sprintf("The first %d repositories by name", teamUnits)
	}
	page.Units = t
	return nil
}

// moves fills in what changed lately, or in the time that was chosen.
func (page *teamPage) moves(ctx context.Context, p *Pages, q *request, known *known) error {
	from, during := q.since(teamChanges), "since "+day(q.since(teamChanges))
	if q.chosen() {
		during = "from " + day(from) + " to " + day(q.to)
	}
	t := table{Label: "What changed", Columns: texts("Repository", "Path", "From", "To"), Next: "Nothing changed its way " + during + "."}
	rows, err := query.FlowsUnits(ctx, p.DB, query.FlowsQuestion{Team: known.team(q), From: from, To: q.to})
	if err != nil {
		return fmt.Errorf("ask for what changed: %w", err)
	}
	for _, row := range rows {
		if row.FromState == row.ToState && slices.Equal(row.From, row.To) {
			continue
		}
		unit := metrics.UnitName(row.Repo, row.Component)
		t.Rows = append(t.Rows, []cell{lead(unit, q.link("/repo", nil, "repo", unit, "path", string(row.Path))), say(known.title(row.Path)),
			standingCell(row.FromState, row.From), standingCell(row.ToState, row.To)})
	}
	t.Caption = heading(during)
	if len(t.Rows) > teamMoves {
		t.Caption = fmt.Sprintf("%s %s; these are the first %d by repository", plural(len(t.Rows), "change", "changes"), during, teamMoves)
		t.Rows = t.Rows[:teamMoves]
	}
	page.Moves = t
	return nil
}

// standingCell says what a unit counts as, with the colour of states, and which ways it goes.
func standingCell(s query.Standing, ways []metrics.WayKey) cell {
	if state, err := metrics.ParseState(string(s)); err == nil {
		return stated(state, joined(ways))
	}
	return say(standingWords(s), joined(ways))
}

// standingWords says in words what a unit counts as.
func standingWords(s query.Standing) string {
	if s == "" {
		return "not there"
	}
	return string(s)
}

// entries fills in what catalogs have of the team.
func (page *teamPage) entries(ctx context.Context, p *Pages, q *request, known *known) (err error) {
	page.Entries, err = p.entries(ctx, q, query.CatalogEntitiesQuestion{Team: known.team(q), Counted: true}, "No catalog has an entry whose owner is this team.")
	return err
}
