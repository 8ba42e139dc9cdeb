package detect

import (
	"maps"
	"slices"
	"strings"

	"github.com/trodden/trodden/metrics"
)

// noFiles is the files function of kinds that look at none.
var noFiles = fixedFiles()

// templateKind is the signal that the repository was created from a template.
func templateKind() Kind {
	return Kind{
		Name: "template", Main: "name",
		Help: "the repository was created from a template repository",
		Keys: []Key{{"name", Pattern, true, "pattern of the template: owner/name or host/owner/name, in any case"}},
		how:  byHost, files: noFiles,
		compile: func(s metrics.Signal) (any, []Problem) { return newFoldPattern(s.Name), nil },
		ask: func(host Host, test any) []hit {
			_, short, _ := strings.Cut(host.TemplateOf, "/")
			p := test.(pattern)
			if host.TemplateOf == "" || !p.matchFold(host.TemplateOf) && !p.matchFold(short) {
				return nil
			}
			return []hit{{text: clip(host.TemplateOf)}}
		},
	}
}

// topicKind is the signal that the repository has a topic.
func topicKind() Kind {
	return Kind{
		Name: "topic", Main: "name",
		Help: "the repository has a topic on its code host",
		Keys: []Key{{"name", Pattern, true, "pattern of the topic, in any case"}},
		how:  byHost, files: noFiles,
		compile: func(s metrics.Signal) (any, []Problem) { return newFoldPattern(s.Name), nil },
		ask: func(host Host, test any) (hits []hit) {
			for _, topic := range host.Topics {
				if test.(pattern).matchFold(topic) {
					hits = append(hits, hit{text: clip(topic)})
				}
			}
			return hits
		},
	}
}

// propertyKind is the signal that the repository has a custom property.
func propertyKind() Kind {
	return Kind{
		Name: "property", Main: "name",
		Help: "the repository has a custom property on its code host",
		Keys: []Key{
			{"name", Pattern, true, "pattern of the property"},
			{"value", Pattern, false, "glob of its value"},
		},
		how: byHost, files: noFiles,
		compile: compileEntry,
		ask: func(host Host, test any) (hits []hit) {
			for _, name := range slices.Sorted(maps.Keys(host.Properties)) {
				value := host.Properties[name]
				if test.(entryTest).match(entry{names: []string{name}, value: value}) {
					hits = append(hits, hit{text: clip(name + ": " + value)})
				}
			}
			return hits
		},
	}
}

// hostFinding says what a signal over the host finds.
func hostFinding(sig signal, host Host) (out metrics.Finding) {
	for _, h := range sig.kind.ask(host, sig.test) {
		out.Truth = metrics.Yes
		out.Evidence = append(out.Evidence, evidence(sig.kind.Name, "", h, nil))
	}
	return out
}
