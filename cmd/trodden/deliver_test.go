package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/classify"
	"github.com/trodden/trodden/metrics/clickhouse"
	"github.com/trodden/trodden/metrics/query"
)

// deliveries is how often the facts are delivered in another way.
const deliveries = 5

// TestFactsInAnyOrder delivers the facts of generated repositories to stores in any order, in batches of any size,
// some of them twice, some after the store has concluded from the others already. All stores answer alike.
func TestFactsInAnyOrder(t *testing.T) {
	p := newPlace(t, generatedPaths)
	generate(t, p.repos(), 8, 60)
	p.run(exitDone, "scan")
	db, shut := p.open()
	defer shut()
	d := newDelivery(t, p, db)
	want := d.to(0)
	for seed := range uint64(deliveries) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			if diff := cmp.Diff(d.to(seed+1), want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
	if !strings.Contains(want, "automated") {
		t.Error("no campaign is among the answers: the test shows little")
	}
}

// delivery is what one store knows, to be brought to others.
type delivery struct {
	*testing.T
	db    *clickhouse.DB
	rules *classify.Classifier
	facts []metrics.Batch // of one fact each
	walks []metrics.Batch // likewise
}

func newDelivery(t *testing.T, p *place, db *clickhouse.DB) *delivery {
	t.Helper()
	c, err := config.Load(filepath.Join(p.dir, "trodden.yaml"), config.OSEnvironment())
	if err != nil {
		t.Fatal(err)
	}
	rules, err := classify.New(c.Definitions)
	if err != nil {
		t.Fatal(err)
	}
	d := &delivery{T: t, db: db, rules: rules}
	d.people()
	d.repositories()
	return d
}

func (d *delivery) check(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *delivery) people() {
	identities, err := d.db.Identities(d.Context())
	d.check(err)
	for _, x := range identities {
		d.facts = append(d.facts, metrics.Batch{Identities: []metrics.Identity{x}})
	}
	memberships, err := d.db.Memberships(d.Context())
	d.check(err)
	for _, x := range memberships {
		d.facts = append(d.facts, metrics.Batch{Memberships: []metrics.Membership{x}})
	}
}

// repositories takes in what is known of each, and the contents of its files.
func (d *delivery) repositories() {
	marks, err := d.db.Marks(d.Context())
	d.check(err)
	var ids []metrics.RepoID
	for _, m := range marks {
		ids = append(ids, m.Repo)
	}
	var blobs []metrics.OID
	for h, err := range d.db.Histories(d.Context(), ids) {
		d.check(err)
		d.history(h)
		for _, x := range h.Changes {
			blobs = append(blobs, x.Blob)
		}
		for _, x := range h.Side {
			blobs = append(blobs, x.Blob)
		}
	}
	for b, err := range d.db.Blobs(d.Context(), blobs) {
		d.check(err)
		d.facts = append(d.facts, metrics.Batch{Blobs: []metrics.Blob{b}})
	}
}

func (d *delivery) history(h metrics.History) {
	d.facts = append(d.facts, metrics.Batch{Repos: []metrics.Repo{h.Repo}})
	for _, x := range h.Readings {
		d.facts = append(d.facts, metrics.Batch{Readings: []metrics.Reading{x}})
	}
	for _, x := range h.Commits {
		d.facts = append(d.facts, metrics.Batch{Commits: []metrics.Commit{x}})
	}
	for _, x := range h.Changes {
		d.facts = append(d.facts, metrics.Batch{FileChanges: []metrics.FileChange{x}})
	}
	for _, x := range h.Side {
		d.facts = append(d.facts, metrics.Batch{SideChanges: []metrics.SideChange{x}})
	}
	for _, x := range h.Walks {
		d.walks = append(d.walks, metrics.Batch{Walks: []metrics.Walk{x}})
	}
}

// to brings all facts to a new store, in the order of the seed, and returns what it answers. A walk comes last, as
// the contract of facts has it: what is there of a walk that is not counts for nothing.
func (d *delivery) to(seed uint64) string {
	d.Helper()
	random := rand.New(rand.NewPCG(seed, 3))
	facts := append([]metrics.Batch(nil), d.facts...)
	if seed > 0 {
		random.Shuffle(len(facts), func(i, j int) { facts[i], facts[j] = facts[j], facts[i] })
		for range len(facts) / 3 {
			facts = append(facts, facts[random.IntN(len(d.facts))])
		}
	}
	walks := append([]metrics.Batch(nil), d.walks...)
	random.Shuffle(len(walks), func(i, j int) { walks[i], walks[j] = walks[j], walks[i] })
	store := d.open(fmt.Sprint("delivered", seed))
	defer store.Close()
	d.write(store, random, facts)
	if seed%2 == 1 { // half of the repositories are concluded about before the others are there
		half := len(walks) / 2
		d.write(store, random, walks[:half])
		d.conclude(store)
		walks = walks[half:]
	}
	d.write(store, random, walks)
	d.conclude(store)
	if seed > 0 { // once more, and nothing follows from it
		d.write(store, random, facts[:len(facts)/2])
		d.conclude(store)
	}
	return d.answers(store)
}

func (d *delivery) open(name string) *clickhouse.DB {
	d.Helper()
	d.check(d.db.Exec(d.Context(), "CREATE DATABASE "+name, nil))
	store, err := d.db.Database(name)
	d.check(err)
	_, err = store.Migrate(d.Context())
	d.check(err)
	return store
}

// write puts facts together to batches of any size and writes these.
func (d *delivery) write(store *clickhouse.DB, random *rand.Rand, facts []metrics.Batch) {
	d.Helper()
	var batch metrics.Batch
	for _, f := range facts {
		batch.Repos, batch.Readings = append(batch.Repos, f.Repos...), append(batch.Readings, f.Readings...)
		batch.Commits, batch.Walks = append(batch.Commits, f.Commits...), append(batch.Walks, f.Walks...)
		batch.FileChanges, batch.SideChanges = append(batch.FileChanges, f.FileChanges...), append(batch.SideChanges, f.SideChanges...)
		batch.Blobs, batch.Identities = append(batch.Blobs, f.Blobs...), append(batch.Identities, f.Identities...)
		batch.Memberships = append(batch.Memberships, f.Memberships...)
		if random.IntN(max(10, len(facts)/4)) == 0 {
			d.check(store.Write(d.Context(), &batch))
			batch = metrics.Batch{}
		}
	}
	d.check(store.Write(d.Context(), &batch))
}

func (d *delivery) conclude(store *clickhouse.DB) {
	d.Helper()
	c := conclusion{db: store, rules: d.rules, log: slog.New(slog.DiscardHandler), workers: 2, now: time.Now}
	_, err := c.run(d.Context())
	d.check(err)
}

// answers are those that tell of all that is concluded.
func (d *delivery) answers(store *clickhouse.DB) string {
	d.Helper()
	now := metrics.Instant(1_790_000_000)
	var all bytes.Buffer
	for _, ask := range []func(context.Context) (any, error){
		func(ctx context.Context) (any, error) {
			return query.States(ctx, store, query.StatesQuestion{AsOf: now})
		},
		func(ctx context.Context) (any, error) { return query.Events(ctx, store, query.EventsQuestion{To: now}) },
		func(ctx context.Context) (any, error) {
			return query.Decisions(ctx, store, query.DecisionsQuestion{AsOf: now})
		},
		func(ctx context.Context) (any, error) {
			return query.Retention(ctx, store, query.CohortQuestion{AsOf: now})
		},
		func(ctx context.Context) (any, error) {
			return query.Adoption(ctx, store, query.AdoptionQuestion{By: query.ByTeam, Interval: query.Quarter, AsOf: now, To: now})
		},
	} {
		rows, err := ask(d.Context())
		d.check(err)
		text, err := json.MarshalIndent(rows, "", " ")
		d.check(err)
		all.Write(text)
	}
	return all.String()
}
