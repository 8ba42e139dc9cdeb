package gitlab

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// includes is what GitLab put a pipeline together of, and for which pipelines that holds: those of a commit, and those
// that were made in a time, by the host's clock.
type includes struct {
	Since metrics.Instant `json:"since"`
	Until metrics.Instant `json:"until,omitempty"` // 0 where it still holds
	Head  string          `json:"head,omitempty"`
	Files string          `json:"files"` // what it depends on of the project's own files
	Uses  []use           `json:"uses,omitempty"`
}

// use is a metrics.Use as a property of a project has it.
type use struct {
	Kind   metrics.UseKind `json:"kind"`
	Target string          `json:"target"`
	File   string          `json:"file,omitempty"`
	Ref    string          `json:"ref,omitempty"`
	SHA    string          `json:"sha,omitempty"`
	Tip    string          `json:"tip,omitempty"` // of a component: where its version led when GitLab was asked, as far as tags tell
}

// includesKept is how many answers are kept: pipelines of the one before may end late.
const includesKept = 2

// includes says of new pipelines what they include. GitLab is asked for that only where the project's own files, or
// what a ref of another project leads to, changed since it said so the last time.
func (x *side) includes(ctx context.Context, r *reading, runs []metrics.Run) error {
	own := func(run metrics.Run) bool { return run.Default && !run.Imposed }
	if !slices.ContainsFunc(runs, own) {
		return nil
	}
	list := includesKnown(r.Repo)
	stale := len(list) == 0 || list[0].Files != r.look.Files
	if !stale {
		var err error
		if stale, err = x.source.moved(ctx, list[0].Uses); err != nil {
			return x.source.failed(ctx, includesTopic, r, err)
		}
	}
	if stale {
		var err error
		if list, err = x.lint(ctx, r, r.look.Files, list); err != nil {
			return err
		}
	}
	for i := range runs {
		if own(runs[i]) {
			runs[i].Used = usesOf(list, runs[i])
		}
	}
	return nil
}

// includesKnown are the answers that are known, the newest first.
func includesKnown(repo metrics.Repo) (list []includes) {
	if json.Unmarshal([]byte(repo.Properties[includesOf]), &list) != nil {
		return nil
	}
	return list
}

// configFiles identifies the files of a project that its pipeline can be made of. Where they were not read now they
// are as they were.
func configFiles(r *reading, list []includes) string {
	if len(r.States) == 0 && len(list) > 0 && r.Repo.Head == r.Last.Reading.Head {
		return list[0].Files
	}
	parts := []string{r.Repo.Properties[configPath]}
	for _, f := range r.States {
		if f.Path == r.config || strings.HasSuffix(f.Path, ".yml") || strings.HasSuffix(f.Path, ".yaml") {
			parts = append(parts, f.Path+" "+f.Blob.String())
		}
	}
	slices.Sort(parts[1:])
	return fmt.Sprintf("%016x", metrics.Fingerprint(parts...))
}

// usesOf is what a pipeline included, as far as is known.
func usesOf(list []includes, run metrics.Run) []metrics.Use {
	i := slices.IndexFunc(list, func(n includes) bool { return n.Head != "" && n.Head == run.Head.String() })
	if i < 0 {
		i = slices.IndexFunc(list, func(n includes) bool { return n.Since <= run.Created && (n.Until == 0 || run.Created < n.Until) })
	}
	if i < 0 {
		return nil
	}
	var uses []metrics.Use
	for _, u := range list[i].Uses {
		sha, _ := metrics.ParseOID(u.SHA)
		uses = append(uses, metrics.Use{Kind: u.Kind, Target: u.Target, File: u.File, Ref: u.Ref, SHA: sha})
	}
	return uses
}

// moved reports whether a branch, tag or version of another project that is included leads to another commit now.
func (s *Source) moved(ctx context.Context, uses []use) (bool, error) {
	for _, u := range uses {
		was := u.SHA
		if u.Kind == metrics.UsesComponent {
			was = u.Tip
		}
		if tip, err := s.leadsTo(ctx, u); err != nil || tip != "" && tip != was {
			return err == nil, err
		}
	}
	return false, nil
}

// tip is the commit that a ref of another project leads to, asked for once a round; "" where the host does not show it.
func (s *Source) tip(ctx context.Context, project, ref string) (string, error) {
	return s.once(project+"@"+ref, func() (string, error) {
		commit, _, err := s.client.Commits.GetCommit(project, cmp.Or(ref, "HEAD"), nil, gitlab.WithContext(ctx))
		if err != nil {
			return "", err
		}
		if _, err := metrics.ParseOID(commit.ID); err != nil {
			return "", fmt.Errorf("a commit without an id: %w", errGarbled)
		}
		return commit.ID, nil
	})
}

// tipTold is what became of the question where a ref leads.
type tipTold struct {
	sha string
	err error
}

// once asks for a commit once a round, or once a run where that fails and may not the next time. What the host does not
// show is no error: it is not known.
func (s *Source) once(key string, ask func() (string, error)) (string, error) {
	if known, ok := s.tips.Load(key); ok {
		told := known.(tipTold)
		return told.sha, told.err
	}
	var told tipTold
	round, step := s.round.Load(), "tip "+key
	if !round.Load(step, &told.sha) {
		told.sha, told.err = ask()
		switch {
		case errors.Is(spent(told.err), collectors.ErrSpent):
			return "", spent(told.err)
		case told.err == nil || !passes(told.err):
			told.err = nil
			round.Save(step, told.sha)
		}
	}
	s.tips.Store(key, told)
	return told.sha, told.err
}

// lintAnswer is what of an answer of ci/lint is needed.
type lintAnswer struct {
	Valid    *bool       `json:"valid"`
	Includes []*included `json:"includes"`
}

// included is a file that a pipeline is made of, however deep it is included.
type included struct {
	Type     string `json:"type"`
	Location string `json:"location"`
	Blob     string `json:"blob"`
	Raw      string `json:"raw"`
	Extra    struct {
		Project string `json:"project"`
		Ref     string `json:"ref"`
	} `json:"extra"`
}

// lint asks GitLab to put the pipeline of a project together, and keeps with the project what that says. Where it does
// not say, that is not known.
func (x *side) lint(ctx context.Context, r *reading, files string, list []includes) ([]includes, error) {
	s := x.source
	var now includes
	err := collectors.Take(s.round.Load(), collectors.StepOf("includes", r.Repo.ID), func(at *lintSeen) (err error) {
		if err := s.askLint(ctx, r, at); err != nil {
			return err
		}
		now = includes{Since: at.Asked, Head: r.Repo.Head.String(), Files: files}
		for _, u := range at.Uses {
			if u.Kind == metrics.UsesComponent {
				if u.Tip, err = s.leadsTo(ctx, u); err != nil {
					return err
				}
				u.SHA = cmp.Or(u.SHA, u.Tip)
			}
			if !slices.Contains(now.Uses, u) {
				now.Uses = append(now.Uses, u)
			}
		}
		return nil
	})
	if err != nil {
		return nil, s.failed(ctx, includesTopic, r, err)
	}
	if len(list) > 0 && list[0].Until == 0 {
		list[0].Until = max(s.onHost(askedRuns(r)), list[0].Since)
	}
	list = append([]includes{now}, list[:min(len(list), includesKept-1)]...)
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	x.keep(r, string(text))
	return list, nil
}

// lintSeen is what GitLab said of a pipeline.
type lintSeen struct {
	Asked metrics.Instant // by the host's clock; Beginning for not yet
	Uses  []use
}

// askLint asks GitLab to put the pipeline of a project together.
func (s *Source) askLint(ctx context.Context, r *reading, at *lintSeen) error {
	if at.Asked != metrics.Beginning {
		return nil
	}
	var got lintAnswer
	query := struct {
		Ref string `url:"content_ref,omitempty"`
	}{r.Repo.Head.String()}
	if _, err := s.get(ctx, fmt.Sprintf("projects/%d/ci/lint", r.id), query, &got); err != nil {
		return spent(err)
	}
	if got.Valid == nil {
		return fmt.Errorf("a pipeline is neither valid nor not: %w", errGarbled)
	}
	at.Asked = s.hostNow()
	for _, i := range got.Includes {
		if u, shared := i.use(); shared {
			at.Uses = append(at.Uses, u)
		}
	}
	return nil
}

// keep writes a project once more, with what it includes. The row takes the place of the one before, whose second it
// must not have.
func (x *side) keep(r *reading, told string) {
	properties := map[string]string{includesOf: told}
	for name, value := range r.Repo.Properties {
		if name != includesOf {
			properties[name] = value
		}
	}
	r.Repo.Properties = properties
	r.Repo.Seen++
	x.Batch.Repos = append(x.Batch.Repos, r.Repo)
}

// commitIn finds the commit in the address of a file.
var commitIn = regexp.MustCompile(`/-/(?:blob|raw)/([0-9a-f]{40}(?:[0-9a-f]{24})?)/`)

// use is what an included file means; shared is false for one of the project's own.
func (i *included) use() (u use, shared bool) {
	if i == nil || i.Location == "" {
		return u, false
	}
	if m := commitIn.FindStringSubmatch(i.Blob + " " + i.Raw); m != nil {
		u.SHA = m[1]
	}
	switch i.Type {
	case "file":
		u.Kind, u.Target, u.File, u.Ref = metrics.UsesProject, strings.ToLower(i.Extra.Project), strings.TrimPrefix(i.Location, "/"), i.Extra.Ref
		if u.Ref == "HEAD" { // none was asked for
			u.Ref = ""
		}
	case "component":
		u.Kind, u.Target = metrics.UsesComponent, i.Location
		if at := strings.LastIndexByte(i.Location, '@'); at > 0 {
			u.Target, u.Ref = i.Location[:at], i.Location[at+1:]
		}
	case "remote":
		u.Kind, u.Target = metrics.UsesRemote, withoutUser(i.Location)
	case "template":
		u.Kind, u.Target = metrics.UsesTemplate, i.Location
	}
	return u, u.Target != ""
}

// withoutUser takes a user and a password out of an address.
func withoutUser(address string) string {
	at, err := url.Parse(address)
	if err != nil || at.User == nil {
		return address
	}
	at.User = nil
	return at.String()
}
