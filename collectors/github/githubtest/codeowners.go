package githubtest

import (
	"net/http"
	"slices"

	"github.com/trodden/trodden/collectors/hosttest"
	"github.com/trodden/trodden/collectors/hosttest/objects"
)

// CodeownersError is a mistake that GitHub found in a CODEOWNERS file.
type CodeownersError struct {
	Line, Column int
	Kind         string
	Source       string
	Suggestion   string
	Message      string
	Path         string
}

// SetCodeownersErrors sets the mistakes of a repository's CODEOWNERS file.
func (p *Peer) SetCodeownersErrors(repo string, errors ...CodeownersError) {
	p.change(repo, func(r *repository) { r.codeowners = errors })
}

// listCodeownersErrors answers GET /repos/{owner}/{repo}/codeowners/errors; 404 where there is no such file.
func listCodeownersErrors(c *call, r *repository) (any, error) {
	at := r.revision(c.Request.URL.Query().Get("ref"))
	if at == nil || !hasCodeowners(at.Tree) {
		return nil, hosttest.Refuse(http.StatusNotFound, "Not Found")
	}
	return object{"errors": hosttest.Each(r.codeowners, func(e CodeownersError) any {
		return object{"line": e.Line, "column": e.Column, "kind": e.Kind, "source": e.Source, "suggestion": hosttest.OrNull(e.Suggestion),
			"message": e.Message, "path": e.Path}
	})}, nil
}

func hasCodeowners(t *objects.Tree) bool {
	return slices.ContainsFunc([]string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"}, func(path string) bool {
		_, ok := t.Find(path)
		return ok
	})
}
