package detect

import "go.yaml.in/yaml/v4"

// catalogKind is the signal that a catalog entity carries an annotation.
func catalogKind() Kind {
	return Kind{
		Name: "catalog_annotation", Main: "name", Whole: true,
		Help: "an entity of a catalog-info.yaml carries an annotation",
		Keys: []Key{
			{"name", Pattern, true, "pattern of the annotation, such as backstage.io/*"},
			{"value", Pattern, false, "glob of its value"},
		},
		how: byFile, files: fixedFiles("**/catalog-info.yaml", "**/catalog-info.yml"),
		compile: compileEntry, judge: judgeEntries(readAnnotations), skip: skipEntries(yamlEscapes...),
	}
}

// readAnnotations reads the annotations of every entity of a catalog file.
func readAnnotations(content string) ([]entry, []flaw) {
	file, flaws := parseYAML(content)
	var entries []entry
	for _, root := range file.docs {
		for _, metadata := range file.values(root, "metadata") {
			for _, annotations := range file.values(metadata, "annotations") {
				for key, value := range file.entries(annotations) {
					if value.Kind == yaml.ScalarNode && len(entries) < maxEntries {
						text := key.Value + ": " + scalar(value)
						entries = append(entries, entry{names: []string{key.Value}, value: scalar(value), line: key.Line, text: text})
					}
				}
			}
		}
	}
	return bounded(file, entries, flaws)
}
