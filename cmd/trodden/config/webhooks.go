package config

import (
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
)

// Webhooks says what a server lets code hosts tell it. A host of which there is no secret may tell it nothing.
type Webhooks struct {
	GitHub GitHubWebhook
	GitLab GitLabWebhook
}

// GitHubWebhook says how deliveries of GitHub are signed.
type GitHubWebhook struct {
	Secrets []Secret // one of them signs; several while one takes the place of another
}

// GitLabWebhook says how deliveries of GitLab show where they come from.
type GitLabWebhook struct {
	Tokens  []Secret // one of them is sent along
	Signing []Secret // one of them signs
}

// Given reports whether anybody may tell anything.
func (w Webhooks) Given() bool {
	return len(w.GitHub.Secrets)+len(w.GitLab.Tokens)+len(w.GitLab.Signing) > 0
}

// minWebhookSecret is how many characters the secret of a webhook has at least, as the privacy key has. Hosts name no
// least: GitHub's manual asks for a random string of high entropy. Of one that is much shorter, whoever sees a delivery can
// try all that there are.
const minWebhookSecret = 16

// Reveal looks the secrets up. It fails with Problems, one for each that is not to be had, or so short that it can be
// guessed.
func (w Webhooks) Reveal(env Environment) (github, tokens, signing []string, err error) {
	var problems Problems
	reveal := func(secrets []Secret) (texts []string) {
		for _, s := range secrets {
			text, err := s.Reveal(env)
			if err == nil {
				err = s.longEnough(text)
			}
			problems = append(problems, problemsOf(err)...)
			texts = append(texts, text)
		}
		return texts
	}
	github, tokens, signing = reveal(w.GitHub.Secrets), reveal(w.GitLab.Tokens), reveal(w.GitLab.Signing)
	if len(problems) > 0 {
		problems.sort()
		return nil, nil, nil, problems
	}
	return github, tokens, signing, nil
}

// longEnough refuses the secret of a webhook that can be guessed.
func (s Secret) longEnough(text string) error {
	if n := utf8.RuneCountInString(text); n < minWebhookSecret {
		return s.problem("the secret of a webhook has %d characters, expected at least %d: code hosts recommend a long random one, such as 40 hexadecimal digits", n, minWebhookSecret)
	}
	return nil
}

// Check fails with Problems for the secrets that are there and are empty, or can be guessed. Those that are not there only
// a server needs.
func (w Webhooks) Check(env Environment) error {
	var problems Problems
	for _, s := range slices.Concat(w.GitHub.Secrets, w.GitLab.Tokens, w.GitLab.Signing) {
		text, err := s.Reveal(env)
		switch _, set := env.Lookup(s.Env); {
		case err == nil:
			problems = append(problems, problemsOf(s.longEnough(text))...)
		case s.Env != "" && set:
			problems = append(problems, problemsOf(err)...)
		}
	}
	if len(problems) == 0 {
		return nil
	}
	problems.sort()
	return problems
}

func webhooksShape() shape[Webhooks] {
	return object("webhooks", []field[Webhooks]{
		key("github", "Deliveries of GitHub, to /webhooks/github.", object("a webhook of github", []field[GitHubWebhook]{
			key("secret", "The secret that signs them; a list while a new one takes the place of an old one.", secrets(),
				func(w *GitHubWebhook) *[]Secret { return &w.Secrets }),
		}), func(w *Webhooks) *GitHubWebhook { return &w.GitHub }),
		key("gitlab", "Deliveries of GitLab, to /webhooks/gitlab.", object("a webhook of gitlab", []field[GitLabWebhook]{
			key("token", "The secret token that is sent along; a list while a new one takes the place of an old one.", secrets(),
				func(w *GitLabWebhook) *[]Secret { return &w.Tokens }),
			key("signing", "The signing token that signs them, where GitLab has them; a list likewise.", secrets(),
				func(w *GitLabWebhook) *[]Secret { return &w.Signing }),
		}), func(w *Webhooks) *GitLabWebhook { return &w.GitLab }),
	})
}

// secrets is one secret, or a list of them.
func secrets() shape[[]Secret] {
	one := secret()
	many := list("secrets", one)
	return shape[[]Secret]{
		schema: &Schema{AnyOf: []*Schema{one.schema, many.schema}},
		read: func(d *decoder, n ast.Node, into *[]Secret) {
			if _, ok := d.value(n).(*ast.SequenceNode); ok {
				many.read(d, n, into)
			} else {
				var got Secret
				one.read(d, n, &got)
				*into = []Secret{got}
			}
			given := (*into)[:0]
			for _, s := range *into {
				if s.Given() {
					given = append(given, s)
				}
			}
			*into = given
		},
	}
}
