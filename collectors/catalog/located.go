package catalog

import (
	"net/url"
	"path"
	"regexp"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// browsed matches the address of a folder or a file, as code hosts show it to people: the repository and the folder. The
// branch is taken for one that has no slash in its name.
var browsed = regexp.MustCompile(`^(https?://[^/]+/[^/]+/[^/]+(?:/[^/]+)*?)/(?:-/)?(?:tree|blob|src)/[^/]+(?:/(.*))?$`)

// locate reads which repository, and which folder in it, a text names: an address, with or without scheme or the folder in
// it, host:owner/name, or owner/name at the given host. Where it names none, or stands for none (n/a), the
// repository is empty.
func locate(text, host string) (repo, folder string) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), "?")
	text, _, _ = strings.Cut(text, "#")
	if strings.ContainsAny(text, " \t\n,") || strings.EqualFold(text, "n/a") {
		return "", ""
	}
	text = withHost(text, host)
	if parts := browsed.FindStringSubmatch(text); parts != nil {
		inside, err := url.PathUnescape(parts[2])
		if err != nil {
			inside = parts[2]
		}
		text, folder = parts[1], folderOf(inside)
	}
	name, ok := metrics.RepoName(text)
	if !ok || strings.Count(name, "/") < 2 {
		return "", ""
	}
	return name, folder
}

// withHost makes an address of owner/name, and of what has a host without a scheme.
func withHost(text, host string) string {
	first, rest, ok := strings.Cut(text, "/")
	switch {
	case strings.Contains(text, ":") || !ok:
		return text
	case strings.Contains(first, ".") && strings.Contains(rest, "/"):
		return "https://" + text
	}
	return "https://" + host + "/" + text
}

// folderOf is a folder as identities have it, without the slashes and dots around it.
func folderOf(folder string) string {
	return strings.Trim(path.Clean("/"+strings.TrimSpace(folder)), "/")
}
