package metrics

import "strings"

// Wildcard reports whether the pattern means the whole of one of the names, ignoring case. Only * (any
// text) and ? (one byte) are special: brackets are not, since bots have them in their names.
func Wildcard(pattern string, names ...string) bool {
	pattern = strings.ToLower(pattern)
	for _, name := range names {
		if wildcard(pattern, strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// wildcard matches greedily and goes back to the last * only, so that it takes at most len(pattern) times
// len(name) steps.
func wildcard(pattern, name string) bool {
	p, n, star, mark := 0, 0, -1, 0
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p++
			n++
		case star >= 0:
			mark++
			p, n = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
