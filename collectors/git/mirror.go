package git

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// MirrorConfig says what mirrors are read for.
type MirrorConfig struct {
	Name      string                 // of the source, as facts carry it
	Watch     metrics.WatchSet       // files to read
	Providers []string               // globs of the repositories whose tags are releases
	Naming    collectors.Naming      // which files others of a repository name, that are read too; nil for none
	People    *collectors.People     // who is behind the names in commits
	Now       func() metrics.Instant // the time of a reading
	Stall     time.Duration          // how long a host may send nothing; a minute where 0. Parts of seconds do not count
	Log       *slog.Logger           // may be nil
}

// Mirrors reads repositories of a host through clones of its own making: bare ones without contents, of the branch
// that is read (and of the tags of providers) alone. A clone is brought up to date with what was pushed, its history
// is read as that of any other, and of the contents in it those that nobody has are fetched at once, together.
//
// A clone is made by fetching into an empty repository, so that one that was not finished is simply fetched into
// again. It is safe for concurrent use, but not on one clone.
type Mirrors struct {
	source *Source
	stall  time.Duration
	packs  int // from so many packs on they become one
}

const (
	mirrorStall = time.Minute
	mirrorLimit = 2 * time.Hour // of one transfer, whatever arrives
	mirrorPacks = 50
)

// NewMirrors returns what reads mirrors.
func NewMirrors(c MirrorConfig) (*Mirrors, error) {
	source, err := New(Config{Name: c.Name, Watch: c.Watch, Providers: c.Providers, Naming: c.Naming, People: c.People, Now: c.Now, Log: c.Log})
	if err != nil {
		return nil, err
	}
	m := &Mirrors{source: source, stall: c.Stall, packs: mirrorPacks}
	if m.stall == 0 {
		m.stall = mirrorStall
	}
	return m, nil
}

// Knows reports whether all of the history of a repository up to its head, as far as its host tells of that, was read
// before: nothing of it has to be fetched then.
func (m *Mirrors) Knows(last collectors.Last, repo metrics.Repo) bool {
	return repo.Head == "" || last.Walk.Head == repo.Head && last.Walk.Watched == m.source.watched && !last.Unfollowed &&
		last.Reading.Names == m.source.config.People.Fingerprint()
}

// Provides reports whether the tags of a repository are releases. They move without its head.
func (m *Mirrors) Provides(repo metrics.Repo) bool { return m.source.provides(repo.Name) }

// Update brings the clone in a folder up to date, or makes one there. When it succeeds the clone has the head that the
// host told of. An error that is metrics.ReasonForbidden means that git is not let in, one of another reason that the
// clone is damaged: without it, the next one will do.
func (m *Mirrors) Update(ctx context.Context, dir string, repo metrics.Repo, from collectors.Remote) error {
	f := fetching{clone: clone{dir: dir, own: dir, common: dir}, from: from, stall: m.stall}
	if err := f.prepare(); err != nil {
		return err
	}
	specs := []string{"+" + branchPrefix + from.Branch + ":" + mirrorRef}
	if m.Provides(repo) {
		specs = append(specs, "+"+tagPrefix+"*:"+tagPrefix+"*")
	}
	args := append([]string{"fetch", "--quiet", "--prune", "--no-tags", "--filter=blob:none"}, noFrills...)
	if err := f.git(ctx, nil, append(append(args, "origin"), specs...)...); err != nil {
		return err
	}
	if !f.clone.holds(ctx, from.Head) {
		return fmt.Errorf("git does not have the commit %s yet, or not any more", from.Head)
	}
	return f.tidy(ctx, m.packs)
}

// noFrills are options of git fetch, without which it would do more than that.
var noFrills = []string{"--no-write-fetch-head", "--no-recurse-submodules", "--no-auto-maintenance", "--no-show-forced-updates"}

// Read reads a clone that was brought up to date. Contents that git may not ask for by their ids are taken from the
// host, where there is one that gives them.
func (m *Mirrors) Read(ctx context.Context, dir string, job collectors.Job, from collectors.Remote, host collectors.Contents, out collectors.Sink) (collectors.Done, error) {
	f := fetching{clone: clone{dir: dir, own: dir, common: dir}, from: from, stall: m.stall}
	at, err := f.clone.resolve(mirrorRef)
	if err != nil || at.oid == "" {
		return collectors.Done{}, unreadable(fmt.Errorf("the clone has no branch: %w", errors.Join(err, io.ErrUnexpectedEOF)))
	}
	r := &reading{
		source: m.source, repo: job.Repo, clone: f.clone, tip: tip{branch: from.Branch, oid: at.oid}, last: job.Last, sink: out,
		names: m.source.config.People.Fingerprint(),
	}
	r.lend = func(ctx context.Context, blobs []metrics.OID) (map[metrics.OID]string, error) {
		err := f.blobs(ctx, blobs)
		if errors.Is(err, errNotGiven) && host != nil {
			return host.Contents(ctx, job.Repo, blobs)
		}
		return nil, err
	}
	return r.all(ctx)
}

// fetching is what is fetched into one mirror.
type fetching struct {
	clone clone
	from  collectors.Remote
	stall time.Duration
}

// errNotGiven means that a host does not give objects by their ids.
var errNotGiven = errors.New("the host does not give contents by their ids")

// blobs fetches contents, all at once.
func (f fetching) blobs(ctx context.Context, blobs []metrics.OID) error {
	args := append([]string{"-c", "fetch.negotiationAlgorithm=noop", "fetch", "--quiet", "--no-tags", "--filter=blob:none", "--stdin"}, noFrills...)
	err := f.git(ctx, ids(blobs), append(args, "origin")...)
	if err != nil && containsAny(strings.ToLower(err.Error()), "unadvertised object", "not our ref", "not allowed") {
		return fmt.Errorf("%w: %w", errNotGiven, err)
	}
	return err
}

// git runs git in the mirror, with what lets it in.
func (f fetching) git(ctx context.Context, input io.Reader, args ...string) error {
	_, said, err := answer(ctx, f.environment(), input, mirrorLimit, args...)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return f.judge(said, err)
}

// environment is that of git where it speaks to the host: the user's own, whose proxies and certificates hold, as for
// a clone that is fetched. What lets git in is in it as a setting that holds for this one URL. Of all ways that git
// has this is the one that leaves no trace: command lines can be read by everybody, a URL is kept in files and told in
// errors, a credential helper or an askpass program is a file and a process of its own, and what git was let in with
// is handed to the helpers of the user, which keep it. The environment of a process can be read by its user alone,
// who can read its memory, too. Traces, which would tell settings, are off, and no redirect is followed, so that what
// is sent goes to nobody else.
func (f fetching) environment() []string {
	env := append(abroad(), "GIT_DIR="+f.clone.dir, "GIT_ALLOW_PROTOCOL=http:https", "GIT_TRACE2=0", "GIT_TRACE2_EVENT=0", "GIT_TRACE2_PERF=0")
	if f.from.Header == "" {
		return env
	}
	return append(env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=http."+f.from.URL+".extraHeader", "GIT_CONFIG_VALUE_0="+f.from.Header)
}

// judge says what a failure of git means.
func (f fetching) judge(said *complaint, err error) error {
	words := said.worst()
	if words == "" {
		words = err.Error()
	}
	lower := strings.ToLower(words)
	switch {
	case containsAny(lower, "could not read username", "could not read password", "authentication failed", "error: 401", "error: 403"):
		return &collectors.ReadError{Reason: metrics.ReasonForbidden, Err: errors.New("git is not let in: " + words)}
	case containsAny(lower, "unable to access", "remote error", "remote end", "rpc failed", "early eof", "no space left"):
	case containsAny(lower, "corrupt", "inflate", "bad object", "packfile", "unable to read", "not a git repository", "mismatch",
		"broken", "invalid index-pack", "did not send all", "is empty", "bad pack", "unresolved deltas", "missing"):
		return &collectors.ReadError{Reason: metrics.ReasonUnreadable, Err: errors.New(words)}
	}
	return errors.New(words)
}

// worst returns the lines that say why git gave up, three at most; the first one where none does.
func (c *complaint) worst() string {
	var lines []string
	for line := range strings.Lines(string(c.text)) {
		if line = strings.TrimSpace(line); len(lines) < 3 && (strings.HasPrefix(line, "fatal: ") || strings.HasPrefix(line, "error: ")) {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return c.first()
	}
	return strings.Join(lines, "; ")
}

// holds reports whether a clone has a commit.
func (c clone) holds(ctx context.Context, oid metrics.OID) bool {
	if at, err := c.resolve(mirrorRef); err == nil && at.oid == oid {
		return true
	}
	found, err := c.line(ctx, "rev-parse", "--quiet", "--verify", oid.String()+"^{commit}")
	return err == nil && found != ""
}

// tidy makes one pack of many: each fetch adds one, and git looks into all of them for each object.
func (f fetching) tidy(ctx context.Context, most int) error {
	list, err := os.ReadDir(f.clone.objects() + "/pack")
	if err != nil {
		return unreadable(err)
	}
	packs := slices.DeleteFunc(list, func(e os.DirEntry) bool { return !strings.HasSuffix(e.Name(), ".pack") })
	if len(packs) < most {
		return nil
	}
	env := append(environment(f.clone.dir), "GIT_NO_REPLACE_OBJECTS=1")
	_, said, err := answer(ctx, env, nil, mirrorLimit, "-c", "repack.writeBitmaps=false", "repack", "-a", "-d", "-q")
	if err != nil && ctx.Err() == nil {
		return f.judge(said, err)
	}
	return err
}

// checkRemote refuses what git could take for anything else than a place on the web.
func checkRemote(from collectors.Remote) error {
	u, err := url.Parse(from.URL)
	switch {
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Hostname() == "" || strings.HasPrefix(u.Host, "-"):
		return fmt.Errorf("the repository has no address on the web: %w", metrics.ErrInvalid)
	case u.User != nil || strings.ContainsAny(from.URL, "\n\r\x00\""):
		return fmt.Errorf("the address of the repository holds more than a place: %w", metrics.ErrInvalid)
	case strings.ContainsAny(from.Header, "\n\r\x00"):
		return fmt.Errorf("what lets git in has more than one line: %w", metrics.ErrInvalid)
	}
	return checkBranch(from.Branch)
}
