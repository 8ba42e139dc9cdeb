package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/trodden/trodden/metrics"
)

// maxRefs is how many entities are looked up at once: bodies of 100 kB and more are refused.
const maxRefs = 500

// errNoLookUp means that it cannot be known of some entities whether they are gone.
var errNoLookUp = errors.New("some of what was there is not listed. The list goes on by numbers and may have passed it over, and no entity can be looked up here")

// Recall implements Recaller.
func (b *Backstage) Recall(refs []metrics.EntityRef) { b.before = refs }

// confirm asks for what was referred to and not listed, and for what a list that goes on by numbers may have passed over. It
// may have come since then, or have moved; what the catalog does not have is gone. What is found may refer to more. A server
// that cannot be asked has listed all that it has, unless something is not listed that was there before.
func (b *Backstage) confirm(ctx context.Context, r *read) error {
	for {
		passed := b.passed(r)
		refs := append(passed, slices.DeleteFunc(r.missing(), func(ref metrics.EntityRef) bool { return slices.Contains(passed, ref) })...)
		if len(refs) == 0 {
			return nil
		}
		for some := range slices.Chunk(refs, maxRefs) {
			err := b.lookUp(ctx, r, some)
			if lacks(err) && len(passed) > 0 {
				return errNoLookUp
			}
			if err != nil && !lacks(err) {
				return err
			}
			for _, ref := range some {
				if _, ok := r.known[ref]; !ok {
					r.gone[ref] = true
				}
			}
		}
	}
}

// passed is what was there before and is neither listed nor known to be gone, in a list that may have passed it over. Of one
// without anything in it nothing is believed.
func (b *Backstage) passed(r *read) (refs []metrics.EntityRef) {
	if !r.numbered || r.listed == 0 {
		return nil
	}
	for _, ref := range b.before {
		if _, ok := r.known[ref]; !ok && !r.gone[ref] {
			refs = append(refs, ref)
		}
	}
	return refs
}

// lookUp asks for entities by name.
func (b *Backstage) lookUp(ctx context.Context, r *read, refs []metrics.EntityRef) error {
	names := make([]string, len(refs))
	for i, ref := range refs {
		names[i] = ref.String()
	}
	p := page{each: r.found}
	_, err := b.stream(ctx, request{path: refsPath, body: map[string]any{"entityRefs": names}}, p.query)
	if err == nil && p.count != len(refs) {
		err = fmt.Errorf("%d entities are told of where %d were asked for", p.count, len(refs))
	}
	return err
}
