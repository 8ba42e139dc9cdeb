package git

import "bytes"

// mergedBranch returns the branch that a merge says it brought, by the first line that git and the code hosts give
// merges; "" where it says none. An owner that stands before the branch's name is not part of it.
func mergedBranch(message []byte) string {
	line, _, _ := bytes.Cut(message, []byte{'\n'})
	for _, form := range []struct {
		begin, from string
		owned       bool
		end         byte
	}{
		{"Merge pull request #", " from ", true, ' '},              // GitHub
		{"Merge branch '", "", false, '\''},                        // git, GitLab
		{"Merge remote-tracking branch 'origin/", "", false, '\''}, // git
		{"Merged in ", "", false, ' '},                             // Bitbucket
		{"Merged PR ", ": Merge ", false, ' '},                     // Azure DevOps
	} {
		rest, found := bytes.CutPrefix(line, []byte(form.begin))
		if found && form.from != "" {
			_, rest, found = bytes.Cut(rest, []byte(form.from))
		}
		if found && form.owned {
			_, rest, found = bytes.Cut(rest, []byte{'/'})
		}
		if !found {
			continue
		}
		if end := bytes.IndexByte(rest, form.end); end >= 0 {
			rest = rest[:end]
		}
		return string(rest[:min(len(rest), maxName)])
	}
	return ""
}
