package detect

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// goModLines are lines of go.mod files: as the go command writes them, unusual ones, and wrong ones.
var goModLines = []string{
	"module acme.dev/shop", "go 1.24", "toolchain go1.24.1", "", "// a comment", "\t// a comment in a block",
	"require (", "replace (", "exclude (", "retract (", "require(", ")", "\t)", " )", ") // end", "require ( // why", "tool (",
	"\tacme.dev/kit v1.2.3", "\tacme.dev/kit/v2 v2.0.1 // indirect", "\tAcme.dev/Kit v1.0.0", "\t\"acme.dev/kit\" v1.0.0",
	"\t\"acme.dev/k\\x69t\" v1.1.0", "\tgithub.com/a/b v0.3.0", "\tgithub.com/a/b v0.3.0 // indirect", "\tgithub.com/a/b v0.3.0 // why",
	"\tgithub.com/a/b v2.0.0", "\tgithub.com/a/b/v3 v2.0.0", "\tgithub.com/a/b v2.0.0+incompatible", "\tgopkg.in/yaml.v3 v3.0.1",
	"\tgopkg.in/yaml.v3 v2.0.1", "\tgithub.com/a/b latest", "\tgithub.com/a/b", "\tgithub.com/a/b v1.0.0 v1.0.1",
	"\tgithub.com/a/b v0.0.0-20240102030405-abcdefabcdef", "\tgithub.com/a//b v1.0.0", "\tgithub.com/a/*b v1.0.0", "\tgithub.com/ä v1.0.0",
	"\tacme.dev/kit => ../kit", "\tgithub.com/a/b v1.0.0 => github.com/a/c v1.1.0", "\tgithub.com/a/b => \"./b c\"",
	"require acme.dev/kit v1.4.0", "require github.com/a/b v9.0.0", "replace acme.dev/kit => ../kit", "[v1.0.0, v1.1.0]",
	"\tgithub.com/a/b v1.0.0\r", "require (\r", ")\r", "<<<<<<< HEAD", "\t(", "\tx ( )",
}

// dockerLines are lines of Dockerfiles: usual ones, tricky ones, and wrong ones.
var dockerLines = []string{
	"# syntax=docker/dockerfile:1", "# escape=`", "#escape = \\", "# check=skip=all", "# a comment", "  # a comment", "", "   ", "\uFEFF# escape=`",
	"ARG BASE=alpine", "ARG TAG=3.19", "FROM alpine:3.19", "from debian:12 AS build", "FROM ${BASE}:${TAG}", "FROM build", "\uFEFFFROM alpine",
	"FROM --platform=$BUILDPLATFORM alpine \\", "  AS base", "FROM al\\", "pine", "FROM", "FROM `", "FROM alpine `",
	"RUN make", "run\tmake", "RUN apk add \\", "RUN apk add \\ ", "RUN apk add \\\\", "RUN apk add `", "  curl \\", "  && true", "\\", " \\\r", "RUN",
	"RUN [\"a\"]", "RUN [1]", "RUN [", "RUN --mount=type=cache make", "RUN \\", "RUN \\ [1]", "[1]", "RUNNER x", "RUN\fmake", "RUN make\r", "\tRUN make \\",
	"RUN cat <<EOF", "COPY <<EOF /x", "EOF", "COPY . .", "COPY [\"a\", 1]", "ENV A=1 \\", "    B=2", "ENV A", "ENV \"", "LABEL a", "HEALTHCHECK", "ONBUILD RUN make",
	"ONBUILD FROM x", "WORKDIR /x", "CMD [\"x\"]", "nonsense", "FROM alpine:3.20 # no comment",
}

// TestThinned compares the judgement of thinned files with that of whole ones.
func TestThinned(t *testing.T) {
	for _, kind := range []struct {
		name  string
		lines []string
		names []string
		thin  func(string, []any) *thinned
		read  func(string) ([]entry, []flaw)
	}{
		{"go.mod", goModLines, []string{"acme.dev/kit", "acme.dev/kit/v2", "**/b", "gopkg.in/*"}, thinGoMod, readGoMod},
		{"Dockerfile", dockerLines, []string{"alpine", "debian", "**"}, thinDockerfile, readDockerfile},
	} {
		t.Run(kind.name, rapid.MakeCheck(func(t *rapid.T) {
			lines := rapid.SliceOfN(rapid.SampledFrom(kind.lines), 0, 30).Draw(t, "lines")
			content := strings.Join(lines, "\n") + rapid.SampledFrom([]string{"", "\n"}).Draw(t, "end")
			var tests []any
			for _, name := range rapid.SliceOfN(rapid.SampledFrom(kind.names), 1, 3).Draw(t, "names") {
				tests = append(tests, entryTest{name: newPattern(name), inner: true})
			}
			hits, flaws := judgeThinned(kind.thin, kind.read)(content, tests)
			wantHits, wantFlaws := judgeEntries(kind.read)(content, tests)
			if diff := cmp.Diff(hits, wantHits, cmp.AllowUnexported(hit{})); diff != "" {
				t.Errorf("hits: (-got +want)\n%s", diff)
			}
			if diff := cmp.Diff(flaws, wantFlaws, cmp.AllowUnexported(flaw{})); diff != "" {
				t.Errorf("flaws: (-got +want)\n%s", diff)
			}
		}))
	}
}

func TestThinnedLeavesOut(t *testing.T) {
	tests := []any{entryTest{name: newPattern("acme.dev/kit")}}
	for _, c := range []struct {
		name, content, left string
		numbers             []int
		thin                func(string, []any) *thinned
	}{
		{
			"go.mod",
			"module m\n\nrequire (\n\tacme.dev/kit v1.2.3\n\tgithub.com/a/b v1.0.0 // indirect\n)\n\nreplace (\n\ta.b/c => ../c\n)\n",
			"module m\n\nrequire (\n\tacme.dev/kit v1.2.3\n)\n\nreplace (\n)\n",
			[]int{1, 2, 3, 4, 6, 7, 8, 10}, thinGoMod,
		},
		{
			"Dockerfile",
			"# why\nFROM alpine\n# how\nRUN apk add \\\n  # the\n  curl\nCOPY . .\n",
			"# why\nFROM alpine\nCOPY . .\n",
			[]int{1, 2, 7}, thinDockerfile,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.thin(c.content, tests)
			if left := got.left.String(); left != c.left {
				t.Errorf("got %q, want %q", left, c.left)
			}
			if diff := cmp.Diff(got.numbers, c.numbers); diff != "" {
				t.Errorf("numbers: (-got +want)\n%s", diff)
			}
		})
	}
}
