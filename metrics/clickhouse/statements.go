package clickhouse

import "strings"

// splitStatements cuts a script at the semicolons that stand between statements: not those in comments,
// strings, quoted names or heredocs. What holds nothing but space and comments is no statement.
func splitStatements(script string) []string {
	var list []string
	begin, blank := 0, true
	for i := 0; i < len(script); {
		n, code := token(script[i:])
		if script[i] == ';' && code {
			if !blank {
				list = append(list, strings.TrimSpace(script[begin:i]))
			}
			begin, blank = i+n, true
		} else if code && !strings.ContainsRune(" \t\r\n\f\v", rune(script[i])) {
			blank = false
		}
		i += n
	}
	if !blank {
		list = append(list, strings.TrimSpace(script[begin:]))
	}
	return list
}

// token returns the length of the first token of s, which is not empty, and whether it means anything: a
// comment does not. One that is never closed reaches to the end.
func token(s string) (n int, code bool) {
	switch {
	case strings.HasPrefix(s, "--"), s[0] == '#':
		return until(s, 0, "\n"), false
	case strings.HasPrefix(s, "/*"):
		return blockComment(s), false
	case s[0] == '\'', s[0] == '"', s[0] == '`':
		return quoted(s), true
	case s[0] == '$':
		return heredoc(s), true
	default:
		return 1, true
	}
}

// until returns the length of s up to the end of the first mark at or after from.
func until(s string, from int, mark string) int {
	if i := strings.Index(s[from:], mark); i >= 0 {
		return from + i + len(mark)
	}
	return len(s)
}

// blockComment returns the length of the comment at the begin of s; they nest.
func blockComment(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); {
		switch s[i : i+2] {
		case "/*":
			depth++
			i += 2
		case "*/":
			if depth--; depth == 0 {
				return i + 2
			}
			i += 2
		default:
			i++
		}
	}
	return len(s)
}

// quoted returns the length of the string or name at the begin of s. A doubled quote in it needs no care:
// it reads as two strings that touch.
func quoted(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i + 1
		}
	}
	return len(s)
}

// heredoc returns the length of the string $tag$ … $tag$ at the begin of s, or 1 where none begins there.
func heredoc(s string) int {
	word := strings.TrimLeft(s[1:], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
	if !strings.HasPrefix(word, "$") {
		return 1
	}
	tag := s[:len(s)-len(word)+1]
	return until(s, len(tag), tag)
}
