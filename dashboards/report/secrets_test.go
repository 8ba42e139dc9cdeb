package report

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

// TestSecretsAreHidden hides what signs in, however it is written, and leaves the rest.
func TestSecretsAreHidden(t *testing.T) {
	encode := base64.StdEncoding.EncodeToString
	for _, test := range []struct{ user, password, said, want string }{
		{"u", "geheimes Wort", "535 no: geheimes Wort!", "535 no: (secret)!"},
		{"u", "geheimes Wort", "535 no: GEHEIMES WORT", "535 no: (secret)"},
		{"u", `ge"heim\`, fmt.Sprintf("535 %q", `no: ge"heim\`), `535 "no: (secret)"`},
		{"u", "x\ny", fmt.Sprintf("535 %q", "no: x\ny"), `535 "no: (secret)"`},
		{"trodden", "secret word", "AUTH PLAIN " + encode([]byte("\x00trodden\x00secret word")) + " no", "AUTH PLAIN (secret) no"},
		{"trodden", "secret word", "AUTH PLAIN " + encode([]byte("trodden\x00trodden\x00secret word"))[:30] + " no", "AUTH PLAIN (secret) no"},
		{"trodden", "secret word", encode([]byte("trodden")) + "," + encode([]byte("secret word")), "(secret),(secret)"},
		{"u", "пароль пароль", "535 пароль пароль and пароль", "535 (secret) and (secret)"},
		{"u", "\xff\xfe broken password", "535 \xff\xfe broken password", "535 (secret)"},
		{"u", "ab", "535 ab", "535 (secret)"},
		{"", "", "550 no such user", "550 no such user"},
		{"trodden", "secret word", "550 no such user\x1b[31m\r\n" + strings.Repeat("y", 500), "550 no such user [31m  " + strings.Repeat("y", 376) + "…"},
	} {
		if got := secretsOf(test.user, test.password).hide(test.said); got != test.want {
			t.Errorf("%q of %s: got %q, want %q", test.said, test.user, got, test.want)
		}
	}
}
