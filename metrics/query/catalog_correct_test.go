package query

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trodden/trodden/metrics"
)

func TestSpelled(t *testing.T) {
	used := func(list ...string) (names []spelling) {
		for _, text := range list {
			names = append(names, spelling{text, metrics.DefaultNamespace, 1})
		}
		return names
	}
	for _, test := range []struct {
		name, old string
		names     []spelling
		want      string
	}{
		{"a name", "pay", nil, "shop"},
		{"a name in a namespace", "acme/pay", nil, "acme/shop"},
		{"a kind", "group:pay", nil, "group:shop"},
		{"kind and namespace", "group:default/pay", nil, "group:default/shop"},
		{"a team of a host", "@acme/pay", nil, "@acme/shop"},
		{"white space around", " group:default/pay ", nil, "group:default/shop"},
		{"as others in the same form", "group:acme/pay", used("group:default/shop-devs", "shop"), "group:default/shop-devs"},
		{"as others in another form", "group:default/pay", used("shop"), "group:default/shop"},
		{"others call it otherwise", "group:default/pay", used("@acme/shop-devs", "@acme/shopping"), "@acme/shop-devs"},
		{"others call it so, too", "group:default/pay", used("@acme/shop-devs", "@acme/shop"), "group:default/shop"},
		{"a name that means another team here", "pay", []spelling{{"retail", "other", 1}}, "shop"},
		{"a reference that holds everywhere", "pay", []spelling{{"group:default/retail", "other", 1}}, "group:default/retail"},
		{"an address", "ana@acme.dev", nil, "shop"},
		{"a login", "@ana", nil, "shop"},
		{"a person", "user:acme/ana", nil, "group:acme/shop"},
		{"a person of no namespace", "User:ana", nil, "group:shop"},
		{"a person of Port", "_user:ana", nil, "_team:shop"},
		{"a thing", "domain:money", nil, "group:shop"},
		{"a thing in a namespace", "Component:acme/pay", nil, "group:acme/shop"},
		{"a URL", "https://acme.dev/orgs/acme/teams/pay", nil, "shop"},
		{"a URL with a port", "https://acme.dev:8443/pay", nil, "shop"},
		{"a URL, where others have it", "https://acme.dev/pay", used("group:default/shop"), "group:default/shop"},
		{"a thing, where others have it", "domain:money", used("shop"), "shop"},
		{"a person, where others have it", "user:acme/ana", used("group:default/shop"), "group:default/shop"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := spelled("shop", test.old, metrics.DefaultNamespace, test.names); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// wrongly is a change of the owner of a component to shop, unless it is to be another.
func wrongly(source, name, owner string, team ...metrics.TeamKey) *ownerChange {
	c := &ownerChange{
		wrongOwner: &wrongOwner{Source: source, Kind: "component", Namespace: "default", Name: name, Owners: []string{owner}, Said: []string{owner}},
		team:       "shop", from: owner,
	}
	for _, other := range team {
		c.team = other
	}
	return c
}

// inFile is a document that describes a component with an owner, as it is written.
func inFile(name, owner string) string {
	return "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: " + name + "}\nspec: {owner: " + owner + ", type: x}\n"
}

// tied describes a component whose owner is written elsewhere in the document, too.
const tied = "apiVersion: backstage.io/v1alpha1\nkind: Component\nspec: {owner: &us pay}\nmetadata: {name: tied, description: *us}\n"

func TestCorrectFile(t *testing.T) {
	for _, test := range []struct {
		name, content string
		changes       []*ownerChange
		made          string   // lines that are new
		reasons       []string // of the changes
	}{
		{"one", inFile("a", "pay"), []*ownerChange{wrongly("files", "a", "pay")}, "shop", []string{""}},
		{"two of three", inFile("a", "pay") + "---\n" + inFile("b", "pay") + "---\n" + inFile("c", "'pay'"),
			[]*ownerChange{wrongly("files", "a", "pay"), wrongly("files", "c", "pay")}, "shop 'shop'", []string{"", ""}},
		{"beside one that cannot be made", tied + "---\n" + inFile("a", "pay") + "---\n" + inFile("b", "pay"),
			[]*ownerChange{wrongly("files", "tied", "pay"), wrongly("files", "a", "pay"), wrongly("files", "b", "pay")}, "shop shop", []string{notAlone, "", ""}},
		{"by two catalogs", inFile("a", "pay"), []*ownerChange{wrongly("backstage", "a", "pay"), wrongly("files", "a", "pay")}, "shop", []string{"", ""}},
		{"by two catalogs that differ", inFile("a", "pay"), []*ownerChange{wrongly("backstage", "a", "pay"), wrongly("files", "a", "pay", "cash")}, "shop", []string{"", alsoOther}},
		{"the file says otherwise", inFile("a", "cash"), []*ownerChange{wrongly("files", "a", "pay")}, "", []string{saysOther}},
		{"the file says so already", inFile("a", "Shop"), []*ownerChange{wrongly("files", "a", "Shop")}, "", []string{noSuccessor}},
		{"the entity is not there", inFile("b", "pay"), []*ownerChange{wrongly("files", "a", "pay")}, "", []string{saysOther}},
		{"not known", "", []*ownerChange{wrongly("files", "a", "pay")}, "", []string{noContent}},
		{"a person", inFile("a", "ana@acme.dev"), []*ownerChange{wrongly("files", "a", "user:default/someone")}, "shop", []string{""}},
		{"in no known encoding", inFile("a", "pay") + "---\nkind: \xff\n", []*ownerChange{wrongly("files", "a", "pay")}, "", []string{noText}},
		{"in quotes, with lines as on Windows", strings.ReplaceAll(inFile("a", `"pay"`), "\n", "\r\n"), []*ownerChange{wrongly("files", "a", "pay")}, `"shop"`, []string{""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			correctFile(metrics.Place{Repo: "github.com/acme/pay", Path: "catalog-info.yaml"}, test.content, test.changes)
			var reasons, made []string
			for i, c := range test.changes {
				reasons = append(reasons, c.reason)
				for line := range strings.Lines(c.patch) {
					if _, owner, ok := strings.Cut(line, "owner: "); ok && line[0] == '+' {
						owner, _, _ = strings.Cut(owner, ",")
						made = append(made, owner)
					}
				}
				if c.patch != "" && i > 0 && test.changes[i-1].reason == "" {
					t.Errorf("change %d has a patch, too", i)
				}
				if (c.to == "") != (c.reason != "") {
					t.Errorf("change %d becomes %q, for the reason %q", i, c.to, c.reason)
				}
			}
			if diff := cmp.Diff(reasons, test.reasons); diff != "" {
				t.Errorf("reasons (-got +want):\n%s", diff)
			}
			if got := strings.Join(made, " "); got != test.made {
				t.Errorf("made are %s, want %s", got, test.made)
			}
		})
	}
}

// TestBarred says which teams are handed nothing: those of which a verdict says that they are not there, as they are named.
func TestBarred(t *testing.T) {
	for owner, want := range map[string]bool{
		"shop": true, "Shop": true, "group:default/shop": true, "acme/shop": true, "@acme/shop": true,
		"https://acme.dev/teams/shop": false, "component:shop": false, "domain:default/shop": false,
	} {
		s := &succession{barred: map[teamIn]bool{}}
		r := wrongOwner{Source: "files", Owners: []string{owner}, Cause: causeNoTeam, Evidence: fmt.Sprintf(`[{"fact":"team","subject":%q}]`, strings.ToLower(owner))}
		if err := s.bar(&r); err != nil || s.barred[teamIn{"files", "shop"}] != want || !want && len(s.barred) > 0 {
			t.Errorf("%s: %v, %v are barred, want %v", owner, err, s.barred, want)
		}
	}
}

// TestSuccessor says who takes the place of wrong owners.
func TestSuccessor(t *testing.T) {
	s := &succession{
		there:  map[metrics.TeamKey]bool{"pay": true, "shop": true, "left": true, "twice": true},
		barred: map[teamIn]bool{{"files", "left"}: true},
		groups: newGroups(map[string][]metrics.EntityRef{"files": {groupIn("a", "twice"), groupIn("b", "twice")}}, nil),
	}
	noTeam := `[{"fact":"team","subject":"nowhere"}]`
	for _, test := range []struct {
		name string
		row  wrongOwner
		want string
	}{
		{"who commits", wrongOwner{Owners: []string{"pay"}, Teams: []string{"pay"}, Actual: "shop", Beside: "pay"}, "pay shop commits "},
		{"else who owns it", wrongOwner{Owners: []string{"pay"}, Teams: []string{"pay"}, Beside: "shop", BesideBy: "codeowners"}, "pay shop codeowners "},
		{"who commits is named already", wrongOwner{Owners: []string{"pay"}, Teams: []string{"pay"}, Actual: "pay", Beside: "shop", BesideBy: "config"}, "pay shop config "},
		{"nobody is known", wrongOwner{Owners: []string{"pay"}, Teams: []string{"pay"}}, "pay   " + noSuccessor},
		{"no such team", wrongOwner{Owners: []string{"pay"}, Actual: "gone", Beside: "else"}, "pay   " + noSuccessor},
		{"nobody is in it", wrongOwner{Owners: []string{"pay"}, Actual: "left"}, "pay   " + noSuccessor},
		{"it is the one", wrongOwner{Owners: []string{"pay"}, Teams: []string{"pay"}, Beside: "pay"}, "pay   " + noSuccessor},
		{"it stands beside one that is none", wrongOwner{Owners: []string{"shop", "Nowhere"}, Teams: []string{"shop"}, Cause: causeNoTeam, Evidence: noTeam, Actual: "shop"}, "Nowhere   " + namedBeside},
		{"of two the one that is none", wrongOwner{Owners: []string{"pay", "Nowhere"}, Teams: []string{"pay"}, Cause: causeNoTeam, Evidence: noTeam, Actual: "shop"}, "Nowhere shop commits "},
		{"of a person and a team the team", wrongOwner{Owners: []string{"user:default/someone", "pay"}, Teams: []string{"pay"}, Actual: "shop"}, "pay shop commits "},
		{"of persons the first", wrongOwner{Owners: []string{"user:default/someone"}, Cause: causePerson, Actual: "shop"}, "user:default/someone shop commits "},
		{"a URL", wrongOwner{Owners: []string{"https://acme.dev/shop"}, Cause: causeNoTeam, Evidence: `[{"fact":"team","subject":"https://acme.dev/shop"}]`, Actual: "shop"}, "https://acme.dev/shop shop commits "},
		{"one of several groups", wrongOwner{Owners: []string{"pay"}, Teams: []string{"pay"}, Actual: "twice"}, "pay twice commits " + severalThere},
		{"what refers to no group", wrongOwner{Owners: []string{"pay"}, Teams: []string{"pay"}, Actual: "twice", File: "cortex.yaml"}, "pay twice commits "},
		{"several in one", wrongOwner{Owners: []string{"pay, cash"}, Actual: "shop"}, "pay, cash shop commits " + severalOwner},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.row.Source, test.row.Blob = "files", "ab"
			c := s.change(&test.row)
			if got := fmt.Sprintf("%s %s %s %s", c.from, c.team, c.because, c.reason); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
