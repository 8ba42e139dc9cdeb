package metrics_test

import (
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
)

// shaped makes a text of the shape of a token, which stands in no file as a whole.
func shaped(begin string, n int) string {
	return begin + strings.Repeat("a1B2c3D4", n/8+1)[:n]
}

func TestWithoutSecrets(t *testing.T) {
	jwt := shaped("ey"+"J", 20) + "." + shaped("ey"+"J", 40) + "." + shaped("", 43)
	armoured := "-----BEGIN " + "PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"
	for name, test := range map[string]struct{ text, want string }{
		"a password":                      {"https://ci:hunter2@ci.acme.dev/x", "https://ci.acme.dev/x"},
		"two of them":                     {"https://a:b/c@d@ci.acme.dev", "https://ci.acme.dev"},
		"a parameter":                     {"https://ci.acme.dev/?tab=overview&access_token=hunter2#top", "https://ci.acme.dev/?tab=overview&access_token=***#top"},
		"one in a fragment":               {"https://ci.acme.dev/#id_token=hunter2&state=x", "https://ci.acme.dev/#id_token=***&state=x"},
		"of a signed address":             {"https://b.example/o?X-Amz-Credential=A%2Fus&X-Amz-Date=1&X-Amz-Signature=f00", "https://b.example/o?X-Amz-Credential=***&X-Amz-Date=1&X-Amz-Signature=***"},
		"short names":                     {"?key=a&sig=b&code=c&auth=d&pwd=e&passwd=f&apikey=g&api_key=h&jwt=i", "?key=***&sig=***&code=***&auth=***&pwd=***&passwd=***&apikey=***&api_key=***&jwt=***"},
		"a token of GitHub":               {"pull with " + shaped("gh"+"p_", 36) + ", then", "pull with ***, then"},
		"one behind an escape":            {"x%20" + shaped("gh"+"s_", 36), "x%20***"},
		"a fine-grained one":              {shaped("github"+"_pat_", 82), "***"},
		"a token of GitLab":               {"token: " + shaped("gl"+"pat-", 20), "token: ***"},
		"one of Slack":                    {shaped("xox"+"b-123-", 24), "***"},
		"a hook of Slack":                 {"https://hooks.slack.com/" + "services/T0/B0/x1", "https://***"},
		"a key of AWS":                    {"key AK" + "IAABCDEFGHIJKLMNOP.", "key ***."},
		"a signed token":                  {"Bearer " + jwt + " is it", "Bearer *** is it"},
		"an armoured key":                 {"a " + armoured + " b", "a *** b"},
		"one that is cut off":             {"a " + armoured[:40], "a ***"},
		"of npm":                          {shaped("npm"+"_", 36), "***"},
		"a word":                          {"key: payments", "key: payments"},
		"no secret parameters":            {"https://ci.acme.dev/?tab=overview&monkey=1&author=2&encode=3&design=4", "https://ci.acme.dev/?tab=overview&monkey=1&author=2&encode=3&design=4"},
		"a port and a scope":              {"https://npm.acme.dev:8080/@acme/pay", "https://npm.acme.dev:8080/@acme/pay"},
		"beginnings of tokens":            {"ghp_short glpat-x xoxb- AKIA eyJ npm_run gloss", "ghp_short glpat-x xoxb- AKIA eyJ npm_run gloss"},
		"a slug":                          {"github.com/acme/ghs_tools", "github.com/acme/ghs_tools"},
		"an identifier of a commit":       {"deadbeefdeadbeefdeadbeefdeadbeefdeadbeef", "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef"},
		"without a scheme":                {"see //ci:hunter2@ci.acme.dev/x", "see //ci.acme.dev/x"},
		"a remark with an address":        {"//todo: ask a@acme.dev, a//b:c@d", "//todo: ask a@acme.dev, a//b:c@d"},
		"a header":                        {"curl -H 'Authorization: Bearer hunter2-x' and Authorization: Basic aHVudGVy= x", "curl -H 'Authorization: Bearer ***' and Authorization: Basic *** x"},
		"prose of headers":                {"authorization: bearers of tokens, basic auth, a bearer token", "authorization: bearers of tokens, basic auth, a bearer token"},
		"in JSON":                         {`{"user":"ci","password":"hun\"ter2","db_password": "x","apiKey":"y"}`, `{"user":"ci","password":"***","db_password": "***","apiKey":"***"}`},
		"in YAML":                         {"{user: ci, password: hunter2, clientSecret: x y, port: 80}", "{user: ci, password: ***, clientSecret: ***, port: 80}"},
		"no secrets in objects":           {`{"tokenType":"x","passwordReset":"on","secretName":"x"} {token: ${{ values.x }}} see it, password: in the vault`, `{"tokenType":"x","passwordReset":"on","secretName":"x"} {token: ${{ values.x }}} see it, password: in the vault`},
		"nothing":                         {"", ""},
		"what was masked before":          {"?token=***", "?token=***"},
		"an address that signs nobody in": {"git@github.com:acme/pay.git", "git@github.com:acme/pay.git"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := metrics.WithoutSecrets(test.text); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func FuzzWithoutSecrets(f *testing.F) {
	for _, text := range []string{
		"", "https://a:b/c@d@e", "?token=x&b=1", "%3Ftoken%3Dx%26y", shaped("gh"+"p_", 36), "u-----BEGIN A-----/-----END A-----@h",
		"x://-----BEGIN@y", `\u0026key=\`, "https://u" + shaped("gl"+"pat-", 20) + "@h", "\xff?key=\xff@",
		"//a:b@//c:d@e", `{"token":"\\"`, "{token: a, password: b@c}", "Authorization: Bearer Authorization: Bearer x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		once := metrics.WithoutSecrets(text)
		if twice := metrics.WithoutSecrets(once); twice != once {
			t.Errorf("%q becomes %q, then %q", text, once, twice)
		}
	})
}
