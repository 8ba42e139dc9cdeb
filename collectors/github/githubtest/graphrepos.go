package githubtest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

func repositoryFields() resolvers {
	return resolvers{
		"id":               of(func(r *repository) any { return r.nodeID() }),
		"databaseId":       of(func(r *repository) any { return r.id }),
		"name":             of(func(r *repository) any { return r.Name }),
		"nameWithOwner":    of(func(r *repository) any { return r.fullName() }),
		"owner":            of(func(r *repository) any { return r.owner }),
		"description":      of(func(r *repository) any { return orNull(r.Description) }),
		"isArchived":       of(func(r *repository) any { return r.Archived }),
		"archivedAt":       of(func(r *repository) any { return stamp(r.archivedAt) }),
		"isFork":           of(func(r *repository) any { return r.Fork }),
		"isTemplate":       of(func(r *repository) any { return r.Template }),
		"isPrivate":        of(func(r *repository) any { return r.private() }),
		"isEmpty":          of(func(r *repository) any { return r.head() == nil }),
		"isDisabled":       of(func(*repository) any { return false }),
		"isLocked":         of(func(*repository) any { return false }),
		"isMirror":         of(func(*repository) any { return false }),
		"visibility":       of(func(r *repository) any { return strings.ToUpper(r.Visibility) }),
		"createdAt":        of(func(r *repository) any { return stamp(r.Created) }),
		"updatedAt":        of(func(r *repository) any { return stamp(r.updated) }),
		"diskUsage":        of(func(r *repository) any { return r.size() }),
		"homepageUrl":      of(func(*repository) any { return nil }),
		"pushedAt":         of(graphPushed),
		"primaryLanguage":  of(func(r *repository) any { return orNull(r.language()) }),
		"defaultBranchRef": of(func(r *repository) any { return r.branchRef(r.Branch) }),
		"url":              with(func(x *execution, r *repository, _ arguments) (any, error) { return x.peer.html(r, ""), nil }),
		"templateRepository": with(func(x *execution, r *repository, _ arguments) (any, error) {
			return opt(x.peer.state.repos[r.templateOf]), nil
		}),
		"repositoryTopics": with(graphTopics),
		"languages":        with(graphLanguages),
		"object":           with(graphObject),
		"ref": with(func(_ *execution, r *repository, args arguments) (any, error) {
			return r.ref(args.text("qualifiedName")), nil
		}),
		"refs":         with(graphRefs),
		"pullRequests": with(graphPulls),
		"pullRequest":  with(graphPull),
		"codeowners":   with(graphCodeowners),
		"deployments":  with(graphDeployments),
		"rulesets":     with(graphRulesets),
	}
}

// graphPushed is when it was last pushed to; null in an empty repository.
func graphPushed(r *repository) any {
	if r.head() == nil {
		return nil
	}
	return stamp(r.Pushed)
}

func graphTopics(_ *execution, r *repository, args arguments) (any, error) {
	var all []ranked
	for i, topic := range r.Topics {
		all = append(all, ranked{key: topic, id: int64(i), node: topic})
	}
	return args.connect(all, false)
}

// topicFields are those of a topic, and of the entry of a repository that holds it.
func topicFields() resolvers {
	return resolvers{
		"id":           of(func(topic string) any { return "RT_" + topic }),
		"name":         of(func(topic string) any { return topic }),
		"topic":        of(func(topic string) any { return topic }),
		"resourcePath": of(func(topic string) any { return "/topics/" + topic }),
		"url": with(func(x *execution, topic string, _ arguments) (any, error) {
			return x.peer.URL + "/topics/" + topic, nil
		}),
	}
}

// graphLanguages lists languages, those of which there is most first where that is asked for.
func graphLanguages(_ *execution, r *repository, args arguments) (any, error) {
	by, descending := args.order()
	var all []ranked
	sum := 0
	for i, name := range sorted(r.Languages) {
		bytes := r.Languages[name]
		sum += bytes
		n := ranked{key: name, id: int64(i), node: name, edge: map[string]any{"size": bytes}}
		if by == "SIZE" {
			n.key = fmt.Sprintf("%020d", bytes)
		}
		all = append(all, n)
	}
	page, err := args.connect(all, descending)
	if err != nil {
		return nil, err
	}
	page.extra = map[string]any{"totalSize": sum}
	return page, nil
}

func languageFields() resolvers {
	return resolvers{
		"id":    of(func(name string) any { return "LA_" + name }),
		"name":  of(func(name string) any { return name }),
		"color": of(func(string) any { return nil }),
	}
}

// graphCodeowners is what GitHub says of the CODEOWNERS file; null where there is none.
func graphCodeowners(_ *execution, r *repository, args arguments) (any, error) {
	at := r.revision(args.text("refName"))
	if at == nil || !hasCodeowners(at.tree) {
		return nil, nil
	}
	return r, nil
}

func codeownersFields() resolvers {
	return resolvers{"errors": of(func(r *repository) any { return list(r.codeowners) })}
}

func codeownersErrorFields() resolvers {
	return resolvers{
		"line":       of(func(e CodeownersError) any { return e.Line }),
		"column":     of(func(e CodeownersError) any { return e.Column }),
		"kind":       of(func(e CodeownersError) any { return e.Kind }),
		"source":     of(func(e CodeownersError) any { return e.Source }),
		"suggestion": of(func(e CodeownersError) any { return orNull(e.Suggestion) }),
		"message":    of(func(e CodeownersError) any { return e.Message }),
		"path":       of(func(e CodeownersError) any { return e.Path }),
	}
}

// graphPulls lists pull requests.
func graphPulls(_ *execution, r *repository, args arguments) (any, error) {
	by, descending := args.order()
	states, labels := args.words("states"), args.words("labels")
	var all []ranked
	for _, p := range r.pulls {
		labelled := labels == nil || slices.ContainsFunc(p.Labels, func(l string) bool { return slices.Contains(labels, l) })
		base := cmp.Or(args.text("baseRefName"), p.Base)
		head := cmp.Or(args.text("headRefName"), p.Head)
		if (states == nil || slices.Contains(states, p.state())) && labelled && base == p.Base && head == p.Head {
			all = append(all, ranked{key: p.graphKey(by), id: p.id, node: bound{r, p}})
		}
	}
	return args.connect(all, descending)
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

func graphPull(_ *execution, r *repository, args arguments) (any, error) {
	number, _ := args.number("number")
	for _, p := range r.pulls {
		if p.Number == number {
			return bound{r, p}, nil
		}
	}
	return nil, graphFail("NOT_FOUND", "Could not resolve to a PullRequest with the number of %d.", number)
}

// bound is a pull request in its repository.
type bound struct {
	repo *repository
	pull *pull
}

func pullFields() resolvers {
	one := func(value func(*pull) any) func(*execution, any, arguments) (any, error) {
		return of(func(b bound) any { return value(b.pull) })
	}
	return resolvers{
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
		"repository":        of(func(b bound) any { return b.repo }),
		"mergeCommit":       of(func(b bound) any { return b.merge() }),
		"author": with(func(x *execution, b bound, _ arguments) (any, error) {
			return opt(x.peer.state.accounts[strings.ToLower(b.pull.Author)]), nil
		}),
		"assignees": with(func(x *execution, b bound, args arguments) (any, error) {
			var all []ranked
			for i, login := range b.pull.Assignees {
				all = append(all, ranked{id: int64(i), node: x.peer.state.accounts[strings.ToLower(login)]})
			}
			return args.connect(all, false)
		}),
		"labels": with(func(_ *execution, b bound, args arguments) (any, error) {
			var all []ranked
			for i, name := range b.pull.Labels {
				all = append(all, ranked{key: name, id: int64(i), node: name})
			}
			return args.connect(all, false)
		}),
	}
}

// merge is the commit that brought a pull request in; null where it is not there.
func (b bound) merge() any {
	c := b.repo.commits[b.pull.Merge]
	if c == nil {
		return nil
	}
	return gitObject{b.repo, c}
}

func labelFields() resolvers {
	return resolvers{
		"id":    of(func(name string) any { return "LA_" + name }),
		"name":  of(func(name string) any { return name }),
		"color": of(func(string) any { return "ededed" }),
	}
}
