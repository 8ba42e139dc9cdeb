package githubtest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/graph"
)

func repositoryFields() graph.Fields {
	return graph.Fields{
		"id":               graph.Of(func(r *repository) any { return r.nodeID() }),
		"databaseId":       graph.Of(func(r *repository) any { return r.id }),
		"name":             graph.Of(func(r *repository) any { return r.Name }),
		"nameWithOwner":    graph.Of(func(r *repository) any { return r.fullName() }),
		"owner":            graph.Of(func(r *repository) any { return r.owner }),
		"description":      graph.Of(func(r *repository) any { return hosttest.OrNull(r.Description) }),
		"isArchived":       graph.Of(func(r *repository) any { return r.Archived }),
		"archivedAt":       graph.Of(func(r *repository) any { return stamp(r.archivedAt) }),
		"isFork":           graph.Of(func(r *repository) any { return r.Fork }),
		"isTemplate":       graph.Of(func(r *repository) any { return r.Template }),
		"isPrivate":        graph.Of(func(r *repository) any { return r.private() }),
		"isEmpty":          graph.Of(func(r *repository) any { return r.head() == nil }),
		"isDisabled":       graph.Of(func(*repository) any { return false }),
		"isLocked":         graph.Of(func(*repository) any { return false }),
		"isMirror":         graph.Of(func(*repository) any { return false }),
		"visibility":       graph.Of(func(r *repository) any { return strings.ToUpper(r.Visibility) }),
		"createdAt":        graph.Of(func(r *repository) any { return stamp(r.Created) }),
		"updatedAt":        graph.Of(func(r *repository) any { return stamp(r.updated) }),
		"diskUsage":        graph.Of(func(r *repository) any { return r.size() }),
		"homepageUrl":      graph.Of(func(*repository) any { return nil }),
		"pushedAt":         graph.Of(graphPushed),
		"primaryLanguage":  graph.Of(func(r *repository) any { return hosttest.OrNull(r.language()) }),
		"defaultBranchRef": graph.Of(func(r *repository) any { return r.branchRef(r.Branch) }),
		"url":              graph.With(func(x *execution, r *repository, _ graph.Arguments) (any, error) { return x.peer.html(r, ""), nil }),
		"templateRepository": graph.With(func(x *execution, r *repository, _ graph.Arguments) (any, error) {
			return graph.Opt(x.peer.state.repos[r.templateOf]), nil
		}),
		"repositoryTopics": graph.With(graphTopics),
		"languages":        graph.With(graphLanguages),
		"object":           graph.With(graphObject),
		"ref": graph.With(func(_ *execution, r *repository, args graph.Arguments) (any, error) {
			return r.ref(args.Text("qualifiedName")), nil
		}),
		"refs":         graph.With(graphRefs),
		"pullRequests": graph.With(graphPulls),
		"pullRequest":  graph.With(graphPull),
		"codeowners":   graph.With(graphCodeowners),
		"deployments":  graph.With(graphDeployments),
		"rulesets":     graph.With(graphRulesets),
	}
}

// graphPushed is when it was last pushed to; null in an empty repository.
func graphPushed(r *repository) any {
	if r.head() == nil {
		return nil
	}
	return stamp(r.Pushed)
}

func graphTopics(_ *execution, r *repository, args graph.Arguments) (any, error) {
	var all []ranked
	for i, topic := range r.Topics {
		all = append(all, ranked{key: topic, id: int64(i), node: topic})
	}
	return connect(args, all, false)
}

// topicFields are those of a topic, and of the entry of a repository that holds it.
func topicFields() graph.Fields {
	return graph.Fields{
		"id":           graph.Of(func(topic string) any { return "RT_" + topic }),
		"name":         graph.Of(func(topic string) any { return topic }),
		"topic":        graph.Of(func(topic string) any { return topic }),
		"resourcePath": graph.Of(func(topic string) any { return "/topics/" + topic }),
		"url": graph.With(func(x *execution, topic string, _ graph.Arguments) (any, error) {
			return x.peer.URL + "/topics/" + topic, nil
		}),
	}
}

// graphLanguages lists languages, those of which there is most first where that is asked for.
func graphLanguages(_ *execution, r *repository, args graph.Arguments) (any, error) {
	by, descending := order(args)
	var all []ranked
	sum := 0
	for i, name := range slices.Sorted(maps.Keys(r.Languages)) {
		bytes := r.Languages[name]
		sum += bytes
		n := ranked{key: name, id: int64(i), node: name, edge: map[string]any{"size": bytes}}
		if by == "SIZE" {
			n.key = fmt.Sprintf("%020d", bytes)
		}
		all = append(all, n)
	}
	page, err := connect(args, all, descending)
	if err != nil {
		return nil, err
	}
	page.Extra = map[string]any{"totalSize": sum}
	return page, nil
}

func languageFields() graph.Fields {
	return graph.Fields{
		"id":    graph.Of(func(name string) any { return "LA_" + name }),
		"name":  graph.Of(func(name string) any { return name }),
		"color": graph.Of(func(string) any { return nil }),
	}
}

// graphCodeowners is what GitHub says of the CODEOWNERS file; null where there is none.
func graphCodeowners(_ *execution, r *repository, args graph.Arguments) (any, error) {
	at := r.revision(args.Text("refName"))
	if at == nil || !hasCodeowners(at.Tree) {
		return nil, nil
	}
	return r, nil
}

func codeownersFields() graph.Fields {
	return graph.Fields{"errors": graph.Of(func(r *repository) any { return hosttest.List(r.codeowners) })}
}

func codeownersErrorFields() graph.Fields {
	return graph.Fields{
		"line":       graph.Of(func(e CodeownersError) any { return e.Line }),
		"column":     graph.Of(func(e CodeownersError) any { return e.Column }),
		"kind":       graph.Of(func(e CodeownersError) any { return e.Kind }),
		"source":     graph.Of(func(e CodeownersError) any { return e.Source }),
		"suggestion": graph.Of(func(e CodeownersError) any { return hosttest.OrNull(e.Suggestion) }),
		"message":    graph.Of(func(e CodeownersError) any { return e.Message }),
		"path":       graph.Of(func(e CodeownersError) any { return e.Path }),
	}
}

// graphPulls lists pull requests.
func graphPulls(_ *execution, r *repository, args graph.Arguments) (any, error) {
	by, descending := order(args)
	states, labels := args.Words("states"), args.Words("labels")
	var all []ranked
	for _, p := range r.pulls {
		labelled := labels == nil || slices.ContainsFunc(p.Labels, func(l string) bool { return slices.Contains(labels, l) })
		base := cmp.Or(args.Text("baseRefName"), p.Base)
		head := cmp.Or(args.Text("headRefName"), p.Head)
		if (states == nil || slices.Contains(states, p.state())) && labelled && base == p.Base && head == p.Head {
			all = append(all, ranked{key: p.graphKey(by), id: p.id, node: bound{r, p}})
		}
	}
	return connect(args, all, descending)
}

func (x *pull) graphKey(by string) string {
	const sortable = "20060102150405"
	switch by {
	case "UPDATED_AT":
		return x.Updated.UTC().Format(sortable)
	case "CREATED_AT":
		return x.Created.UTC().Format(sortable)
	}
	return ""
}

func graphPull(_ *execution, r *repository, args graph.Arguments) (any, error) {
	number, _ := args.Number("number")
	for _, p := range r.pulls {
		if p.Number == number {
			return bound{r, p}, nil
		}
	}
	return nil, graph.Errorf("NOT_FOUND", "Could not resolve to a PullRequest with the number of %d.", number)
}

// bound is a pull request in its repository.
type bound struct {
	repo *repository
	pull *pull
}

func pullFields() graph.Fields {
	one := func(value func(*pull) any) graph.Field {
		return graph.Of(func(b bound) any { return value(b.pull) })
	}
	return graph.Fields{
		"id":                one(func(p *pull) any { return nodeID("PR", p.id) }),
		"databaseId":        one(func(p *pull) any { return p.id }),
		"number":            one(func(p *pull) any { return p.Number }),
		"title":             one(func(p *pull) any { return p.Title }),
		"state":             one(func(p *pull) any { return p.state() }),
		"isDraft":           one(func(p *pull) any { return p.Draft }),
		"isCrossRepository": one(func(p *pull) any { return p.Fork }),
		"closed":            one(func(p *pull) any { return p.state() != "OPEN" }),
		"merged":            one(func(p *pull) any { return p.state() == "MERGED" }),
		"createdAt":         one(func(p *pull) any { return stamp(p.Created) }),
		"updatedAt":         one(func(p *pull) any { return stamp(p.Updated) }),
		"closedAt":          one(func(p *pull) any { return stamp(p.Closed) }),
		"mergedAt":          one(func(p *pull) any { return stamp(p.Merged) }),
		"headRefName":       one(func(p *pull) any { return p.Head }),
		"baseRefName":       one(func(p *pull) any { return p.Base }),
		"repository":        graph.Of(func(b bound) any { return b.repo }),
		"mergeCommit":       graph.Of(func(b bound) any { return b.merge() }),
		"author": graph.With(func(x *execution, b bound, _ graph.Arguments) (any, error) {
			return graph.Opt(x.peer.state.accounts[strings.ToLower(b.pull.Author)]), nil
		}),
		"assignees": graph.With(func(x *execution, b bound, args graph.Arguments) (any, error) {
			var all []ranked
			for i, login := range b.pull.Assignees {
				all = append(all, ranked{id: int64(i), node: x.peer.state.accounts[strings.ToLower(login)]})
			}
			return connect(args, all, false)
		}),
		"labels": graph.With(func(_ *execution, b bound, args graph.Arguments) (any, error) {
			var all []ranked
			for i, name := range b.pull.Labels {
				all = append(all, ranked{key: name, id: int64(i), node: name})
			}
			return connect(args, all, false)
		}),
	}
}

// merge is the commit that brought a pull request in; null where it is not there.
func (b bound) merge() any {
	c := b.repo.git.Commits[b.pull.Merge]
	if c == nil {
		return nil
	}
	return gitObject{b.repo, c}
}

func labelFields() graph.Fields {
	return graph.Fields{
		"id":    graph.Of(func(name string) any { return "LA_" + name }),
		"name":  graph.Of(func(name string) any { return name }),
		"color": graph.Of(func(string) any { return "ededed" }),
	}
}
