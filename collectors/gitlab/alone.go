package gitlab

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// readAlone finds the watched files of one project by REST. What was seen of it before is seen anew.
func (s *Source) readAlone(ctx context.Context, r *reading) {
	r.States, r.Wanted, r.after = nil, nil, ""
	r.Err = spent(s.alone(ctx, r))
}

func (s *Source) alone(ctx context.Context, r *reading) error {
	x, _, err := s.client.Projects.GetProject(r.id, nil, gitlab.WithContext(ctx))
	if err != nil {
		return err
	}
	r.Repo.DefaultBranch = x.DefaultBranch
	if x.EmptyRepo || x.DefaultBranch == "" {
		r.Repo.Head = ""
		return nil
	}
	branch, _, err := s.client.Branches.GetBranch(r.id, x.DefaultBranch, gitlab.WithContext(ctx))
	if err != nil {
		return err
	}
	if branch.Commit == nil {
		return fmt.Errorf("the branch has no commit: %w", errGarbled)
	}
	if r.Repo.Head, err = metrics.ParseOID(branch.Commit.ID); err != nil {
		return errors.Join(errGarbled, err)
	}
	return s.files(ctx, r)
}

// files sees the files below the head, page by page.
func (s *Source) files(ctx context.Context, r *reading) error {
	opt := &gitlab.ListTreeOptions{ListOptions: gitlab.ListOptions{Pagination: "keyset", PerPage: listed},
		Ref: gitlab.Ptr(r.Repo.Head.String()), Recursive: gitlab.Ptr(true)}
	options := []gitlab.RequestOptionFunc{gitlab.WithContext(ctx)}
	for {
		entries, resp, err := s.client.Repositories.ListTree(r.id, opt, options...)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e != nil && e.Type == "blob" && regular(e.Mode) {
				s.see(r, e.Path, e.ID)
			}
		}
		if resp.NextLink == "" || r.Err != nil {
			return r.Err
		}
		options = []gitlab.RequestOptionFunc{gitlab.WithContext(ctx), gitlab.WithKeysetPaginationParameters(resp.NextLink)}
	}
}

// ownConfig is the file of the project itself in which GitLab looks for its pipeline, where that is not the usual
// one; "" where it is, and where the pipeline comes from elsewhere.
func ownConfig(repo metrics.Repo) string {
	path := repo.Properties[configPath]
	if strings.Contains(path, "@") || strings.Contains(path, "://") {
		return ""
	}
	return strings.TrimPrefix(path, "/")
}
