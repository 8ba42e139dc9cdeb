package collectors_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// TestRunOnly reads the repositories that are asked for by name or by what their host calls them, and leaves the
// listing of the source as it was: nothing of the others is concluded from it.
func TestRunOnly(t *testing.T) {
	source, store := new(fake), newShelf()
	var read []string
	for _, name := range []string{"github.com/acme/a", "github.com/acme/b", "github.com/acme/new-name", "github.com/acme/d", "github.com/acme/in-part", "github.com/acme/broken"} {
		source.add(name, func(context.Context, collectors.Last, collectors.Sink) (collectors.Done, error) {
			read = append(read, name)
			switch name {
			case "github.com/acme/in-part":
				return collectors.Done{Missed: []string{"runs"}}, nil
			case "github.com/acme/broken":
				return collectors.Done{}, errors.New("broken")
			}
			return collectors.Done{}, nil
		})
	}
	source.repos[2].HostID = "github.com#3"
	o := options(store, source)
	o.Workers, o.Only = 1, collectors.NewOnly("github.com/acme/b", "github.com/acme/old-name", "github.com#3", "github.com/acme/gone", "github.com/acme/in-part", "github.com/acme/broken", "")
	got, err := collectors.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(read, []string{"github.com/acme/b", "github.com/acme/new-name", "github.com/acme/in-part", "github.com/acme/broken"}); diff != "" {
		t.Errorf("read (-got +want):\n%s", diff)
	}
	if got.Repos != 4 || len(store.listings) != 0 {
		t.Errorf("got %d repositories and listings %v, want 4 and none", got.Repos, store.listings)
	}
	if len(got.Well) != 2 || got.Well[0].Name != "github.com/acme/b" || got.Well[1].HostID != "github.com#3" {
		t.Errorf("read well are %v, want b and the renamed one", got.Well)
	}
}

func TestOnlyHolds(t *testing.T) {
	repo := metrics.Repo{Name: "github.com/acme/a"}
	if !collectors.Only(nil).Holds(repo) || collectors.NewOnly("").Holds(repo) || !collectors.NewOnly("github.com/acme/a").Holds(repo) {
		t.Error("the nil Only must hold all, an empty one nothing, and others what they name")
	}
}
