package dashboards

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

const (
	dataScans  = 20 // scans that the page of the data lists
	dataUnread = 50 // repositories that could not be read
	dataFiles  = 50 // files that could not be understood
)

// dataPage shows what the figures rest on: scans, what was read, definitions, and everything that is not known.
type dataPage struct {
	Mistakes    []string
	Filters     filters
	Empty       *empty
	Coverage    []fact
	Scans       table
	Catalogs    table
	Unread      table
	Unknown     table
	Files       table
	Definitions table
	Rules       []rules
	Changes     table
	newest      bool // the newest scan came to its end, and read everything that there is
}

func fillData(ctx context.Context, p *Pages, q *request) (content, error) {
	known, err := p.known(ctx, q)
	if err != nil {
		return content{}, err
	}
	page := dataPage{Filters: known.filters(q, append([]string{"path"}, append(whose, "as_of")...)...)}
	if known.fresh.Scanned == metrics.Beginning {
		page.Empty = known.empty()
	}
	page.definitions(q, known)
	page.changesTable(q, known)
	page.Unknown, err = p.unknown(ctx, q, known)
	if err == nil {
		page.Rules, err = p.definitionsInForce(ctx, q, known)
	}
	err = cmp.Or(err, page.scans(ctx, p, q), page.judged(ctx, p, q), page.repos(ctx, p, q, known), page.files(ctx, p, q, known))
	if err != nil {
		return content{}, err
	}
	page.Mistakes = q.mistakes
	return content{heading: "What the figures rest on", body: &page,
		intro: "When what was read and which definitions are in force, as of now; and everything that is not known, with its reason."}, nil
}

// scans fills in the newest scans, and what they read of catalogs.
func (page *dataPage) scans(ctx context.Context, p *Pages, q *request) error {
	rows, err := query.Scans(ctx, p.DB, query.ScansQuestion{Limit: dataScans, Silent: q.clock - query.HeardOf})
	if err == nil {
		err = query.AddCatalogs(ctx, p.DB, rows)
	}
	if err != nil {
		return fmt.Errorf("ask for scans: %w", err)
	}
	page.Scans = table{Label: "Scans", Caption: "The newest first. Changes are those of watched files that a scan wrote down, requests those that it made of hosts: of these, and of earlier scans, only numbers are kept.", Columns: append(append(texts("Began", "How it went"), numbers("Took", "Repositories", "Unchanged", "Unknown", "Changes", "Requests")...), texts("What it read")...),
		Next: "There has been no scan yet: run trodden scan."}
	page.Catalogs = table{Label: "Catalogs", Caption: "As the newest scan that read them found them", Columns: append(append(texts("Catalog", "Read"), numbers("Entries", "Changed", "Gone")...), texts("All of it was read")...),
		Next: "No catalog was read: name one in trodden.yaml, or keep catalog files in the repositories."}
	judged, err := query.Catalog(ctx, p.DB, query.CatalogQuestion{AsOf: q.now})
	if err != nil {
		return fmt.Errorf("ask for catalogs: %w", err)
	}
	if len(judged) > 0 {
		page.Catalogs.Next = "The newest scans asked no portal; catalogs kept in files of repositories are read with these: see Catalog."
	}
	page.newest = len(rows) > 0 && rows[0].Done() && rows[0].Source == "" && rows[0].Shard == ""
	told := map[string]bool{}
	for _, row := range rows {
		of := "everything"
		if row.Source != "" {
			of = row.Source
		}
		if row.Shard != "" {
			of += ", part " + row.Shard
		}
		went := say(scanWords(row))
		if row.Error != "" {
			went.Sub = []string{row.Error}
		}
		took := nothing
		if row.Done() {
			took = lasted(row.Ended.Sub(row.Began))
		}
		page.Scans.Rows = append(page.Scans.Rows, []cell{timed(newStamp(metrics.At(row.Began), minute)), went, say(took), say(count(row.Repos)), say(count(row.Unchanged)), say(count(row.Unknown)), say(count(row.Changes)), say(count(row.Requests)), say(of)})
		for _, c := range row.Catalogs {
			if told[c.Source] {
				continue
			}
			told[c.Source] = true
			page.Catalogs.Rows = append(page.Catalogs.Rows, []cell{say(c.Source), timed(newStamp(metrics.At(row.Began), minute)), entriesCell(q, judged, c.Source, int(c.Entities)), say(count(c.Changed)), say(count(c.Gone)), say(yesNo(c.Complete))})
		}
	}
	return nil
}

// judged adds the catalogs that are read with the repositories, and those that were read before the newest scans.
func (page *dataPage) judged(ctx context.Context, p *Pages, q *request) error {
	rows, err := query.Catalog(ctx, p.DB, query.CatalogQuestion{AsOf: max(q.now, q.asOf)})
	if err != nil {
		return fmt.Errorf("ask for catalogs: %w", err)
	}
	for _, row := range rows {
		told := slices.ContainsFunc(page.Catalogs.Rows, func(cells []cell) bool { return cells[0].Text == row.Source })
		if told {
			continue
		}
		name := lead(row.Source, q.link("/catalog", nil, "source", row.Source, "as_of", ""))
		if about := catalogAbout(row.Source); about != "" {
			name.Sub = []string{about}
		}
		page.Catalogs.Rows = append(page.Catalogs.Rows, []cell{name, timed(newStamp(metrics.At(row.JudgedAt), minute)), entriesCell(q, rows, row.Source, row.Entities), say(""), say(""), say(yesNo(row.Complete))})
	}
	return nil
}

// entriesCell is how many entries a catalog has; those that are counted are the list behind it, where these are all.
func entriesCell(q *request, judged []query.CatalogRow, source string, n int) cell {
	if !slices.ContainsFunc(judged, func(r query.CatalogRow) bool { return r.Source == source && r.Entities == n }) {
		return say(count(n))
	}
	return counted(n, q.link("/catalog/entities", nil, "source", source, "field", metrics.FieldOwner, "show", "counted", "as_of", ""))
}

// listScan leads from the newest scan to the repositories, where it is these that it read: of earlier ones, and of those of a part,
// numbers alone are kept.
func (page *dataPage) listScan(q *request, all, unread int) {
	if len(page.Scans.Rows) == 0 || !page.newest {
		return
	}
	row := page.Scans.Rows[0]
	for i, c := range map[int]struct {
		n    int
		only string
	}{3: {all, ""}, 5: {unread, "unread"}} {
		if row[i].Text == count(c.n) {
			row[i] = counted(c.n, q.link("/repos", nil, "only", c.only, "as_of", ""))
		}
	}
}

// lasted writes how long something took.
func lasted(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return amount(math.Round(d.Seconds())) + "\u202fs"
	case d < 2*time.Hour:
		return amount(math.Round(d.Minutes())) + "\u202fmin"
	}
	return amount(d.Hours()) + "\u202fh"
}

// scanWords says in words how a scan went.
func scanWords(row query.ScanRow) string {
	switch {
	case row.State != "done":
		return row.State
	case row.Complete:
		return "all was read"
	case row.Listed:
		return "some could not be read"
	}
	return "not all could be listed"
}

// repos fills in how many repositories were read, and which were not.
func (page *dataPage) repos(ctx context.Context, p *Pages, q *request, known *known) error {
	rows, err := query.Repos(ctx, p.DB, query.ReposQuestion{})
	if err != nil {
		return fmt.Errorf("ask for repositories: %w", err)
	}
	read, archived, shallow := 0, 0, 0
	page.Unread = table{Label: "Repositories that could not be read", Columns: texts("Repository", "Why", "Tried"), Next: "Every repository could be read."}
	if known.fresh.Scanned == metrics.Beginning {
		page.Unread.Next = "Nothing has been read yet."
	}
	unread := 0
	for _, row := range rows {
		if row.Archived {
			archived++
		}
		if row.Shallow {
			shallow++
		}
		if row.Complete {
			read++
			continue
		}
		if unread++; unread <= dataUnread {
			page.Unread.Rows = append(page.Unread.Rows, []cell{lead(row.Repo, q.link("/repo", nil, "repo", row.Repo)), readCell(row), timed(stampOf(row.ReadAt))})
		}
	}
	page.listScan(q, len(rows), unread)
	page.Unread.Caption = plural(unread, "repository", "repositories")
	if len(rows) == 0 {
		page.Unread.Next = "No repository was read yet."
	}
	if unread > dataUnread {
		page.Unread.Caption = fmt.Sprintf("The first %d of %s", dataUnread, page.Unread.Caption)
	}
	list := func(only string) string { return q.link("/repos", nil, "only", only) }
	page.Coverage = []fact{
		countedFact("Repositories known", len(rows), list("")), countedFact("Read whole", read, list("whole")), countedFact("Could not be read", unread, list("unread")),
		countedFact("Archived", archived, list("archived")), countedFact("Shallow clones", shallow, list("shallow")),
		countedFact("Teams", len(known.teams), q.link("/teams", nil, "only", "known")),
	}
	return nil
}

// files fills in what could not be understood.
func (page *dataPage) files(ctx context.Context, p *Pages, q *request, known *known) error {
	rows, err := query.Warnings(ctx, p.DB, 0, dataFiles+1)
	if err != nil {
		return fmt.Errorf("ask for warnings: %w", err)
	}
	page.Files = table{Label: "Files that could not be understood", Columns: texts("Repository", "Where", "What"), Next: "Every file that the definitions look at could be understood.",
		Caption: "Nothing is found in a file that cannot be read as what it should be."}
	if len(rows) > dataFiles {
		page.Files.Caption += fmt.Sprintf(" These are the first %d.", dataFiles)
		rows = rows[:dataFiles]
	}
	if known.fresh.Scanned == metrics.Beginning {
		page.Files.Next = "Nothing has been read yet."
	}
	for _, row := range rows {
		where := row.File
		if row.Line > 0 {
			where = fmt.Sprintf("%s:%d:%d", row.File, row.Line, row.Column)
		}
		page.Files.Rows = append(page.Files.Rows, []cell{lead(row.Repo, q.link("/repo", nil, "repo", row.Repo)), {Text: orNothing(where), Code: true}, say(row.Message)})
	}
	return nil
}

// definitions fills in the paths as they are understood.
func (page *dataPage) definitions(q *request, known *known) {
	page.Definitions = table{Label: "Paths", Columns: texts("Path", "Key", "Since", "Ways", "A team is on it"), Caption: "As the conclusions that are in force understand them; they come from trodden.yaml.",
		Next: "No path is defined."}
	if known.fresh.Scanned == metrics.Beginning {
		page.Definitions.Next = "No scan has put definitions in force yet: those of trodden.yaml come with the first."
	}
	for _, path := range known.paths {
		ways := make([]string, len(path.Ways))
		for i, w := range path.Ways {
			ways[i] = string(w)
		}
		page.Definitions.Rows = append(page.Definitions.Rows, []cell{lead(known.title(path.Key), q.pathLink(path.Key)), {Text: string(path.Key), Code: true},
			dated(launchDay(path), ""), say(strings.Join(slices.Compact(ways), ", ")), say("when " + percent(path.TeamOnAt) + " or more of its repositories use it")})
	}
}

// launchDay is the day that is named for the launch of a path.
func launchDay(path query.PathRow) string {
	if path.Since == nil {
		return nothing
	}
	return day(metrics.At(*path.Since))
}
