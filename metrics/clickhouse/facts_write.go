package clickhouse

import (
	"context"
	"fmt"

	"github.com/trodden/trodden/metrics"
)

// Store keeps facts and conclusions. It is safe for concurrent use.
type Store struct{ db *DB }

// NewStore returns the store in a database whose schema is up to date (see Migrate).
func NewStore(db *DB) *Store { return &Store{db} }

// DB returns the database that the store is in.
func (s *Store) DB() *DB { return s.db }

// Write keeps the facts of a batch. Walks come last, since a walk that is there counts as complete.
func (s *Store) Write(ctx context.Context, b *metrics.Batch) error {
	steps := []func() error{
		func() error { return blobTable().write(ctx, s.db, b.Blobs) },
		func() error { return identityTable().write(ctx, s.db, b.Identities) },
		func() error { return membershipTable().write(ctx, s.db, b.Memberships) },
		func() error { return commitTable().write(ctx, s.db, b.Commits) },
		func() error { return fileChangeTable().write(ctx, s.db, b.FileChanges) },
		func() error { return sideChangeTable().write(ctx, s.db, b.SideChanges) },
		func() error { return repoTable().write(ctx, s.db, b.Repos) },
		func() error { return walkTable().write(ctx, s.db, b.Walks) },
		func() error { return readingTable().write(ctx, s.db, b.Readings) },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// WriteExemption keeps an exemption, or its early end.
func (s *Store) WriteExemption(ctx context.Context, e metrics.Exemption) error {
	return exemptionTable().write(ctx, s.db, []metrics.Exemption{e})
}

func blobTable() table[metrics.Blob] {
	type row = metrics.Blob
	return table[row]{"blobs", []field[row]{
		col("oid", func(r *row) string { return string(r.OID) }),
		col("status", func(r *row) int8 { return int8(r.Status) }),
		col("size", func(r *row) uint64 { return r.Size }),
		col("content", func(r *row) string { return r.Content }),
	}}
}

func identityTable() table[metrics.Identity] {
	type row = metrics.Identity
	return table[row]{"identities", []field[row]{
		col("alias", func(r *row) uint64 { return uint64(r.Alias) }),
		col("person", func(r *row) uint64 { return uint64(r.Person) }),
		col("kind", func(r *row) int8 { return int8(r.Kind) }),
		col("source", func(r *row) string { return r.Source }),
		col("seen", func(r *row) int64 { return int64(r.Seen) }),
	}}
}

func membershipTable() table[metrics.Membership] {
	type row = metrics.Membership
	return table[row]{"memberships", []field[row]{
		col("person", func(r *row) uint64 { return uint64(r.Person) }),
		col("team", func(r *row) string { return string(r.Team) }),
		col("source", func(r *row) string { return r.Source }),
		col("begins", func(r *row) int64 { return int64(r.From) }),
		col("ends", func(r *row) int64 { return int64(r.To) }),
	}}
}

func commitTable() table[metrics.Commit] {
	type row = metrics.Commit
	return table[row]{"commits", []field[row]{
		col("repo", func(r *row) uint64 { return uint64(r.Repo) }),
		col("walk", func(r *row) uint64 { return uint64(r.Walk) }),
		col("pos", func(r *row) uint32 { return r.Pos }),
		col("seq", func(r *row) uint32 { return r.Seq }),
		col("oid", func(r *row) string { return string(r.OID) }),
		col("committed", func(r *row) int64 { return int64(r.Committed) }),
		col("authored", func(r *row) int64 { return int64(r.Authored) }),
		col("author", func(r *row) uint64 { return uint64(r.Author) }),
		col("co_authors", func(r *row) []uint64 { return aliases(r.CoAuthors) }),
		col("requested_by", func(r *row) []uint64 { return aliases(r.RequestedBy) }),
		col("merge", func(r *row) bool { return r.Merge }),
	}}
}

func aliases(list []metrics.AliasID) []uint64 {
	if len(list) == 0 {
		return nil
	}
	out := make([]uint64, len(list))
	for i, a := range list {
		out[i] = uint64(a)
	}
	return out
}

func fileChangeTable() table[metrics.FileChange] {
	type row = metrics.FileChange
	return table[row]{"file_changes", []field[row]{
		col("repo", func(r *row) uint64 { return uint64(r.Repo) }),
		col("walk", func(r *row) uint64 { return uint64(r.Walk) }),
		col("pos", func(r *row) uint32 { return r.Pos }),
		col("path", func(r *row) string { return r.Path }),
		col("blob", func(r *row) string { return string(r.Blob) }),
	}}
}

func sideChangeTable() table[metrics.SideChange] {
	type row = metrics.SideChange
	return table[row]{"side_changes", []field[row]{
		col("repo", func(r *row) uint64 { return uint64(r.Repo) }),
		col("walk", func(r *row) uint64 { return uint64(r.Walk) }),
		col("pos", func(r *row) uint32 { return r.Pos }),
		col("seq", func(r *row) uint32 { return r.Seq }),
		col("path", func(r *row) string { return r.Path }),
		col("blob", func(r *row) string { return string(r.Blob) }),
	}}
}

func repoTable() table[metrics.Repo] {
	type row = metrics.Repo
	return table[row]{"repos", []field[row]{
		col("id", func(r *row) uint64 { return uint64(r.ID) }),
		col("name", func(r *row) string { return r.Name }),
		col("source", func(r *row) string { return r.Source }),
		col("seen", func(r *row) int64 { return int64(r.Seen) }),
		col("location", func(r *row) string { return r.Location }),
		col("default_branch", func(r *row) string { return r.DefaultBranch }),
		col("head", func(r *row) string { return string(r.Head) }),
		col("created", func(r *row) int64 { return int64(r.Created) }),
		col("last_push", func(r *row) int64 { return int64(r.LastPush) }),
		col("archived", func(r *row) bool { return r.Archived }),
		col("archived_at", func(r *row) int64 { return int64(r.ArchivedAt) }),
		col("fork", func(r *row) bool { return r.Fork }),
		col("template", func(r *row) bool { return r.Template }),
		col("shallow", func(r *row) bool { return r.Shallow }),
		col("topics", func(r *row) []string { return r.Topics }),
		col("properties", func(r *row) map[string]string { return r.Properties }),
		col("languages", func(r *row) []string { return r.Languages }),
		col("template_of", func(r *row) string { return r.TemplateOf }),
	}}
}

func walkTable() table[metrics.Walk] {
	type row = metrics.Walk
	return table[row]{"walks", []field[row]{
		col("id", func(r *row) uint64 { return uint64(r.ID) }),
		col("repo", func(r *row) uint64 { return uint64(r.Repo) }),
		col("prev", func(r *row) uint64 { return uint64(r.Prev) }),
		col("base", func(r *row) string { return string(r.Base) }),
		col("head", func(r *row) string { return string(r.Head) }),
		col("first", func(r *row) uint32 { return r.First }),
		col("commits", func(r *row) uint32 { return r.Commits }),
		col("at", func(r *row) int64 { return int64(r.At) }),
		col("branch", func(r *row) string { return r.Branch }),
		col("grafted", func(r *row) bool { return r.Grafted }),
		col("watched", func(r *row) uint64 { return r.Watched }),
		col("watch", func(r *row) []string { return r.Watch }),
		col("presence", func(r *row) []string { return r.Presence }),
	}}
}

func readingTable() table[metrics.Reading] {
	type row = metrics.Reading
	return table[row]{"readings", []field[row]{
		col("repo", func(r *row) uint64 { return uint64(r.Repo) }),
		col("source", func(r *row) string { return r.Source }),
		col("at", func(r *row) int64 { return int64(r.At) }),
		col("complete", func(r *row) bool { return r.Complete }),
		col("reason", func(r *row) string { return string(r.Reason) }),
		col("detail", func(r *row) string { return r.Detail }),
		col("head", func(r *row) string { return string(r.Head) }),
		col("watched", func(r *row) uint64 { return r.Watched }),
		col("names", func(r *row) uint64 { return r.Names }),
	}}
}

func exemptionTable() table[metrics.Exemption] {
	type row = metrics.Exemption
	return table[row]{"exemptions", []field[row]{
		col("repo", func(r *row) uint64 { return uint64(r.Repo) }),
		col("component", func(r *row) string { return r.Component }),
		col("path", func(r *row) string { return string(r.Path) }),
		col("begins", func(r *row) int64 { return int64(r.From) }),
		col("ends", func(r *row) int64 { return int64(r.To) }),
		col("by", func(r *row) string { return r.By }),
		col("reason", func(r *row) string { return r.Reason }),
		col("recorded", func(r *row) int64 { return int64(r.Recorded) }),
		col("ended_by", func(r *row) string { return r.EndedBy }),
	}}
}

// Bind ties the store to the installation's privacy key: the first key's fingerprint is kept, another one
// is refused, since its hashes would name other people.
func (s *Store) Bind(ctx context.Context, fingerprint string, now metrics.Instant) error {
	var rows []struct {
		Value string `ch:"value"`
	}
	if err := s.db.Select(ctx, &rows, "SELECT value FROM installation FINAL WHERE key = 'privacy'", nil); err != nil {
		return fmt.Errorf("read the privacy key's fingerprint: %w", err)
	}
	if len(rows) > 0 && rows[0].Value != fingerprint {
		return fmt.Errorf("the store was made with another privacy key (fingerprint %s, this one has %s): %w", rows[0].Value, fingerprint, metrics.ErrConflict)
	}
	if len(rows) > 0 {
		return nil
	}
	err := s.db.Exec(ctx, "INSERT INTO installation (key, value, seen) VALUES ('privacy', @value, @seen)",
		map[string]any{"value": fingerprint, "seen": int64(now)})
	if err != nil {
		return fmt.Errorf("keep the privacy key's fingerprint: %w", err)
	}
	return nil
}
