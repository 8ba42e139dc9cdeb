package main

import (
	"fmt"
	"maps"
	"strings"
)

// managed gives all files of a repository that follow from its conditions:
// how it is built, packed, deployed, and whose it is. shas are the commits of
// the golden workflow's releases.
func managed(r repo, c conditions, shas map[string]string) map[string]string {
	files := map[string]string{}
	maps.Copy(files, ciFiles(r, c, shas))
	maps.Copy(files, imageFiles(r, c))
	maps.Copy(files, deployFiles(r, c))
	maps.Copy(files, papers(r, c))
	maps.Copy(files, providerFiles(r, c))
	if c.template != "" {
		files[".acme/template.yaml"] = fmt.Sprintf("# Written by acme/service-template. Keep it: updates need it.\n"+
			"template: acme/service-template\nversion: %s\nservice: %s\nowner: %s\n", c.template, r.name, r.team)
	}
	return files
}

// papers are the files that say whose a repository is.
func papers(r repo, c conditions) map[string]string {
	files := map[string]string{}
	if r.papers == "codeowners" || r.papers == "both" {
		path := ".github/CODEOWNERS"
		if fingerprint(r.name)%3 == 0 {
			path = "CODEOWNERS"
		}
		files[path] = "# Who is asked to review.\n*       " + c.codeowners + "\n"
	}
	if r.papers == "catalog" || r.papers == "both" {
		files["catalog-info.yaml"] = catalogInfo(r, c)
	}
	return files
}

func catalogInfo(r repo, c conditions) string {
	kind, system := "service", r.team
	if r.lang == "node" && strings.HasSuffix(r.name, "-web") || strings.HasSuffix(r.name, "-ui") {
		kind = "website"
	}
	if r.quiet > 0 {
		system = "monolith-split"
	}
	return fmt.Sprintf(`apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: %s
  annotations:
    github.com/project-slug: acme/%s
spec:
  type: %s
  lifecycle: production
  owner: %s
  system: %s
`, r.name, r.name, kind, c.catalog, system)
}

// providerFiles is what the platform team's repositories provide.
func providerFiles(r repo, c conditions) map[string]string {
	if c.release == "" {
		return nil
	}
	switch r.lang {
	case "workflows":
		return reusableWorkflows(c.release)
	case "images":
		return goldenImages(c.release)
	case "chart":
		return goldenChart(c.release)
	case "template":
		return map[string]string{
			"copier.yml":                "_min_copier_version: \"9.0\"\nservice:\n  type: str\nowner:\n  type: str\n",
			"VERSION":                   c.release + "\n",
			"template/Dockerfile.jinja": "FROM registry.acme.dev/golden/{{ language }}:v3.0.0\nCOPY app /app\nENTRYPOINT [\"/app\"]\n",
		}
	}
	return nil
}
