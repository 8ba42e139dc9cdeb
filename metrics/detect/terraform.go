package detect

import (
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// terraformKind is the signal that Terraform code calls a module.
func terraformKind() Kind {
	return manifestKind("terraform_source", "a module block of a .tf file has this source",
		"the source without ?ref=, also written as host/owner/name//folder", []string{"**/*.tf"}, readTerraform, `\`)
}

// maxNesting is how deep the brackets of a .tf file may nest: its parser calls itself for each of them.
const maxNesting = 500

// readTerraform reads the sources of the module blocks of a .tf file.
func readTerraform(content string) ([]entry, []flaw) {
	if !strings.Contains(content, "module") || !strings.Contains(content, "source") {
		return nil, nil
	}
	if line := tooDeep(content); line > 0 {
		return nil, []flaw{{line, 1, "parse HCL: nested too deeply"}}
	}
	file, diags := hclsyntax.ParseConfig([]byte(content), "", hcl.InitialPos)
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			f := flaw{line: 1, column: 1, message: clip("parse HCL: " + d.Summary + ": " + d.Detail)}
			if d.Subject != nil {
				f.line, f.column = d.Subject.Start.Line, d.Subject.Start.Column
			}
			return nil, []flaw{f}
		}
	}
	body, ok := file.Body.(*hclsyntax.Body)
	if !ok {
		return nil, nil
	}
	var entries []entry
	for _, block := range body.Blocks {
		if block.Type == "module" && len(entries) < maxEntries {
			if e, ok := moduleEntry(block); ok {
				entries = append(entries, e)
			}
		}
	}
	return entries, nil
}

// moduleEntry returns the source of a module block as an entry. The version is the ref of the source, else
// the version beside it.
func moduleEntry(block *hclsyntax.Block) (entry, bool) {
	source, line := constant(block, "source")
	if source == "" {
		return entry{}, false
	}
	version, _ := constant(block, "version")
	target, query, _ := strings.Cut(source, "?")
	for param := range strings.SplitSeq(query, "&") {
		if ref, ok := strings.CutPrefix(param, "ref="); ok {
			version = ref
		}
	}
	return entry{names: sourceNames(target), version: version, line: line, text: `source = "` + source + `"`}, true
}

// constant returns the text of an attribute that needs no evaluation, and its line.
func constant(block *hclsyntax.Block, name string) (string, int) {
	attr := block.Body.Attributes[name]
	if attr == nil {
		return "", 0
	}
	value, diags := attr.Expr.Value(nil)
	if diags.HasErrors() || value.IsNull() || !value.IsKnown() || value.Type() != cty.String {
		return "", 0
	}
	return value.AsString(), attr.NameRange.Start.Line
}

var (
	getter  = regexp.MustCompile(`^[a-z0-9]+::`)
	scheme  = regexp.MustCompile(`^[a-z0-9+]+://`)
	user    = regexp.MustCompile(`^[^/@]*@`)
	scpLike = regexp.MustCompile(`^([^/:]+):([^/])`)
)

// sourceNames returns the ways to write a module source: as it stands, as host/owner/name//folder whatever
// the transport, and with single slashes.
func sourceNames(source string) []string {
	names := []string{source}
	if strings.HasPrefix(source, ".") {
		return names
	}
	plain := scheme.ReplaceAllString(getter.ReplaceAllString(source, ""), "")
	plain = scpLike.ReplaceAllString(user.ReplaceAllString(plain, ""), "$1/$2")
	repo, folder, found := strings.Cut(plain, "//")
	plain = strings.TrimSuffix(repo, ".git")
	switch {
	case found:
		return append(names, plain+"//"+folder, plain+"/"+folder)
	case plain != source:
		return append(names, plain)
	}
	return names
}

// tooDeep returns the line on which brackets nest too deeply, or signs and question marks pile up that the
// parser calls itself for; 0 where they do not. Brackets in texts count: what is refused for them is no
// code that anybody wrote.
func tooDeep(content string) int {
	depth, signs, line := 0, 0, 1
	for i := range len(content) {
		switch content[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(depth-1, 0)
			signs = 0
		case '!', '-', '?':
			signs++
		case '\n':
			line++
			if depth <= 1 {
				signs = 0
			}
		}
		if depth > maxNesting || signs > 10*maxNesting {
			return line
		}
	}
	return 0
}
