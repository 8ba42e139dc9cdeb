package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/trodden/trodden/metrics/clickhouse"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Which trodden this is",
		Long:    `Prints the version, the commit it was built from, and where the embedded ClickHouse engine was found.`,
		Example: "  trodden version\n  trodden version --output json",
		Args:    cobra.NoArgs,
		RunE:    func(*cobra.Command, []string) error { return p.printVersion() },
	}
}

// build is what the program knows of how it was built.
type build struct{ version, commit, time string }

func buildOf(info *debug.BuildInfo) build {
	b := build{version: "devel"}
	if info == nil {
		return b
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		b.version = v
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.commit = s.Value + b.commit
		case "vcs.time":
			b.time = s.Value
		case "vcs.modified":
			if s.Value == "true" {
				b.commit += " (modified)"
			}
		}
	}
	return b
}

// version returns the version of this program.
func version() string {
	info, _ := debug.ReadBuildInfo()
	return buildOf(info).version
}

func (p *program) printVersion() error {
	info, _ := debug.ReadBuildInfo()
	b := buildOf(info)
	engine, err := clickhouse.FindEngine(p.lookup("TRODDEN_ENGINE", ""))
	if err != nil {
		engine = ""
	}
	rec := record{{"version", b.version}, {"commit", b.commit}, {"built_from", b.time}, {"go", runtime.Version()},
		{"platform", runtime.GOOS + "/" + runtime.GOARCH}, {"engine", engine}}
	return p.emit([]record{rec}, scanState{}, func() {
		p.say("trodden %s", b.version)
		p.say("commit %s %s", dash(b.commit), b.time)
		p.say("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)
		if err != nil {
			p.say("engine %s", err)
			return
		}
		p.say("engine %s", engine)
	})
}
