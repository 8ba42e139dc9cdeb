package report

import (
	"embed"
	"html/template"
	"strings"
	texttemplate "text/template"
	"unicode/utf8"
)

//go:embed templates
var files embed.FS

var (
	mailHTML     = template.Must(template.New("mail.html").Funcs(template.FuncMap{"inc": inc, "outlook": outlook}).ParseFS(files, "templates/mail.html"))
	mailText     = texttemplate.Must(texttemplate.New("mail.txt").Funcs(texttemplate.FuncMap{"wrap": wrap, "rule": rule, "inc": inc}).ParseFS(files, "templates/mail.txt"))
	markdownText = texttemplate.Must(texttemplate.New("report.md").Funcs(texttemplate.FuncMap{"md": escapeMarkdown, "url": markdownURL, "inc": inc}).ParseFS(files, "templates/report.md"))
)

func inc(i int) int { return i + 1 }

// Markdown lays a report out as GitHub renders it.
func (r *Report) Markdown() (string, error) {
	var b strings.Builder
	if err := markdownText.Execute(&b, newLetter(r, false)); err != nil {
		return "", err
	}
	return b.String(), nil
}

// Text lays a report out as plain text.
func (r *Report) Text() (string, error) {
	var b strings.Builder
	if err := mailText.Execute(&b, newLetter(r, false)); err != nil {
		return "", err
	}
	return b.String(), nil
}

// escapeMarkdown writes a text so that Markdown shows it as it is: no markup, no HTML, no mention, no reference. What means something
// after a bracket alone means nothing here.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for i, c := range s {
		switch {
		case c == '&':
			b.WriteString("&amp;")
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '@': // a mention or an address of mail, which are looked for when all is read: what joins words parts them
			b.WriteString("&#8288;&#64;&#8288;")
		case c == '#':
			b.WriteString("&#35;&#8288;")
		case c == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"): // no link of its own
			b.WriteString("&#46;")
		case strings.ContainsRune("\\`*_[]|~$", c):
			b.WriteString("\\" + string(c))
		case (c == '-' || c == '+' || c == '.' || c == '=') && startsLine(s, i):
			b.WriteString("\\" + string(c))
		case c == '\n' || c == '\r':
			b.WriteByte(' ')
		case c == ':' && strings.HasPrefix(s[i:], "://"): // no link of its own
			b.WriteString("&#58;")
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}

// startsLine reports whether nothing but digits stands before a place: there Markdown would begin a list.
func startsLine(s string, at int) bool {
	return strings.Trim(s[:at], "0123456789 ") == ""
}

// markdownURL writes an address inside the parentheses of a link.
func markdownURL(s string) string {
	return strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E", "\n", "", "\r", "").Replace(s)
}

// textWidth is how wide plain text is.
const textWidth = 72

// wrap breaks a text into lines. Further lines begin with an indent.
func wrap(indent int, s string) string {
	gap := "\n" + strings.Repeat(" ", indent)
	var b strings.Builder
	used := indent
	for i, word := range strings.Fields(strings.ReplaceAll(s, space, "\x00")) {
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case used+1+n > textWidth:
			b.WriteString(gap)
			used = indent
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(strings.ReplaceAll(word, "\x00", " "))
		used += n
	}
	return b.String()
}

// rule underlines a title.
func rule(s string) string { return strings.Repeat("-", utf8.RuneCountInString(s)) }
