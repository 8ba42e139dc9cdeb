package config

import (
	"os"
	"path/filepath"
	"strings"
)

// Environment is what a configuration may ask the surroundings for.
type Environment struct {
	Home   string // the user's folder, "" where there is none
	Lookup func(name string) (value string, ok bool)
}

// OSEnvironment returns the surroundings of this process.
func OSEnvironment() Environment {
	home, err := os.UserHomeDir()
	if err != nil {
		home = ""
	}
	return Environment{Home: home, Lookup: os.LookupEnv}
}

// path returns a path of the configuration as the system takes it: ~ is the user's folder, and what is not
// absolute begins in dir.
func (e Environment) path(dir, p string) string {
	if rest, home := strings.CutPrefix(p, "~"); home && (rest == "" || rest[0] == '/') && e.Home != "" {
		return filepath.Join(e.Home, rest)
	}
	if filepath.IsAbs(p) {
		return filepath.Clean(p)
	}
	return filepath.Join(dir, p)
}
