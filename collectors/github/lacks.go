package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Lacks returns what the parts take that are wanted and that the host does not show, by their names. An App has been told
// what it may see; else each of them is asked for with one request, those of repositories of one that stands for all. It
// fails where the host does not answer.
func (s *Source) Lacks(ctx context.Context, repo metrics.Repo) (map[string]string, error) {
	lacks := map[string]string{}
	allowed, told := map[string]string(nil), false
	if s.config.Signer != nil {
		allowed, told = s.config.Signer.Permissions()
	}
	for _, l := range s.looks(repo) {
		denied := allowed[l.permission] == ""
		if !told {
			var err error
			if denied, err = s.denies(ctx, l.path); err != nil {
				return lacks, err
			}
		}
		if denied {
			lacks[l.Name] = l.Needs
		}
	}
	return lacks, nil
}

// partLook is how one finds out whether a part is shown.
type partLook struct {
	part
	path string
}

// looks lists the parts that are wanted, as far as they can be looked at.
func (s *Source) looks(repo metrics.Repo) (list []partLook) {
	wants := s.config.Parts
	add := func(wanted bool, p part, path string) {
		if wanted {
			list = append(list, partLook{p, path})
		}
	}
	if org := s.config.Org; org != "" {
		add(wants.Teams, teamsPart, "orgs/"+org+"/teams")
		add(wants.Policies, policiesPart, "orgs/"+org+"/rulesets")
	}
	if owner, name := s.split(repo); name != "" {
		at := "repos/" + owner + "/" + name
		add(wants.Runs, runsPart, at+"/actions/runs")
		add(wants.Pulls, pullsPart, at+"/pulls")
		add(wants.Deployments, deploymentsPart, at+"/deployments")
	}
	return list
}

// denies reports whether the host refuses something to who asks.
func (s *Source) denies(ctx context.Context, path string) (bool, error) {
	var some json.RawMessage
	err := s.rest(ctx, path+"?per_page=1", &some)
	switch {
	case err == nil:
		return false, nil
	case denied(err):
		return true, nil
	case ctx.Err() != nil || errors.Is(err, collectors.ErrSpent):
		return false, err
	}
	return false, quota.Say(fmt.Sprintf("ask %s: %s", s.host, words(err)), err)
}
