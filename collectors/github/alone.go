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
// there are too many. What was seen of it before is seen anew.
func (s *Source) readAlone(ctx context.Context, r *reading) {
	r.States, r.Wanted, r.nested, r.Err = nil, nil, nil, nil
	r.Err = s.alone(ctx, r)
}

func (s *Source) alone(ctx context.Context, r *reading) error {
	repo, _, err := s.client.Repositories.Get(ctx, r.owner, r.name)
	if err != nil {
		return err
	}
	if id := s.hostID(repo.ID); id != "" && r.Repo.HostID != "" && id != r.Repo.HostID {
		return errTaken
	}
	r.Repo.DefaultBranch, r.Repo.Head = repo.GetDefaultBranch(), ""
	if repo.PushedAt == nil && repo.GetSize() == 0 { // nothing was ever pushed to it
		return nil
	}
	if r.Repo.Head, err = s.headOf(ctx, r); err != nil || r.Repo.Head == "" {
		return err
	}
	return s.descend(ctx, r, "", r.Repo.Head.String())
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

// descend sees everything below a tree. Where one answer does not hold it all, its folders are asked for one by one.
func (s *Source) descend(ctx context.Context, r *reading, path, sha string) error {
	all, _, err := s.client.Git.GetTree(ctx, r.owner, r.name, sha, true)
	if err != nil {
		return err
	}
	if !all.GetTruncated() {
		return s.entries(r, path, all, nil)
	}
	flat, _, err := s.client.Git.GetTree(ctx, r.owner, r.name, sha, false)
	if err != nil {
		return err
	}
	if flat.GetTruncated() {
		return &collectors.ReadError{Reason: metrics.ReasonTooLarge, Err: fmt.Errorf("the folder /%s has too many entries to be listed", path)}
	}
	return s.entries(r, path, flat, func(folder, sha string) error { return s.descend(ctx, r, folder, sha) })
}

// entries sees the files of an answer, and calls into for its folders where it is given.
func (s *Source) entries(r *reading, path string, t *github.Tree, into func(path, sha string) error) error {
	for _, e := range t.Entries {
		at := path + e.GetPath()
		if e.GetType() == "tree" && into != nil {
			if err := into(at+"/", e.GetSHA()); err != nil {
				return err
			}
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
