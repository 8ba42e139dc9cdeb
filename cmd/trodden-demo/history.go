package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// A commit is one commit as git fast-import takes it. Marks number the
// commits of a repository from 1; 0 is no commit.
type commit struct {
	ref               string // empty is the default branch
	mark, from, merge int
	author, committer signature
	message           string
	files             []file
}

type signature struct {
	name, mail, zone string
	at               time.Time
}

// A file is written, or deleted when gone.
type file struct {
	path, text string
	gone       bool
}

// A history is all that a repository is made of.
type history struct {
	repo    repo
	commits []commit
	head    int            // the mark at the tip of the default branch
	tags    map[string]int // tag to mark
}

// A builder turns the life of a repository into its history.
type builder struct {
	repo  repo
	crew  crew
	rng   *rand.Rand
	today time.Time
	shas  map[string]string // commits of the golden workflow's releases

	src       *source
	cond      conditions
	files     map[string]string // those that follow from the conditions
	changelog string
	landed    []landed
	out       []commit
	tags      map[string]int
	pull      int
}

// landed is one step of the default branch: its commit and what it changed.
type landed struct {
	mark  int
	at    time.Time
	files []file
}

// An edit is what one author changed at once, and says about it.
type edit struct {
	by    person
	files []file
	say   string
}

// write builds the history of one repository.
func write(r repo, c crew, today time.Time, seed uint64, shas map[string]string) history {
	b := &builder{repo: r, crew: c, today: today, shas: shas, tags: map[string]int{}, files: map[string]string{}, pull: 1,
		rng: rand.New(rand.NewPCG(seed, fingerprint(r.name)))}
	if len(r.life) == 0 {
		return history{repo: r}
	}
	b.src = newSource(r, c.byTeam[r.team].nouns)
	b.cond = r.birth()
	for _, ch := range b.plan() {
		b.land(ch)
	}
	if r.clone == cloneAside {
		b.aside()
	}
	return history{repo: r, commits: b.out, head: b.tip().mark, tags: b.tags}
}

func (b *builder) tip() landed { return b.landed[len(b.landed)-1] }

// land puts a change on the default branch in the manner it asks for.
func (b *builder) land(ch change) {
	edits := b.edits(ch)
	if len(edits) == 0 {
		return
	}
	if len(b.landed) > 0 && !ch.at.After(b.tip().at) {
		ch.at = b.tip().at.Add(time.Duration(60+b.rng.IntN(600)) * time.Second)
	}
	switch b.manner(ch, edits[0].by) {
	case landMerge:
		b.landMerge(ch, edits)
	case landSquash:
		b.landSquash(ch, edits)
	case landRebase:
		b.landRebase(ch, edits)
	default:
		b.landPush(ch, edits)
	}
	if ch.turn.tag != "" {
		b.tags[ch.turn.tag] = b.tip().mark
		major, _, _ := strings.Cut(ch.turn.tag, ".")
		b.tags[major] = b.tip().mark
	}
}

// manner is how the change lands. The first commit is pushed; a bot's change
// is never pushed to a branch that people share.
func (b *builder) manner(ch change, by person) string {
	switch {
	case len(b.landed) == 0:
		return landPush
	case ch.turn.land != "":
		return ch.turn.land
	case by.bot && b.repo.land != landMerge:
		return landSquash
	}
	return b.repo.land
}

// edits makes what the change consists of. None: it changes nothing here.
func (b *builder) edits(ch change) []edit {
	switch ch.kind {
	case storyTurn:
		return b.turnEdits(ch)
	case dependencyBump:
		bot := b.crew.byKey[renovate]
		if b.repo.lang == "java" {
			bot = b.crew.byKey[dependabot]
		}
		path, text, say := b.src.bump(b.rng)
		return []edit{{by: bot, files: []file{{path: path, text: text}}, say: say}}
	}
	by := b.worker(ch.ago)
	out := []edit{b.work(by)}
	for b.repo.land == landMerge && len(out) < 3 && b.rng.IntN(5) < 2 {
		out = append(out, b.work(by))
	}
	return out
}

// worker draws who does everyday work: now and then it is a guest.
func (b *builder) worker(ago int) person {
	if b.rng.IntN(25) > 0 {
		return b.crew.pick(b.rng, b.cond.team, ago, person{})
	}
	guests := b.crew.teams[b.rng.IntN(len(b.crew.teams)-1)] // the platform team is the last
	return b.crew.pick(b.rng, guests.key, ago, person{})
}

func (b *builder) work(by person) edit {
	path, text, say := b.src.work(b.rng)
	return edit{by: by, files: []file{{path: path, text: text}}, say: say}
}

// turnEdits makes a turn of the story. On a side branch the author did some
// everyday work as well, before or after.
func (b *builder) turnEdits(ch change) []edit {
	t := ch.turn
	b.cond = b.cond.after(t)
	by, told := b.crew.byKey[t.by]
	if !told {
		by = b.crew.pick(b.rng, b.cond.team, ch.ago, person{})
	}
	files := b.difference(managed(b.repo, b.cond, b.shas))
	if len(b.landed) == 0 {
		files = append(written(b.src.first()), files...)
	}
	if t.tag != "" {
		b.changelog = "## " + t.tag + "\n\n" + t.say + "\n\n" + b.changelog
		files = append(files, file{path: "CHANGELOG.md", text: b.changelog})
	}
	if t.mailmap {
		files = append(files, file{path: ".mailmap", text: b.mailmap()})
	}
	if len(files) == 0 {
		return nil
	}
	out := []edit{{by: by, files: files, say: b.message(t, by)}}
	if b.manner(ch, by) == landMerge && !by.bot {
		return slices.Insert(out, b.rng.IntN(2), b.work(by))
	}
	return out
}

// difference is what has to be written and deleted to have the given files.
func (b *builder) difference(now map[string]string) []file {
	var out []file
	for _, path := range slices.Sorted(maps.Keys(b.files)) {
		if _, kept := now[path]; !kept {
			out = append(out, file{path: path, gone: true})
		}
	}
	for _, path := range slices.Sorted(maps.Keys(now)) {
		if text, had := b.files[path]; !had || text != now[path] {
			out = append(out, file{path: path, text: now[path]})
		}
	}
	b.files = now
	return out
}

func written(files map[string]string) []file {
	var out []file
	for _, path := range slices.Sorted(maps.Keys(files)) {
		out = append(out, file{path: path, text: files[path]})
	}
	return out
}

func (b *builder) mailmap() string {
	var out strings.Builder
	for _, key := range b.repo.mailmap {
		p := b.crew.byKey[key]
		fmt.Fprintf(&out, "%s <%s> <%s>\n", p.name, p.mail, p.former)
	}
	return out.String()
}
