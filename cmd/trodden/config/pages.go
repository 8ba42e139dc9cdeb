package config

import (
	"errors"
	"net/url"
)

// Pages says who may show what pages show.
type Pages struct {
	EmbedIn []string // origins whose pages may have charts in them
}

func pagesShape() shape[Pages] {
	return object("pages", []field[Pages]{
		key("embed_in", "Who may show charts within pages of theirs, such as https://wiki.acme.dev; default: nobody.",
			list("origins", origin()), func(p *Pages) *[]string { return &p.EmbedIn }),
	})
}

// origin is a URL without anything behind the host.
func origin() shape[string] {
	return narrow(address(), func(s string) (string, error) {
		u, err := url.Parse(s)
		if s == "" || err != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
			return "", errors.New(quote(s) + " is no origin, expected one such as https://wiki.acme.dev, without a path")
		}
		return u.Scheme + "://" + u.Host, nil
	})
}
