package classify

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// pulls finds the proposed change behind a landed commit: its merge, the one commit that it was squashed into, or the
// last of those that were rebased.
type pulls map[metrics.OID]*metrics.Pull

func newPulls(list []metrics.Pull) pulls {
	if len(list) == 0 {
		return nil
	}
	found := make(pulls, len(list))
	for i := range list {
		for _, oid := range []metrics.OID{list[i].MergeCommit, list[i].Squash} {
			if oid != "" {
				found[oid] = &list[i]
			}
		}
	}
	return found
}

// pullAt returns the proposed change that landed at a position, or nil.
func (b *branch) pullAt(pos int) *metrics.Pull {
	if pos < 0 || b.sighted(pos) {
		return nil
	}
	return b.pulls[b.commits[pos][0].OID]
}

// ofCampaign reports whether a step landed from a branch, or with a label, that is configured to be a campaign's.
func (h *history) ofCampaign(s *step) bool {
	if s.pos < 0 {
		return false
	}
	if h.c.campaignBranch(h.branch.commits[s.pos][0].Branch) {
		return true
	}
	pull := h.branch.pullAt(s.pos)
	return pull != nil && (h.c.campaignBranch(pull.HeadBranch) || slices.ContainsFunc(pull.Labels, h.c.campaignLabel))
}

func (c *Classifier) campaignBranch(name string) bool {
	return name != "" && matchAny(c.defs.Campaigns.Branches, name)
}

// campaignLabel compares labels as hosts do, ignoring case.
func (c *Classifier) campaignLabel(name string) bool {
	return slices.ContainsFunc(c.defs.Campaigns.Labels, func(label string) bool { return strings.EqualFold(label, name) })
}
