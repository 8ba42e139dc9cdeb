package config

import (
	"errors"
	"net/url"
	"regexp"
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

// originHost is what a browser takes as the host of an origin; more would be said to it beside.
var originHost = regexp.MustCompile(`^(\[[0-9A-Fa-f:]+\]|(\*\.)?[A-Za-z0-9.-]+)(:[0-9]+)?$`)

// origin is a URL without anything behind the host.
func origin() shape[string] {
	return narrow(address(), func(s string) (string, error) {
		u, err := url.Parse(s)
		if s == "" || err != nil || !originHost.MatchString(u.Host) || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
			return "", errors.New(quote(s) + " is no origin, expected one such as https://wiki.acme.dev, without a path")
		}
		return u.Scheme + "://" + u.Host, nil
	})
}
