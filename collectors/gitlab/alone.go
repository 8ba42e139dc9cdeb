package gitlab

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/metrics"
)

// readAlone finds the watched files of one project by REST. What was seen of it before in another way is seen anew.
func (s *Source) readAlone(ctx context.Context, r *reading) {
	if !r.lone {
		r.Forget()
		r.after, r.next, r.begun = "", "", false
	}
	r.sole, r.Err = true, nil
	r.Err = spent(s.alone(ctx, r))
}

func (s *Source) alone(ctx context.Context, r *reading) error {
	if !r.lone {
		if err := s.root(ctx, r); err != nil {
			return err
		}
		r.lone, r.begun = true, true
	}
	return s.files(ctx, r)
}

// firstFiles stands for the address of the first files of a project.
const firstFiles = "first"

// root finds out where the default branch of a project is.
func (s *Source) root(ctx context.Context, r *reading) error {
	x, _, err := s.client.Projects.GetProject(r.id, nil, gitlab.WithContext(ctx))
	if err == nil {
		err = identified(x)
	}
	if err == nil && !r.owns(x.ID) {
		err = errOther
	}
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
	r.next, r.told = firstFiles, 0
	return nil
}

// sequel begins the address of the files that follow by the number of their page.
const sequel = "?pagination=legacy&page="

// following is where the files go on after some that were told; "" behind the last ones. After so many as were asked for,
// and no word of it, the number of the next page finds out.
func (r *reading) following(resp *gitlab.Response, entries int) (string, error) {
	r.told += entries
	switch {
	case resp.NextLink != "":
		return resp.NextLink, nil
	case resp.NextPage == 0 && (entries < listed || tells(resp)):
		return "", nil
	case r.told%listed != 0:
		return "", errUntold
	}
	return fmt.Sprint(sequel, r.told/listed+1), nil
}

// files sees the files below the head that were not seen yet, page by page.
func (s *Source) files(ctx context.Context, r *reading) error {
	opt := &gitlab.ListTreeOptions{ListOptions: gitlab.ListOptions{Pagination: "keyset", PerPage: listed},
		Ref: gitlab.Ptr(r.Repo.Head.String()), Recursive: gitlab.Ptr(true)}
	var been trail
	for r.next != "" {
		options := []gitlab.RequestOptionFunc{gitlab.WithContext(ctx)}
		if r.next != firstFiles {
			options = append(options, gitlab.WithKeysetPaginationParameters(r.next))
		}
		entries, resp, err := s.client.Repositories.ListTree(r.id, opt, options...)
		if err != nil {
			return err
		}
		if len(entries) == 0 && !(r.bare && r.next == firstFiles) && !strings.HasPrefix(r.next, sequel) {
			return fmt.Errorf("no file below %s: %w", r.Repo.Head, errGarbled)
		}
		for _, e := range entries {
			switch {
			case e == nil || e.Type == "" || e.Path == "":
				return fmt.Errorf("a file without a path: %w", errGarbled)
			case e.Type == "blob" && regular(e.Mode):
				s.see(r, e.Path, e.ID)
			}
		}
		next, err := r.following(resp, len(entries))
		if err == nil {
			err = been.step(r.next, next, entries)
		}
		if err = errors.Join(r.Err, err); err != nil {
			return err
		}
		r.next = next
	}
	return r.Err
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
