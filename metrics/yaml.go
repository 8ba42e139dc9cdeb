package metrics

import (
	"regexp"
	"strings"
)

var laterYAML = regexp.MustCompile(`(?m)^(%YAML[ \t]+1\.)[2-9]([ \t\r]|$)`)

// OfYAML11 returns the content of a YAML file with 1.1 for every later version 1.x that a directive of it names, and each
// character where it was: the parser refuses those, and reads them all the same.
func OfYAML11(content string) string {
	if !strings.Contains(content, "%YAML") {
		return content
	}
	return laterYAML.ReplaceAllString(content, "${1}1${2}")
}
