package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/google/go-github/v60/github"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// readAlone finds the watched files of one repository by REST, which tells of all folders in one answer, unless
// there are too many. What was seen of it before in another way is seen anew.
func (s *Source) readAlone(ctx context.Context, r *reading) {
	if !r.lone {
		r.Forget()
		r.nested, r.begun = nil, false
	}
	r.sole, r.Err = true, nil
	r.Err = s.alone(ctx, r)
}

func (s *Source) alone(ctx context.Context, r *reading) error {
	if !r.lone {
		if err := s.root(ctx, r); err != nil {
			return err
		}
		r.lone, r.begun = true, true
	}
	for n := len(r.nested); n > 0; n = len(r.nested) {
		folder := r.nested[n-1]
		below, err := s.descend(ctx, r, folder)
		if err != nil {
			return err
		}
		r.nested = append(r.nested[:n-1], below...)
	}
	return nil
}

// root finds out where the tree of a repository begins.
func (s *Source) root(ctx context.Context, r *reading) error {
	repo, _, err := s.client.Repositories.Get(ctx, r.owner, r.name)
	if err != nil {
		return err
	}
	if repo.ID == nil {
		return fmt.Errorf("a repository without an id: %w", errGarbled)
	}
	if err := s.other(r, repo.ID); err != nil {
		return err
	}
	r.asked = r.asked && r.Repo.DefaultBranch == repo.GetDefaultBranch()
	r.Repo.DefaultBranch = repo.GetDefaultBranch()
	if repo.PushedAt == nil && repo.GetSize() == 0 { // nothing was ever pushed to it
		r.Repo.Head = ""
		return nil
	}
	if err := s.findHead(ctx, r); err != nil || r.Repo.Head == "" {
		return err
	}
	r.nested = []subtree{{OID: r.Repo.Head.String()}}
	return nil
}

// findHead asks for the head of the default branch, once.
func (s *Source) findHead(ctx context.Context, r *reading) error {
	if r.asked {
		return nil
	}
	head, err := s.headOf(ctx, r)
	r.asked = err == nil
	if err == nil {
		r.Repo.Head = head
	}
	return err
}

// headOf asks for the head of the default branch; "" where the repository is empty.
func (s *Source) headOf(ctx context.Context, r *reading) (metrics.OID, error) {
	ref, _, err := s.client.Git.GetRef(ctx, r.owner, r.name, "heads/"+r.Repo.DefaultBranch)
	if status(err) == http.StatusConflict {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	head, err := metrics.ParseOID(ref.GetObject().GetSHA())
	if err != nil {
		return "", errors.Join(errGarbled, err)
	}
	return head, nil
}

// descend sees everything below a folder. Where one answer does not hold it all, it sees what is in it, and returns the
// folders that are.
func (s *Source) descend(ctx context.Context, r *reading, folder subtree) (below []subtree, err error) {
	all, _, err := s.client.Git.GetTree(ctx, r.owner, r.name, folder.OID, true)
	if err == nil && all.SHA == nil {
		err = fmt.Errorf("a tree without an id: %w", errGarbled)
	}
	if err != nil {
		return nil, err
	}
	if !all.GetTruncated() {
		return nil, s.entries(r, folder.Path, all, nil)
	}
	flat, _, err := s.client.Git.GetTree(ctx, r.owner, r.name, folder.OID, false)
	if err == nil && flat.SHA == nil {
		err = fmt.Errorf("a folder without an id: %w", errGarbled)
	}
	if err != nil {
		return nil, err
	}
	if flat.GetTruncated() {
		return nil, &collectors.ReadError{Reason: metrics.ReasonTooLarge, Err: fmt.Errorf("the folder /%s has too many entries to be listed", folder.Path)}
	}
	err = s.entries(r, folder.Path, flat, func(path, sha string) { below = append(below, subtree{path, sha}) })
	return below, err
}

// entries sees the files of an answer, and calls into for its folders where it is given.
func (s *Source) entries(r *reading, path string, t *github.Tree, into func(path, sha string)) error {
	for _, e := range t.Entries {
		at := path + e.GetPath()
		if e.GetType() == "tree" && into != nil {
			into(at+"/", e.GetSHA())
			continue
		}
		mode, err := strconv.ParseInt(e.GetMode(), 8, 32)
		if err != nil {
			return fmt.Errorf("mode of %s: %w", at, errGarbled)
		}
		s.see(r, at, &entry{Type: e.GetType(), Mode: int(mode), OID: e.GetSHA(), Size: e.GetSize()})
	}
	return r.Err
}
