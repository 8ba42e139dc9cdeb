package gitlab

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/bmatcuk/doublestar/v4"
	"github.com/xanzy/go-gitlab"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// releasedMost is how many pages of commits are read of one release: of the first one, that is the whole history.
const releasedMost = 20

// tag is a tag in an answer.
type tag struct {
	Name      string         `json:"name"`
	Target    string         `json:"target"`
	CreatedAt *time.Time     `json:"created_at"` // of an annotated one
	Commit    *gitlab.Commit `json:"commit"`
}

// provides reports whether the tags of a project are releases of a path.
func (s *Source) provides(name string) bool {
	return slices.ContainsFunc(s.config.Providers, func(glob string) bool {
		ok, _ := doublestar.Match(strings.ToLower(glob), name)
		return ok
	})
}

// releases reads what is new about the tags of providers in which something can have happened.
func (x *side) releases(ctx context.Context, all []*reading) error {
	s := x.source
	if !s.config.Parts.Releases {
		return nil
	}
	for _, r := range all {
		if !s.provides(r.Repo.Name) || !s.stirred(r, r.look.Before) && !r.look.Due {
			continue
		}
		err := collectors.Take(s.round.Load(), collectors.StepOf("tags", r.Repo.ID), func(at *tagsSeen) error {
			return spent(x.tags(ctx, r, at))
		})
		if err != nil {
			if err := s.failed(ctx, tagsTopic, r, err); err != nil {
				return err
			}
		}
		r.Parts |= releasesRead
	}
	return ctx.Err()
}

// tagsSeen is how far the reading of the tags of a project came.
type tagsSeen struct {
	Tags    []metrics.Release
	Page    int // of them that is next; 0 before the first, -1 behind the last
	Brought []metrics.ReleasedCommit
	Version int           // the next of those whose commits are listed
	Commits int           // likewise the page of its commits; 0 before the first, -1 behind the last
	List    []metrics.OID // its commits so far
}

// tags compares the tags of a project with those of the last time, and writes what became of them. The rows of tags
// come last: what was broken off is gone on with, or begun anew.
func (x *side) tags(ctx context.Context, r *reading, at *tagsSeen) error {
	if err := x.source.allTags(ctx, r, at); err != nil {
		return err
	}
	now := at.Tags
	before := map[string]metrics.Release{}
	for _, release := range r.Last.Releases {
		before[release.Tag] = release
	}
	var fresh []metrics.Release
	for _, release := range now {
		if before[release.Tag].Object != release.Object || !r.look.Whole {
			fresh = append(fresh, release)
		}
		delete(before, release.Tag)
	}
	if err := x.source.brought(ctx, r, at, fresh); err != nil {
		return err
	}
	for _, gone := range before {
		if gone.Object != "" {
			gone.Object, gone.Commit, gone.Seen = "", "", r.Last.Moment(x.source.config.Now())
			fresh = append(fresh, gone)
		}
	}
	x.Batch.ReleasedCommits = append(x.Batch.ReleasedCommits, at.Brought...)
	x.Batch.Releases = append(x.Batch.Releases, fresh...)
	return nil
}

// allTags reads the tags of a project. One without a commit leads to none.
func (s *Source) allTags(ctx context.Context, r *reading, at *tagsSeen) error {
	var been trail
	for at.Page >= 0 {
		page := max(at.Page, 1)
		query := gitlab.ListTagsOptions{ListOptions: gitlab.ListOptions{PerPage: listed, Page: page}, OrderBy: gitlab.Ptr("name"), Sort: gitlab.Ptr("asc")}
		var tags []*tag
		resp, err := s.get(ctx, fmt.Sprintf("projects/%d/repository/tags", r.id), query, &tags)
		if err != nil {
			return err
		}
		next, err := follow(&been, resp, page, tags)
		if err != nil {
			return err
		}
		for _, t := range tags {
			if t == nil {
				return fmt.Errorf("null in a list: %w", errGarbled)
			}
			release := metrics.Release{Repo: r.Repo.ID, Tag: t.Name, At: instant(t.CreatedAt), Source: s.Name(), Seen: r.Last.Moment(s.config.Now())}
			if release.Object, err = metrics.ParseOID(t.Target); err != nil || t.Name == "" {
				return fmt.Errorf("a tag without an object: %w", errGarbled)
			}
			if t.Commit != nil {
				release.Commit, _ = metrics.ParseOID(t.Commit.ID)
				release.At = cmp.Or(release.At, instant(t.Commit.CommittedDate))
			}
			at.Tags = append(at.Tags, release)
		}
		at.Page = cmp.Or(next, -1)
	}
	return nil
}

// version is a release that is a whole version.
type version struct {
	metrics.Release
	family string
	number *semver.Version
}

// versionsOf puts the releases that are whole versions in the order in which they were made.
func versionsOf(list []metrics.Release) (all []version) {
	for _, release := range list {
		family, text, whole := metrics.SplitTag(release.Tag)
		if number, err := semver.NewVersion(text); whole && err == nil && release.Commit != "" {
			all = append(all, version{release, family, number})
		}
	}
	slices.SortFunc(all, func(a, b version) int {
		return cmp.Or(cmp.Compare(a.At, b.At), a.number.Compare(b.number), cmp.Compare(a.Tag, b.Tag))
	})
	return all
}

// before returns the version that the one at i came after: of those that were made earlier the largest that is
// smaller. All that it has was released by then.
func before(all []version, i int) (found *version) {
	for j := range all[:i] {
		if all[j].family == all[i].family && all[j].number.LessThan(all[i].number) && (found == nil || found.number.LessThan(all[j].number)) {
			found = &all[j]
		}
	}
	return found
}

// brought lists which commits fresh releases brought: those between the version before and them.
func (s *Source) brought(ctx context.Context, r *reading, at *tagsSeen, fresh []metrics.Release) error {
	all := versionsOf(at.Tags)
	claimed := map[metrics.OID]bool{}
	for _, b := range at.Brought {
		claimed[b.Commit] = true
	}
	for ; at.Version < len(all); at.Version++ {
		v := &all[at.Version]
		if !slices.ContainsFunc(fresh, func(f metrics.Release) bool { return f.Tag == v.Tag }) {
			continue
		}
		span := v.Commit.String()
		if from := before(all, at.Version); from != nil {
			span = from.Commit.String() + ".." + span
		}
		if err := s.commits(ctx, r, at, span); err != nil {
			return err
		}
		for _, commit := range at.List {
			if !claimed[commit] {
				claimed[commit] = true
				at.Brought = append(at.Brought, metrics.ReleasedCommit{Repo: r.Repo.ID, Commit: commit, Tag: v.Tag, Tip: v.Commit, Source: s.Name(), Seen: v.Seen})
			}
		}
		at.Commits, at.List = 0, nil
	}
	return nil
}

// commits reads the commits of a range, the newest first.
func (s *Source) commits(ctx context.Context, r *reading, at *tagsSeen, span string) error {
	var been trail
	for at.Commits >= 0 && at.Commits <= releasedMost {
		page := max(at.Commits, 1)
		query := &gitlab.ListCommitsOptions{ListOptions: gitlab.ListOptions{PerPage: listed, Page: page}, RefName: &span}
		commits, resp, err := s.client.Commits.ListCommits(r.id, query, gitlab.WithContext(ctx))
		if err != nil {
			return err
		}
		next, err := follow(&been, resp, page, commits)
		if err != nil {
			return err
		}
		for _, commit := range commits {
			if commit == nil {
				return fmt.Errorf("null in a list: %w", errGarbled)
			}
			oid, err := metrics.ParseOID(commit.ID)
			if err != nil {
				return fmt.Errorf("a commit without an id: %w", errGarbled)
			}
			at.List = append(at.List, oid)
		}
		at.Commits = cmp.Or(next, -1)
	}
	return nil
}
