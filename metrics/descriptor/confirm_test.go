package descriptor

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/metrics"
)

// payLike is a descriptor of a component with two fields.
func payLike(name, owner, lifecycle string) string {
	return "apiVersion: backstage.io/v1\nkind: Component\nmetadata:\n  name: " + name + "\nspec:\n  owner: " + owner + "\n  lifecycle: " + lifecycle + "\n"
}

func TestConfirmations(t *testing.T) {
	const file = "catalog-info.yaml"
	wrote := func(at metrics.Instant, content string) Version {
		return Version{At: at, Human: true, Files: map[string]string{file: content}}
	}
	program := func(v Version) Version { v.Human = false; return v }
	born := wrote(1, payLike("pay", "a", "production"))
	for name, c := range map[string]struct {
		versions []Version
		want     map[string]metrics.Instant // by component and field
	}{
		"born":                {[]Version{born}, map[string]metrics.Instant{"pay owner": 1, "pay lifecycle": 1}},
		"born by a program":   {[]Version{program(born)}, nil},
		"one field is edited": {[]Version{born, wrote(2, payLike("pay", "b", "production"))}, map[string]metrics.Instant{"pay owner": 2, "pay lifecycle": 1}},
		"edited by a program": {[]Version{born, program(wrote(2, payLike("pay", "b", "production")))}, map[string]metrics.Instant{"pay owner": 1, "pay lifecycle": 1}},
		"edited behind a program that brought it": {[]Version{program(born), wrote(2, payLike("pay", "b", "production"))},
			map[string]metrics.Instant{"pay owner": 2}},
		"quotes, comments and order": {[]Version{born, wrote(2, "# new\napiVersion: backstage.io/v1\nkind: Component\nmetadata: {name: 'pay'}\nspec: {lifecycle: production, owner: \"a\"}\n")},
			map[string]metrics.Instant{"pay owner": 1, "pay lifecycle": 1}},
		"there and back": {[]Version{born, wrote(2, payLike("pay", "b", "production")), wrote(3, payLike("pay", "a", "production"))},
			map[string]metrics.Instant{"pay owner": 3, "pay lifecycle": 1}},
		"emptied, then filled": {[]Version{born, wrote(2, payLike("pay", "", "production")), wrote(4, payLike("pay", "a", "production"))},
			map[string]metrics.Instant{"pay owner": 4, "pay lifecycle": 1}},
		"a field is taken away": {[]Version{born, wrote(2, strings.Replace(payLike("pay", "a", "production"), "  owner: a\n", "", 1))},
			map[string]metrics.Instant{"pay lifecycle": 1}},
		"the file moves": {[]Version{born, {At: 2, Human: true, Files: map[string]string{"svc/catalog-info.yaml": payLike("pay", "a", "production")}, Gone: []string{file}}},
			map[string]metrics.Instant{"pay owner": 1, "pay lifecycle": 1}},
		"the file moves and is edited": {[]Version{born, {At: 2, Human: true, Files: map[string]string{"x.yaml": payLike("pay", "a", "deprecated")}, Gone: []string{file}}},
			map[string]metrics.Instant{"pay owner": 1, "pay lifecycle": 2}},
		"the file is split": {[]Version{
			wrote(1, payLike("pay", "a", "production")+"---\n"+payLike("shop", "a", "production")),
			{At: 2, Human: true, Files: map[string]string{file: payLike("pay", "a", "production"), "shop.yaml": payLike("shop", "a", "production")}}},
			map[string]metrics.Instant{"pay owner": 1, "pay lifecycle": 1, "shop owner": 1, "shop lifecycle": 1}},
		"the entity is renamed": {[]Version{born, wrote(2, payLike("payments", "a", "production"))},
			map[string]metrics.Instant{"payments owner": 2, "payments lifecycle": 2}},
		"taken away": {[]Version{born, {At: 2, Human: true, Gone: []string{file}}}, nil},
		"taken away, then written again": {[]Version{born, {At: 2, Human: true, Gone: []string{file}}, wrote(5, payLike("pay", "a", "production"))},
			map[string]metrics.Instant{"pay owner": 5, "pay lifecycle": 5}},
		"broken, then mended": {[]Version{born, wrote(2, "kind: ["), wrote(3, payLike("pay", "a", "deprecated"))},
			map[string]metrics.Instant{"pay owner": 1, "pay lifecycle": 3}},
		"broken in one document": {[]Version{
			wrote(1, payLike("pay", "a", "production")+"---\n"+payLike("shop", "a", "production")),
			wrote(2, payLike("pay", "b", "production")+"---\nkind: [\n"),
			wrote(3, payLike("pay", "b", "production")+"---\n"+payLike("shop", "a", "production"))},
			map[string]metrics.Instant{"pay owner": 2, "pay lifecycle": 1, "shop owner": 1, "shop lifecycle": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			var got map[string]metrics.Instant
			for key, at := range Confirmations("github.com/acme/pay", c.versions) {
				if got == nil {
					got = map[string]metrics.Instant{}
				}
				got[key.Ref.Name+" "+key.Field] = at
			}
			if diff := cmp.Diff(got, c.want); diff != "" {
				t.Errorf("-got +want:\n%s", diff)
			}
		})
	}
}

// TestConfirmationsOfSource moves a descriptor that names its repository: that its folder is another confirms nothing.
func TestConfirmationsOfSource(t *testing.T) {
	content := strings.Replace(payLike("pay", "a", "production"), "name: pay\n", "name: pay\n  annotations: {github.com/project-slug: acme/pay}\n", 1)
	got := Confirmations("github.com/acme/pay", []Version{
		{At: 1, Human: true, Files: map[string]string{"catalog-info.yaml": content}},
		{At: 2, Human: true, Files: map[string]string{"svc/pay/catalog-info.yaml": content}, Gone: []string{"catalog-info.yaml"}},
	})
	if len(got) != 4 {
		t.Errorf("%d fields are confirmed, want 4: %v", len(got), got)
	}
	for key, at := range got {
		if at != 1 {
			t.Errorf("%s was confirmed at %d, want 1", key.Field, at)
		}
	}
}

// TestWritten tells programs from people, and what was only seen from both.
func TestWritten(t *testing.T) {
	const file = "catalog-info.yaml"
	by := func(at metrics.Instant, human bool, owner string) Version {
		return Version{At: at, Human: human, Files: map[string]string{file: payLike("pay", owner, "production")}}
	}
	sighted := func(at metrics.Instant, owner string) Version {
		v := by(at, false, owner)
		v.Sighted = true
		return v
	}
	for name, c := range map[string]struct {
		versions           []Version
		confirmed, written metrics.Instant // of the owner; 0 where that is not known
	}{
		"by a human":               {[]Version{by(1, true, "a")}, 1, 1},
		"by a program":             {[]Version{by(1, false, "a")}, 0, 1},
		"by a program, later":      {[]Version{by(1, true, "a"), by(2, false, "b")}, 1, 2},
		"by a human after it":      {[]Version{by(1, false, "a"), by(2, true, "b")}, 2, 2},
		"left as it was":           {[]Version{by(1, true, "a"), by(2, false, "a")}, 1, 1},
		"seen":                     {[]Version{sighted(1, "a")}, 0, 0},
		"seen otherwise":           {[]Version{by(1, false, "a"), sighted(2, "b")}, 0, 0},
		"seen as it was":           {[]Version{by(1, false, "a"), sighted(2, "a")}, 0, 1},
		"taken away with its file": {[]Version{by(1, false, "a"), {At: 2, Gone: []string{file}}}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReplay("github.com/acme/pay")
			for _, v := range c.versions {
				r.Land(v)
			}
			key := FieldKey{metrics.EntityRef{Kind: "component", Namespace: "default", Name: "pay"}, metrics.FieldOwner}
			if confirmed, written := r.Confirmed()[key], r.Written()[key]; confirmed != c.confirmed || written != c.written {
				t.Errorf("confirmed at %d, written at %d, want %d and %d", confirmed, written, c.confirmed, c.written)
			}
		})
	}
}
