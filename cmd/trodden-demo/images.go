package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// imageFiles are the Dockerfiles.
func imageFiles(r repo, c conditions) map[string]string {
	files := map[string]string{}
	if c.image != "none" {
		files["Dockerfile"] = dockerfile(r, c.image, c.imageRef)
	}
	for _, name := range slices.Sorted(maps.Keys(c.services)) {
		files["services/"+name+"/Dockerfile"] = dockerfile(r, c.services[name], c.imageRef)
	}
	return files
}

// public are the final images that a team takes when it chooses by itself.
func public(lang string) string {
	switch lang {
	case "go":
		return "alpine:3.20"
	case "java":
		return "eclipse-temurin:21-jre"
	case "python":
		return "python:3.12-slim"
	}
	return "node:20-alpine"
}

// dockerfile writes one, with the final stage on the kind of image asked for.
func dockerfile(r repo, kind, ref string) string {
	golden := "registry.acme.dev/golden/" + kit(r.lang) + ":" + ref
	head, final := "", ""
	switch kind {
	case "golden":
		final = golden
	case "golden-arg":
		head, final = "ARG BASE="+golden+"\n", "${BASE}"
	case "public":
		final = public(r.lang)
	case "distroless":
		final = "gcr.io/distroless/static-debian12"
	case "legacy":
		final = "registry.acme.dev/legacy/" + kit(r.lang) + ":8"
	}
	return head + stages(r, final)
}

func stages(r repo, final string) string {
	switch r.lang {
	case "go":
		return fmt.Sprintf(`FROM --platform=$BUILDPLATFORM golang:1.22 AS build
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -o /out/%[1]s .

FROM %[2]s
COPY --from=build /out/%[1]s /usr/local/bin/%[1]s
ENTRYPOINT ["/usr/local/bin/%[1]s"]
`, r.name, final)
	case "java":
		return fmt.Sprintf(`FROM maven:3.9 AS build
WORKDIR /src
COPY . .
RUN mvn -B -q package

FROM %s AS base
WORKDIR /app

FROM base
COPY --from=build /src/target/app.jar /app/app.jar
CMD ["java", "-jar", "/app/app.jar"]
`, final)
	case "python":
		return fmt.Sprintf("FROM %s\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY src src\nCMD [\"python\", \"-m\", \"src.main\"]\n", final)
	}
	return fmt.Sprintf("FROM %s\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci --omit=dev\nCOPY . .\nCMD [\"node\", \"src/index.js\"]\n", final)
}

// goldenImages is the provider's side.
func goldenImages(version string) map[string]string {
	files := map[string]string{"VERSION": version + "\n"}
	for _, lang := range []string{"go", "node", "python", "java"} {
		files["images/"+lang+"/Dockerfile"] = "FROM " + public(lang) + "\nLABEL dev.acme.golden=" + version + "\nUSER 65532\n"
	}
	return files
}

// deployFiles are the charts, overlays and modules.
func deployFiles(r repo, c conditions) map[string]string {
	const chart = "deploy/chart/"
	switch c.deploy {
	case "golden":
		return map[string]string{
			chart + "Chart.yaml": chartHead(r) + fmt.Sprintf("dependencies:\n  - name: golden-service\n    version: %s\n    repository: oci://registry.acme.dev/charts\n",
				strings.TrimPrefix(c.chartRef, "v")),
			chart + "values.yaml": "golden-service:\n  name: " + r.name + "\n  replicas: 2\n",
		}
	case "chart":
		return map[string]string{
			chart + "Chart.yaml":                chartHead(r),
			chart + "values.yaml":               "replicas: 2\nimage: registry.acme.dev/" + r.team + "/" + r.name + "\n",
			chart + "templates/deployment.yaml": chartDeployment,
		}
	case "kustomize":
		return map[string]string{
			"deploy/base/kustomization.yaml": "resources:\n  - deployment.yaml\n",
			"deploy/base/deployment.yaml": strings.NewReplacer("{{ .Release.Name }}", r.name, "{{ .Values.replicas }}", "2",
				"{{ .Values.image }}", "registry.acme.dev/"+r.team+"/"+r.name).Replace(chartDeployment),
		}
	case "terraform":
		return map[string]string{"deploy/main.tf": fmt.Sprintf("module \"service\" {\n  source  = \"terraform-aws-modules/ecs/aws\"\n  version = \"5.11.1\"\n\n  cluster_name = %q\n}\n", r.name)}
	}
	return nil
}

func chartHead(r repo) string {
	return "apiVersion: v2\nname: " + r.name + "\ntype: application\nversion: 0.1.0\n"
}

const chartDeployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector:
    matchLabels: {app: {{ .Release.Name }}}
  template:
    metadata:
      labels: {app: {{ .Release.Name }}}
    spec:
      containers:
        - name: app
          image: {{ .Values.image }}
`

// goldenChart is the provider's side.
func goldenChart(version string) map[string]string {
	return map[string]string{
		"charts/golden-service/Chart.yaml":                "apiVersion: v2\nname: golden-service\ntype: application\nversion: " + strings.TrimPrefix(version, "v") + "\n",
		"charts/golden-service/templates/deployment.yaml": chartDeployment,
	}
}
