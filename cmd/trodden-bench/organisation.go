package main

import (
	"context"
	"crypto/sha1"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// The shape of the organisation that is made: repositories of very different size, of some teams.
const (
	madeTeams   = 12
	madePeople  = 1500
	madeBots    = 12
	templates   = 60 // contents of one kind and style that repositories share, one after the other
	writtenRows = 100_000
)

// organisation makes the facts of repositories as a scan would have brought them. The same seed makes the same.
type organisation struct {
	*rand.Rand
	now    metrics.Instant
	write  func(context.Context, *metrics.Batch) error
	batch  metrics.Batch
	shared map[string]metrics.OID // by kind of file, style and turn
	made   int                    // file changes
	blobs  int
}

// made is a repository that is being made.
type made struct {
	*organisation
	metrics.Repo
	walk  metrics.WalkID
	files map[string]metrics.OID   // there now
	old   map[string][]metrics.OID // that files had, by kind
	style map[string]int           // which of the ways each kind of file goes
	clock metrics.Instant
	pos   uint32
	left  int // file changes still to come
}

// makeOrganisation writes an organisation of so many repositories in which so many watched files changed.
func makeOrganisation(ctx context.Context, repos, changes int, now metrics.Instant, write func(context.Context, *metrics.Batch) error) (*organisation, error) {
	o := &organisation{Rand: rand.New(rand.NewPCG(1, 2)), now: now, write: write, shared: map[string]metrics.OID{}}
	o.people()
	total := 0.0
	for i := range repos {
		total += size(i)
	}
	for i := range repos {
		share := int(float64(changes) * size(i) / total)
		if i == repos-1 {
			share = changes - o.made
		}
		if err := o.repo(ctx, i, share); err != nil {
			return nil, err
		}
	}
	return o, o.flush(ctx, 0)
}

// size is how large the i-th largest repository is in relation to the others.
func size(i int) float64 { return 1 / float64(i+20) }

// people are identities, one an alias, and who is in which team.
func (o *organisation) people() {
	for i := 1; i <= madePeople+madeBots; i++ {
		kind := metrics.Human
		if i > madePeople {
			kind = metrics.Bot
		}
		o.batch.Identities = append(o.batch.Identities, metrics.Identity{
			Alias: metrics.AliasID(i), Person: metrics.PersonID(i), Kind: kind, Source: "git", Seen: o.now,
		})
		if kind == metrics.Human {
			o.batch.Memberships = append(o.batch.Memberships, metrics.Membership{
				Alias: metrics.AliasID(i), Person: metrics.PersonID(i), Team: metrics.TeamKey(teamName(i)), Source: "git",
				Period: metrics.Period{To: metrics.Forever}, Seen: o.now,
			})
		}
	}
}

func teamName(i int) string { return fmt.Sprintf("t%02d", i%madeTeams) }

// repo makes a repository and writes what has gathered.
func (o *organisation) repo(ctx context.Context, i, changes int) error {
	name := fmt.Sprintf("github.com/acme/%s-r%04d", teamName(i), i)
	m := &made{
		organisation: o, Repo: metrics.Repo{ID: metrics.NewRepoID(name), Name: name, Source: "git", Seen: o.now, DefaultBranch: "main"},
		walk: metrics.WalkID(metrics.Fingerprint("walk", name)), files: map[string]metrics.OID{}, old: map[string][]metrics.OID{}, style: map[string]int{},
		clock: o.now - metrics.Instant(1+o.IntN(6*365))*metrics.Day, left: changes,
	}
	pace := max(1, int(o.now-m.clock)/max(1, changes)) // so that its history ends about now
	for m.left > 0 {
		m.land(metrics.Instant(o.IntN(2 * pace)))
		if err := o.flush(ctx, writtenRows); err != nil {
			return err
		}
	}
	m.Head = m.oid(0)
	o.batch.Repos = append(o.batch.Repos, m.Repo)
	o.batch.Readings = append(o.batch.Readings, metrics.Reading{Source: "git", Repo: m.ID, At: o.now, Complete: true, Head: m.Head})
	o.batch.Walks = append(o.batch.Walks, metrics.Walk{
		ID: m.walk, Repo: m.ID, Head: m.Head, Commits: m.pos, At: o.now, Branch: "main", Watched: 1, Watch: []string{"**"},
	})
	return nil
}

// flush writes what has gathered once it is so many rows.
func (o *organisation) flush(ctx context.Context, rows int) error {
	if o.batch.Rows() < rows {
		return nil
	}
	batch := o.batch
	o.batch = metrics.Batch{}
	return o.write(ctx, &batch)
}

// land makes a commit of the branch so long after the last: every second changes watched files, every tenth is a
// merge of two commits.
func (m *made) land(after metrics.Instant) {
	m.clock = min(m.clock+after, m.now)
	merge := m.IntN(10) == 0
	m.commit(0, merge)
	if merge {
		m.commit(1, false)
		m.commit(2, false)
	}
	if m.IntN(2) == 0 {
		for range min(m.left, 1+m.IntN(3)) {
			m.change(merge)
		}
	}
	m.pos++
}

func (m *made) commit(seq uint32, merge bool) {
	author := metrics.AliasID(1 + m.IntN(madePeople))
	if m.IntN(5) == 0 {
		author = metrics.AliasID(1 + madePeople + m.IntN(madeBots))
	}
	m.batch.Commits = append(m.batch.Commits, metrics.Commit{
		Repo: m.ID, Walk: m.walk, Pos: m.pos, Seq: seq, OID: m.oid(seq), Committed: m.clock, Authored: m.clock - 60, Author: author,
		Merge: merge,
	})
}

func (m *made) oid(seq uint32) metrics.OID {
	sum := sha1.Sum(fmt.Appendf(nil, "%s %d %d", m.Name, m.pos, seq))
	return metrics.OID(sum[:])
}

// change gives a watched file another content, or takes it away, on the side where the commit is a merge.
func (m *made) change(merge bool) {
	k := m.kind()
	path := k.paths[m.IntN(len(k.paths))]
	blob := m.content(k)
	if m.IntN(40) == 0 {
		blob = ""
	}
	if m.files[path] == blob || m.changedHere(path) {
		return
	}
	m.files[path] = blob
	m.left--
	m.organisation.made++
	m.batch.FileChanges = append(m.batch.FileChanges, metrics.FileChange{Repo: m.ID, Walk: m.walk, Pos: m.pos, Path: path, Blob: blob})
	if merge {
		m.batch.SideChanges = append(m.batch.SideChanges, metrics.SideChange{
			Repo: m.ID, Walk: m.walk, Pos: m.pos, Seq: uint32(1 + m.IntN(2)), Path: path, Blob: blob,
		})
	}
}

// changedHere reports whether the commit that is being made changed the file already.
func (m *made) changedHere(path string) bool {
	list := m.batch.FileChanges
	for i := len(list) - 1; i >= 0 && list[i].Repo == m.ID && list[i].Pos == m.pos; i-- {
		if list[i].Path == path {
			return true
		}
	}
	return false
}

// content is one time in ten one that no repository had before, else one that this one had lately, or that many share
// for a while. A repository keeps to its way of doing things, and changes it seldom.
func (m *made) content(k fileKind) metrics.OID {
	style, chosen := m.style[k.name]
	if !chosen || m.IntN(400) == 0 {
		style = m.IntN(3)
		m.style[k.name], m.old[k.name] = style, nil
	}
	old := m.old[k.name]
	switch roll := m.IntN(10); {
	case roll < 1 || len(old) == 0:
		oid := m.blob(k, style)
		m.old[k.name] = append(old[max(0, len(old)-8):], oid)
		return oid
	case roll < 7:
		return old[m.IntN(len(old))]
	default:
		turn := templates - int((m.now-m.clock)*templates/(6*365*metrics.Day))
		name := fmt.Sprint(k.name, style, turn)
		if m.shared[name] == "" {
			m.shared[name] = m.blob(k, style)
		}
		return m.shared[name]
	}
}

// blob makes a new content.
func (m *made) blob(k fileKind, style int) metrics.OID {
	m.blobs++
	text := k.text(m.Rand, style, m.blobs)
	sum := sha1.Sum([]byte(text))
	oid := metrics.OID(sum[:])
	m.batch.Blobs = append(m.batch.Blobs, metrics.Blob{OID: oid, Status: metrics.BlobRead, Size: uint64(len(text)), Home: m.ID, Content: text})
	return oid
}

// fileKind is a kind of watched file.
type fileKind struct {
	name   string
	weight int // of a hundred
	paths  []string
	text   func(r *rand.Rand, style, n int) string // in one of three styles; n tells it from all others
}

func (m *made) kind() fileKind {
	roll := m.IntN(100)
	for _, k := range fileKinds {
		if roll -= k.weight; roll < 0 {
			return k
		}
	}
	return fileKinds[0]
}

// fileKinds are those of a usual repository, by how often they change.
var fileKinds = []fileKind{
	{"package.json", 24, []string{"package.json", "web/package.json"}, packageText},
	{"workflow", 22, []string{".github/workflows/ci.yml", ".github/workflows/release.yml", ".github/workflows/nightly.yml"}, workflowText},
	{"go.mod", 16, []string{"go.mod", "tools/go.mod"}, moduleText},
	{"terraform", 14, []string{"infra/main.tf", "infra/network.tf", "infra/db.tf"}, terraformText},
	{"Dockerfile", 12, []string{"Dockerfile", "web/Dockerfile"}, dockerText},
	{"chart", 6, []string{"chart/Chart.yaml", "chart/values.yaml"}, chartText},
	{"dependabot", 3, []string{".github/dependabot.yml"}, dependabotText},
	{"CODEOWNERS", 2, []string{".github/CODEOWNERS"}, ownersText},
	{"circleci", 1, []string{".circleci/config.yml"}, chartText},
}

func dependencies(r *rand.Rand, format string, n int) string {
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, format, r.IntN(400), r.IntN(9), r.IntN(30), r.IntN(10))
	}
	return b.String()
}

func packageText(r *rand.Rand, style, n int) string {
	kit := []string{`    "@acme/kit": "^3.1.0",` + "\n", `    "react": "18.2.0",` + "\n", ""}[style]
	return fmt.Sprintf("{\n  \"name\": \"web\",\n  \"version\": \"1.0.%d\",\n  \"scripts\": {\"build\": \"vite build\", \"test\": \"vitest\"},\n  \"dependencies\": {\n%s%s    \"zod\": \"3.0.0\"\n  }\n}\n",
		n, kit, dependencies(r, "    \"@npm/lib-%d\": \"%d.%d.%d\",\n", 20))
}

func workflowText(r *rand.Rand, style, n int) string {
	head := fmt.Sprintf("# %d\nname: ci\non:\n  push:\n    branches:\n      - main\n  pull_request:\njobs:\n", n)
	if style == 0 {
		return head + fmt.Sprintf("  build:\n    uses: acme/golden/.github/workflows/build.yml@v3\n    with:\n      go-version: '1.%d'\n    secrets: inherit\n", r.IntN(30))
	}
	var b strings.Builder
	b.WriteString(head)
	for i := range 1 + r.IntN(3) {
		fmt.Fprintf(&b, "  job%d:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v%d\n      - uses: actions/setup-go@v%d\n        with:\n          go-version: '1.%d'\n          cache: true\n      - name: build\n        run: |\n          make build\n          make test\n      - uses: actions/upload-artifact@v%d\n        with:\n          name: out\n          path: dist/\n",
			i, 1+r.IntN(5), 1+r.IntN(5), r.IntN(30), 1+r.IntN(5))
	}
	return b.String()
}

func moduleText(r *rand.Rand, style, n int) string {
	log := []string{"\tacme.dev/log v1.4.0\n", "\tgo.uber.org/zap v1.27.0\n", ""}[style]
	return fmt.Sprintf("module acme.dev/svc\n\ngo 1.25\n\nrequire (\n%s%s)\n// %d\n", log, dependencies(r, "\texample.com/lib%d v0.%d.%d-rc%d\n", 25), n)
}

func terraformText(r *rand.Rand, _, n int) string {
	return fmt.Sprintf("# %d\nmodule \"net\" {\n  source = \"acme/net/aws\"\n  version = \"%d.0.0\"\n}\n%s", n, r.IntN(9),
		dependencies(r, "resource \"aws_s3_bucket\" \"b%d\" {\n  acl = \"p%d\"\n  n = %d\n  m = %d\n}\n", 12))
}

func dockerText(r *rand.Rand, style, n int) string {
	base := []string{"acme/base/go:%d", "debian:%d", "alpine:3.%d"}[style]
	return fmt.Sprintf("FROM golang:1.%d AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out ./... # %d\n\nFROM "+base+"\nCOPY --from=build /out /app\nUSER 1000\nENTRYPOINT [\"/app\"]\n", r.IntN(30), n, n>>14)
}

func chartText(r *rand.Rand, _, n int) string {
	return fmt.Sprintf("apiVersion: v2\nname: svc\nversion: 0.1.%d\ndependencies:\n%s", n, dependencies(r, "  - {name: c%d, version: %d.%d.%d}\n", 6))
}

func dependabotText(r *rand.Rand, _, n int) string {
	return fmt.Sprintf("# %d\nversion: 2\nupdates:\n  - package-ecosystem: gomod\n    directory: /\n    schedule:\n      interval: weekly\n      time: '%02d:00'\n", n, r.IntN(24))
}

func ownersText(r *rand.Rand, _, n int) string {
	return fmt.Sprintf("# %d\n* @acme/%s\n/infra/ @acme/%s\n", n, teamName(r.IntN(madeTeams)), teamName(r.IntN(madeTeams)))
}
