package metrics

import (
	"slices"
	"strings"
)

// WatchSet says which files of a repository are read. Everything else is passed over.
type WatchSet struct {
	Whole    []string // globs of files whose content is read
	Presence []string // globs of files of which only the presence counts: read up to 4 KiB, to see blank ones
	Folders  []string // globs of files that only show that their folder is there: never read
}

const (
	// MaxBlob is the size in bytes above which a file is not read.
	MaxBlob = 1 << 20
	// MaxPresenceBlob is the same for files of which only the presence counts.
	MaxPresenceBlob = 4 << 10
)

// DefaultWatch returns the files that are read whatever the definitions say, so that a later definition
// finds its history in the store: pipelines of every known system, images, manifests, owners, catalogs.
func DefaultWatch() WatchSet {
	return WatchSet{Whole: append([]string{
		// pipelines
		".github/workflows/*.yml", ".github/workflows/*.yaml", "**/action.yml", "**/action.yaml",
		".gitlab-ci.yml", ".gitlab/**/*.yml", "**/*.gitlab-ci.yml",
		".circleci/config.yml", ".buildkite/*.yml", ".buildkite/*.yaml",
		".travis.yml", "appveyor.yml", ".appveyor.yml", ".drone.yml", ".woodpecker.yml", ".woodpecker/*.y*ml",
		"azure-pipelines.yml", ".azure-pipelines/*.yml", "bitbucket-pipelines.yml",
		"**/Jenkinsfile", "**/Jenkinsfile.*", ".cirrus.yml", ".semaphore/*.yml", ".teamcity/settings.kts",
		"cloudbuild.yaml", "buildspec.yml", "tekton/*.yaml", ".tekton/*.yaml", "skaffold.yaml", "Earthfile",
		// images
		"**/Dockerfile", "**/Dockerfile.*", "**/*.Dockerfile", "**/Containerfile",
		// manifests
		"**/go.mod", "**/package.json", "**/pom.xml", "**/Chart.yaml", "**/*.tf",
		// owners and catalogs
		"CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS",
	}, PortalFiles()...)}
}

// PortalFiles returns the globs of the files that software catalogs look for.
func PortalFiles() []string {
	return []string{"**/catalog-info.yaml", "**/catalog-info.yml", "**/cortex.yaml", "**/opslevel.yml", "**/port.yml"}
}

// Add puts a glob into the set: whole says that the files' content is needed.
func (w *WatchSet) Add(glob string, whole bool) {
	glob = strings.TrimPrefix(glob, "/")
	if slices.Contains(w.Whole, glob) {
		return
	}
	if whole {
		w.Presence = slices.DeleteFunc(w.Presence, func(g string) bool { return g == glob })
		w.Whole = append(w.Whole, glob)
	} else if !slices.Contains(w.Presence, glob) {
		w.Presence = append(w.Presence, glob)
	}
}

// AddFolder lets the set tell when the folders that a glob matches come and go.
func (w *WatchSet) AddFolder(glob string) {
	if glob = strings.Trim(glob, "/") + "/**"; !slices.Contains(w.Folders, glob) {
		w.Folders = append(w.Folders, glob)
	}
}

// Fingerprint identifies the set; the order of globs does not matter.
func (w WatchSet) Fingerprint() uint64 {
	parts := append(slices.Sorted(slices.Values(w.Whole)), "\x00")
	parts = append(parts, slices.Sorted(slices.Values(w.Presence))...)
	if len(w.Folders) > 0 {
		parts = append(append(parts, "\x00"), slices.Sorted(slices.Values(w.Folders))...)
	}
	return Fingerprint(parts...)
}
