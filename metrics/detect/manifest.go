package detect

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// manifestKind returns a kind over the dependencies that manifests declare. Manifests in the folders of
// package managers are somebody else's.
func manifestKind(name, help, what string, globs []string, read func(string) ([]entry, []flaw), escapes ...string) Kind {
	return Kind{
		Name: name, Main: "name", Whole: true, Help: help, Keys: dependencyKeys(what),
		how: byFile, foreign: true, files: fixedFiles(globs...),
		compile: compileEntry, judge: judgeEntries(read), skip: skipEntries(escapes...),
	}
}

// foreign reports whether a path lies in a folder that a package manager fills.
func foreign(path string) bool {
	for _, name := range []string{"node_modules", "vendor", ".terraform", "bower_components"} {
		if i := strings.Index(path, name+"/"); i == 0 || i > 0 && path[i-1] == '/' {
			return true
		}
	}
	return false
}

// npmKind is the signal that an npm package depends on another.
func npmKind() Kind {
	return manifestKind("npm_dependency", "a package.json depends on a package, in whatever role",
		"the package, such as @acme/*", []string{"**/package.json"}, readPackageJSON, `\`)
}

// mavenKind is the signal that a Maven project has a parent.
func mavenKind() Kind {
	k := manifestKind("maven_parent", "a pom.xml has a parent",
		"groupId:artifactId of the parent", []string{"**/pom.xml"}, readPOM)
	k.skip = func(content string, _ any) bool { return !strings.Contains(content, "parent") }
	return k
}

// helmKind is the signal that a Helm chart depends on another.
func helmKind() Kind {
	return manifestKind("helm_dependency", "a Chart.yaml depends on a chart",
		"the chart: its name, or repository/name", []string{"**/Chart.yaml"}, readChart, yamlEscapes...)
}

// dependencyRoles are the keys of a package.json that declare dependencies.
var dependencyRoles = []string{"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"}

// readPackageJSON reads the dependencies of a package.json, with the line of each.
func readPackageJSON(content string) ([]entry, []flaw) {
	if blank(content) {
		return nil, nil
	}
	r := &jsonReader{content: strings.TrimPrefix(content, "\uFEFF"), line: 1}
	r.dec = json.NewDecoder(strings.NewReader(r.content))
	if err := r.read(); err != nil {
		at := min(int(r.dec.InputOffset()), len(r.content)) // behind the last good token
		at += len(r.content[at:]) - len(strings.TrimLeft(r.content[at:], " \t\r\n"))
		line, column := lineAt(r.content, at)
		return nil, []flaw{{line, column, clip("parse JSON: " + err.Error())}}
	}
	return r.entries, nil
}

// jsonReader goes through a package.json token by token.
type jsonReader struct {
	content string
	dec     *json.Decoder
	entries []entry
	line    int // on which offset lies
	offset  int
}

// read reads the whole file.
func (r *jsonReader) read() error {
	role, depth := "", 0 // the top-level key that is open
	key := true          // whether the next text of the top level, or of an open role, is a key
	name := ""
	for {
		token, err := r.dec.Token()
		if errors.Is(err, io.EOF) && depth == 0 {
			return nil
		} else if err != nil {
			return err
		}
		inRole := depth == 2 && slices.Contains(dependencyRoles, role)
		switch token := token.(type) {
		case json.Delim:
			if token == '{' || token == '[' {
				depth++
				key = token == '{'
			} else {
				depth--
				key = true
			}
			continue
		case string:
			if key && depth == 1 {
				role, key = token, false
				continue
			}
			if key && inRole {
				name, key = token, false
				r.advance()
				continue
			}
			if inRole {
				r.add(name, token)
			}
		}
		key = true
	}
}

// advance counts the lines up to where the decoder is.
func (r *jsonReader) advance() {
	to := min(int(r.dec.InputOffset()), len(r.content))
	r.line += strings.Count(r.content[r.offset:to], "\n")
	r.offset = to
}

// add notes a dependency. Of one under another name (npm:@acme/kit@^1) both names count.
func (r *jsonReader) add(name, version string) {
	if len(r.entries) >= maxEntries {
		return
	}
	e := entry{names: []string{name}, version: version, line: r.line, text: `"` + name + `": "` + version + `"`}
	if alias, ok := strings.CutPrefix(version, "npm:"); ok {
		if at := strings.LastIndexByte(alias, '@'); at > 0 {
			alias = alias[:at]
		}
		e.names = append(e.names, alias)
	}
	r.entries = append(r.entries, e)
}

// readPOM reads the parent of a Maven project.
func readPOM(content string) ([]entry, []flaw) {
	if blank(content) {
		return nil, nil
	}
	dec := xml.NewDecoder(strings.NewReader(content))
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	var path []string
	parent := map[string]string{}
	line := 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			line, column := dec.InputPos()
			return nil, []flaw{{line, column, clip("parse XML: " + err.Error())}}
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			if slices.Equal(path, []string{"project", "parent"}) && line == 0 {
				line, _ = dec.InputPos()
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(path) == 3 && path[0] == "project" && path[1] == "parent" {
				parent[path[2]] += string(token)
			}
		}
	}
	return parentEntry(parent, line), nil
}

// parentEntry returns the parent of a Maven project as an entry.
func parentEntry(parent map[string]string, line int) []entry {
	group, artifact := strings.TrimSpace(parent["groupId"]), strings.TrimSpace(parent["artifactId"])
	if group == "" && artifact == "" {
		return nil
	}
	name, version := group+":"+artifact, strings.TrimSpace(parent["version"])
	return []entry{{names: []string{name}, version: version, line: line, text: strings.TrimSuffix(name+":"+version, ":")}}
}

// readChart reads the dependencies of a Helm chart.
func readChart(content string) ([]entry, []flaw) {
	file, flaws := parseYAML(content)
	var entries []entry
	for _, root := range file.docs {
		for _, list := range file.values(root, "dependencies") {
			for item := range file.items(list) {
				for key, value := range file.values(item, "name") {
					name := scalar(value)
					e := entry{names: []string{name}, version: file.text(item, "version"), line: key.Line, text: "name: " + name}
					if repository := file.text(item, "repository"); repository != "" {
						e.names = append(e.names, strings.TrimSuffix(repository, "/")+"/"+name)
						e.text += ", repository: " + repository
					}
					if name != "" && len(entries) < maxEntries {
						entries = append(entries, e)
					}
				}
			}
		}
	}
	return bounded(file, entries, flaws)
}
