package gitlab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// What is asked of pipelines at once.
const (
	runsOfMany = 20 // of each of several projects, the rest of each alone
	// quietly is by how much the times may differ that are wanted of projects in which nothing seems to happen: it is
	// little that ran there.
	quietly = 2 * metrics.Day
)

// runFields tell of pipelines, the newest first, and of who made the last commit. Those that another pipeline of the
// project began are left out: they are parts of it, and what they include shows in none.
const runFields = `id pipelines(first: %d, updatedAfter: $since%s) { nodes { id status source ref sha createdAt updatedAt startedAt finishedAt } pageInfo { hasNextPage endCursor } }
	repository { tree { lastCommit { authorEmail author { username } } } }`

// pipeline is a pipeline, whichever way it was told of.
type pipeline struct {
	ID         string
	Status     string
	Source     *string
	Ref        *string
	SHA        *string
	CreatedAt  *time.Time
	UpdatedAt  *time.Time
	StartedAt  *time.Time
	FinishedAt *time.Time
}

// pipelines are some of them in an answer.
type pipelines struct {
	Nodes    []*pipeline
	PageInfo pageInfo
}

// runsOf is the reading of the pipelines of one project.
type runsOf struct {
	*reading
	runsSeen
	err   error
	been  trail // of the parts that GraphQL tells
	apart bool  // it is asked for alone
}

// runsSeen is how far it came.
type runsSeen struct {
	Begun metrics.Instant // when pipelines were asked for first
	Since metrics.Instant // of changes that are wanted, by the host's clock
	Quiet bool            // it is asked because it is its turn
	Found []*pipeline
	Vain  int    // times that GraphQL did not tell the next part
	After string // of the next ones; "" where there are no more
	Place onward // likewise by REST
	Alone bool   // it is read by REST
	Less  bool   // which tells less, since GraphQL did not tell
	Asked int    // of how many pipelines it is known when they began, or they were asked for it
	Dark  bool   // of some it is not known
	Told  bool   // there are no more
}

// errUndated means that not all pipelines of a time are known: one is told of without saying when it was made.
var errUndated = fmt.Errorf("a pipeline has no date: %w", errGarbled)

// runs reads the pipelines of those projects in which something can have happened, or whose turn it is, and what was
// deployed by them.
func (x *side) runs(ctx context.Context, all []*reading) error {
	s := x.source
	if !s.config.Parts.Runs {
		return x.deployments(ctx, all)
	}
	var wanted []*runsOf
	for _, r := range all {
		one := &runsOf{reading: r, apart: r.Slow}
		if s.round.Load().Load(collectors.StepOf(runsStep, r.Repo.ID), &one.runsSeen) {
			one.apart = r.Slow || one.Vain > 0
			wanted = append(wanted, one)
			continue
		}
		asked := askedRuns(r)
		if stirred := s.stirred(r, asked); stirred || r.look.Due {
			since := s.behind(asked)
			if asked == metrics.Beginning {
				since = s.hostNow() - s.since()
			}
			one.runsSeen = runsSeen{Since: since, Quiet: !stirred}
			wanted = append(wanted, one)
		}
	}
	err := x.wantedRuns(ctx, wanted)
	for _, r := range wanted {
		step := collectors.StepOf(runsStep, r.Repo.ID)
		if errors.Is(err, collectors.ErrSpent) && r.Parts&runsRead == 0 && (r.Begun != metrics.Beginning || r.Vain > 0) {
			s.round.Load().Save(step, r.runsSeen)
		} else {
			s.round.Load().Drop(step)
		}
	}
	return err
}

// runsStep is how far the reading of the pipelines of a project came.
const runsStep = "pipelines"

// wantedRuns reads the pipelines of projects: first of those that are begun, then of the others, as many at once as want
// about the same time.
func (x *side) wantedRuns(ctx context.Context, wanted []*runsOf) error {
	s := x.source
	var fresh []*runsOf
	for _, r := range wanted {
		if r.Begun == metrics.Beginning {
			fresh = append(fresh, r)
		} else if err := x.restRuns(ctx, r); err != nil {
			return err
		}
	}
	slices.SortStableFunc(fresh, func(a, b *runsOf) int { return cmp.Compare(a.Since, b.Since) })
	for len(fresh) > 0 {
		n := 1
		for n < len(fresh) && n < s.runs.Now() && fresh[0].with(fresh[n]) && !fresh[0].apart && !fresh[n].apart {
			n++
		}
		some, err := x.someRuns(ctx, fresh[:n])
		if err != nil {
			return err
		}
		fresh = append(some, fresh[n:]...)
	}
	return nil
}

// with reports whether the pipelines of another project, which are wanted of a later time, can be asked for together
// with those of this one.
func (r *runsOf) with(other *runsOf) bool {
	within := coarse
	if r.Quiet && other.Quiet {
		within = quietly
	}
	return other.Since < r.Since+within
}

// since is how far back pipelines and deployments of a project are read the first time.
func (s *Source) since() metrics.Instant {
	return cmp.Or(metrics.Instant(s.config.Since/time.Second), 90*metrics.Day)
}

// someRuns reads the pipelines of projects that want about the same time, and returns those that have to be asked for
// in a smaller number.
func (x *side) someRuns(ctx context.Context, some []*runsOf) (again []*runsOf, err error) {
	s := x.source
	if s.noPipelines.Load() {
		return nil, x.oneByOne(ctx, some)
	}
	begun := s.config.Clock()
	err = s.askRuns(ctx, x.Batch, some, runsOfMany, "")
	switch {
	case errors.Is(err, errNoField):
		s.noPipelines.Store(true)
		return nil, x.oneByOne(ctx, some)
	case overloads(err) && (s.runs.Overloaded(len(some)) || some[0].oncemore(err)):
		return some, nil
	case falls(err): // of one that was asked for alone
		some[0].Slow, some[0].Less = some[0].Slow || quota.Late(err), true
		return nil, x.oneByOne(ctx, some)
	case err == nil:
		s.runs.Answered(len(some), s.config.Clock().Sub(begun))
	}
	for _, r := range some {
		r.err = cmp.Or(err, r.err)
		if r.oncemore(r.err) {
			r.err = nil
			again = append(again, r)
		} else if err := x.restRuns(ctx, r); err != nil {
			return nil, err
		}
	}
	if len(again) > 0 {
		s.runs.Overloaded(len(some))
	}
	return again, nil
}

// oncemore reports whether it makes sense to ask GraphQL again after an error. What takes too long alone does not.
func (r *runsOf) oncemore(err error) bool {
	if !overloads(err) || quota.Late(err) {
		return false
	}
	r.Vain++
	return r.Vain < triesMost
}

// falls reports whether pipelines are to be read by REST after an error. REST tells less of them, so that what is no
// answer at all is rather asked for again the next time.
func falls(err error) bool {
	return overloads(err) && (!garbled(err) || errors.Is(err, errUndated))
}

// restRuns reads the rest of the pipelines of a project, and adds their facts.
func (x *side) restRuns(ctx context.Context, r *runsOf) error {
	s := x.source
	for r.err == nil && !r.Alone && r.After != "" {
		x.moreRuns(ctx, r)
	}
	if r.err == nil && r.Alone && !r.Told || falls(r.err) {
		r.Less = r.Less || r.err != nil
		r.err = s.runsAlone(ctx, r)
	}
	return x.endRuns(ctx, r)
}

// moreRuns asks for the next pipelines of a project, as often as it makes sense.
func (x *side) moreRuns(ctx context.Context, r *runsOf) {
	after := r.After
	for again := true; again; again = r.oncemore(r.err) {
		r.err = nil
		r.err = cmp.Or(x.source.askRuns(ctx, x.Batch, []*runsOf{r}, listed, after), r.err)
	}
	if r.err != nil { // another run goes on there
		r.After = after
	}
}

// askRuns asks once for pipelines: of several projects for the first, or of one for those after a place.
func (s *Source) askRuns(ctx context.Context, into *metrics.Batch, some []*runsOf, most int, after string) error {
	b := newBatch()
	b.with("since", "Time", some[0].Since.Time().Format(time.RFC3339))
	place := ""
	if after != "" {
		b.with("after", "String", after)
		place = ", after: $after"
	}
	readings := make([]*reading, len(some))
	for i, r := range some {
		readings[i] = r.reading
	}
	alias := b.add(readings, fmt.Sprintf(runFields, most, place))
	got, err := s.ask(quota.About(ctx, runsTopic.Name), b.text(), b.variables)
	if err == nil {
		err = got.all(alias)
	}
	if err != nil {
		return err
	}
	for _, r := range some {
		node, n := got.Data[alias].of(r.reading)
		if node == nil || node.Pipelines == nil {
			r.err, r.After = got.why(alias, n), ""
			continue
		}
		if r.err = r.take(node.Pipelines, after); r.err == nil {
			r.Begun, r.Vain = cmp.Or(r.Begun, s.config.Now()), 0
		}
		s.authorOf(into, node)
	}
	return nil
}

// take notes some pipelines, those after a place, and where they go on. Those that changed before the time that is wanted of
// the project are there because of another one.
func (r *runsOf) take(p *pipelines, after string) error {
	r.After, r.Told = "", false
	if p.Nodes == nil || p.PageInfo.lost() {
		return errHollow
	}
	if after == "" {
		r.been = trail{}
	}
	next := p.PageInfo.next()
	if err := r.been.step(after, next, p.Nodes); err != nil {
		return err
	}
	if slices.ContainsFunc(p.Nodes, func(found *pipeline) bool { return found == nil || found.CreatedAt == nil }) {
		return errUndated
	}
	for _, found := range p.Nodes {
		if at := instant(found.UpdatedAt); at == metrics.Beginning || at >= r.Since {
			r.Found = append(r.Found, found)
		}
	}
	r.After, r.Told = next, next == ""
	return nil
}

// endRuns adds the facts of the pipelines of a project: they, what they include, and that there are no others.
func (x *side) endRuns(ctx context.Context, r *runsOf) error {
	s := x.source
	if r.err != nil {
		if err := s.failed(ctx, runsTopic, r.reading, r.err); err != nil {
			return err
		}
		x.closeWindow(r.reading)
		r.Parts |= runsRead
		return nil
	}
	runs := make([]metrics.Run, 0, len(r.Found))
	for _, p := range r.Found {
		runs = append(runs, s.run(r.reading, p))
	}
	if err := x.includes(ctx, r.reading, runs); err != nil {
		return err
	}
	x.Batch.Runs = append(x.Batch.Runs, runs...)
	if r.less = r.Less; r.Dark {
		if err := s.failed(ctx, beginsTopic, r.reading, errUnbegun); err != nil {
			return err
		}
	}
	_, known := newestWindow(r.reading)
	if len(runs) > 0 || !known || r.again(deploymentsMissed) || r.Last.Told.Deployed != metrics.Beginning && !r.Quiet {
		if err := x.deployed(ctx, r.reading); err != nil {
			return err
		}
	}
	x.openWindow(r)
	r.Parts |= runsRead
	return x.Room(ctx)
}

// run is the fact of a pipeline. Jobs that are retried make no new pipeline and no attempt that could be told apart: it
// goes on where it was, and ends anew. So a failure that a retry made good is known only where it was seen before, and
// gives way to how the pipeline ends in the end.
func (s *Source) run(r *reading, p *pipeline) metrics.Run {
	id, _ := strconv.ParseUint(lastPart(p.ID), 10, 64)
	event, ref := text(p.Source), text(p.Ref)
	run := metrics.Run{
		Repo: r.Repo.ID, ID: id, Attempt: 1, Source: s.Name(), Workflow: cmp.Or(r.Repo.Properties[configPath], defaultConfig),
		Event: event, Branch: ref, Default: s.isDefault(r.Repo, ref) && !strings.Contains(event, "merge_request") && !strings.Contains(event, "pull_request"),
		Imposed: imposed(event), Outcome: outcome(p.Status), Created: instant(p.CreatedAt), Started: instant(p.StartedAt), Seen: s.config.Now(),
	}
	run.Head, _ = metrics.ParseOID(text(p.SHA))
	if over(strings.ToLower(p.Status)) {
		run.Finished = instant(p.FinishedAt)
	}
	if run.Outcome == metrics.RunWaiting && run.Started != metrics.Beginning { // it waits for a person halfway
		run.Outcome = metrics.RunUnderWay
	}
	return run
}

// isDefault reports whether a branch is the default one, or was it until this listing.
func (s *Source) isDefault(repo metrics.Repo, branch string) bool {
	former, _ := s.former.Load(repo.HostID)
	return branch != "" && (branch == repo.DefaultBranch || branch == former)
}

// defaultConfig is the file of a project's pipeline, unless the project says another one.
const defaultConfig = ".gitlab-ci.yml"

// imposed reports whether a policy began a pipeline, by what GitLab says did.
func imposed(event string) bool {
	return event == "security_orchestration_policy" || event == "pipeline_execution_policy_schedule"
}

// outcome is how a pipeline or a deployment stands, in whatever case it is told.
func outcome(status string) metrics.RunResult {
	switch strings.ToLower(status) {
	case "running", "canceling":
		return metrics.RunUnderWay
	case "success":
		return metrics.RunSucceeded
	case "failed":
		return metrics.RunFailed
	case "canceled":
		return metrics.RunCancelled
	case "skipped":
		return metrics.RunSkipped
	}
	return metrics.RunWaiting
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
