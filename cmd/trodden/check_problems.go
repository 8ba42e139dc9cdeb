package main

import (
	"log/slog"
	"strings"

	"github.com/trodden/trodden/collectors"
)

// tellProblem says which repository cannot be read, and why; of a source, that it is not complete.
func (p *program) tellProblem(problem scanProblem) {
	if problem.Repo == "" {
		p.tell("not complete: source %s: %s", problem.Source, problem.Detail)
		return
	}
	p.tell("unknown: %s: %s", problem.Repo, problem.cause())
}

// cause is why a repository cannot be read.
func (s scanProblem) cause() string { return strings.TrimSuffix(s.Reason+" ("+s.Detail+")", " ()") }

// causeExamples is how many repositories are named that cannot be read for the same cause.
const causeExamples = 3

// tellProblems says which repositories cannot be read, in one line for each cause: the first names of several stand for
// the rest, which a log of everything tells.
func (p *program) tellProblems(list []scanProblem) {
	of := map[string][]string{}
	for _, problem := range list {
		if problem.Repo != "" {
			of[problem.cause()] = append(of[problem.cause()], problem.Repo)
		}
	}
	for _, problem := range list {
		names := of[problem.cause()]
		switch {
		case problem.Repo == "" || len(names) == 1 || p.debugs():
			p.tellProblem(problem)
		case names[0] == problem.Repo:
			text := strings.Join(names[:min(len(names), causeExamples)], ", ")
			if len(names) > causeExamples {
				text += ", …"
			}
			p.tell("unknown: %s (%s): %s", count(len(names), "repository", "repositories"), text, problem.cause())
		}
	}
}

// debugs reports whether everything is logged.
func (p *program) debugs() bool { return strings.EqualFold(p.logLevel, slog.LevelDebug.String()) }

// ofSource takes apart what ofSources made of a line: of which source it is, and what it says.
func ofSource(names []string, line string) collectors.Problem {
	of, line := "", strings.TrimPrefix(line, "source ")
	for _, name := range names {
		if strings.HasPrefix(line, name+": ") && len(name) > len(of) {
			of = name
		}
	}
	return collectors.Problem{Source: of, Detail: strings.TrimPrefix(line, of+": ")}
}

// ofSources says of each line that it is about a source. Some say so already.
func ofSources(lines []string) (all []string) {
	for _, line := range lines {
		all = append(all, "source "+strings.TrimPrefix(line, "source "))
	}
	return all
}
