package config

import (
	"cmp"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // time zones are known on machines without a database of them, too

	"github.com/bmatcuk/doublestar/v4"
	"github.com/robfig/cron/v3"
	"github.com/trodden/trodden/metrics"
)

// datePattern is how the schema knows dates: a day, or a time with its zone.
const datePattern = `^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2}))?$`

// date is a day, at whose first instant in UTC it stands, or a time.
func date() shape[metrics.Instant] {
	const what = "a date such as 2026-07-01 or 2026-07-01T10:00:00Z"
	schema := &Schema{Type: Types{"string"}, Pattern: datePattern}
	return scalar(what, schema, func(s string) (metrics.Instant, error) {
		t, err := metrics.ParseInstant(s)
		if err != nil {
			return 0, fmt.Errorf("%s is no date, expected %s", quote(s), what)
		}
		if t <= metrics.Beginning || t >= metrics.Forever {
			return 0, fmt.Errorf("%s is out of range, expected a date from 1970-01-02 to 2106-02-06", quote(s))
		}
		return t, nil
	})
}

// durationPattern is how the schema knows durations.
const durationPattern = `^(\d+(w|d|h|m|s))+$`

var durationPart = regexp.MustCompile(`^(\d{1,9})([wdhms])`)

// parseDuration reads a length of time in weeks, days, hours, minutes and seconds.
func parseDuration(s string) (time.Duration, error) {
	const century = 100 * 366 * 24 * time.Hour
	units := map[string]time.Duration{"w": 7 * 24 * time.Hour, "d": 24 * time.Hour, "h": time.Hour,
		"m": time.Minute, "s": time.Second}
	var sum time.Duration
	for rest := s; rest != "" || s == ""; {
		part := durationPart.FindStringSubmatch(rest)
		if part == nil {
			return 0, fmt.Errorf("%s is no duration, expected one such as 180d, 2w, 36h or 1d12h", quote(s))
		}
		n, _ := strconv.Atoi(part[1]) // nine digits at most
		unit := units[part[2]]
		if time.Duration(n) > (century-sum)/unit {
			return 0, fmt.Errorf("%s is out of range, expected a duration of less than 100 years", quote(s))
		}
		sum += time.Duration(n) * unit
		rest = rest[len(part[0]):]
	}
	return sum, nil
}

// duration is a length of time.
func duration() shape[time.Duration] {
	schema := &Schema{Type: Types{"string"}, Pattern: durationPattern}
	return scalar("a duration such as 180d, 2w or 36h", schema, parseDuration)
}

// glob is a doublestar glob over what.
func glob(what string) shape[string] {
	return narrow(name[string](what), func(s string) (string, error) {
		if !doublestar.ValidatePattern(s) {
			return "", fmt.Errorf("%s is no glob, expected *, **, ?, [class] and {a,b} with their brackets closed", quote(s))
		}
		return s, nil
	})
}

// repoGlob is a glob over repository names, which are lower case.
func repoGlob() shape[string] {
	return narrow(glob("a glob of repositories such as github.com/acme/pay*"), func(s string) (string, error) {
		return strings.ToLower(s), nil
	})
}

// schedule is a cron expression of five fields, or @daily and the like.
func schedule() shape[string] {
	return narrow(name[string]("a cron schedule such as */30 * * * *"), func(s string) (string, error) {
		if err := parseCron(s); err != nil {
			return "", fmt.Errorf("%s is no schedule (%w), expected five fields such as */30 * * * *", quote(s), err)
		}
		return s, nil
	})
}

// parseCron keeps a crash of the parser, should there be one, from being ours.
func parseCron(s string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("not understood")
		}
	}()
	_, err = cron.ParseStandard(s)
	return err
}

// zone is a time zone by its name.
func zone() shape[string] {
	return narrow(name[string]("a time zone such as Europe/Berlin"), func(s string) (string, error) {
		if _, err := time.LoadLocation(s); err != nil || s == "Local" {
			return "", fmt.Errorf("%s is no time zone, expected one such as Europe/Berlin or UTC", quote(s))
		}
		return s, nil
	})
}

// email is an e-mail address, with or without a name before it.
func email() shape[string] {
	return narrow(name[string]("an e-mail address"), func(s string) (string, error) {
		if _, err := mail.ParseAddress(s); err != nil {
			return "", fmt.Errorf("%s is no e-mail address, expected one such as lead@acme.dev", quote(s))
		}
		return s, nil
	})
}

// address is the URL of a service. It may be left empty; credentials do not belong into it, nor into a
// message about it.
func address() shape[string] {
	const what = "an URL such as https://code.example.com"
	return scalar(what, textSchema(), func(s string) (string, error) {
		u, err := url.Parse(s)
		switch {
		case s == "":
			return "", nil
		case err == nil && u.User != nil:
			return "", errors.New("the URL has credentials in it, expected them in a key of their own")
		case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
			return "", errors.New("this is no URL, expected one such as https://code.example.com")
		case u.RawQuery != "" || u.Fragment != "":
			return "", errors.New("the URL has more behind its path, expected one such as https://code.example.com")
		case !portInRange(u.Port()):
			return "", errors.New("there is no port " + u.Port())
		default:
			return strings.TrimSuffix(s, "/"), nil
		}
	})
}

// portInRange accepts no port, which is that of the scheme.
func portInRange(port string) bool {
	n, err := strconv.ParseUint(port, 10, 16)
	return port == "" || err == nil && n > 0
}

// account is the name of whose repositories are read, as it stands in addresses. An address is refused: of which host
// it is goes elsewhere.
func account(what string) shape[string] {
	return narrow(name[string](what), func(s string) (string, error) {
		u, err := url.Parse(s)
		switch {
		case err != nil || strings.ContainsAny(s, " ?#"):
			return "", fmt.Errorf("%s is no name, expected that of %s", quote(s), what)
		case u.Scheme != "":
			return "", fmt.Errorf("%s is an address, expected the name of %s alone, such as %s, and the address of a server of your own as url",
				quote(s), what, cmp.Or(strings.Trim(u.Path, "/"), "acme"))
		}
		return strings.Trim(s, "/"), nil
	})
}

// notEmpty refuses a text that is not there.
func notEmpty(s string) (string, error) {
	if strings.TrimSpace(s) == "" {
		return "", errors.New("an empty text, expected one")
	}
	return s, nil
}
