package config

import (
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

// Reveal looks the secrets up. It fails with Problems, one for each that is not to be had.
func (w Webhooks) Reveal(env Environment) (github, tokens, signing []string, err error) {
	var problems Problems
	reveal := func(secrets []Secret) (texts []string) {
		for _, s := range secrets {
			text, err := s.Reveal(env)
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
