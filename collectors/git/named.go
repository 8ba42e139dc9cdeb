package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// followed reports whether the last walk is of this very history, and of all files that others name at its head.
func (r *reading) followed() bool { return r.current() && !r.last.Unfollowed }

// follow finds out which files are read since others name them at the head. Where they were all read before, no less is read
// than was.
func (r *reading) follow(ctx context.Context) error {
	r.named = r.last.Walk.Named
	if r.source.config.Naming == nil || r.followed() {
		return nil
	}
	files, err := r.view.files(ctx, r.tip.oid)
	var damage *collectors.ReadError
	if errors.As(err, &damage) {
		r.source.config.Log.Info("it is not known which files others name", "repo", r.repo.Name, "why", err)
		return nil // the walk says what of the history is missing
	}
	if err != nil {
		return err
	}
	now, err := r.source.config.Naming.At(ctx, collectors.Head{Repo: r.repo.Name, Files: files, Bring: r.texts})
	r.named, r.more = collectors.Named(r.last.Walk.Named, now)
	return err
}

// watch returns what decides which files are read.
func (r *reading) watch() (*collectors.Matcher, error) {
	if len(r.named) == 0 {
		return r.source.watch, nil
	}
	watch := r.source.config.Watch
	watch.Whole = slices.Concat(watch.Whole, r.named)
	return collectors.NewMatcher(watch)
}

// texts returns contents of small files. What is damaged or not to be had is left out, as it is of a walk.
func (r *reading) texts(ctx context.Context, oids []metrics.OID) (map[metrics.OID]string, error) {
	came, err := r.lender.have(ctx, oids)
	if err != nil {
		return nil, err
	}
	found := make(map[metrics.OID]string, len(oids))
	maps.Copy(found, came)
	rest := slices.DeleteFunc(slices.Clone(oids), func(oid metrics.OID) bool { _, here := came[oid]; return here })
	if rest, err = r.view.small(ctx, rest); err == nil {
		err = r.view.texts(ctx, rest, found)
	}
	var damage *collectors.ReadError
	if errors.As(err, &damage) {
		return found, nil
	}
	return found, err
}

// small returns those of some objects that are files of which the content is read.
func (v *view) small(ctx context.Context, oids []metrics.OID) (list []metrics.OID, err error) {
	err = v.objects(ctx, ids(oids), func(in *bufio.Reader) error {
		for _, oid := range oids {
			size, ok, err := header(in)
			if err != nil {
				return err
			}
			if ok && size <= metrics.MaxBlob {
				list = append(list, oid)
			}
		}
		return nil
	}, "--batch-check")
	return list, err
}

// texts adds the contents of files.
func (v *view) texts(ctx context.Context, oids []metrics.OID, found map[metrics.OID]string) error {
	return v.objects(ctx, ids(oids), func(in *bufio.Reader) error {
		for _, oid := range oids {
			size, ok, err := header(in)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			text, err := take(in, int(size))
			if err != nil {
				return err
			}
			if _, err := in.Discard(1); err != nil { // a line feed follows
				return io.ErrUnexpectedEOF
			}
			found[oid] = text
		}
		return nil
	}, "--batch")
}

// files returns the files of a commit. Symbolic links and submodules are none.
func (v *view) files(ctx context.Context, head metrics.OID) (map[string]metrics.OID, error) {
	files := map[string]metrics.OID{}
	err := v.run(ctx, nil, nil, func(in *bufio.Reader) error {
		for {
			line, err := in.ReadBytes(0)
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			about, path, _ := bytes.Cut(line[:len(line)-1], []byte{'\t'})
			if fields := bytes.Fields(about); len(fields) == 3 && bytes.HasPrefix(fields[0], []byte("100")) && len(path) < maxPath {
				if files[string(path)], err = metrics.ParseOID(string(fields[2])); err != nil {
					return err
				}
			}
		}
	}, "ls-tree", "-r", "-z", head.String())
	return files, err
}
