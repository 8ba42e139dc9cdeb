package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/trodden/trodden/cmd/trodden/config"
)

func TestWebhooks(t *testing.T) {
	a, b, c := strings.Repeat("a", 16), strings.Repeat("b", 40), strings.Repeat("c", 16)
	env := surroundings(map[string]string{"A": a, "B": b, "C": c, "SHORT": "fifteen letters"})
	tests := []struct {
		name, text string
		want       []string // github, tokens, signing
		mistake    string
		missing    string
	}{
		{"none", "", []string{"", "", ""}, "", ""},
		{"one of each", `webhooks: {github: {secret: "${A}"}, gitlab: {token: "${B}", signing: "${C}"}}`, []string{a, b, c}, "", ""},
		{"a new one beside the old one", `webhooks: {github: {secret: ["${A}", "${B}"]}}`, []string{a + " " + b, "", ""}, "", ""},
		{"null and empty", "webhooks: {github: {secret: null}, gitlab: {token: \"\", signing: [\"\"]}}", []string{"", "", ""}, "", ""},
		{"an empty list", "webhooks: {github: {secret: []}}", []string{"", "", ""}, "", ""},
		{"in the file itself", `webhooks: {github: {secret: abc}}`, nil, `t.yaml:2:29: a secret does not stand in the configuration itself, expected "${NAME}" (a variable of the environment) or "file:PATH"`, ""},
		{"in a list in the file itself", `webhooks: {gitlab: {token: ["${A}", abc]}}`, nil, `t.yaml:2:37: a secret does not stand`, ""},
		{"unknown host", "webhooks: {gitea: {}}", nil, `t.yaml:2:12: unknown key "gitea" in webhooks`, ""},
		{"unknown key", "webhooks: {github: {secrets: []}}", nil, `t.yaml:2:21: unknown key "secrets" in a webhook of github, did you mean "secret"?`, ""},
		{"not set", `webhooks: {github: {secret: "${NOPE}"}, gitlab: {signing: "${NEITHER}"}}`, nil, "",
			"t.yaml:2:29: the environment variable NOPE is not set\nt.yaml:2:59: the environment variable NEITHER is not set"},
		{"too short", `webhooks: {github: {secret: "${A}"}, gitlab: {token: "${SHORT}", signing: "${NOPE}"}}`, nil, "",
			"t.yaml:2:54: the secret of a webhook has 15 characters, expected at least 16: code hosts recommend a long random one, such as 40 hexadecimal digits\n" +
				"t.yaml:2:75: the environment variable NOPE is not set"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := config.Parse("t.yaml", "sources: [{git: {dirs: [a]}}]\n"+test.text, env)
			if test.mistake != "" {
				if err == nil || !strings.HasPrefix(err.Error(), test.mistake) {
					t.Errorf("got %v, want %s", err, test.mistake)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			github, tokens, signing, err := c.Webhooks.Reveal(env)
			if test.missing != "" {
				if err == nil || err.Error() != test.missing {
					t.Errorf("got %v, want %s", err, test.missing)
				}
				return
			}
			got := []string{strings.Join(github, " "), strings.Join(tokens, " "), strings.Join(signing, " ")}
			if err != nil || !slices.Equal(got, test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
			if given := strings.Join(got, "") != ""; c.Webhooks.Given() != given {
				t.Errorf("got Given %t, want %t", c.Webhooks.Given(), given)
			}
		})
	}
}

// TestWebhooksCheck looks at secrets where nobody serves: those that are not there are not needed.
func TestWebhooksCheck(t *testing.T) {
	env := surroundings(map[string]string{"SHORT": "1234567", "LONG": strings.Repeat("x", 16)})
	const text = "sources: [{git: {dirs: [a]}}]\nwebhooks: {github: {secret: [\"${LONG}\", \"${NOPE}\"]}"
	c, err := config.Parse("t.yaml", text+"}", env)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Webhooks.Check(env); err != nil {
		t.Errorf("got %v, want no mistake", err)
	}
	if c, err = config.Parse("t.yaml", text+", gitlab: {signing: \"${SHORT}\"}}", env); err != nil {
		t.Fatal(err)
	}
	if err := c.Webhooks.Check(env); err == nil || !strings.HasPrefix(err.Error(), "t.yaml:2:72: the secret of a webhook has 7 characters") {
		t.Errorf("got %v, want the secret refused", err)
	}
	env = surroundings(map[string]string{"LONG": strings.Repeat("x", 16), "NOPE": " "})
	if err := c.Webhooks.Check(env); err == nil || !strings.HasSuffix(err.Error(), "the environment variable NOPE is set, but empty") {
		t.Errorf("got %v, want the empty variable refused", err)
	}
}
