package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// wanted are the blobs of watched files, in the order in which the walk met them: neighbours in it are
// neighbours in the pack, more or less.
type wanted struct {
	order []metrics.OID
	want  map[metrics.OID]wish
}

// wish is what is wanted of a blob.
type wish struct {
	path string // of a file that wants most of it
	want collectors.Interest
}

// add notes a blob of a file.
func (w *wanted) add(oid metrics.OID, path string, want collectors.Interest) {
	if w.want == nil {
		w.want = make(map[metrics.OID]wish)
	}
	old, known := w.want[oid]
	if !known {
		w.order = append(w.order, oid)
	}
	if want > old.want {
		w.want[oid] = wish{path, want}
	}
}

// limit returns the size up to which a blob is read.
func (w *wanted) limit(oid metrics.OID) uint64 {
	return w.want[oid].want.Limit()
}

// blobReader reads those of the wanted blobs that nobody has.
type blobReader struct {
	home   metrics.RepoID
	view   *view
	wanted *wanted
	sink   collectors.Sink
	out    *writer
	lender *lender
	read   int // contents
	gone   int // blobs that are missing or damaged
}

// askAtOnce is how many blobs the sink is asked for in one go.
const askAtOnce = 20_000

// maxDamaged is the number of damaged blobs at which a repository is given up: each costs a new process.
const maxDamaged = 100

// read brings the contents. It asks until nobody else is reading a blob that is wanted here, so that none is
// left out when somebody else fails.
func (r *blobReader) readAll(ctx context.Context) error {
	for rest := r.wanted.order; len(rest) > 0; {
		part := rest[:min(len(rest), askAtOnce)]
		rest = rest[len(part):]
		for {
			mine, err := r.sink.Lacking(ctx, part)
			if err != nil {
				return err
			}
			if len(mine) == 0 {
				break
			}
			if err := r.bring(ctx, r.wanted.sorted(part, mine)); err != nil {
				return err
			}
		}
	}
	return nil
}

// sorted returns mine in the order of part.
func (w *wanted) sorted(part, mine []metrics.OID) []metrics.OID {
	if len(mine) == len(part) {
		return part
	}
	in := make(map[metrics.OID]bool, len(mine))
	for _, oid := range mine {
		in[oid] = true
	}
	list := make([]metrics.OID, 0, len(mine))
	for _, oid := range part {
		if in[oid] {
			list = append(list, oid)
		}
	}
	return list
}

// bring reads blobs and writes them.
func (r *blobReader) bring(ctx context.Context, blobs []metrics.OID) error {
	blobs, err := r.borrow(ctx, blobs)
	if err != nil {
		return err
	}
	read, err := r.sizes(ctx, blobs)
	for err == nil && len(read) > 0 {
		read, err = r.contents(ctx, read)
	}
	if err != nil {
		return err
	}
	return r.out.flush(ctx)
}

// borrow has what the clone lacks brought, and writes what came but not into the clone. It returns the others.
func (r *blobReader) borrow(ctx context.Context, blobs []metrics.OID) (rest []metrics.OID, err error) {
	came, err := r.lender.have(ctx, blobs)
	if err != nil || len(came) == 0 {
		return blobs, err
	}
	for _, oid := range blobs {
		content, ok := came[oid]
		size := uint64(len(content))
		switch {
		case !ok:
			rest = append(rest, oid)
		case size > r.wanted.limit(oid):
			err = r.write(ctx, metrics.Blob{OID: oid, Status: metrics.BlobTooBig, Size: size})
		default:
			r.read++
			err = r.write(ctx, metrics.Blob{OID: oid, Status: metrics.BlobRead, Size: size, Content: content})
		}
		if err != nil {
			return nil, err
		}
	}
	return rest, nil
}

// sizes asks for the blobs' sizes and returns those that are to be read. The others are written as missing
// or too big.
func (r *blobReader) sizes(ctx context.Context, blobs []metrics.OID) (read []metrics.OID, err error) {
	err = r.view.objects(ctx, ids(blobs), func(in *bufio.Reader) error {
		for _, oid := range blobs {
			size, ok, err := header(in)
			switch {
			case err != nil:
				return err
			case !ok:
				err = r.lacks(ctx, oid)
			case size > r.wanted.limit(oid):
				err = r.write(ctx, metrics.Blob{OID: oid, Status: metrics.BlobTooBig, Size: size})
			default:
				read = append(read, oid)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}, "--batch-check")
	return read, err
}

// contents reads blobs. Git gives up at a damaged one: it is written as missing, and what comes after it
// returned.
func (r *blobReader) contents(ctx context.Context, blobs []metrics.OID) (rest []metrics.OID, err error) {
	done := 0
	err = r.view.objects(ctx, ids(blobs), func(in *bufio.Reader) error {
		for _, oid := range blobs {
			size, ok, err := header(in)
			if err != nil {
				return err
			}
			if !ok {
				err = r.lacks(ctx, oid)
			} else {
				err = r.content(ctx, in, oid, size)
			}
			if err != nil {
				return err
			}
			done++
		}
		return nil
	}, "--batch")
	var damage *collectors.ReadError
	if err == nil || done == len(blobs) || !errors.As(err, &damage) || r.gone >= maxDamaged {
		return nil, err
	}
	return blobs[done+1:], r.lacks(ctx, blobs[done])
}

// content reads the content behind a header.
func (r *blobReader) content(ctx context.Context, in *bufio.Reader, oid metrics.OID, size uint64) error {
	if size > r.wanted.limit(oid) {
		return fmt.Errorf("git cat-file: %s grew to %d bytes", oid, size)
	}
	text, err := take(in, int(size))
	if err != nil {
		return err
	}
	if _, err := in.Discard(1); err != nil { // a line feed follows
		return io.ErrUnexpectedEOF
	}
	r.read++
	return r.write(ctx, metrics.Blob{OID: oid, Status: metrics.BlobRead, Size: size, Content: text})
}

// take reads so many bytes as they come, copying each once.
func take(in *bufio.Reader, size int) (string, error) {
	var text strings.Builder
	text.Grow(size)
	for text.Len() < size {
		if _, err := in.Peek(1); err != nil {
			return "", io.ErrUnexpectedEOF
		}
		some, _ := in.Peek(min(in.Buffered(), size-text.Len()))
		text.Write(some)
		if _, err := in.Discard(len(some)); err != nil {
			return "", err
		}
	}
	return text.String(), nil
}

// lacks writes that this clone does not have a blob.
func (r *blobReader) lacks(ctx context.Context, oid metrics.OID) error {
	r.gone++
	return r.write(ctx, metrics.Blob{OID: oid, Status: metrics.BlobMissing})
}

func (r *blobReader) write(ctx context.Context, blob metrics.Blob) error {
	blob.Home, blob.Path = r.home, r.wanted.want[blob.OID].path
	r.out.batch.Blobs = append(r.out.batch.Blobs, blob)
	r.out.bytes += len(blob.Content)
	return r.out.room(ctx, nil)
}

// ids writes object ids as git cat-file reads them.
func ids(list []metrics.OID) io.Reader {
	var b strings.Builder
	for _, oid := range list {
		b.WriteString(oid.String())
		b.WriteByte('\n')
	}
	return strings.NewReader(b.String())
}

// objects runs git cat-file on what names lists. Nothing stands for another object here: blobs are kept
// under their own ids, for all repositories.
func (v *view) objects(ctx context.Context, names io.Reader, read func(*bufio.Reader) error, mode string) error {
	return v.run(ctx, []string{"GIT_NO_REPLACE_OBJECTS=1"}, names, read, "cat-file", mode, "--buffer")
}

// header reads the size of a blob. It is false for an object that is missing, and for one of another type,
// which no file can be.
func header(in *bufio.Reader) (size uint64, ok bool, err error) {
	kind, size, err := anyHeader(in)
	return size, kind == "blob", err
}

// anyHeader reads what git cat-file says before an object: its type and size, or a type of "" where it is
// missing.
func anyHeader(in *bufio.Reader) (kind string, size uint64, err error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return "", 0, io.ErrUnexpectedEOF
	}
	line = strings.TrimSuffix(line, "\n")
	if strings.HasSuffix(line, " missing") {
		return "", 0, nil
	}
	fields := strings.Fields(line)
	if len(fields) != 3 {
		return "", 0, fmt.Errorf("git cat-file: %.120q is no answer", line)
	}
	if size, err = strconv.ParseUint(fields[2], 10, 64); err != nil {
		return "", 0, fmt.Errorf("git cat-file: %.120q: %w", line, err)
	}
	return fields[1], size, nil
}

// show returns the beginning of one object, "" where there is no such object.
func (v *view) show(ctx context.Context, name string) (text string, err error) {
	err = v.objects(ctx, strings.NewReader(name+"\n"), func(in *bufio.Reader) error {
		kind, size, err := anyHeader(in)
		if err != nil || kind == "" {
			return err
		}
		content, err := io.ReadAll(io.LimitReader(in, int64(min(size, metrics.MaxBlob))))
		text = string(content)
		return err
	}, "--batch")
	return text, err
}
