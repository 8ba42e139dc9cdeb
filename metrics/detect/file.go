package detect

import "github.com/trodden/trodden/metrics"

// fileKind is the signal that a file is there. A file whose content was read and is blank is not.
func fileKind() Kind {
	return Kind{
		Name: "file", Main: "path",
		Help: "a regular file is there and not blank",
		Keys: []Key{{"path", FileGlob, true, "glob of the file"}},
		how:  byPresence,
		files: func(s metrics.Signal) []string {
			return []string{s.Path}
		},
		compile: func(metrics.Signal) (any, []Problem) { return nil, nil },
	}
}
