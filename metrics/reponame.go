package metrics

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// RepoName returns the identity of the repository behind a remote URL: host/owner/name, lower case, without
// scheme, user, port and ".git". It understands URLs and the scp-like form (git@host:owner/name). A file
// path is no identity, and neither is what could not be a part of an address: ok is false.
func RepoName(remote string) (name string, ok bool) {
	remote = strings.TrimSpace(remote)
	host, path := splitRemote(remote)
	parts := strings.FieldsFunc(strings.TrimSuffix(strings.Trim(path, "/"), ".git"), func(r rune) bool { return r == '/' })
	if host == "" || len(parts) == 0 {
		return "", false
	}
	for _, part := range append([]string{host}, parts...) {
		if part == "." || part == ".." || !utf8.ValidString(part) || strings.ContainsFunc(part, steers) {
			return "", false
		}
	}
	return strings.ToLower(host + "/" + strings.Join(parts, "/")), true
}

// steers reports whether a rune is no letter or sign but does something to others.
func steers(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }

// SplitUnitName cuts the name of a unit, as people write it, into the identity of its repository and the component:
// what UnitName makes, a remote URL with or without //FOLDER behind it, or the end of a name, in any case of letters.
func SplitUnitName(name string) (repo, component string) {
	scheme, rest, isURL := strings.Cut(strings.TrimSpace(name), "://")
	if !isURL {
		scheme, rest = "", scheme
	}
	remote, component, _ := strings.Cut(rest, "//")
	component = strings.Trim(component, "/")
	if isURL {
		remote = scheme + "://" + remote
	}
	if repo, ok := RepoName(remote); ok {
		return repo, component
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(remote, "/"), ".git")), component
}

// splitRemote cuts a remote URL into host and path; the host is empty for a file path.
func splitRemote(remote string) (host, path string) {
	if scheme, _, found := strings.Cut(remote, "://"); found {
		if u, err := url.Parse(remote); err == nil && scheme != "file" {
			return u.Hostname(), u.Path
		}
		return "", ""
	}
	host, path, found := strings.Cut(remote, ":")
	if !found || strings.ContainsAny(host, `/\`) || len(host) == 1 { // a path, or a drive letter
		return "", ""
	}
	if _, after, at := strings.Cut(host, "@"); at {
		host = after
	}
	return host, path
}
