package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/clickhouse"
)

// The promise speaks of so many entities, each about a repository of its own, and of so many teams.
const (
	catalogEntities = 10_000
	catalogTeams    = 1000
	catalogCommits  = 40 // of each repository, over a year
	catalogPeople   = 5000
	catalogAtOnce   = 1000 // repositories that are written together
)

// fillCatalog fills a store with an organisation and a catalog of it, which is right in most and wrong in some.
func fillCatalog(ctx context.Context, db *clickhouse.DB, now metrics.Instant) error {
	if _, err := db.Migrate(ctx); err != nil {
		return err
	}
	random := rand.New(rand.NewPCG(3, 4))
	if err := db.Write(ctx, catalogStaff(now)); err != nil {
		return err
	}
	var b metrics.Batch
	for i := range catalogEntities {
		catalogRepo(&b, random, i, now)
		b.Snapshots = append(b.Snapshots, catalogComponent(i, now))
		if (i+1)%catalogAtOnce > 0 {
			continue
		}
		if err := db.Write(ctx, &b); err != nil {
			return err
		}
		b = metrics.Batch{}
	}
	return db.Write(ctx, &metrics.Batch{CatalogLists: []metrics.CatalogList{{Source: "backstage", At: now, Complete: true, Entities: catalogEntities}}})
}

// catalogStaff is who there is, in which team of a code host, and those teams as groups of the catalog.
func catalogStaff(now metrics.Instant) *metrics.Batch {
	b := &metrics.Batch{}
	for i := range catalogTeams {
		name := fmt.Sprint("team-", i)
		b.HostTeams = append(b.HostTeams, metrics.HostTeam{Ref: metrics.TeamKey("@acme/" + name), Name: name, Source: "git", Seen: now})
		ref := metrics.EntityRef{Kind: "group", Namespace: metrics.DefaultNamespace, Name: name}
		b.Snapshots = append(b.Snapshots, metrics.Snapshot{Entity: metrics.Entity{Source: "backstage", Ref: ref, Seen: now - metrics.Day}})
	}
	for i := range catalogPeople {
		alias, person := metrics.AliasID(i+1), metrics.PersonID(i+1)
		b.Identities = append(b.Identities, metrics.Identity{Alias: alias, Person: person, Kind: metrics.Human, Source: "git", Seen: now})
		b.Memberships = append(b.Memberships, metrics.Membership{
			Alias: alias, Person: person, Team: metrics.TeamKey(fmt.Sprint("@acme/team-", i%catalogTeams)), Source: "git",
			Period: metrics.Period{To: metrics.Forever}, Seen: now,
		})
	}
	return b
}

// catalogRepo is a repository to which a few people of one team committed, and now and then somebody else.
func catalogRepo(b *metrics.Batch, random *rand.Rand, i int, now metrics.Instant) {
	name := fmt.Sprint("github.com/acme/r", i)
	r := metrics.Repo{ID: metrics.NewRepoID(name), Name: name, Source: "git", Seen: now, DefaultBranch: "main", Archived: i%17 == 0, Head: metrics.OID(fmt.Sprintf("%020d", i))}
	walk := metrics.Walk{ID: metrics.WalkID(metrics.Fingerprint("walk", name)), Repo: r.ID, Head: r.Head, Commits: catalogCommits, At: now, Branch: "main", Watched: 1, Watch: []string{"**"}}
	for pos := range uint32(catalogCommits) {
		who := i%catalogTeams + catalogTeams*random.IntN(catalogPeople/catalogTeams)
		if random.IntN(5) == 0 {
			who = random.IntN(catalogPeople)
		}
		ago := metrics.Instant(365*(catalogCommits-int(pos))/catalogCommits) * metrics.Day
		b.Commits = append(b.Commits, metrics.Commit{
			Repo: r.ID, Walk: walk.ID, Pos: pos, OID: metrics.OID(fmt.Sprintf("%010d%010d", i, pos)), Author: metrics.AliasID(who + 1),
			Committed: now - ago, Authored: now - ago,
		})
	}
	b.Repos, b.Walks = append(b.Repos, r), append(b.Walks, walk)
	b.Readings = append(b.Readings, metrics.Reading{Source: "git", Repo: r.ID, At: now, Complete: true, Head: r.Head, Watched: 1})
}

// catalogComponent is what the catalog says of a repository, in 20 fields.
func catalogComponent(i int, now metrics.Instant) metrics.Snapshot {
	repo := fmt.Sprint("github.com/acme/r", i)
	s := metrics.Snapshot{Entity: metrics.Entity{
		Source: "backstage", Repo: repo, Seen: now - metrics.Day, Descriptor: metrics.Place{Repo: repo, Path: "catalog-info.yaml"},
		Ref: metrics.EntityRef{Kind: "component", Namespace: metrics.DefaultNamespace, Name: fmt.Sprint("c", i)},
	}}
	add := func(name string, values ...string) {
		s.Fields = append(s.Fields, metrics.EntityField{Name: name, Values: values})
		s.Since, s.By = append(s.Since, now-metrics.Instant(i%300)*metrics.Day), append(s.By, metrics.EditedByHuman)
	}
	for k := range 8 {
		add(fmt.Sprint("annotation.acme.dev/f", k), fmt.Sprintf("https://%s/blob/main/%d", repo, k))
	}
	add("annotation.github.com/project-slug", fmt.Sprint("acme/r", i))
	add(metrics.FieldDependsOn, fmt.Sprint("component:default/c", (i+1)%catalogEntities), fmt.Sprint("component:default/c", i+2))
	add(metrics.FieldDescription, fmt.Sprint("Pays for orders of kind ", i))
	add(metrics.FieldLifecycle, "production")
	add(metrics.FieldLinks, "https://wiki.acme.dev/a", "https://wiki.acme.dev/b")
	add(metrics.FieldOwner, fmt.Sprint("group:default/team-", (i+i%7/6)%(catalogTeams+5)))
	add(metrics.FieldSource, "https://"+repo)
	add(metrics.FieldSystem, fmt.Sprint("system:default/s", i%50))
	add(metrics.FieldTags, "go", "grpc")
	add(metrics.FieldTier, "1")
	add(metrics.FieldTitle, "Pay")
	add(metrics.FieldType, "service")
	return s
}
