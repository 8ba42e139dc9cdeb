package clickhouse

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSplitStatements(t *testing.T) {
	for _, c := range []struct {
		name   string
		script string
		want   []string
	}{
		{"nothing", "", nil},
		{"space and semicolons", " ;\n;; ", nil},
		{"comments only", "-- one;\n/* two; */ # three;", nil},
		{"one without a semicolon", "SELECT 1", []string{"SELECT 1"}},
		{"two", "SELECT 1;\nSELECT 2;\n", []string{"SELECT 1", "SELECT 2"}},
		{"a comment goes with the statement after it", "-- a; b\nSELECT 1;", []string{"-- a; b\nSELECT 1"}},
		{"semicolon in a line comment", "SELECT 1 -- a;\n+ 2; SELECT 3", []string{"SELECT 1 -- a;\n+ 2", "SELECT 3"}},
		{"semicolon in a nested block comment", "SELECT /* a; /* b; */ c; */ 1; SELECT 2", []string{"SELECT /* a; /* b; */ c; */ 1", "SELECT 2"}},
		{"semicolon in a string", "SELECT 'a;b'; SELECT 2", []string{"SELECT 'a;b'", "SELECT 2"}},
		{"escaped quote", `SELECT 'a\';b'; SELECT 2`, []string{`SELECT 'a\';b'`, "SELECT 2"}},
		{"doubled quote", "SELECT 'a'';b'; SELECT 2", []string{"SELECT 'a'';b'", "SELECT 2"}},
		{"quoted names", "SELECT `a;b`, \"c;d\"; SELECT 2", []string{"SELECT `a;b`, \"c;d\"", "SELECT 2"}},
		{"comment marks in a string", "SELECT '--'; SELECT '/*'; SELECT 3", []string{"SELECT '--'", "SELECT '/*'", "SELECT 3"}},
		{"quote in a comment", "SELECT 1 -- it's\n; SELECT 2", []string{"SELECT 1 -- it's", "SELECT 2"}},
		{"heredoc", "SELECT $x$ a;b ' $x$; SELECT 2", []string{"SELECT $x$ a;b ' $x$", "SELECT 2"}},
		{"dollars that begin no heredoc", "SELECT a$b; SELECT $1", []string{"SELECT a$b", "SELECT $1"}},
		{"minus is no comment", "SELECT 2 - 1; SELECT 2", []string{"SELECT 2 - 1", "SELECT 2"}},
		{"string never closed", "SELECT 'a; SELECT 2", []string{"SELECT 'a; SELECT 2"}},
		{"comment never closed", "SELECT 1; /* a; b", []string{"SELECT 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(splitStatements(c.script), c.want); diff != "" {
				t.Error("-got +want\n" + diff)
			}
		})
	}
}

// FuzzSplitStatements checks that splitting ends, loses nothing that means something, and has nothing more
// to split in what it returns.
func FuzzSplitStatements(f *testing.F) {
	f.Add("SELECT 1; -- a;\nSELECT '\\';' /* ; */; $x$;$x$")
	f.Add("'")
	f.Add("/*/")
	f.Add("$$;$$ $;")
	f.Fuzz(func(t *testing.T, script string) {
		rest := script
		for _, statement := range splitStatements(script) {
			_, after, found := strings.Cut(rest, statement)
			if !found {
				t.Fatalf("statement %q is not in the rest %q", statement, rest)
			}
			rest = after
			if again := splitStatements(statement); !cmp.Equal(again, []string{statement}) {
				t.Fatalf("statement %q splits again into %q", statement, again)
			}
		}
	})
}
