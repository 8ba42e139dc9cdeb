package gitlab

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/present"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Lacks returns what the parts take that are wanted and that the host does not show, by their names. Each of them is asked
// for with one request, those of projects of one that stands for all. It fails where the host does not answer.
func (s *Source) Lacks(ctx context.Context, repo metrics.Repo) (map[string]string, error) {
	lacks := map[string]string{}
	for _, l := range s.partLooks(number(repo)) {
		refuses, err := s.denies(ctx, l.path)
		if err != nil {
			return lacks, err
		}
		if refuses {
			lacks[l.Name] = l.Needs
		}
	}
	if !s.config.Parts.Policies || number(repo) == 0 {
		return lacks, nil
	}
	hidden, err := s.hidesPolicies(ctx, repo)
	if hidden {
		lacks[policiesTopic.Name] = policiesTopic.Needs
	}
	return lacks, err
}

// hidesPolicies reports whether the host does not show who asks what runs in a project of its own accord. A GitLab that has
// no policies hides none.
func (s *Source) hidesPolicies(ctx context.Context, repo metrics.Repo) (bool, error) {
	r := &reading{Reading: present.Reading{Job: collectors.Job{Repo: repo}}, id: number(repo)}
	for way, as := range questions {
		b := newBatch()
		alias := b.add([]*reading{r}, as.fields)
		got, err := s.ask(ctx, b.text(), b.variables)
		switch {
		case errors.Is(err, errNoField) && s.askOlder(int32(way), err):
			continue
		case errors.Is(err, errNoField):
			return false, nil
		case err != nil:
			return false, s.unanswered(ctx, err)
		}
		node, place := got.Data[alias].of(r)
		if node == nil {
			return denied(got.why(alias, place)), nil
		}
		return node.hidden(as), nil
	}
	return false, nil
}

// partLook is how one finds out whether a part is shown.
type partLook struct {
	present.Topic
	path string
}

// partLooks lists the parts that are wanted and that REST shows.
func (s *Source) partLooks(project int) (list []partLook) {
	wants := s.config.Parts
	add := func(wanted bool, t present.Topic, path string) {
		if wanted {
			list = append(list, partLook{t, path})
		}
	}
	if group := s.config.Group; group != "" {
		add(wants.Teams, groupsTopic, "groups/"+url.PathEscape(group)+"/members")
	}
	if project != 0 {
		at := fmt.Sprintf("projects/%d", project)
		add(wants.Runs, runsTopic, at+"/pipelines")
		add(wants.Pulls, mergesTopic, at+"/merge_requests")
		add(wants.Deployments, deploymentsTopic, at+"/deployments")
	}
	return list
}

// denies reports whether the host refuses something to who asks.
func (s *Source) denies(ctx context.Context, path string) (bool, error) {
	var some json.RawMessage
	_, err := s.get(ctx, path, struct {
		PerPage int `url:"per_page"`
	}{1}, &some)
	switch {
	case err == nil:
		return false, nil
	case denied(err):
		return true, nil
	}
	return false, s.unanswered(ctx, err)
}

// unanswered is the error of a question that the host did not answer, in words for people.
func (s *Source) unanswered(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(spent(err), collectors.ErrSpent) {
		return spent(err)
	}
	return quota.Say(fmt.Sprintf("ask %s: %s", s.host, words(err)), err)
}
