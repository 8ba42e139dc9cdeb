package git

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/trodden/trodden/metrics"
)

// origin is what a clone's configuration says of where the clone came from and of how it keeps what it has.
// It is all of that configuration that a fetch heeds.
type origin struct {
	url    string   // "" where there is no origin
	specs  []string // what the clone's own `git fetch origin` would move
	bare   bool
	sha256 bool
	shared string // core.sharedRepository: who else may write
	odd    string // a setting with which nothing can be written here
}

// readOrigin reads a git configuration file.
func readOrigin(config string) origin {
	o := origin{url: originURL(config)}
	readConfig(config, func(section, subsection, key, value string) {
		value = strings.TrimSpace(value)
		switch section {
		case "remote":
			o.remote(subsection, key, value)
		case "extensions":
			o.extension(key, strings.ToLower(value))
		case "core":
			switch key {
			case "bare":
				o.bare = slices.Contains([]string{"true", "yes", "on", "1"}, strings.ToLower(value))
			case "sharedrepository":
				o.shared = word.FindString(value)
			}
		}
	})
	return o
}

var word = regexp.MustCompile(`^[A-Za-z0-9]+$`)

func (o *origin) remote(name, key, value string) {
	switch {
	case key == "promisor" || key == "partialclonefilter":
		o.odd = "remote." + name + "." + key
	case name == "origin" && key == "fetch":
		o.specs = append(o.specs, value)
	}
}

// extension notes what makes a repository another kind of thing. Git does not touch one with an extension
// that it does not know, and what is not understood here is not written to either.
func (o *origin) extension(key, value string) {
	switch key {
	case "objectformat":
		o.sha256 = value == "sha256"
	case "worktreeconfig", "relativeworktrees", "preciousobjects", "noop", "noop-v1":
	case "refstorage":
		if value != "files" {
			o.odd = "extensions." + key
		}
	default:
		o.odd = "extensions." + key
	}
}

// tracks reports whether the clone keeps the origin's branches apart from its own.
func (o origin) tracks() bool {
	return slices.ContainsFunc(o.specs, func(spec string) bool { return strings.Contains(spec, ":refs/remotes/") })
}

// mirrors reports whether the clone's branches are the origin's, whatever happens to these.
func (o origin) mirrors() bool {
	return slices.ContainsFunc(o.specs, func(spec string) bool {
		_, to, _ := strings.Cut(spec, ":")
		return strings.HasPrefix(spec, "+") && (to == "refs/*" || strings.HasPrefix(to, branchPrefix))
	})
}

// protocols are what a fetch may speak. Everything else would be a program that the clone names (ext::) or a
// door that nobody opened (fd::).
const protocols = "https:http:ssh:git:file"

// address returns the URL to fetch from. It refuses what git could take for anything else than a place, as
// git does too: this must not hang on the version of git.
func (c clone) address(remote string) (string, error) {
	scheme, _, isURL := strings.Cut(remote, "://")
	host, path, colon := strings.Cut(remote, ":")
	switch {
	case remote == "" || strings.HasPrefix(remote, "-") || strings.ContainsFunc(remote, unicode.IsControl):
		return "", errors.New("the URL of its origin is none")
	case filepath.IsAbs(remote):
		return remote, nil
	case isURL && !slices.Contains(strings.Split(protocols, ":"), scheme):
		return "", fmt.Errorf("its origin is not reached by %s", strings.ReplaceAll(protocols, ":", ", "))
	case isURL:
		return remote, checkURL(remote)
	case !colon || strings.Contains(host, "/"):
		return filepath.Join(c.dir, remote), nil
	case strings.HasPrefix(path, ":") && !strings.Contains(host, "["):
		return "", fmt.Errorf("its origin is reached by the program git-remote-%s", host)
	}
	_, machine, named := strings.Cut(host, "@")
	if strings.HasPrefix(machine, "-") || named && machine == "" || host == "" {
		return "", errors.New("the URL of its origin names no host")
	}
	return remote, nil // user@host:path
}

func checkURL(remote string) error {
	u, err := url.Parse(remote)
	switch {
	case err != nil: // says the URL, with its password
		return errors.New("the URL of its origin is none")
	case u.Scheme == "file" && u.Host == "":
		return nil
	case u.Scheme == "file" || u.Hostname() == "" || strings.HasPrefix(u.Host, "-") || strings.HasPrefix(u.User.Username(), "-"):
		return errors.New("the URL of its origin names no host")
	}
	return nil
}

// landing is where the branch of an origin goes in a clone.
type landing struct {
	prefix string // of the reference
	head   string // the symbolic reference that follows the origin's default branch; "" where none does
	force  bool   // whether the reference may be moved to another history, and go with the branch
}

// landing decides where a branch goes. The origin's branches have a place of their own in most clones, which
// nobody works in. A bare clone may have none: then the branch itself is moved, as nobody has it checked
// out, but to another history only where the clone's configuration calls it a mirror. In one that does not,
// people may have pushed commits that are nowhere else.
func (c clone) landing(o origin) landing {
	apart := landing{prefix: originPrefix, head: originPrefix + "HEAD", force: true}
	switch {
	case !o.bare || c.own != c.dir || filepath.Base(c.dir) == ".git" || o.tracks():
		return apart
	case c.has("index") || c.has("worktrees") || c.has(originPrefix) || c.packedBelow(originPrefix):
		return apart
	case o.mirrors():
		return landing{prefix: branchPrefix, head: "HEAD", force: true}
	default:
		return landing{prefix: branchPrefix}
	}
}

// has reports whether there is something of this name in the git directory.
func (c clone) has(name string) bool {
	_, err := os.Lstat(filepath.Join(c.common, filepath.FromSlash(name)))
	return err == nil
}

// packedBelow reports whether packed-refs has a reference with a prefix.
func (c clone) packedBelow(prefix string) (found bool) {
	_ = c.eachPacked(func(_, ref []byte) error {
		found = found || strings.HasPrefix(string(ref), prefix)
		return nil
	})
	return found
}

// branchName is what a branch may be called: less than git allows, and nothing that means something in a
// pattern, in a refspec or in a path.
var branchName = regexp.MustCompile(`^[^\x00-\x20\x7f~^:?*\[\\]+$`)

// checkBranch refuses a name, of the configuration or of the origin, that is no branch.
func checkBranch(name string) error {
	if !branchName.MatchString(name) || !validRef(branchPrefix+name) || name == "HEAD" {
		return fmt.Errorf("branch %q: %w", name, metrics.ErrInvalid)
	}
	return nil
}
