package metrics

import (
	"regexp"
	"strings"
)

// wholeVersion is a version that names one release: three numbers, and what semantic versions allow behind them.
var wholeVersion = regexp.MustCompile(`^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]*)?$`)

// SplitTag cuts a tag, or a version that somebody pins, at its last slash: a repository that releases several
// things puts their names in front (build-workflow/v1.2.0). Whole says that the version means one release: v1.2.0
// does; v1 and v1.2, which move from release to release, and names of other kinds do not.
func SplitTag(tag string) (family, version string, whole bool) {
	slash := strings.LastIndexByte(tag, '/') + 1
	family, version = tag[:slash], tag[slash:]
	return family, version, wholeVersion.MatchString(version)
}
