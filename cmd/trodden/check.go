package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
)

func (p *program) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Is the configuration right, and what would a scan read?",
		Long: `Checks the configuration, tries to reach every source and the store, and says what a scan would have to
read that no scan has read yet; which parts of a source the token would not show, as far as the host tells; what
would be cloned where history is read; and how many entities software catalogs have. It writes nothing. Where a
source cannot list everything, or a repository cannot be read, the exit status is 3.`,
		Example: `  trodden check
  trodden check --config next.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return p.check(cmd.Context()) },
	}
}

// sourceCheck is what trying a source showed.
type sourceCheck struct {
	name, kind string
	repos      int
	empty      int    // of these, without a commit
	problem    string // why the list is not complete
	unreadable []collectors.Problem
	listed     []metrics.Repo
	lacks      []lack
	refused    []string // credentials, while others of the same source do the work
	untold     bool     // the host does not say what the token may do
	clones     *clones  // that reading history takes; nil where it is not read
	never      bool     // no scan has read it
	first      *firstScan
	catalog    bool // it has entities in place of repositories
	entities   *int // of a catalog that tells; else nil
}

func (p *program) check(ctx context.Context) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	for _, w := range c.Warnings {
		p.tell("%s (warning)", w)
	}
	_, err = p.prepare(c, scanRequest{})
	if err := firstError(err, c.Webhooks.Check(p.env), c.Reports.Check(p.env)); err != nil {
		return err
	}
	var list []sourceCheck
	for _, s := range c.Sources {
		list = append(list, p.trySource(ctx, s))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	watch := classify.Watch(c.Definitions)
	open, storeErr := p.tryStore(ctx, c, watch)
	if err := p.printCheck(c, list, open, storeErr); err != nil {
		return err
	}
	if storeErr == nil && slices.ContainsFunc(list, sourceCheck.fails) {
		return errSomeUnknown
	}
	return storeErr
}

// trySource lists the repositories of a source.
func (p *program) trySource(ctx context.Context, s config.Source) sourceCheck {
	if s.IsCatalog() {
		return p.tryCatalog(ctx, s)
	}
	got := sourceCheck{name: s.Name, kind: s.Kind}
	around, err := p.trial()
	if err != nil {
		got.problem = oneLine(err)
		return got
	}
	source, err := openSource(s, around)
	if err != nil {
		got.problem = oneLine(err)
		return got
	}
	if _, err := letIn(ctx, []collectors.Source{source}, addresses(p.loaded), p.tell, false); err != nil {
		got.problem = strings.TrimPrefix(oneLine(err), "source "+s.Name+": ")
		return got
	}
	for repo, err := range source.Repos(ctx, new(collectors.Known)) {
		if err != nil {
			got.problem = oneLine(err)
			continue
		}
		got.repos, got.listed = got.repos+1, append(got.listed, repo)
		if s.Git == nil && repo.HostID == "" { // listed because it is named in the configuration
			got.unreadable = append(got.unreadable, collectors.Problem{Repo: repo.Name, Reason: metrics.ReasonForbidden, Detail: quota.Unseen})
		} else if err := probe(ctx, source, repo); err != nil {
			got.unreadable = append(got.unreadable, collectors.NewProblem(repo.Name, err))
		} else if empty(repo) {
			got.empty++
		}
	}
	if owner := ownerOf(s); owner != "" && got.repos == 0 && got.problem == "" {
		p.tell("source %s: %s", s.Name, nothingShown(owner))
	}
	got.untold, got.refused = p.lacks(ctx, s, source, &got), p.used.refused(s.Name)
	if history, wanted := historyOf(s); wanted {
		got.clones, err = clonesFor(history, p.env, got.repos-got.empty-len(got.unreadable))
		got.clones.Bytes = sizesOf(ctx, source, got.listed)
		if err != nil {
			got.problem = oneLine(err)
		}
	}
	return got
}

// commonToChecks tells what sources have in common.
func commonToChecks(sources []config.Source, list []sourceCheck) []common {
	repos, first, names := make(map[string]inSources), make(map[string]taking), []string{}
	for i, s := range list {
		names = append(names, s.name)
		covers := covering(sources, i)
		for _, repo := range s.listed {
			before, known := first[repo.Name]
			if !known {
				first[repo.Name], repos[repo.Name] = takingOf(i, repo), inSources{[]int{i}, true}
				continue
			}
			covered := slices.Contains(covers, before.source) && takingOf(before.source, repo) == before
			repos[repo.Name] = inSources{append(repos[repo.Name].sources, i), repos[repo.Name].once && covered}
		}
	}
	return commonTo(names, repos)
}

// probe asks a source whether it can read a repository, where it knows.
func probe(ctx context.Context, source collectors.Source, repo metrics.Repo) error {
	if p, ok := source.(collectors.Prober); ok {
		return p.Probe(ctx, repo)
	}
	return nil
}

// fails reports whether a scan would leave something of the source unknown.
func (s sourceCheck) fails() bool { return s.problem != "" || len(s.unreadable) > 0 }

// oneLine is an error in words, in one line.
func oneLine(err error) string { return strings.ReplaceAll(metrics.Detail(err), "\n", "; ") }

// tryStore asks the store what is still to be read. A store that is not there yet is not made, and one that
// a server holds is left to it: nil then means that it is not known.
func (p *program) tryStore(ctx context.Context, c *config.Config, watch metrics.WatchSet) (*pending, error) {
	server := p.server
	holding, err := p.holder()
	if err != nil {
		return nil, err
	}
	if server == "" && holding != nil {
		server = holding.URL
	}
	if server != "" || holding != nil {
		return nil, p.tryServer(ctx, server)
	}
	if dir, ok := strings.CutPrefix(p.clickhouse, embedded); ok {
		if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
			return &pending{New: true}, nil
		}
	}
	l, err := p.open(ctx, p, c, leaveSchema)
	if err != nil {
		return nil, p.told(ctx, err)
	}
	got, err := l.pending(ctx, watch)
	return &got, errors.Join(err, l.close())
}

// tryServer sees whether the server that has the store answers. One that scans has no address.
func (p *program) tryServer(ctx context.Context, address string) error {
	if address == "" {
		return nil
	}
	c, err := newClient(address, p.lookup("TRODDEN_TOKEN", ""))
	if err != nil {
		return err
	}
	return c.try(ctx)
}

func (p *program) printCheck(c *config.Config, list []sourceCheck, open *pending, storeErr error) error {
	var records []record
	neverRead(c.Sources, list, open)
	complete, unknown := true, 0
	var problems []scanProblem
	for _, s := range list {
		complete, unknown = complete && s.problem == "", unknown+len(s.unreadable)
		records = append(records, record{{"source", s.name}, {"kind", s.kind}, {"repos", s.repos}, {"empty", s.empty},
			{"unreadable", len(s.unreadable)}, {"problem", s.problem},
			{"lacks", append([]lack{}, s.lacks...)}, {"refused", append([]string{}, s.refused...)}, {"clones", s.clones}, {"first", s.first}, {"entities", s.entities}})
		for _, u := range s.unreadable {
			problems = append(problems, scanProblem{Source: s.name, Repo: u.Repo, Reason: string(u.Reason), Detail: u.Detail})
		}
	}
	p.tellProblems(problems)
	return p.emit(records, scanState{Complete: complete, Unknown: unknown}, func() {
		p.say("%s: %s, %s, no mistakes", c.File, count(len(c.Paths), "path", "paths"), count(len(c.Sources), "source", "sources"))
		for _, s := range list {
			p.say("source %s: %s", s.name, s.words())
			for _, line := range s.more() {
				p.say("  %s", line)
			}
		}
		for _, c := range commonToChecks(c.Sources, list) {
			p.say("%s", c.words())
		}
		switch {
		case storeErr != nil: // is told at the end
		case open == nil:
			p.say("store: another process has it, which knows what is to be read")
		default:
			p.say("store %s: %s", redacted(p.clickhouse), open.words(withRepos(list)))
		}
	})
}

func (s sourceCheck) words() string {
	if s.catalog {
		return s.ofCatalog()
	}
	text := count(s.repos, "repository", "repositories")
	if s.empty > 0 {
		text += ", " + number(s.empty) + " without a commit"
	}
	if n := len(s.unreadable); n > 0 {
		text += ", " + number(n) + " that cannot be read"
	}
	if s.problem != "" {
		text += "; not complete: " + s.problem
	}
	return text
}

func (p pending) words(list []sourceCheck) string {
	switch {
	case p.New:
		return "not there yet, a scan reads everything"
	case len(p.Outdated) > 0:
		return "of an older program; a scan brings it up to date (" + strings.Join(p.Outdated, ", ") + ")"
	case p.Never+p.Again == 0:
		return newAnd(list)
	}
	var parts []string
	if p.Never > 0 {
		parts = append(parts, count(p.Never, "repository", "repositories")+" for the first time")
	}
	if p.Again > 0 {
		parts = append(parts, count(p.Again, "repository", "repositories")+" again, because of "+cmp.Or(strings.Join(p.Globs, ", "), "other globs"))
	}
	return "a scan reads " + strings.Join(parts, ", and ")
}

// newAnd says what a scan reads where all that was read is up to date: what is new, and the sources that were never read. The
// list is of those with repositories; catalogs tell nobody what is new.
func newAnd(list []sourceCheck) string {
	if len(list) == 0 {
		return "a scan reads all that the catalogs have, as every scan does"
	}
	var never []string
	for _, s := range list {
		if s.never {
			never = append(never, s.name)
		}
	}
	switch len(never) {
	case 0:
		return "a scan reads only what is new"
	case len(list):
		return "a scan reads everything: it has nothing of the sources yet"
	}
	return "a scan reads all of " + strings.Join(never, ", ") + ", and of the others only what is new"
}

// empty reports whether a listed repository has no commit. Lists of hosts need not tell of heads, but of default
// branches, which an empty repository there has not.
func empty(repo metrics.Repo) bool {
	if repo.HostID != "" {
		return repo.Head == "" && repo.DefaultBranch == ""
	}
	return repo.Head == ""
}
