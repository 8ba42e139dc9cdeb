package catalog

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLocate(t *testing.T) {
	for text, want := range map[string][2]string{
		"https://github.com/Acme/Pay":                            {"github.com/acme/pay", ""},
		"https://github.com/acme/pay.git":                        {"github.com/acme/pay", ""},
		"https://github.com/acme/pay/?tab=readme#top":            {"github.com/acme/pay", ""},
		"https://github.com/acme/mono/tree/main/services/pay/":   {"github.com/acme/mono", "services/pay"},
		"https://github.com/acme/mono/blob/main/.github/x":       {"github.com/acme/mono", ".github/x"},
		"https://github.com/acme/mono/tree/main":                 {"github.com/acme/mono", ""},
		"https://github.com/acme/mono/tree/main/Sp%20ace/":       {"github.com/acme/mono", "Sp ace"},
		"https://github.com/acme/mono/tree/main/100%":            {"github.com/acme/mono", "100%"},
		"https://github.com/acme/mono/tree/main/%2e%2e/x":        {"github.com/acme/mono", "x"},
		"https://gitlab.acme.dev/a/b/mono/-/tree/main/svc":       {"gitlab.acme.dev/a/b/mono", "svc"},
		"https://bitbucket.org/acme/mono/src/main/svc":           {"bitbucket.org/acme/mono", "svc"},
		"https://github.com/src/tree":                            {"github.com/src/tree", ""},
		"git@github.com:acme/pay.git":                            {"github.com/acme/pay", ""},
		"github.com:acme/pay":                                    {"github.com/acme/pay", ""},
		"github.com/acme/pay":                                    {"github.com/acme/pay", ""},
		"acme/pay":                                               {"code.acme.dev/acme/pay", ""},
		"acme/my.pay":                                            {"code.acme.dev/acme/my.pay", ""},
		"acme/mono/tree/main/svc":                                {"code.acme.dev/acme/mono", "svc"},
		"pay":                                                    {},
		"":                                                       {},
		"tbd":                                                    {},
		"N/A":                                                    {},
		"https://github.com/acme":                                {},
		"see https://github.com/acme/pay, or ask":                {},
		"file:///srv/pay":                                        {},
		"http://[::1":                                            {},
		"https://ana:secret@github.com:8443/acme/pay":            {"github.com/acme/pay", ""},
		"https://github.com/acme/mono/tree/main/../../etc/shade": {"github.com/acme/mono", "etc/shade"},
	} {
		t.Run(text, func(t *testing.T) {
			repo, folder := locate(text, "code.acme.dev")
			if got := [2]string{repo, folder}; got != want {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

func TestMailed(t *testing.T) {
	for text, want := range map[string]string{
		"ana@acme.dev": "ana@acme.dev", " ana@acme.dev ": "ana@acme.dev", "@acme/payments": "", "ana": "", "ana@host": "", "Ana <ana@acme.dev>": "", "a@b.c, d@e.f": "", "": "",
	} {
		t.Run(text, func(t *testing.T) {
			got := ""
			if person := mailed(text); person != nil {
				got = person.Email
			}
			if got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestFilled keeps so much of a field and no more, however often it is filled, and no part of a letter.
func TestFilled(t *testing.T) {
	f := newFilled()
	f.set("tags", "a", " ", "b")
	f.set("tags", strings.Repeat("ä", maxField), "c")
	f.set("tags", "d")
	f.set("empty")
	size := 0
	for _, v := range f.values["tags"] {
		size += len(v)
		if strings.ContainsRune(v, '\uFFFD') {
			t.Error("a letter is cut")
		}
	}
	if size != maxField || len(f.values["tags"]) != 3 {
		t.Errorf("got %d bytes in %d values, want %d in 3", size, len(f.values["tags"]), maxField)
	}
	if diff := cmp.Diff(f.problems, []string{"tags is too long: 65539 bytes of it are left out", "tags is too long: 1 bytes of it are left out"}); diff != "" {
		t.Errorf("got (-), want (+):\n%s", diff)
	}
	if got := f.fields(); len(got) != 2 || got[0].Name != "empty" || got[0].Values != nil {
		t.Errorf("got %d fields, want two, by name", len(got))
	}
}

// FuzzLoose reads any JSON, and keeps nothing blank.
func FuzzLoose(f *testing.F) {
	for _, seed := range []string{`null`, `"a"`, `[1, [true, {"b": " c"}], ""]`, `{}`, `-1e9`, `"\ud800"`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var v loose
		if err := json.Unmarshal([]byte(text), &v); err != nil && json.Valid([]byte(text)) {
			t.Errorf("%q: %v", text, err)
		}
		for _, value := range v {
			if strings.TrimSpace(value) == "" {
				t.Errorf("%q: a blank value", text)
			}
		}
	})
}

// FuzzLocate finds no folder without a repository, and none that leaves it.
func FuzzLocate(f *testing.F) {
	f.Add("https://github.com/acme/mono/tree/main/a/../../b", "github.com")
	f.Add("acme/pay", "")
	f.Fuzz(func(t *testing.T, text, host string) {
		if repo, folder := locate(text, host); repo == "" && folder != "" || folder == ".." || strings.HasPrefix(folder, "../") || strings.HasPrefix(folder, "/") {
			t.Errorf("%q: got %q, %q", text, repo, folder)
		}
	})
}
