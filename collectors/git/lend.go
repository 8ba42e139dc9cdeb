package git

import (
	"bufio"
	"context"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// lender has contents brought that a clone does not have, all that are wanted at once. The nil lender brings nothing:
// what is not in the clone is not to be had.
type lender struct {
	view  *view
	bring func(ctx context.Context, blobs []metrics.OID) (map[metrics.OID]string, error)

	mailmap metrics.OID // is brought with whatever is brought first; "" where there is none
	text    string      // of the .mailmap, if it did not come into the clone
}

// newLender returns what brings contents to a view, and looks for the .mailmap of a head.
func newLender(ctx context.Context, v *view, head metrics.OID, bring func(context.Context, []metrics.OID) (map[metrics.OID]string, error)) (*lender, error) {
	if bring == nil {
		return nil, nil
	}
	l := &lender{view: v, bring: bring}
	var err error
	l.mailmap, err = v.entry(ctx, head, ".mailmap")
	return l, err
}

// have brings those of the blobs that the clone lacks. What came but not into the clone is returned.
func (l *lender) have(ctx context.Context, blobs []metrics.OID) (map[metrics.OID]string, error) {
	if l == nil {
		return nil, nil
	}
	if l.mailmap != "" && !slices.Contains(blobs, l.mailmap) {
		blobs = append(slices.Clip(blobs), l.mailmap)
	}
	lacking, err := l.view.lacking(ctx, blobs)
	if err != nil || len(lacking) == 0 {
		return nil, err
	}
	came, err := l.bring(ctx, lacking)
	if text, ok := came[l.mailmap]; ok {
		l.text = text
	}
	return came, err
}

// names returns the text of the .mailmap. It is brought alone, if nothing else was.
func (l *lender) names(ctx context.Context) (string, error) {
	if l.mailmap == "" || l.text != "" {
		return l.text, nil
	}
	if _, err := l.have(ctx, nil); err != nil || l.text != "" {
		return l.text, err
	}
	return l.view.show(ctx, l.mailmap.String())
}

// lacking returns those of some objects that are not in the clone.
func (v *view) lacking(ctx context.Context, oids []metrics.OID) (list []metrics.OID, err error) {
	err = v.objects(ctx, ids(oids), func(in *bufio.Reader) error {
		for _, oid := range oids {
			kind, _, err := anyHeader(in)
			if err != nil {
				return err
			}
			if kind == "" {
				list = append(list, oid)
			}
		}
		return nil
	}, "--batch-check")
	return list, err
}

// entry returns the object at a path of a commit; "" where there is none.
func (v *view) entry(ctx context.Context, head metrics.OID, path string) (oid metrics.OID, err error) {
	err = v.run(ctx, nil, nil, func(in *bufio.Reader) error {
		line, _ := in.ReadString(0) // "" where there is none; what else is wrong git says itself
		if fields := strings.Fields(line); len(fields) >= 3 {
			oid, err = metrics.ParseOID(fields[2])
			return err
		}
		return nil
	}, "ls-tree", "-z", head.String(), "--", path)
	return oid, err
}
