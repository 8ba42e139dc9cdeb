package detect

import (
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

const (
	// gitlabFile is where GitLab looks for the pipeline of a project.
	gitlabFile = ".gitlab-ci.yml"
	// gitlabFileProperty is where it looks instead, if that is told: a file of the repository, one of another project
	// as FILE@GROUP/PROJECT or FILE@GROUP/PROJECT:REF, or a URL.
	gitlabFileProperty = "ci_config_path"
)

// pipelineFile is where GitLab looks for the pipeline of a repository instead of at gitlabFile: at a file of the
// repository, or elsewhere, which is an include like any other. The zero pipelineFile is gitlabFile itself.
type pipelineFile struct {
	own       string
	elsewhere include
}

// pipelineFileOf reads what the host tells of a repository.
func pipelineFileOf(host Host) (p pipelineFile) {
	told := strings.TrimSpace(host.Properties[gitlabFileProperty])
	text := clip(gitlabFileProperty + ": " + told)
	if strings.Contains(told, "://") {
		return pipelineFile{elsewhere: include{key: "remote", target: told, text: text}}
	}
	if file, project, ok := strings.Cut(told, "@"); ok && file != "" && project != "" {
		project, ref, _ := strings.Cut(project, ":")
		return pipelineFile{elsewhere: include{key: "project", target: project, version: ref, text: text}}
	}
	if own := strings.TrimPrefix(cleanGlob(told), "/"); own != gitlabFile {
		p.own = own
	}
	return p
}

// moved reports whether it is not gitlabFile.
func (p pipelineFile) moved() bool { return p != pipelineFile{} }

// interest returns the interest in a path of one tracker: where GitLab looks for the pipeline at another file, that
// begins it, and gitlabFile is none but a file that it may refer to.
func (t *Tracker) interest(path string) *interest {
	in := t.set.interest(t.unit, path)
	if !t.pipeline.moved() || path != t.pipeline.own && path != gitlabFile {
		return in
	}
	gitlab := func(i int32) bool { return t.set.signals[i].ofGitLab() }
	own := &interest{signals: slices.DeleteFunc(slices.Clone(in.signals), gitlab), node: in.node, part: in.part}
	if path == gitlabFile {
		own.node = noNode
		return own
	}
	own.node = gitlabNode
	for i := range t.set.signals {
		if t.set.signals[i].ofGitLab() {
			own.signals = append(own.signals, int32(i))
			t.states[i].covered = true
		}
	}
	return own
}

// ofGitLab reports whether the signal looks at pipelines of GitLab.
func (s signal) ofGitLab() bool { return s.kind.how == byGraph && s.kind.graph == gitlabGraph }

// begin says of a signal on pipelines of GitLab what it finds before any file is there, where the pipeline is not at
// gitlabFile: of one that lies elsewhere that is all.
func (p pipelineFile) begin(st *state, sig signal, watch metrics.WatchSet) {
	if !p.moved() || !sig.ofGitLab() {
		return
	}
	if p.own != "" {
		st.covered = covers(watch, place{pattern: p.own}, true)
		return
	}
	st.finding, st.valid = metrics.Finding{}, true
	for _, h := range sig.test.(graphTest).look(&draft{includes: []include{p.elsewhere}}).hits {
		st.finding.Truth = metrics.Yes
		st.finding.Evidence = append(st.finding.Evidence, evidence(sig.kind.Name, "", h.hit, nil))
	}
}
