package git_test

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/trodden/trodden/collectors"
	"github.com/trodden/trodden/metrics"
)

// alias returns the alias of "Name <address>".
func (s *scanner) alias(person string) metrics.AliasID {
	people, err := collectors.NewPeople(s.names)
	if err != nil {
		s.t.Fatal(err)
	}
	name, email, _ := strings.Cut(strings.TrimSuffix(person, ">"), "<")
	return people.Alias([]byte(strings.TrimSpace(name)), []byte(email))
}

// persons returns who an alias belongs to according to the store, all links followed.
func (s *scanner) persons(person string) []metrics.PersonID {
	alias := s.alias(person)
	var list []metrics.PersonID
	for _, id := range s.store.Identities {
		if id.Alias == alias && !slices.Contains(list, id.Person) {
			list = append(list, id.Person)
		}
	}
	slices.Sort(list)
	return list
}

// linked reports whether two spellings share a person.
func (s *scanner) linked(a, b string) bool {
	return slices.ContainsFunc(s.persons(a), func(p metrics.PersonID) bool { return slices.Contains(s.persons(b), p) })
}

func (s *scanner) kind(person string) (kind metrics.Kind) {
	alias := s.alias(person)
	newest := metrics.Beginning
	for _, id := range s.store.Identities {
		if id.Alias == alias && id.Seen >= newest {
			kind, newest = id.Kind, id.Seen
		}
	}
	return kind
}

func TestWhoIsNamedInACommit(t *testing.T) {
	tests := []struct {
		name      string
		author    string
		message   string
		together  []string
		requested []string
	}{
		{name: "an author alone", message: "change"},
		{name: "a co-author", message: "change\n\nCo-authored-by: Bob <bob@acme.dev>\n", together: []string{"Bob <bob@acme.dev>"}},
		{name: "case and blanks do not matter", message: "change\n\nCO-AUTHORED-BY:Bob  < bob@acme.dev >\r\n", together: []string{"Bob <bob@acme.dev>"}},
		{name: "several, each once", message: "x\n\nCo-authored-by: Bob <bob@acme.dev>\nCo-Authored-By: Eve <eve@acme.dev>\nco-authored-by: Bob <bob@acme.dev>",
			together: []string{"Bob <bob@acme.dev>", "Eve <eve@acme.dev>"}},
		{name: "in the middle of a squashed message", message: "x (#1)\n\n* a\n\nCo-authored-by: Bob <bob@acme.dev>\n\n* b\n", together: []string{"Bob <bob@acme.dev>"}},
		{name: "not within a sentence", message: "was co-authored-by: Bob <bob@acme.dev>\n  Reviewed-by: Eve <eve@acme.dev>\nSigned-off-by: Al <al@acme.dev>"},
		{name: "a requester", author: "scaffolder <s@acme.dev>", message: "new\n\nRequested-by: Ana <ana@acme.dev>\n", requested: []string{"Ana <ana@acme.dev>"}},
		{name: "a requester by login", message: "new\n\nRequested-by: @ana\n", requested: []string{"@ana <>"}},
		{name: "a requester by address", message: "new\n\nTriggered-by: ana@acme.dev\n", requested: []string{"<ana@acme.dev>"}},
		{name: "a trailer of nobody", message: "x\n\nCo-authored-by:\nCo-authored-by: <>\n"},
		{name: "names that are no UTF-8", author: "J\xf6rg <j\xf6rg@acme.dev>", message: "x\n\nCo-authored-by: Andr\xe9 <andre@acme.dev>\n", together: []string{"Andr\xe9 <andre@acme.dev>"}},
		{name: "no name at all", author: "<>", message: "x"},
		{name: "a huge name", author: strings.Repeat("n", 5000) + " <n@acme.dev>", message: "x"},
		{name: "a huge message", message: "x\n\n" + strings.Repeat("word ", 500_000) + "\nCo-authored-by: Bob <bob@acme.dev>\n", together: []string{"Bob <bob@acme.dev>"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "pay.git")
			b := newRepo(t, dir)
			b.commit(commitOf{author: test.author, message: test.message, files: map[string]string{"a.yml": "1"}})
			b.done()
			s := newScanner(t, dir)
			s.scan()
			got := s.store.History(metrics.NewRepoID("local/pay")).Commits[0]
			author := "Ana <ana@acme.dev>"
			if test.author != "" {
				author = test.author
			}
			if strings.HasPrefix(author, "nnn") { // only the end of it is kept
				author = author[len(author)-1024-len(" <n@acme.dev>"):]
			}
			want := metrics.Commit{
				Repo: got.Repo, Walk: got.Walk, OID: got.OID, Committed: got.Committed, Authored: got.Authored, Author: s.alias(author),
			}
			for _, p := range test.together {
				want.CoAuthors = append(want.CoAuthors, s.alias(p))
			}
			for _, p := range test.requested {
				want.RequestedBy = append(want.RequestedBy, s.alias(p))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("commit (-want +got):\n%s", diff)
			}
			for _, p := range append(append([]string{author}, test.together...), test.requested...) {
				if known := len(s.persons(p)) > 0; known != (p != "<>") {
					t.Errorf("%s is known: %v", p, known)
				}
			}
		})
	}
}

func TestOddCommitObjects(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	linear(t, dir, 1)
	head := "tree " + run(t, dir, "rev-parse", "main^{tree}") + "\nparent " + run(t, dir, "rev-parse", "main") + "\n"
	who := "A\xe9 <a@acme.dev> 1700000000 +0000"
	tests := []struct{ name, object, author string }{
		{name: "latin-1 by its header", object: head + "author " + who + "\ncommitter " + who + "\nencoding ISO-8859-1\n\nx\n", author: "A\u00e9 <a@acme.dev>"},
		{name: "latin-1 without a header", object: head + "author " + who + "\ncommitter " + who + "\n\nx\n", author: "A\xe9 <a@acme.dev>"},
		{name: "an unknown encoding", object: head + "author " + who + "\ncommitter " + who + "\nencoding nonsense\n\nx\n", author: "A\xe9 <a@acme.dev>"},
		{name: "a NUL in the message", object: head + "author B <b@acme.dev> 1 +0000\ncommitter B <b@acme.dev> 1 +0000\n\nx\x00:100644 y\n", author: "B <b@acme.dev>"},
		{name: "a signature", object: head + "author B <b@acme.dev> 1 +0000\ncommitter B <b@acme.dev> 1 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END PGP SIGNATURE-----\n\nx\n", author: "B <b@acme.dev>"},
		{name: "no author line", object: head + "committer B <b@acme.dev> 1 +0000\n\nx\n", author: "<>"},
		{name: "brackets in brackets", object: head + "author B <<b@acme.dev>> 1 +0000\ncommitter B <b@acme.dev> 1 +0000\n\nx\n", author: "B <<b@acme.dev"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			oid := feed(t, dir, test.object, "hash-object", "-t", "commit", "-w", "--literally", "--stdin")
			run(t, dir, "update-ref", "refs/heads/odd", oid)
			s := newScanner(t, dir)
			s.config.Branch = "odd"
			s.scan()
			commits := s.store.History(metrics.NewRepoID("local/pay")).Commits
			if len(commits) != 2 || commits[1].OID.String() != oid {
				t.Fatalf("got commits %v, want two", commits)
			}
			name, email, _ := strings.Cut(strings.TrimSuffix(test.author, ">"), " <")
			if test.author == "<>" {
				name, email = "", ""
			}
			people, err := collectors.NewPeople(s.names)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := commits[1].Author, people.Alias([]byte(name), []byte(email)); got != want {
				t.Errorf("author is not %s", test.author)
			}
		})
	}
}

const oldMap = `# people of this repository
Ana Lee <ana@acme.dev> <ana@home.example>
Bob <bob@acme.dev> Bobby <shared@acme.dev>
Eve <eve@acme.dev> Evelyn <SHARED@acme.dev>
Proper Name <cas@acme.dev>
nonsense
`

func TestMailmapLinksIdentities(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	for _, author := range []string{
		"Ana <ana@acme.dev>", "ana <Ana@Home.example>", "Bobby <shared@acme.dev>", "EVELYN <shared@acme.dev>",
		"Other <shared@acme.dev>", "Bob <bob@acme.dev>", "Eve <eve@acme.dev>", "cas <cas@acme.dev>", "Zoe <zoe@acme.dev>",
	} {
		b.commit(commitOf{author: author, message: author, files: map[string]string{"a.yml": author}})
	}
	b.commit(commitOf{message: "map", files: map[string]string{".mailmap": oldMap, "sub/.mailmap": "X <zoe@acme.dev> <ana@acme.dev>"}})
	b.done()
	s := newScanner(t, dir)
	s.scan()
	tests := []struct {
		a, b string
		want bool
	}{
		{"Ana <ana@acme.dev>", "ana <Ana@Home.example>", true},
		{"Bobby <shared@acme.dev>", "Bob <bob@acme.dev>", true},
		{"EVELYN <shared@acme.dev>", "Eve <eve@acme.dev>", true},
		{"EVELYN <shared@acme.dev>", "Bobby <shared@acme.dev>", false},
		{"Other <shared@acme.dev>", "Bobby <shared@acme.dev>", false},
		{"Zoe <zoe@acme.dev>", "Ana <ana@acme.dev>", false},
	}
	for _, test := range tests {
		if got := s.linked(test.a, test.b); got != test.want {
			t.Errorf("%s and %s are linked: %v, want %v", test.a, test.b, got, test.want)
		}
	}

	b.commit(commitOf{message: "new map", files: map[string]string{".mailmap": "<ana@acme.dev> <zoe@acme.dev>\n"}})
	b.done()
	if got := s.scan(); got.Commits != 1 {
		t.Errorf("refresh read %d commits, want 1", got.Commits)
	}
	if !s.linked("Zoe <zoe@acme.dev>", "Ana <ana@acme.dev>") {
		t.Error("a changed .mailmap did not reach the commits before it")
	}
	b.commit(commitOf{author: "New <ana@acme.dev>", message: "later", files: map[string]string{"a.yml": "later"}})
	b.commit(commitOf{author: "Newer <zoe@acme.dev>", message: "later", files: map[string]string{"a.yml": "last"}})
	b.done()
	s.scan()
	if !s.linked("New <ana@acme.dev>", "Newer <zoe@acme.dev>") {
		t.Error("a refresh did not use the .mailmap that stayed as it was")
	}
}

func TestSymbolicMailmapIsNotFollowed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	b.commit(commitOf{message: "map", files: map[string]string{"120000:.mailmap": "<eve@acme.dev> <ana@acme.dev>"}})
	b.done()
	s := newScanner(t, dir)
	s.scan()
	if got := len(s.persons("Ana <ana@acme.dev>")); got != 1 {
		t.Errorf("Ana is %d persons, want 1", got)
	}
}

func TestChangedNamesAreReadAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	b.commit(commitOf{author: "deployer <deploy@acme.dev>", message: "x\n\nCo-authored-by: Helper <helper@acme.dev>", files: map[string]string{"a.yml": "1"}})
	b.done()
	s := newScanner(t, dir)
	s.scan()
	if got := s.kind("deployer <deploy@acme.dev>"); got != metrics.Human {
		t.Errorf("kind is %d before, want human", got)
	}
	s.names.Bots, s.names.Initiators = []string{"deploy*"}, []string{"helper@*"}
	s.names.Teams = []metrics.Team{{Key: "pay", Members: []metrics.Member{{ID: "helper", From: 5, Until: metrics.Forever}}}}
	walks := len(s.store.Walks)
	summary := s.scan()
	if summary.Unchanged != 0 || summary.Commits != 0 || len(s.store.Walks) != walks {
		t.Errorf("scan came to %+v, want names alone", summary)
	}
	for person, want := range map[string]metrics.Kind{"deployer <deploy@acme.dev>": metrics.Bot, "Helper <helper@acme.dev>": metrics.Initiator} {
		if got := s.kind(person); got != want {
			t.Errorf("kind of %s is %d, want %d", person, got, want)
		}
	}
	want := []metrics.Membership{{Person: s.persons("Helper <helper@acme.dev>")[0], Team: "pay", Source: "git", Period: metrics.Period{From: 5, To: metrics.Forever}}}
	if diff := cmp.Diff(want, slices.Collect(maps.Values(s.store.Memberships)), cmpopts.IgnoreFields(metrics.Membership{}, "Alias", "Seen")); diff != "" {
		t.Errorf("memberships (-want +got):\n%s", diff)
	}
	if got := s.scan(); got.Unchanged != 1 {
		t.Errorf("scan after it came to %+v, want it unchanged", got)
	}
}

func TestChangedNamesWithNewCommits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	b.commit(commitOf{author: "deployer <deploy@acme.dev>", message: "x", files: map[string]string{"a.yml": "1"}})
	b.done()
	s := newScanner(t, dir)
	s.scan()
	b.commit(commitOf{message: "y", files: map[string]string{"a.yml": "2"}})
	b.done()
	s.names.Bots = []string{"deploy*"}
	s.scan()
	if got := s.kind("deployer <deploy@acme.dev>"); got != metrics.Bot {
		t.Errorf("kind of an author before the refresh is %d, want bot", got)
	}
}

func TestNoNameLeavesTheCollector(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "pay.git")
	b := newRepo(t, dir)
	b.commit(commitOf{author: "Quirinius <quirinius@acme.dev>", message: "x\n\nCo-authored-by: Zebedee <zebedee@acme.dev>", files: map[string]string{"a.yml": "1"}})
	b.done()
	s := newScanner(t, dir)
	s.scan()
	for _, name := range []string{"uirinius", "ebedee"} {
		if strings.Contains(fmt.Sprintf("%+v", s.store), name) {
			t.Errorf("the store holds %q", name)
		}
	}
}
