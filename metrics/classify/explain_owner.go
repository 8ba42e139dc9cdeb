package classify

import (
	"strings"

	"github.com/trodden/trodden/metrics"
)

// ownerEvidence returns where it stands who owns a unit at a moment: in the configuration, in CODEOWNERS and in the catalog file of
// the unit, as far as each of them means a team.
func (r *replay) ownerEvidence(repo string, u *unit, at metrics.Instant) []metrics.OwnerEvidence {
	var list []metrics.OwnerEvidence
	if team, glob := r.c.teams.configuredBy(metrics.UnitName(repo, u.component)); team != "" {
		list = append(list, metrics.OwnerEvidence{Source: metrics.OwnerConfig, Team: team, Text: glob})
	}
	if file, rule := r.codeownersRule(u.component); rule != nil {
		if team, ref := r.c.teams.first(namedIn(rule), at); team != "" {
			list = append(list, metrics.OwnerEvidence{Source: metrics.OwnerCodeowners, Team: team, File: file, Line: rule.LineNumber, Text: rule.RawPattern() + " " + ref})
		}
	}
	if file := r.catalogFile(u.component); file != "" {
		refs, line := catalogRefs(r.said.File(file))
		if team, ref := r.c.teams.first(refs, at); team != "" {
			list = append(list, metrics.OwnerEvidence{Source: metrics.OwnerCatalog, Team: team, File: file, Line: line, Text: "owner: " + ref})
		}
	}
	return list
}

// first returns the first team that references mean at a moment, and the one that does; "" where none means any. A person is not
// named.
func (t *teams) first(refs []string, at metrics.Instant) (team metrics.TeamKey, ref string) {
	for _, ref := range refs {
		for _, s := range t.resolve(ref) {
			if !s.Contains(at) {
				continue
			}
			if t.isMember(ref) {
				ref = "(one of its members)"
			}
			return s.team, ref
		}
	}
	return "", ""
}

// isMember reports whether a reference means a team only for a person that is in it.
func (t *teams) isMember(ref string) bool {
	ref = strings.ToLower(strings.TrimSpace(ref))
	_, named := t.named(ref)
	return !named && len(t.ofPerson(loginIn(lastOf(ref)), ref)) > 0
}
