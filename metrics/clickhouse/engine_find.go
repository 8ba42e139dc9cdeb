package clickhouse

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// EngineIn is where npm puts the engine's library for this system below the folder root.
func EngineIn(root string) string {
	arch := runtime.GOARCH
	if arch == "amd64" {
		arch = "x64"
	}
	kit := "lib-" + runtime.GOOS + "-" + arch
	if runtime.GOOS == "linux" {
		kit += "-gnu"
	}
	return filepath.Join(root, "node_modules", "@chdb", kit, "libchdb.so")
}

// FindEngine is the path of the engine's library: the one that is given, else the first that exists
// next to the binary, in node_modules of the binary's folder, of the one above it and of the working
// directory, and in /usr/local/lib.
func FindEngine(given string) (string, error) {
	if given != "" {
		if info, err := os.Stat(given); err == nil && info.IsDir() {
			given = filepath.Join(given, "libchdb.so")
		}
		return firstFile([]string{given})
	}
	return firstFile(enginePlaces(os.Executable, os.Getwd))
}

// enginePlaces lists where a library may be, in the order in which it is looked for.
func enginePlaces(executable, workdir func() (string, error)) []string {
	var places []string
	if binary, err := executable(); err == nil {
		if real, err := filepath.EvalSymlinks(binary); err == nil {
			binary = real
		}
		folder := filepath.Dir(binary)
		places = append(places, filepath.Join(folder, "libchdb.so"), EngineIn(folder), EngineIn(filepath.Dir(folder)))
	}
	if folder, err := workdir(); err == nil {
		places = append(places, EngineIn(folder))
	}
	return append(places, "/usr/local/lib/libchdb.so")
}

func firstFile(places []string) (string, error) {
	for _, place := range places {
		if info, err := os.Stat(place); err == nil && info.Mode().IsRegular() {
			return filepath.Abs(place)
		}
	}
	return "", fmt.Errorf("find the embedded ClickHouse engine: run `npm ci` (or `make setup`) in the folder of trodden, or set TRODDEN_ENGINE to the path of libchdb.so; looked for %s: %w",
		strings.Join(places, ", "), metrics.ErrUnavailable)
}
