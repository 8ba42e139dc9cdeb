package gitlabtest

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
	"go.yaml.in/yaml/v4"
)

// mostIncludes is how many files a configuration may include, in all.
const mostIncludes = 150

// lintProject answers GET /projects/{id}/ci/lint: it puts the configuration of the project together as a
// pipeline would, and tells of every file that is included on the way. Rules that make an include depend on
// variables are taken to hold.
func lintProject(c *call, x *project) (any, error) {
	l := &lint{peer: c.peer, call: c, merged: map[string]any{}}
	ref := cmp.Or(c.Given("content_ref"), c.Given("sha"))
	at := x.revision(ref)
	switch {
	case at == nil && x.head() != nil:
		return nil, notFound("Reference")
	case at == nil:
		l.fail("Please provide content of .gitlab-ci.yml")
	default:
		l.begin(x, at)
	}
	return l.result(c.flag("include_jobs", false)), nil
}

// lint is a configuration while it is put together.
type lint struct {
	peer     *Peer
	call     *call
	merged   map[string]any
	includes []any
	errors   []string
}

// place is where a file of a configuration is: local includes are looked for there.
type place struct {
	project *project
	commit  *objects.Commit
}

func (l *lint) fail(format string, args ...any) {
	l.errors = append(l.errors, fmt.Sprintf(format, args...))
}

// begin reads the file that the project names as its configuration: its own, one of another project, or one
// that is anywhere.
func (l *lint) begin(x *project, at *objects.Commit) {
	from, named := place{x, at}, cmp.Or(x.CIConfigPath, ".gitlab-ci.yml")
	if strings.HasPrefix(named, "http://") || strings.HasPrefix(named, "https://") {
		l.include(from, map[string]any{"remote": named})
		return
	}
	file, elsewhere, _ := strings.Cut(named, "@")
	if elsewhere != "" {
		project, ref, _ := strings.Cut(elsewhere, ":")
		l.include(from, map[string]any{"project": project, "file": file, "ref": cmp.Or(ref, "HEAD")})
		return
	}
	content, ok := at.Read(file)
	if !ok {
		l.fail("Please provide content of .gitlab-ci.yml")
		return
	}
	l.add(from, content)
}

// add merges a file into the configuration, after what it includes.
func (l *lint) add(from place, content string) {
	var file map[string]any
	if err := yaml.Unmarshal([]byte(afterHeader(content)), &file); err != nil {
		l.fail("Invalid configuration format: %v", err)
		return
	}
	included, _ := file["include"].([]any)
	if one := file["include"]; one != nil && included == nil {
		included = []any{one}
	}
	for _, one := range included {
		l.include(from, one)
	}
	delete(file, "include")
	blend(l.merged, file)
}

// afterHeader leaves out the header in which a component says what it takes.
func afterHeader(content string) string {
	if strings.HasPrefix(content, "spec:") {
		if _, rest, ok := strings.Cut(content, "\n---\n"); ok {
			return rest
		}
	}
	return content
}

// blend merges one configuration into another, maps inside of maps as well.
func blend(into, from map[string]any) {
	for key, value := range from {
		old, both := into[key].(map[string]any)
		if inner, ok := value.(map[string]any); both && ok {
			old = maps.Clone(old)
			blend(old, inner)
			value = old
		}
		into[key] = value
	}
}

// include takes in one entry of a list of includes, in whatever form it is written.
func (l *lint) include(from place, entry any) {
	if len(l.includes) >= mostIncludes {
		l.fail("Maximum of %d nested includes are allowed!", mostIncludes)
		return
	}
	form, ok := entry.(map[string]any)
	if text, plain := entry.(string); plain {
		form, ok = map[string]any{"local": text}, true
		if strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
			form = map[string]any{"remote": text}
		}
	}
	if !ok {
		l.fail("Each include must be a hash or a string")
		return
	}
	text := func(key string) string { s, _ := form[key].(string); return s }
	switch {
	case text("local") != "":
		l.local(from, strings.TrimPrefix(text("local"), "/"))
	case text("project") != "":
		l.project(from, text("project"), cmp.Or(text("ref"), "HEAD"), form["file"])
	case text("remote") != "":
		l.remote(from, text("remote"))
	case text("template") != "":
		l.template(from, text("template"))
	case text("component") != "":
		l.component(from, l.expand(text("component")))
	default:
		l.fail("%v does not have a valid subkey for include. Valid subkeys are: `local`, `project`, `remote`, `template`, `component`", form)
	}
}

// expand fills in the variables of the server, which are those that components are written with.
func (l *lint) expand(text string) string {
	host := strings.TrimPrefix(l.peer.URL, "http://")
	for _, name := range []string{"CI_SERVER_FQDN", "CI_SERVER_HOST"} {
		text = strings.NewReplacer("$"+name, host, "${"+name+"}", host).Replace(text)
	}
	return text
}

// note tells of a file that was included.
func (l *lint) note(from place, kind, location string, blob, raw any, extra object) {
	l.includes = append(l.includes, object{"type": kind, "location": location, "blob": blob, "raw": raw, "extra": extra,
		"context_project": from.project.fullPath(), "context_sha": from.commit.OID})
}

// links are the addresses of a file, which name its commit.
func (l *lint) links(of place, file string) (blob, raw string) {
	return l.peer.page(of.project, "/-/blob/%s/%s", of.commit.OID, file), l.peer.page(of.project, "/-/raw/%s/%s", of.commit.OID, file)
}

func (l *lint) local(from place, pattern string) {
	files := []string{pattern}
	if strings.Contains(pattern, "*") {
		files = nil
		for at, e := range from.commit.Tree.Walk("") {
			if fits, _ := doublestar.Match(pattern, at); fits && e.Blob != nil {
				files = append(files, at)
			}
		}
	}
	for _, file := range files {
		content, ok := from.commit.Read(file)
		if !ok {
			l.fail("Local file `%s` does not exist!", file)
			continue
		}
		blob, raw := l.links(from, file)
		l.note(from, "local", file, blob, raw, object{})
		l.add(from, content)
	}
}

// project includes files of another project. What they include themselves is looked for there.
func (l *lint) project(from place, name, ref string, files any) {
	name = strings.ToLower(name)
	of := l.peer.state.project(name)
	if of == nil || !l.call.readsCode(of) {
		l.fail("Project `%s` not found or access denied! Make sure any includes in the pipeline configuration are correctly defined.", name)
		return
	}
	there := place{of, of.revision(ref)}
	if there.commit == nil {
		l.fail("Project `%s` reference `%s` does not exist!", name, ref)
		return
	}
	list, many := files.([]any)
	if !many {
		list = []any{files}
	}
	for _, one := range list {
		file := strings.TrimPrefix(fmt.Sprint(one), "/")
		content, ok := there.commit.Read(file)
		if !ok {
			l.fail("Project `%s` file `%s` does not exist!", name, file)
			continue
		}
		blob, raw := l.links(there, file)
		l.note(from, "file", file, blob, raw, object{"project": name, "ref": ref})
		l.add(there, content)
	}
}

func (l *lint) remote(from place, url string) {
	content, ok := l.peer.config.Remote[url]
	if !ok {
		l.fail("Remote file `%s` could not be fetched because of HTTP code `404` error!", url)
		return
	}
	l.note(from, "remote", url, nil, url, object{})
	l.add(from, content)
}

func (l *lint) template(from place, name string) {
	content, ok := l.peer.config.Templates[name]
	switch {
	case !strings.HasSuffix(name, ".gitlab-ci.yml"):
		l.fail("Template file `%s` is not a valid location!", name)
		return
	case !ok && l.peer.config.Templates != nil:
		l.fail("Included file `%s` is empty or does not exist!", name)
		return
	}
	l.note(from, "template", name, nil, "https://gitlab.com/gitlab-org/gitlab/-/raw/master/lib/gitlab/ci/templates/"+name, object{})
	l.add(from, content)
}

// component includes a component of a catalogue, written as HOST/PROJECT/NAME@VERSION.
func (l *lint) component(from place, address string) {
	where, version, _ := strings.Cut(address, "@")
	_, where, _ = strings.Cut(where, "/")
	of := l.peer.state.project(path.Dir(where))
	if of == nil || !l.call.readsCode(of) || version == "" {
		l.fail("Component '%s' - content not found", address)
		return
	}
	there := place{of, of.release(version)}
	for _, file := range []string{"templates/" + path.Base(where) + ".yml", "templates/" + path.Base(where) + "/template.yml"} {
		if there.commit == nil {
			break
		}
		content, ok := there.commit.Read(file)
		if !ok {
			continue
		}
		blob, _ := l.links(there, file)
		l.note(from, "component", address, blob, nil, object{})
		l.add(there, content)
		return
	}
	l.fail("Component '%s' - content not found", address)
}

// release returns the commit that the version of a component stands for: ~latest and parts of versions stand
// for the newest tag that fits.
func (x *project) release(version string) *objects.Commit {
	if at := x.revision(version); at != nil {
		return at
	}
	prefix := version + "."
	if version == "~latest" {
		prefix = ""
	}
	var newest []int
	var found *objects.Commit
	for _, t := range x.git.Tags {
		if numbers := versionOf(t.Name); numbers != nil && strings.HasPrefix(t.Name, prefix) && slices.Compare(numbers, newest) > 0 {
			newest, found = numbers, t.Commit
		}
	}
	return found
}

// versionOf are the three numbers of a version; nil where a tag is none.
func versionOf(tag string) []int {
	var numbers []int
	for part := range strings.SplitSeq(tag, ".") {
		n, err := strconv.Atoi(part)
		if err != nil {
			return nil
		}
		numbers = append(numbers, n)
	}
	if len(numbers) != 3 {
		return nil
	}
	return numbers
}

// keywords of a configuration that are no jobs.
var keywords = []string{"default", "stages", "variables", "workflow", "include", "image", "services", "cache", "before_script", "after_script", "pages", "spec"}

// jobs lists the jobs of the configuration by name.
func (l *lint) jobs() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(l.merged)), func(name string) bool {
		return strings.HasPrefix(name, ".") || name != "pages" && slices.Contains(keywords, name)
	})
}

func (l *lint) result(withJobs bool) object {
	jobs := l.jobs()
	if len(l.errors) == 0 && len(jobs) == 0 {
		l.fail("jobs config should contain at least one visible job")
	}
	shown := object{"valid": len(l.errors) == 0, "errors": hosttest.List(l.errors), "warnings": []any{}, "merged_yaml": nil, "includes": nil}
	if len(l.errors) > 0 {
		if withJobs {
			shown["jobs"] = []any{}
		}
		return shown
	}
	text, err := yaml.Marshal(l.merged)
	if err != nil {
		l.peer.Report("write a merged configuration: %v", err)
	}
	shown["merged_yaml"], shown["includes"] = "---\n"+string(text), append([]any{}, l.includes...)
	if withJobs {
		shown["jobs"] = hosttest.Each(jobs, func(name string) any { return l.job(name) })
	}
	return shown
}

func (l *lint) job(name string) object {
	declared, _ := l.merged[name].(map[string]any)
	stage, _ := declared["stage"].(string)
	return object{"name": name, "stage": cmp.Or(stage, "test"), "before_script": []any{}, "script": []any{}, "after_script": []any{}, "tag_list": []any{},
		"only": nil, "except": nil, "environment": nil, "when": "on_success", "allow_failure": false, "needs": nil}
}
