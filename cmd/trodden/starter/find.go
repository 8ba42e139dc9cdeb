package starter

import (
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/detect"
)

// way is a way of doing a job that shows by a file.
type way struct {
	key, title string
	globs      []string
}

// systems lists the pipeline systems that are known by their files.
func systems() []way {
	return []way{
		{"github-actions", "GitHub Actions", []string{".github/workflows/*.{yml,yaml}"}},
		{"gitlab-ci", "GitLab CI", []string{".gitlab-ci.yml"}},
		{"circleci", "CircleCI", []string{".circleci/config.yml"}},
		{"jenkins", "Jenkins", []string{"Jenkinsfile"}},
		{"travis", "Travis CI", []string{".travis.yml"}},
		{"azure-pipelines", "Azure Pipelines", []string{"azure-pipelines.yml", ".azure-pipelines/*.yml"}},
		{"buildkite", "Buildkite", []string{".buildkite/*.{yml,yaml}"}},
		{"bitbucket", "Bitbucket Pipelines", []string{"bitbucket-pipelines.yml"}},
		{"appveyor", "AppVeyor", []string{"appveyor.yml", ".appveyor.yml"}},
		{"cirrus", "Cirrus CI", []string{".cirrus.yml"}},
		{"drone", "Drone", []string{".drone.yml"}},
		{"woodpecker", "Woodpecker", []string{".woodpecker.yml", ".woodpecker/*.{yml,yaml}"}},
		{"semaphore", "Semaphore", []string{".semaphore/*.yml"}},
		{"teamcity", "TeamCity", []string{".teamcity/settings.kts"}},
		{"cloud-build", "Google Cloud Build", []string{"cloudbuild.yaml"}},
		{"codebuild", "AWS CodeBuild", []string{"buildspec.yml"}},
		{"tekton", "Tekton", []string{".tekton/*.yaml", "tekton/*.yaml"}},
	}
}

// updaters lists what keeps dependencies up to date.
func updaters() []way {
	return []way{
		{"dependabot", "Dependabot", []string{".github/dependabot.{yml,yaml}"}},
		{"renovate", "Renovate", []string{"{.github/,}{renovate.json,renovate.json5,.renovaterc,.renovaterc.json}"}},
	}
}

// watched reports whether a proposal looks at a file.
func watched(path string) bool {
	match := func(glob string) bool {
		ok, err := doublestar.Match(glob, path)
		return ok && err == nil
	}
	for _, w := range append(systems(), updaters()...) {
		if slices.ContainsFunc(w.globs, match) {
			return true
		}
	}
	return slices.ContainsFunc([]string{"**/action.{yml,yaml}", "**/*.gitlab-ci.yml", ".gitlab/**/*.yml"}, match)
}

// finds is what one clone holds.
type finds struct {
	ways      map[string]bool // keys of systems and updaters
	workflows map[string]bool // owner/name of repositories whose workflows its jobs call
	actions   map[string]bool // owner/name of repositories whose actions its steps use
	projects  map[string]bool // GitLab projects that it includes
}

// find judges the files of a clone as a scan would.
func find(files []entry, contents blobs) finds {
	job := metrics.Signal{Kind: "workflow_uses", Target: "**"}
	step := metrics.Signal{Kind: "action_uses", Target: "**"}
	include := metrics.Signal{Kind: "gitlab_include", Project: "**"}
	signals := []metrics.Signal{job, step, include}
	for _, w := range append(systems(), updaters()...) {
		signals = append(signals, w.signals()...)
	}
	set, err := detect.Compile(signals)
	if err != nil {
		return finds{} // the signals above are right, as the tests show
	}
	var watch metrics.WatchSet
	for _, s := range signals {
		detect.Watch(s, &watch)
	}
	tracker := set.Track("", detect.Host{}, watch, contents)
	for _, f := range files {
		tracker.Put(f.path, f.oid)
	}
	found := func(s metrics.Signal) metrics.Finding {
		i, _ := set.Index(s)
		return tracker.Find(i)
	}
	f := finds{ways: map[string]bool{}, workflows: used(found(job)), actions: used(found(step)), projects: included(found(include))}
	for _, w := range append(systems(), updaters()...) {
		f.ways[w.key] = slices.ContainsFunc(w.signals(), func(s metrics.Signal) bool { return found(s).Truth == metrics.Yes })
	}
	return f
}

// signals returns a signal for each glob of the way.
func (w way) signals() []metrics.Signal {
	var list []metrics.Signal
	for _, glob := range w.globs {
		list = append(list, metrics.Signal{Kind: "file", Path: glob})
	}
	return list
}

// used returns owner/name of the repositories that evidence such as "uses: acme/golden/x@v1" names.
func used(f metrics.Finding) map[string]bool {
	repos := map[string]bool{}
	for _, e := range f.Evidence {
		_, target, ok := strings.Cut(e.Text, "uses:")
		target = strings.Trim(strings.TrimSpace(target), `"'`)
		parts := strings.Split(target, "/")
		if !ok || len(parts) < 2 || strings.HasPrefix(target, ".") || strings.Contains(target, "://") {
			continue
		}
		name, _, _ := strings.Cut(parts[1], "@")
		repos[strings.ToLower(parts[0]+"/"+name)] = true
	}
	return repos
}

// included returns the projects that evidence such as "project: platform/ci" names.
func included(f metrics.Finding) map[string]bool {
	projects := map[string]bool{}
	for _, e := range f.Evidence {
		_, project, ok := strings.Cut(e.Text, "project:")
		fields := strings.FieldsFunc(project, func(r rune) bool { return strings.ContainsRune(` "',}`, r) })
		if ok && len(fields) > 0 {
			projects[strings.ToLower(fields[0])] = true
		}
	}
	return projects
}
