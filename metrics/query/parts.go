package query

import (
	"embed"
	"path"
	"strings"
	"sync"
)

//go:embed parts/*.sql
var partFiles embed.FS

// assembled returns a statement with the parts that it shares with others: {{stays}} stands for parts/stays.sql.
// Parts may have parts.
func assembled(sql string) string {
	for strings.Contains(sql, "{{") {
		next := parts().Replace(sql)
		if next == sql {
			panic("a statement has a part that is not there: " + sql)
		}
		sql = next
	}
	return sql
}

// parts replaces the names of all parts by their texts.
var parts = sync.OnceValue(func() *strings.Replacer {
	files, err := partFiles.ReadDir("parts")
	if err != nil {
		panic(err) // they are part of the program
	}
	var pairs []string
	for _, file := range files {
		text, err := partFiles.ReadFile(path.Join("parts", file.Name()))
		if err != nil {
			panic(err)
		}
		pairs = append(pairs, "{{"+strings.TrimSuffix(file.Name(), ".sql")+"}}", string(text))
	}
	return strings.NewReplacer(pairs...)
})
