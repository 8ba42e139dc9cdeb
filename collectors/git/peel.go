package git

import (
	"bufio"
	"context"
	"io"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// target is where an object leads that a tag names.
type target struct {
	commit metrics.OID     // empty where it is no commit
	at     metrics.Instant // of the outermost tag object that has a date, else of the commit
}

// maxNested is how many tag objects in a row are followed: git makes them of tags of tags, and nobody does.
const maxNested = 8

// peel follows objects to their commits. Objects that are not there, or that lead to one that is not, are left
// out. What packed-refs says of it is not trusted: a commit that is named to git has to be one.
func (v *view) peel(ctx context.Context, objects []metrics.OID) (map[metrics.OID]target, error) {
	known := make(map[metrics.OID]object)
	ask := objects
	for round := 0; len(ask) > 0 && round < maxNested; round++ {
		if err := v.look(ctx, ask, known); err != nil {
			return nil, err
		}
		var further []metrics.OID
		for _, oid := range ask {
			if o := known[oid]; o.kind == "tag" && o.leads != "" {
				further = append(further, o.leads)
			}
		}
		ask = slices.DeleteFunc(further, func(oid metrics.OID) bool { _, seen := known[oid]; return seen })
	}
	peeled := make(map[metrics.OID]target, len(objects))
	for _, oid := range objects {
		if to, ok := follow(known, oid); ok {
			peeled[oid] = to
		}
	}
	return peeled, nil
}

// follow goes along the tag objects.
func follow(known map[metrics.OID]object, oid metrics.OID) (to target, ok bool) {
	for range maxNested {
		o := known[oid]
		if to.at == metrics.Beginning {
			to.at = o.at
		}
		switch o.kind {
		case "":
			return target{}, false
		case "commit":
			to.commit = oid
			return to, true
		case "tag":
			oid = o.leads
		default:
			return target{}, true
		}
	}
	return target{}, true
}

// object is what matters of an object on the way from a tag to its commit.
type object struct {
	kind  string          // commit, tree, blob or tag; empty where there is none
	leads metrics.OID     // of a tag
	at    metrics.Instant // of a tag or commit; Beginning where it has none
}

// look finds out what objects are. Only tags and commits are read.
func (v *view) look(ctx context.Context, oids []metrics.OID, known map[metrics.OID]object) error {
	oids = slices.Compact(slices.Sorted(slices.Values(oids)))
	var read []metrics.OID
	err := v.objects(ctx, ids(oids), func(in *bufio.Reader) error {
		for _, oid := range oids {
			kind, _, err := anyHeader(in)
			if err != nil {
				return err
			}
			known[oid] = object{kind: kind}
			if kind == "tag" || kind == "commit" {
				read = append(read, oid)
			}
		}
		return nil
	}, "--batch-check")
	if err != nil || len(read) == 0 {
		return err
	}
	return v.objects(ctx, ids(read), func(in *bufio.Reader) error {
		for _, oid := range read {
			text, kind, err := beginning(in)
			if err != nil {
				return err
			}
			known[oid] = parseObject(kind, text)
		}
		return nil
	}, "--batch")
}

// maxHeader is how much is read of a tag or commit: its dates stand before the message.
const maxHeader = 64 << 10

// beginning reads the beginning of an object behind its header, and passes over the rest.
func beginning(in *bufio.Reader) (text, kind string, err error) {
	kind, size, err := anyHeader(in)
	if err != nil || kind == "" {
		return "", kind, err
	}
	part := min(size, maxHeader)
	if text, err = take(in, int(part)); err != nil {
		return "", "", err
	}
	if _, err := io.CopyN(io.Discard, in, int64(size-part)+1); err != nil { // a line feed follows
		return "", "", io.ErrUnexpectedEOF
	}
	return text, kind, nil
}

// parseObject reads the text of a tag or commit.
func parseObject(kind, text string) object {
	if kind == "commit" {
		return object{kind: kind, at: signed(text, "committer")}
	}
	o := object{kind: kind, at: signed(text, "tagger")}
	line, _, _ := strings.Cut(text, "\n")
	if id, ok := strings.CutPrefix(line, "object "); ok {
		o.leads, _ = metrics.ParseOID(id) // a tag that names nothing leads nowhere
	}
	return o
}
