package metrics

import (
	"regexp"
	"strings"
)

// masked stands for a secret that was taken out of a text.
const masked = "***"

// names are what secrets are called in objects.
const names = `(?:password|passwd|passphrase|pwd|secret|token|(?:api|access|private|secret)[_-]?key|client[_-]?secret|(?:access|auth|refresh)[_-]?token)`

var (
	// signedIn matches the beginning of an address with a name or a password in it. A password may have a slash that nobody
	// escaped, which a port has not before it.
	signedIn = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)(?:[^/\s"'<>]*|[^\s/@:"'<>]+:[^\s@/"'<>]*[^\s@/\d"'<>][^\s@/"'<>]*/[^\s@"'<>]*)@`)
	// unschemed matches the same of an address that leaves its scheme out, where there is a password.
	unschemed = regexp.MustCompile(`(^|[\s"'<>(=\[{,:])(//)[^\s/@:"'<>]+:[^\s@/"'<>]+@`)
	// signing matches what signs a request, as a header has it.
	signing = regexp.MustCompile(`(?i)(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)[^\s"'<>,;*]+`)
	// named matches secrets by their names, in objects as JSON and YAML have them.
	named = regexp.MustCompile(`(?i)([{,]\s*"(?:[\w.-]*[_.-])?` + names + `"\s*:\s*")(?:[^"\\]|\\.)+`)
	plain = regexp.MustCompile(`(?i)(\{(?:[^{}]*[\s,])?(?:[\w.-]*[_.-])?` + names + `:\s+)[^\s"'$*{}\[\],][^"'{}\[\],]*`)
	// secretly matches parameters of addresses whose names say that they are secrets, in addresses within others, too.
	secretly = regexp.MustCompile(`(?i)([?&;#]|\\u0026|%3F|%26|%23)((?:[\w.~\[\]-]*[_.\[\]-])?(?:key|sig|code|auth|jwt|pwd|pass)|` +
		`[\w.~\[\]-]*(?:token|secret|passw|signature|credential|authorization|(?:api|app|access|account|client|integration|license|private|routing|shared|subscription)key)[\w.~\[\]-]*)` +
		`(=|%3D)[^&#\s"'<>\\)]*`)
)

// shapes are secrets that are known by how they begin, wherever they stand: tokens of code hosts, package registries and
// chats, keys of clouds, tokens that are signed (RFC 7519), and what is armoured (RFC 7468), which may be cut off.
var shapes = []struct {
	begin string // what is in a text that has one
	whole *regexp.Regexp
}{
	{"gh", regexp.MustCompile(`gh[opsur]_[A-Za-z0-9]{20,}`)},
	{"github_pat_", regexp.MustCompile(`github_pat_\w{20,}`)},
	{"gl", regexp.MustCompile(`gl(?:agent|cbt|dt|ft|imt|oas|pat|ptt|rt|soat)-[\w.-]{16,}`)},
	{"xox", regexp.MustCompile(`xox[a-z]-[A-Za-z0-9-]{10,}`)},
	{"xapp-", regexp.MustCompile(`xapp-[A-Za-z0-9-]{10,}`)},
	{"hooks.slack.com/", regexp.MustCompile(`hooks\.slack\.com/(?:services|workflows|triggers)/[\w/-]+`)},
	{"A", regexp.MustCompile(`A(?:KIA|SIA)[A-Z0-9]{16}`)},
	{"AIza", regexp.MustCompile(`AIza[\w-]{35}`)},
	{"npm_", regexp.MustCompile(`npm_[A-Za-z0-9]{36}`)},
	{"k_live_", regexp.MustCompile(`[rs]k_live_[A-Za-z0-9]{16,}`)},
	{"eyJ", regexp.MustCompile(`eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)*`)},
	{"-----BEGIN", regexp.MustCompile(`(?s)-----BEGIN.*?(?:-----END[A-Z0-9 ]*-----|$)`)},
}

// WithoutSecrets returns a text without what lets somebody in: names and passwords in addresses, the values of parameters
// of addresses and of objects whose names say that they are secrets, and what has the shape of a well-known token or key. All else stays as
// it is, a text without secrets as a whole; nothing changes by doing it twice.
func WithoutSecrets(text string) string {
	for _, s := range shapes {
		if strings.Contains(text, s.begin) {
			text = s.whole.ReplaceAllString(text, masked)
		}
	}
	if strings.ContainsAny(text, "=%") {
		text = secretly.ReplaceAllString(text, "$1$2$3"+masked)
	}
	if strings.Contains(text, ":") {
		text = signing.ReplaceAllString(text, "${1}"+masked)
		text = named.ReplaceAllString(text, "${1}"+masked)
		text = replaced(plain, text, "${1}"+masked) // an object may have several
		text = unschemed.ReplaceAllString(text, "$1$2")
	}
	if strings.Contains(text, "@") {
		text = replaced(signedIn, text, "$1") // behind a password there may be another one
	}
	return text
}

// replaced replaces until nothing is left to replace.
func replaced(what *regexp.Regexp, text, by string) string {
	for {
		less := what.ReplaceAllString(text, by)
		if less == text {
			return text
		}
		text = less
	}
}
