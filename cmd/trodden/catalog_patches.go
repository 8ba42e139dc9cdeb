package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
)

func (p *program) catalogPatchesCommand() *cobra.Command {
	var f catalogFlags
	var dir string
	var force bool
	cmd := f.about(p, "catalog/patches", tableOf(catalogPatchColumns()...), &cobra.Command{
		Use: "patches", Short: "Patches of catalog files that would put wrong owners right",
		Long: `Prints the things whose owner is wrong and stands in a file of a repository, with the team that is the right owner:
the one that holds most commits of 180 days, where that is certain, else the one that owns the place by what is no
catalog (CODEOWNERS, the configuration, the code host). Where neither is known, or the value cannot be changed by
itself, the last column says so.

With --out one patch a repository is written: DIR/HOST/OWNER/NAME.patch. Nothing is ever pushed. The patches are
made for the files as they were read last, and change nothing but the owners in them.

They hold lines of files as they are, so a server gives them to editors alone.`,
		Example: `  trodden catalog patches
  trodden catalog patches --team payments --out patches
  git -C ~/src/pay apply "$PWD/patches/github.com/acme/pay.patch"`,
	})
	f.catalog(p, cmd)
	f.text(cmd, &f.repo, "repo", "only files of this repository")
	f.text(cmd, &f.team, "team", "only those that this team is to give away, or to take over")
	completeWith(cmd, "team", p.fromConfig(teamKeys))
	cmd.Flags().StringVar(&dir, "out", "", "write a patch for each repository into this folder")
	cmd.Flags().BoolVar(&force, "force", false, "write into the folder though something is in it: patches of the same name are replaced, all else stays")
	ask := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if dir == "" {
			return ask(cmd, args)
		}
		return p.writePatches(cmd, f, patchFolder{dir, force})
	}
	check := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if force && dir == "" {
			return usagef("--force is for --out DIR")
		}
		return check(cmd, args)
	}
	return cmd
}

// catalogPatchRow is what is shown and written of a correction.
type catalogPatchRow struct {
	Source, Entity, Repo, File string
	Line                       *int
	From, To                   string
	Team                       *string
	Because, Wrong             string
	Commits                    *struct{ Team, All int } `json:"actual_commits"`
	Patch                      *string
	Reason                     string
}

// place is where the owner stands.
func (r catalogPatchRow) place() string {
	if r.Line == nil {
		return r.File
	}
	return fmt.Sprintf("%s:%d", r.File, *r.Line)
}

// why says who is the right owner, and what that rests on.
func (r catalogPatchRow) why() string {
	switch {
	case r.Team == nil:
		return ""
	case r.Commits != nil:
		return fmt.Sprintf("%s has most commits (%d of %d)", *r.Team, r.Commits.Team, r.Commits.All)
	}
	return *r.Team + " owns it by " + words(r.Because)
}

func catalogPatchColumns() []column[catalogPatchRow] {
	type R = catalogPatchRow
	return []column[R]{
		{"CATALOG", false, func(r R) string { return r.Source }},
		{"ENTITY", false, func(r R) string { return r.Entity }},
		{"REPO", false, func(r R) string { return r.Repo }},
		{"FILE", false, R.place},
		{"OWNER", false, func(r R) string { return clipped(r.From) }},
		{"BECOMES", false, func(r R) string { return cmp.Or(r.To, none) }},
		{"BECAUSE", false, R.why},
		{"WRONG", false, func(r R) string { return r.Wrong }},
		{"NOT CORRECTED", false, func(r R) string { return r.Reason }},
	}
}

// writePatches asks for the corrections and writes the patches. Whether there is room for them is seen before anything is asked.
func (p *program) writePatches(cmd *cobra.Command, f catalogFlags, folder patchFolder) error {
	if err := folder.check(); err != nil {
		return err
	}
	return p.reach(cmd.Context(), func(c *client) error {
		query := f.query()
		query.Set("limit", "0") // all rows
		body, err := c.get(cmd.Context(), "catalog/patches", query)
		if err != nil {
			return err
		}
		defer body.Close()
		var a answer
		if err := json.NewDecoder(body).Decode(&a); err != nil {
			return fmt.Errorf("read the answer: %w", err)
		}
		rows, err := rowsOf[catalogPatchRow](&a)
		if err != nil {
			return err
		}
		return folder.write(p.out, rows)
	})
}

// patchFolder is where patches are written.
type patchFolder struct {
	dir   string
	force bool // though something is there
}

// check refuses a folder in which something is.
func (f patchFolder) check() error {
	list, err := os.ReadDir(f.dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("look into the folder for patches: %w", err)
	case len(list) > 0 && !f.force:
		return usagef("%s is not empty: name another folder, or give --force to replace the patches in it", f.dir)
	}
	return nil
}

// write writes the patch of each repository, and says in a line what there is and how it is applied. Rows of a repository
// lie together.
func (f patchFolder) write(out io.Writer, rows []catalogPatchRow) error {
	if err := os.MkdirAll(f.dir, 0o777); err != nil {
		return fmt.Errorf("make the folder for patches: %w", err)
	}
	root, err := os.OpenRoot(f.dir)
	if err != nil {
		return fmt.Errorf("open the folder for patches: %w", err)
	}
	defer root.Close()
	files, done := 0, 0
	for all := rows; len(all) > 0; {
		n := slices.IndexFunc(all, func(r catalogPatchRow) bool { return r.Repo != all[0].Repo })
		if n < 0 {
			n = len(all)
		}
		text, corrected := patchOf(all[:n])
		if corrected > 0 {
			if err := replaceIn(root, patchPath(all[0].Repo), text); err != nil {
				return fmt.Errorf("write the patch of %s: %w", all[0].Repo, err)
			}
			files, done = files+1, done+corrected
		}
		all = all[n:]
	}
	_, err = fmt.Fprintln(out, f.summary(files, done, len(rows)-done))
	return err
}

// summary says what was written.
func (f patchFolder) summary(files, done, left int) string {
	text := "no patches: no wrong owner can be corrected"
	if files > 0 {
		dir, err := filepath.Abs(f.dir)
		if err != nil {
			dir = f.dir
		}
		text = fmt.Sprintf("%s for %s; apply each with: git -C CLONE apply %s", count(files, "patch", "patches"),
			count(done, "owner", "owners"), filepath.Join(dir, "HOST", "OWNER", "NAME.patch"))
	} else if left == 0 {
		text = "no patches: no owner in a catalog file is wrong"
	}
	if left > 0 {
		text += fmt.Sprintf("; %s not corrected, `trodden catalog patches` says why", count(left, "owner is", "owners are"))
	}
	return plain(text)
}

// patchOf puts the patch of a repository together, under a header that git skips, and counts the owners that it corrects.
func patchOf(rows []catalogPatchRow) (text string, corrected int) {
	var header, patches strings.Builder
	line(&header, "# Owners of %s in its catalog files. Apply with: git -C CLONE apply FILE", rows[0].Repo)
	for _, r := range rows {
		if r.Reason != "" {
			line(&header, "# %s %s: not corrected: %s", r.place(), r.Entity, r.Reason)
			continue
		}
		corrected++
		line(&header, "# %s %s: %s becomes %s, as %s; %s", r.place(), r.Entity, r.From, r.To, r.why(), r.Wrong)
		if r.Patch != nil {
			patches.WriteString(*r.Patch)
		}
	}
	return header.String() + patches.String(), corrected
}

// replaceIn writes a file below a root that nothing leads out of, in the place of one that is there.
func replaceIn(root *os.Root, name, text string) error {
	if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return err
	}
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}

// patchPath is the file of a repository: its identity, with what could be anything but a name in a folder as %XX. No two
// repositories have the same, nor is the file of one the folder of another.
func patchPath(repo string) string {
	parts := strings.Split(repo, "/")
	for i, part := range parts {
		folder := i < len(parts)-1
		if name := fileName(part); folder && strings.HasSuffix(name, ".patch") {
			parts[i] = strings.TrimSuffix(name, ".patch") + "%2Epatch"
		} else {
			parts[i] = name
		}
	}
	return strings.Join(parts, "/") + ".patch"
}

// fileName is a part of an identity as a name in a folder.
func fileName(part string) string {
	var b strings.Builder
	for i, c := range part {
		switch {
		case unicode.IsLetter(c) || unicode.IsDigit(c) || strings.ContainsRune("-_+@~", c), c == '.' && i > 0 && i < len(part)-1:
			b.WriteRune(c)
		default:
			for _, octet := range []byte(string(c)) {
				fmt.Fprintf(&b, "%%%02X", octet)
			}
		}
	}
	return cmp.Or(b.String(), "%")
}
