package dashboards

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/trodden/trodden/metrics/query"
)

// HostKind says how a code host addresses what it shows.
type HostKind int

// The kinds of hosts whose pages are known.
const (
	GitHub HostKind = iota + 1
	GitLab
)

// hosted says of a repository where its host shows it; "" where that is not known.
func (p *Pages) hosted(repo string) (page string, kind HostKind) {
	host, path, ok := strings.Cut(repo, "/")
	if !ok || path == "" || host == "local" {
		return "", 0
	}
	kind = map[string]HostKind{"github.com": GitHub, "gitlab.com": GitLab}[host]
	if p.Hosts != nil {
		if configured, known := p.Hosts()[host]; known {
			kind = configured
		}
	}
	if kind == 0 {
		return "", 0
	}
	return "https://" + host + escaped(path), kind
}

// escaped is a path as it stands in an address, with a slash before it.
func escaped(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i] = url.PathEscape(part)
	}
	return "/" + strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "/")
}

// line returns where a host shows a line of a file, as it was in a commit; the file for line 0, "" where that is not known.
func (p *Pages) line(repo, commit, file string, line int) string {
	page, kind := p.hosted(repo)
	if page == "" || commit == "" || file == "" {
		return ""
	}
	if kind == GitLab {
		page += "/-"
	}
	page += "/blob/" + commit + escaped(file)
	if line > 0 {
		page += "#L" + strconv.Itoa(line)
	}
	return page
}

// run returns where a host shows a run; "" where that is not known.
func (p *Pages) run(repo string, r query.RunRef) string {
	page, kind := p.hosted(repo)
	switch kind {
	case GitHub:
		return page + "/actions/runs/" + strconv.FormatUint(r.ID, 10) + "/attempts/" + strconv.Itoa(max(int(r.Attempt), 1))
	case GitLab:
		return page + "/-/pipelines/" + strconv.FormatUint(r.ID, 10)
	}
	return ""
}

// change returns where a host shows a proposed change; "" where that is not known.
func (p *Pages) change(repo string, number uint64) string {
	page, kind := p.hosted(repo)
	switch kind {
	case GitHub:
		return page + "/pull/" + strconv.FormatUint(number, 10)
	case GitLab:
		return page + "/-/merge_requests/" + strconv.FormatUint(number, 10)
	}
	return ""
}

// deployments returns where a host shows what was deployed from a repository; "" where that is not known.
func (p *Pages) deployments(repo string) string {
	page, kind := p.hosted(repo)
	switch kind {
	case GitHub:
		return page + "/deployments"
	case GitLab:
		return page + "/-/environments"
	}
	return ""
}

// commit returns where a host shows a commit; "" where that is not known.
func (p *Pages) commit(repo, commit string) string {
	page, kind := p.hosted(repo)
	if page == "" || commit == "" {
		return ""
	}
	if kind == GitLab {
		page += "/-"
	}
	return page + "/commit/" + commit
}

// committed is a cell that leads to a commit, where its host is known.
func (p *Pages) committed(repo, commit string) cell {
	return cell{Text: short(commit), Href: p.commit(repo, commit), Code: true}
}
