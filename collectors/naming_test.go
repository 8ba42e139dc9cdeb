package collectors_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

func TestNamed(t *testing.T) {
	many := make([]string, 499)
	for i := range many {
		many[i] = fmt.Sprintf("m%03d", i)
	}
	for name, c := range map[string]struct {
		before, now, want []string
		more              bool
	}{
		"nothing":              {nil, nil, nil, false},
		"the first":            {nil, []string{"b", "a"}, []string{"a", "b"}, true},
		"the same":             {[]string{"a", "b"}, []string{"b", "a"}, []string{"a", "b"}, false},
		"fewer":                {[]string{"a", "b"}, []string{"b"}, []string{"a", "b"}, false},
		"none any more":        {[]string{"a", "b"}, nil, []string{"a", "b"}, false},
		"another":              {[]string{"a", "b"}, []string{"b", "c"}, []string{"a", "b", "c"}, true},
		"others, and too many": {[]string{"a", "b"}, many, append([]string{"a"}, many...), true},
	} {
		t.Run(name, func(t *testing.T) {
			got, more := collectors.Named(c.before, c.now)
			if diff := cmp.Diff(got, c.want); diff != "" || more != c.more {
				t.Errorf("more is %v (-got +want):\n%s", more, diff)
			}
		})
	}
}

// TestNamingReadsInTurns follows files that each name the next, of which many are brought at once, and none twice.
func TestNamingReadsInTurns(t *testing.T) {
	files, texts := map[string]metrics.OID{}, map[metrics.OID]string{}
	add := func(path, text string) {
		files[path] = metrics.OID(path)
		texts[metrics.OID(path)] = text
	}
	add("begin", "a*")
	for i := range 3 {
		add(fmt.Sprint("a", i), fmt.Sprint("b", i))
		add(fmt.Sprint("b", i), "begin")
	}
	follow := func(_ string, tree collectors.Tree) (names []string) {
		for next := []string{"begin"}; len(next) > 0; next = next[1:] {
			if text, ok := tree.Read(next[0]); ok && !slices.Contains(names, text) {
				names, next = append(names, text), append(next, tree.Match(text)...)
			}
		}
		return names
	}
	var brought []int
	head := collectors.Head{Repo: "x", Files: files, Bring: func(_ context.Context, oids []metrics.OID) (map[metrics.OID]string, error) {
		brought = append(brought, len(oids))
		found := map[metrics.OID]string{}
		for _, oid := range oids {
			found[oid] = texts[oid]
		}
		return found, nil
	}}
	got, err := collectors.Naming(follow).At(t.Context(), head)
	if diff := cmp.Diff(got, []string{"a*", "b0", "b1", "b2", "begin"}); diff != "" || err != nil {
		t.Errorf("%v, -got +want:\n%s", err, diff)
	}
	if diff := cmp.Diff(brought, []int{1, 3, 3}); diff != "" {
		t.Errorf("files brought at once, -got +want:\n%s", diff)
	}
	failure := errors.New("it breaks here")
	head.Bring = func(context.Context, []metrics.OID) (map[metrics.OID]string, error) { return nil, failure }
	if _, err := collectors.Naming(follow).At(t.Context(), head); !errors.Is(err, failure) {
		t.Errorf("got %v, want the error", err)
	}
	if got, err := collectors.Naming(nil).At(t.Context(), head); got != nil || err != nil {
		t.Errorf("nobody follows, and got %v, %v", got, err)
	}
}

// TestNamingIsBounded has a file name far more than is read.
func TestNamingIsBounded(t *testing.T) {
	files := map[string]metrics.OID{}
	for i := range 5000 {
		files[fmt.Sprint(i)] = metrics.OID(fmt.Sprint(i))
	}
	read := 0
	head := collectors.Head{Repo: "x", Files: files, Bring: func(_ context.Context, oids []metrics.OID) (map[metrics.OID]string, error) {
		read += len(oids)
		return nil, nil
	}}
	all := func(_ string, tree collectors.Tree) []string {
		for _, path := range tree.Match("*") {
			tree.Read(path)
		}
		return nil
	}
	if _, err := collectors.Naming(all).At(t.Context(), head); err != nil || read != 1000 {
		t.Errorf("%d files were read, %v; want 1000", read, err)
	}
}
