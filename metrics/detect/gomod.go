package detect

import (
	"errors"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// goModuleKind is the signal that a Go module requires another.
func goModuleKind() Kind {
	k := manifestKind("go_module", "a go.mod requires a module, directly or not",
		"the module path", []string{"**/go.mod"}, readGoMod, `\`)
	k.judge = judgeThinned(thinGoMod, readGoMod)
	return k
}

// readGoMod reads the requirements of a go.mod. Replacements and exclusions do not matter.
func readGoMod(content string) ([]entry, []flaw) {
	file, err := modfile.ParseLax("go.mod", []byte(content), nil)
	if err != nil {
		var list modfile.ErrorList
		if errors.As(err, &list) && len(list) > 0 {
			e := list[0]
			return nil, []flaw{{e.Pos.Line, max(e.Pos.LineRune, 1), clip("parse go.mod: " + e.Err.Error())}}
		}
		return nil, []flaw{{line: 1, column: 1, message: clip("parse go.mod: " + err.Error())}}
	}
	var entries []entry
	for _, r := range file.Require {
		line := r.Syntax.Start.Line
		text := r.Mod.Path + " " + r.Mod.Version
		if r.Indirect {
			text += " // indirect"
		}
		entries = append(entries, entry{names: []string{r.Mod.Path}, version: r.Mod.Version, line: line, text: text})
	}
	return entries, nil
}

// thinGoMod takes those lines out of a go.mod that certainly are in order and that no test asks for: inside
// of blocks that are written as the go command writes them.
func thinGoMod(content string, tests []any) *thinned {
	t := &thinned{}
	block := ""
	for line := range strings.Lines(content) {
		switch {
		case block == "":
			block = goModBlock(line)
		case strings.HasPrefix(strings.TrimSpace(line), ")"):
			block = ""
		case superfluous(block, line, tests):
			t.drop()
			continue
		}
		t.keep(line)
	}
	return t
}

// goModBlock returns the verb of the block that a line begins, "" where it begins none whose lines stand
// for themselves.
func goModBlock(line string) string {
	switch line {
	case "require (\n", "replace (\n", "exclude (\n":
		return line[:len("require")]
	}
	return ""
}

// superfluous reports whether a line in a block is as the go command writes it, valid, and nothing that a test
// asks for. Of what is not required only the words are looked at, by us as by the parser.
func superfluous(block, line string, tests []any) bool {
	line, tabbed := strings.CutPrefix(line, "\t")
	line, ended := strings.CutSuffix(line, "\n")
	if !tabbed || !ended {
		return false
	}
	if block != "require" {
		return plainWords(line)
	}
	path, version, found := strings.Cut(strings.TrimSuffix(line, " // indirect"), " ")
	if !found || !plainWords(path) || !plainWords(version) || strings.IndexByte(version, ' ') >= 0 || !canonical(version) {
		return false
	}
	_, major, ok := module.SplitPathVersion(path)
	if !ok || module.CheckPathMajor(version, major) != nil {
		return false
	}
	return !slices.ContainsFunc(tests, func(test any) bool { return test.(entryTest).name.match(path) })
}

// canonical reports whether a version is in its canonical form. That of a release can be seen at a glance.
func canonical(version string) bool {
	dots, digits := 0, 0
	for i := 1; i < len(version) && version[0] == 'v'; i++ {
		switch c := version[i]; {
		case '0' <= c && c <= '9' && (digits == 0 || version[i-digits] != '0'):
			digits++
		case c == '.' && digits > 0:
			dots, digits = dots+1, 0
		default:
			return module.CanonicalVersion(version) != ""
		}
	}
	return dots == 2 && digits > 0 || module.CanonicalVersion(version) != ""
}

// plainWords reports whether a text consists of words that no parser could take for anything else: neither
// quoted nor a comment.
func plainWords(text string) bool {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9':
		case c == '.' || c == '-' || c == '_' || c == '~' || c == '+' || c == '@' || c == '=' || c == '>' || c == ' ':
		case c == '/' && (i+1 == len(text) || text[i+1] != '/'):
		default:
			return false
		}
	}
	return text != ""
}
