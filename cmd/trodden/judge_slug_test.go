package main

import (
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/freshness"
)

// TestJudgeCatalogsSlugs judges things whose slugs name repositories of an installation of its own, which slugs do not tell: by
// what they are called, or were.
func TestJudgeCatalogsSlugs(t *testing.T) {
	o := newOrgan(t)
	const was, now, file = "git.acme.test/acme/pay", "git.acme.test/acme/money", "git.acme.test/acme/catalog"
	id := o.repo(metrics.Repo{Name: now}, payWork...)
	o.write(metrics.Batch{Repos: []metrics.Repo{{ID: metrics.NewRepoID(now), Name: was, Source: "github", Seen: judgedAt - 1}}})
	o.repo(metrics.Repo{Name: file}, payWork...)
	slugged := func(name, repo, slug string) metrics.Snapshot {
		s := component(name, repo, "annotation.github.com/project-slug="+slug, "owner=payments", "source="+repo)
		s.Descriptor = metrics.Place{Repo: file, Path: name + ".yaml"}
		return s
	}
	o.told("backstage", slugged("a-now", "github.com/acme/money", "acme/money"), slugged("b-was", "github.com/acme/pay", "acme/pay"), slugged("c-never", "github.com/acme/never", "acme/never"))
	o.judgeAll()
	type found struct {
		field, name string
		cause       freshness.Cause
	}
	var got []found
	for _, field := range []string{metrics.FieldOwner, metrics.FieldSource, "annotation.github.com/project-slug"} {
		for _, v := range o.verdicts(field) {
			got = append(got, found{field, v.Name, freshness.Cause(v.Cause)})
		}
	}
	want := []found{
		{metrics.FieldOwner, "a-now", freshness.CauseCommits}, {metrics.FieldOwner, "b-was", freshness.CauseCommits}, {metrics.FieldOwner, "c-never", freshness.CauseUnchecked},
		{metrics.FieldSource, "a-now", freshness.CauseThere}, {metrics.FieldSource, "b-was", freshness.CauseRenamed}, {metrics.FieldSource, "c-never", freshness.CauseGone},
		{"annotation.github.com/project-slug", "a-now", freshness.CauseThere}, {"annotation.github.com/project-slug", "b-was", freshness.CauseRenamed},
		{"annotation.github.com/project-slug", "c-never", freshness.CauseGone},
	}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if dark := o.inForce()[0].Dark; len(dark) != 1 || dark[0] != file {
		t.Errorf("dark are %q, want %q alone (%d is described)", dark, file, id)
	}
}
