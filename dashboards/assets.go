package dashboards

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// files are the style sheet, the script and the icon, and vendor/echarts.min.js where `make setup` has put
// it there: without it the build works, and pages say what is missing.
//
//go:embed assets
var files embed.FS

//go:embed templates
var templates embed.FS

const chartLibrary = "vendor/echarts.min.js"

// assets serves embedded files under addresses that change with their content, so that browsers may keep
// them for good.
type assets struct {
	content map[string][]byte
	hash    map[string]string
}

// newAssets reads the files below the folder assets.
func newAssets(from fs.FS) (*assets, error) {
	a := &assets{content: make(map[string][]byte), hash: make(map[string]string)}
	root, err := fs.Sub(from, "assets")
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, name)
		sum := sha256.Sum256(content)
		a.content[name], a.hash[name] = content, hex.EncodeToString(sum[:6])
		return err
	})
	return a, err
}

// has reports whether a file is there.
func (a *assets) has(name string) bool { return a.content[name] != nil }

// address returns where a file is served.
func (a *assets) address(name string) string { return "/assets/" + name + "?v=" + a.hash[name] }

// ServeHTTP serves /assets/NAME.
func (a *assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/assets/")
	content, ok := a.content[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("ETag", `"`+a.hash[name]+`"`)
	w.Header().Set("Cache-Control", "no-cache")
	if r.URL.Query().Get("v") == a.hash[name] {
		w.Header().Set("Cache-Control", "private, max-age=31536000, immutable")
	}
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(string(content)))
}
