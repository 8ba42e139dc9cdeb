package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A dependency is a library that a bot keeps bumping.
type dependency struct {
	name                string
	major, minor, patch int
}

func (d dependency) version() string { return fmt.Sprintf("%d.%d.%d", d.major, d.minor, d.patch) }

// dependencies are what a service of that language begins with.
func dependencies(lang string) []dependency {
	switch lang {
	case "go":
		return []dependency{{"github.com/go-chi/chi/v5", 5, 0, 8}, {"github.com/jackc/pgx/v5", 5, 3, 1}, {"github.com/prometheus/client_golang", 1, 15, 0}}
	case "node", "mono":
		return []dependency{{"express", 4, 18, 1}, {"pino", 8, 11, 0}, {"undici", 5, 20, 0}}
	case "python":
		return []dependency{{"fastapi", 0, 95, 0}, {"httpx", 0, 24, 0}, {"pydantic", 2, 0, 1}}
	case "java":
		return []dependency{{"spring-boot-starter-web", 3, 1, 0}, {"postgresql", 42, 5, 1}, {"micrometer-core", 1, 11, 0}}
	}
	return nil
}

// bump raises one dependency, and says how a bot would call that.
func (s *source) bump(rng *rand.Rand) (path, text, say string) {
	d := &s.deps[rng.IntN(len(s.deps))]
	if rng.IntN(4) == 0 {
		d.minor, d.patch = d.minor+1, 0
	} else {
		d.patch++
	}
	path, text = s.manifest()
	return path, text, fmt.Sprintf("Update %s to v%s", d.name, d.version())
}

// manifest is the file that names the dependencies; none for documents.
func (s *source) manifest() (path, text string) {
	var list strings.Builder
	for i, d := range s.deps {
		list.WriteString(s.require(d, i == len(s.deps)-1))
	}
	switch s.repo.lang {
	case "go":
		return "go.mod", "module github.com/acme/" + s.repo.name + "\n\ngo 1.22\n\nrequire (\n" + list.String() + ")\n"
	case "node", "mono":
		return "package.json", fmt.Sprintf("{\n  \"name\": \"@acme/%s\",\n  \"private\": true,\n  \"type\": \"module\",\n  \"dependencies\": {\n%s  }\n}\n", s.repo.name, list.String())
	case "python":
		return "pyproject.toml", fmt.Sprintf("[project]\nname = \"%s\"\nversion = \"0.1.0\"\nrequires-python = \">=3.11\"\ndependencies = [\n%s]\n", s.repo.name, list.String())
	case "java":
		return "pom.xml", fmt.Sprintf("<project>\n  <modelVersion>4.0.0</modelVersion>\n  <groupId>dev.acme</groupId>\n  <artifactId>%s</artifactId>\n  <version>1</version>\n  <dependencies>\n%s  </dependencies>\n</project>\n", s.repo.name, list.String())
	}
	return "", ""
}

// require is the line of one dependency.
func (s *source) require(d dependency, last bool) string {
	switch s.repo.lang {
	case "go":
		return fmt.Sprintf("\t%s v%s\n", d.name, d.version())
	case "python":
		return fmt.Sprintf("  \"%s==%s\",\n", d.name, d.version())
	case "java":
		return fmt.Sprintf("    <dependency><groupId>dev.acme.bom</groupId><artifactId>%s</artifactId><version>%s</version></dependency>\n", d.name, d.version())
	}
	comma := ","
	if last {
		comma = ""
	}
	return fmt.Sprintf("    \"%s\": \"%s\"%s\n", d.name, d.version(), comma)
}
