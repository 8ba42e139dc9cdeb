package detect

import (
	"path"
	"slices"
	"strings"
)

// jobDirs lists the folders that a job works in. The empty list says nothing about it.
type jobDirs []string

// with adds a folder.
func (d jobDirs) with(dir string) jobDirs {
	if strings.Contains(dir, "${{") { // computed: may be any
		dir = "."
	}
	dir = path.Clean(strings.TrimPrefix(dir, "/"))
	if slices.Contains(d, dir) || len(d) >= maxLocals {
		return d
	}
	return append(d, dir)
}

// elsewhere reports whether every folder of the job lies outside of the component: neither the component
// itself, nor below it, nor above it.
func (d jobDirs) elsewhere(component string) bool {
	for _, dir := range d {
		if dir == "." || dir == component || strings.HasPrefix(dir, component+"/") || strings.HasPrefix(component, dir+"/") {
			return false
		}
	}
	return len(d) > 0
}

// elsewhere reports whether the step of the hit works outside of the component.
func (h jobHit) elsewhere(component string) bool {
	return component != "" && h.dir != "" && jobDirs{}.with(h.dir).elsewhere(component)
}

// leavesOut reports whether a job of the workflow has nothing to do with the component. Outside of jobs and
// of components nothing is left out.
func (d *digest) leavesOut(job int32, component string) bool {
	return component != "" && job >= 0 && int(job) < len(d.jobs) && d.jobs[job].elsewhere(component)
}

// filter is the paths: or paths-ignore: of one trigger.
type filter struct{ paths, ignore []string }

// skips reports whether the path filters of a workflow keep it from running for changes in the component:
// it has filters, and none of the triggers that changes of files set off lets the folder through.
func (d *digest) skips(component string) bool {
	if component == "" || len(d.filters) == 0 {
		return false
	}
	return !slices.ContainsFunc(d.filters, func(f filter) bool { return f.admits(component) })
}

// admits reports whether a change of some file in the folder passes the filter. Of paths the last pattern
// that speaks about the folder decides; one that begins with ! takes away what it covers as a whole.
func (f filter) admits(folder string) bool {
	for _, pattern := range f.ignore {
		if compileFilter(pattern).covers(folder) {
			return false
		}
	}
	in := len(f.paths) == 0
	for _, pattern := range f.paths {
		if negative, ok := strings.CutPrefix(pattern, "!"); ok {
			in = in && !compileFilter(negative).covers(folder)
		} else if compileFilter(pattern).enters(folder) {
			in = true
		}
	}
	return in
}

// filterPattern is a path filter of GitHub as a list of parts: * stops at slashes, ** does not, ? and +
// repeat the character before them, [] is a choice of characters.
type filterPattern []filterPart

// filterPart matches one character, or any number of them.
type filterPart struct {
	match    func(c byte) bool
	many     bool // one or more, or any number where optional
	optional bool
	any      bool // ** : everything
}

// compileFilter reads a path filter.
func compileFilter(text string) (p filterPattern) {
	text = strings.TrimPrefix(strings.TrimPrefix(text, "./"), "/")
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '*' && strings.HasPrefix(text[i:], "**"):
			i++
			p = append(p, filterPart{match: func(byte) bool { return true }, many: true, optional: true, any: true})
			if strings.HasPrefix(text[i+1:], "/") { // **/x is x too
				i++
			}
		case c == '*':
			p = append(p, filterPart{match: func(c byte) bool { return c != '/' }, many: true, optional: true})
		case c == '?' && len(p) > 0:
			p[len(p)-1].optional = true
		case c == '+' && len(p) > 0:
			p[len(p)-1].many = true
		case c == '[' && strings.IndexByte(text[i:], ']') > 1:
			end := i + strings.IndexByte(text[i:], ']')
			p = append(p, filterPart{match: charClass(text[i+1 : end])})
			i = end
		default:
			if c == '\\' && i+1 < len(text) {
				i++
				c = text[i]
			}
			p = append(p, filterPart{match: func(d byte) bool { return c == d }})
		}
	}
	return p
}

// charClass returns a test for the characters of [a-z0-9].
func charClass(set string) func(byte) bool {
	return func(c byte) bool {
		for i := 0; i < len(set); i++ {
			if i+2 < len(set) && set[i+1] == '-' {
				if set[i] <= c && c <= set[i+2] {
					return true
				}
				i += 2
			} else if set[i] == c {
				return true
			}
		}
		return false
	}
}

// after returns the positions in the pattern that can be reached by reading text, as a set.
func (p filterPattern) after(text string) []bool {
	at := make([]bool, len(p)+1)
	at[0] = true
	p.close(at)
	for i := range len(text) {
		next := make([]bool, len(p)+1)
		for j, part := range p {
			if at[j] && part.match(text[i]) {
				next[j+1] = true
				if part.many {
					next[j] = true
				}
			}
		}
		p.close(next)
		at = next
	}
	return at
}

// close adds the positions that are reached without reading anything.
func (p filterPattern) close(at []bool) {
	for j, part := range p {
		if at[j] && part.optional {
			at[j+1] = true
		}
	}
}

// enters reports whether the pattern matches the path of some file in the folder.
func (p filterPattern) enters(folder string) bool {
	at := p.after(folder + "/")
	return slices.Contains(at[:len(p)], true)
}

// covers reports whether the pattern matches the path of every file in the folder.
func (p filterPattern) covers(folder string) bool {
	at := p.after(folder + "/")
	return len(p) > 0 && p[len(p)-1].any && at[len(p)-1]
}
