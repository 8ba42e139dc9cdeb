package git

import "strings"

// originURL returns the URL of the remote called origin in a git configuration file. Included files are not
// looked at: they are for whoever works in the clone.
func originURL(config string) string {
	var url string
	readConfig(config, func(section, subsection, key, value string) {
		if url == "" && section == "remote" && subsection == "origin" && key == "url" {
			url = value
		}
	})
	return url
}

// readConfig calls set for each setting of a git configuration file. Sections and keys come in lower case.
// It reads what git would, and passes over lines that git would refuse.
func readConfig(text string, set func(section, subsection, key, value string)) {
	var section, subsection string
	for text = strings.TrimPrefix(text, "\ufeff"); text != ""; {
		text = strings.TrimLeft(text, " \t\r\n")
		switch {
		case text == "":
			return
		case text[0] == '#' || text[0] == ';':
			_, text, _ = strings.Cut(text, "\n")
		case text[0] == '[':
			section, subsection, text = readSection(text[1:])
		default:
			var key, value string
			key, value, text = readSetting(text)
			if key != "" {
				set(section, subsection, key, value)
			}
		}
	}
}

// readSection reads `section "subsection"]`; the older form [section.subsection] ignores case.
func readSection(text string) (section, subsection, rest string) {
	end := strings.IndexAny(text, "]\" \t\n")
	if end < 0 {
		return "", "", ""
	}
	section, rest = strings.ToLower(text[:end]), strings.TrimLeft(text[end:], " \t")
	section, subsection, _ = strings.Cut(section, ".")
	if !strings.HasPrefix(rest, `"`) {
		rest, _ = strings.CutPrefix(rest, "]")
		return section, subsection, rest
	}
	var b strings.Builder
	i := 1
	for ; i < len(rest) && rest[i] != '"' && rest[i] != '\n'; i++ {
		if rest[i] == '\\' && i+1 < len(rest) {
			i++
		}
		b.WriteByte(rest[i])
	}
	rest = strings.TrimPrefix(rest[min(i, len(rest)):], `"`)
	rest, _ = strings.CutPrefix(rest, "]")
	return section, b.String(), rest
}

// readSetting reads "key = value", and "key" alone, whose value is "".
func readSetting(text string) (key, value, rest string) {
	end := strings.IndexAny(text, "= \t\r\n#;")
	if end < 0 {
		return strings.ToLower(text), "", ""
	}
	key, rest = strings.ToLower(text[:end]), strings.TrimLeft(text[end:], " \t")
	if !strings.HasPrefix(rest, "=") {
		_, rest, _ = strings.Cut(rest, "\n")
		return key, "", rest
	}
	value, rest = readValue(strings.TrimLeft(rest[1:], " \t"))
	return key, value, rest
}

// readValue reads a value up to the end of its line: quotes keep blanks and comment signs, a backslash at
// the end of a line continues it, and blanks at the end do not belong to it.
func readValue(text string) (value, rest string) {
	var b strings.Builder
	quoted, keep := false, 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\n':
			return b.String()[:keep], text[i+1:]
		case c == '"':
			quoted = !quoted
			keep = b.Len()
			continue
		case c == '\\' && i+1 < len(text):
			i++
			if escaped := unescape(text[i:]); escaped != 0 {
				b.WriteByte(escaped)
				keep = b.Len()
			}
			continue
		case !quoted && (c == '#' || c == ';'):
			_, rest, _ = strings.Cut(text[i:], "\n")
			return b.String()[:keep], rest
		}
		b.WriteByte(c)
		if quoted || c != ' ' && c != '\t' && c != '\r' {
			keep = b.Len()
		}
	}
	return b.String()[:keep], ""
}

// unescape returns what the character behind a backslash stands for; 0 for the end of a line.
func unescape(text string) byte {
	switch text[0] {
	case '\n':
		return 0
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	default:
		return text[0]
	}
}
