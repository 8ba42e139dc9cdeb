package git

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"github.com/bmatcuk/doublestar/v4"

	"github.com/trodden/trodden/metrics"
)

// provides reports whether the tags of a repository are releases of a path.
func (s *Source) provides(name string) bool {
	return slices.ContainsFunc(s.config.Providers, func(glob string) bool {
		ok, _ := doublestar.Match(strings.ToLower(glob), name)
		return ok
	})
}

// releases reads what is new about the tags of a provider. Where they cannot be read, that is a warning: it says
// nothing about the repository's own state. (A store that refuses something ends the run, and so ctx.)
func (r *reading) releases(ctx context.Context) error {
	if !r.source.provides(r.repo.Name) {
		return nil
	}
	tags, err := r.clone.tags(ctx)
	if err == nil {
		err = r.tags(ctx, tags)
	}
	if err == nil || ctx.Err() != nil {
		return err
	}
	r.warn(fmt.Sprintf("the tags of %s are not read: %v", r.clone.dir, err))
	return nil
}

// tags writes what became of tags since they were seen last. Where the history was read from its beginning, all are
// looked at again. The rows of tags come last: what was broken off is begun anew.
func (r *reading) tags(ctx context.Context, tags map[string]metrics.OID) error {
	anew := r.last.Walk.ID == 0 || r.walked != nil && r.walked.Base == ""
	news := compareTags(r.last.Releases, tags, anew)
	if len(news.fresh)+len(news.gone) == 0 {
		return nil
	}
	objects := make([]metrics.OID, len(news.fresh))
	for i, name := range news.fresh {
		objects[i] = tags[name]
	}
	if err := r.open(cmp.Or(append([]metrics.OID{r.tip.oid}, objects...)...)); err != nil {
		return err
	}
	peeled, err := r.view.peel(ctx, objects)
	if err != nil {
		return err
	}
	rows := r.tagRows(news, tags, peeled)
	if err := r.bring(ctx, news, rows); err != nil || len(rows) == 0 {
		return err
	}
	r.tagged = true
	return r.sink.Write(ctx, &metrics.Batch{Releases: rows})
}

// tagNews is what became of the tags of a repository.
type tagNews struct {
	kept  []metrics.Release // as they were
	fresh []string          // new ones, and ones that name another object now
	moved []metrics.Release // what the latter were
	gone  []metrics.Release
}

// compareTags compares tags with those of the last time; anew says that all count as fresh.
func compareTags(last []metrics.Release, tags map[string]metrics.OID, anew bool) tagNews {
	var news tagNews
	seen := make(map[string]bool, len(last))
	for _, release := range last {
		object, there := tags[release.Tag]
		switch {
		case !there:
			news.gone = append(news.gone, release)
		case object == release.Object && !anew:
			news.kept = append(news.kept, release)
			seen[release.Tag] = true
		default:
			news.moved = append(news.moved, release)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		if !seen[name] {
			news.fresh = append(news.fresh, name)
		}
	}
	return news
}

// tagRows are the facts of fresh tags and of those that are gone. A tag whose object is not there is looked for
// again the next time; where it led somewhere before, it is gone.
func (r *reading) tagRows(news tagNews, tags map[string]metrics.OID, peeled map[metrics.OID]target) []metrics.Release {
	now := r.last.Moment(r.source.config.Now())
	var rows []metrics.Release
	add := func(tag string, object metrics.OID, to target) {
		rows = append(rows, metrics.Release{
			Repo: r.repo.ID, Tag: tag, Object: object, Commit: to.commit, At: to.at, Source: r.source.Name(), Seen: now,
		})
	}
	for _, name := range news.fresh {
		if to, there := peeled[tags[name]]; there {
			add(name, tags[name], to)
		}
	}
	for _, release := range news.moved {
		if _, there := peeled[tags[release.Tag]]; !there {
			add(release.Tag, "", target{at: release.At})
		}
	}
	for _, release := range news.gone {
		add(release.Tag, "", target{at: release.At})
	}
	return rows
}

// ranked is a release with its version.
type ranked struct {
	metrics.Release
	version *semver.Version
}

// rank puts the tags that are whole versions in the order in which they were made. Of those of one instant the lower
// version is the earlier one.
func rank(tags []metrics.Release) []ranked {
	var list []ranked
	for _, tag := range tags {
		_, text, whole := metrics.SplitTag(tag.Tag)
		if version, err := semver.NewVersion(text); whole && err == nil && tag.Commit != "" {
			list = append(list, ranked{tag, version})
		}
	}
	slices.SortFunc(list, ranked.compare)
	return list
}

func (a ranked) compare(b ranked) int {
	return cmp.Or(cmp.Compare(a.At, b.At), a.version.Compare(b.version), cmp.Compare(a.Tag, b.Tag))
}

// bring writes which commits the fresh releases brought. Where all of them were made after the others, that is what
// the others do not have; else, and where a release moved or is gone, it is found out for all.
func (r *reading) bring(ctx context.Context, news tagNews, rows []metrics.Release) error {
	kept, fresh := rank(news.kept), rank(rows)
	lost := rank(slices.Concat(news.moved, news.gone))
	if len(fresh)+len(lost) == 0 {
		return nil
	}
	if len(lost) == 0 && (len(kept) == 0 || kept[len(kept)-1].compare(fresh[0]) < 0) {
		if err := r.brought(ctx, fresh, kept); err == nil || ctx.Err() != nil || len(kept) == 0 {
			return err
		}
	}
	return r.brought(ctx, rank(slices.Concat(news.kept, rows)), nil)
}

// brought writes for each commit of the releases that others do not have which of them, in their order, is the
// first that contains it. Git names no commit before all of its children, so that by then it is known.
func (r *reading) brought(ctx context.Context, releases, others []ranked) error {
	if len(releases) == 0 {
		return nil
	}
	first := make(map[metrics.OID]int, len(releases))
	for i, release := range slices.Backward(releases) {
		first[release.Commit] = i
	}
	out := &releasedWriter{reading: r, now: r.last.Moment(r.source.config.Now())}
	err := r.view.run(ctx, nil, revisions(releases, others), func(in *bufio.Reader) error {
		return eachCommit(in, func(commit metrics.OID, parents []metrics.OID) error {
			n := first[commit]
			delete(first, commit)
			for _, parent := range parents {
				if known, ok := first[parent]; !ok || n < known {
					first[parent] = n
				}
			}
			return out.add(ctx, commit, releases[n].Release)
		})
	}, "rev-list", "--topo-order", "--parents", "--stdin")
	if err != nil {
		return err
	}
	return out.flush(ctx)
}

// revisions says to git rev-list which commits are asked for: those of releases that others do not have.
func revisions(releases, others []ranked) io.Reader {
	var b strings.Builder
	for _, release := range releases {
		fmt.Fprintln(&b, release.Commit)
	}
	for _, release := range others {
		fmt.Fprintln(&b, "^"+release.Commit.String())
	}
	return strings.NewReader(b.String())
}

// releasedWriter writes which release brought which commit, in batches.
type releasedWriter struct {
	*reading
	now  metrics.Instant
	rows []metrics.ReleasedCommit
}

func (w *releasedWriter) add(ctx context.Context, commit metrics.OID, by metrics.Release) error {
	w.rows = append(w.rows, metrics.ReleasedCommit{
		Repo: by.Repo, Commit: commit, Tag: by.Tag, Tip: by.Commit, Source: by.Source, Seen: w.now,
	})
	if len(w.rows) < batchRows {
		return nil
	}
	return w.flush(ctx)
}

func (w *releasedWriter) flush(ctx context.Context) error {
	if len(w.rows) == 0 {
		return nil
	}
	batch := &metrics.Batch{ReleasedCommits: w.rows}
	w.rows = nil
	return w.sink.Write(ctx, batch)
}

// maxLine is more than a commit with all of its parents takes.
const maxLine = 4 << 20

// eachCommit reads lines of a commit and its parents.
func eachCommit(in *bufio.Reader, visit func(commit metrics.OID, parents []metrics.OID) error) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var list []metrics.OID
		for id := range strings.FieldsSeq(lines.Text()) {
			oid, err := metrics.ParseOID(id)
			if err != nil {
				return fmt.Errorf("git rev-list: %w", err)
			}
			list = append(list, oid)
		}
		if len(list) == 0 {
			continue
		}
		if err := visit(list[0], list[1:]); err != nil {
			return err
		}
	}
	return lines.Err()
}
