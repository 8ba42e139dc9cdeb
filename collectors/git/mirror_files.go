package git

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// mirrorRef is the one branch of a mirror, whatever the branch is called at the host: a branch that comes after
// another was called so finds no file where it needs a folder.
const mirrorRef = branchPrefix + "head"

// mirrorSettings is the configuration of a mirror. It goes before that of the user and of the machine, where what
// holds for a URL goes before what holds for all.
const mirrorSettings = `[core]
	repositoryFormatVersion = 1
	bare = true
	logAllRefUpdates = false
	hooksPath = /dev/null
	fsmonitor = false
	attributesFile = /dev/null
[extensions]
	partialClone = origin
%s[remote "origin"]
	url = "%s"
	promisor = true
	partialCloneFilter = blob:none
[http "%[2]s"]
	followRedirects = false
	lowSpeedLimit = 1
	lowSpeedTime = %d
[credential]
	helper =
	interactive = false
[fetch]
	fsckObjects = false
	writeCommitGraph = false
[transfer]
	fsckObjects = false
	bundleURI = false
[gc]
	auto = 0
[maintenance]
	auto = false
`

// prepare makes the folder a repository, if it is none yet, and takes away what a fetch that was killed left there.
// Its configuration is written anew each time: a repository that was renamed is fetched from its new address. What is
// in it is nothing that is not in the configuration of trodden, too.
func (f fetching) prepare() error {
	if err := checkRemote(f.from); err != nil {
		return err
	}
	for _, folder := range []string{"objects/pack", "objects/info", "refs/heads", "refs/tags", "info"} {
		if err := os.MkdirAll(filepath.Join(f.clone.dir, filepath.FromSlash(folder)), 0o700); err != nil {
			return fmt.Errorf("make a clone: %w", err)
		}
	}
	format := ""
	if len(f.from.Head) > 20 {
		format = "\tobjectFormat = sha256\n"
	}
	url := strings.ReplaceAll(f.from.URL, `\`, `\\`)
	files := map[string]string{
		"HEAD":   "ref: " + mirrorRef + "\n",
		"config": fmt.Sprintf(mirrorSettings, format, url, int(f.stall.Seconds())),
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(f.clone.dir, name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("make a clone: %w", err)
		}
	}
	return f.sweep()
}

// sweep removes locks and unfinished packs. Nobody else is at work in the clone.
func (f fetching) sweep() error {
	return filepath.WalkDir(f.clone.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if name := entry.Name(); strings.HasSuffix(name, ".lock") || strings.HasPrefix(name, "tmp_") || strings.HasPrefix(name, ".tmp-") {
			return os.Remove(path)
		}
		return nil
	})
}
