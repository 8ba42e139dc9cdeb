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

// maxNesting is how often the parser of a .tf file may call itself within itself, at the most.
const maxNesting = 5000

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

// constant returns the text of an attribute that is a plain text, and its line. Nothing is evaluated.
func constant(block *hclsyntax.Block, name string) (string, int) {
	attr := block.Body.Attributes[name]
	if attr == nil {
		return "", 0
	}
	text, ok := attr.Expr.(*hclsyntax.TemplateExpr)
	if !ok || !text.IsStringLiteral() {
		return "", 0
	}
	value, diags := text.Value(nil)
	if diags.HasErrors() || value.Type() != cty.String {
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

// nesting follows how deep the parser can call itself while the tokens of a file go by.
type nesting struct {
	open  []level
	depth int
}

// level is what one bracket, brace, quote or template has opened.
type level struct {
	by     hclsyntax.TokenType
	tokens int // of the expression at hand: operators, signs, conditions, indexes may all nest
}

// tooDeep returns the line on which a file nests more deeply than anybody writes, 0 where it does not. The
// parser calls itself for brackets, templates, signs, conditions and splats, and cannot be stopped.
func tooDeep(content string) int {
	tokens, _ := hclsyntax.LexConfig([]byte(content), "", hcl.InitialPos)
	n := nesting{open: []level{{by: hclsyntax.TokenOBrace}}}
	for _, token := range tokens {
		if n.read(token.Type); n.depth > maxNesting {
			return token.Range.Start.Line
		}
	}
	return 0
}

// read goes on by one token.
func (n *nesting) read(token hclsyntax.TokenType) {
	top := &n.open[len(n.open)-1]
	switch token {
	case hclsyntax.TokenOBrace, hclsyntax.TokenOParen, hclsyntax.TokenOBrack, hclsyntax.TokenOQuote,
		hclsyntax.TokenOHeredoc, hclsyntax.TokenTemplateInterp, hclsyntax.TokenTemplateControl:
		n.open = append(n.open, level{by: token})
		n.depth++
	case hclsyntax.TokenCBrace, hclsyntax.TokenCParen, hclsyntax.TokenCBrack, hclsyntax.TokenCQuote,
		hclsyntax.TokenCHeredoc, hclsyntax.TokenTemplateSeqEnd:
		n.close()
	case hclsyntax.TokenNewline:
		if top.by == hclsyntax.TokenOBrace {
			n.end(top)
		}
	case hclsyntax.TokenComma:
		n.end(top)
	case hclsyntax.TokenQuotedLit, hclsyntax.TokenStringLit, hclsyntax.TokenComment:
	default:
		top.tokens++
		n.depth++
	}
}

// end ends an expression.
func (n *nesting) end(top *level) {
	n.depth -= top.tokens
	top.tokens = 0
}

// close ends a level. What it held may nest with what follows, except for a value inside a text.
func (n *nesting) close() {
	top := &n.open[len(n.open)-1]
	n.end(top)
	by := top.by
	if len(n.open) > 1 {
		n.open = n.open[:len(n.open)-1]
		n.depth--
	}
	if by != hclsyntax.TokenTemplateInterp {
		n.open[len(n.open)-1].tokens++
		n.depth++
	}
}
