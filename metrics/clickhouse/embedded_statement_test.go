package clickhouse

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFromFile(t *testing.T) {
	tests := []struct{ sql, want string }{
		{"INSERT INTO t FORMAT Native", `INSERT INTO t SELECT * FROM file('/a\'b', 'Native')`},
		{"insert into `format x` (a, b)\nformat native ;\n", "insert into `format x` (a, b) SELECT * FROM file('/a\\'b', 'Native')"},
		{"INSERT INTO t (a) SETTINGS x = 'FORMAT Native' FORMAT Native", `INSERT INTO t (a) SETTINGS x = 'FORMAT Native' SELECT * FROM file('/a\'b', 'Native')`},
		{"INSERT INTO t FORMAT CSV", "Code: 48."},
		{"INSERT INTO t VALUES (1)", "Code: 36."},
		{"SELECT 1 FORMAT Native", "Code: 36."},
	}
	for _, test := range tests {
		t.Run(test.sql, func(t *testing.T) {
			s, err := statement{sql: test.sql}.fromFile("/a'b")
			got := s.sql
			if err != nil {
				got, _, _ = strings.Cut(err.Error(), " DB")
			}
			if got != test.want {
				t.Errorf("fromFile = %q; want %q", got, test.want)
			}
		})
	}
}

func TestLeavesTraces(t *testing.T) {
	tests := []struct {
		sql  string
		want bool
	}{
		{"SET a = 1", true},
		{"  -- a comment\n# another\n/* and\none */ set a = 1", true},
		{"USE system", true},
		{"CREATE TEMPORARY TABLE t (a UInt8)", true},
		{"create\n\ttemporary table t (a UInt8)", true},
		{"BEGIN TRANSACTION", true},
		{"CREATE TABLE t (a UInt8)", false},
		{"SELECT 'SET a = 1'", false},
		{"(SELECT 1)", false},
		{"SETTLE", false},
		{"", false},
	}
	for _, test := range tests {
		t.Run(test.sql, func(t *testing.T) {
			if got := (statement{sql: test.sql}).leavesTraces(); got != test.want {
				t.Errorf("leavesTraces = %v; want %v", got, test.want)
			}
		})
	}
}

func TestSettingChanges(t *testing.T) {
	type settings = map[string]string
	tests := []struct {
		name     string
		from, to settings
		want     []string
	}{
		{"the same", settings{"a": "1"}, settings{"a": "1"}, nil},
		{"another value", settings{"a": "1"}, settings{"a": "2"}, []string{"a = '2'"}},
		{"one more", nil, settings{"a": ""}, []string{"a = ''"}},
		{"one less", settings{"a": "1"}, nil, []string{"a = DEFAULT"}},
		{"all at once", settings{"a": "1", "b": "1", "c": "1"}, settings{"b": "1", "c": "2", "d": `it's \`}, []string{"a = DEFAULT", "c = '2'", `d = 'it\'s \\'`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(settingChanges(test.from, test.to), test.want); diff != "" {
				t.Errorf("changes (-got +want):\n%s", diff)
			}
		})
	}
}

// failed is a result with a message.
type failed string

func (f failed) failure() string { return string(f) }
func (failed) data() []byte      { return nil }
func (failed) free()             {}

func TestMarkedFailure(t *testing.T) {
	const mark = "/*0000000000000001*/"
	tests := []struct{ name, message, want string }{
		{"none", "", ""},
		{"without position", "Code: 60. DB::Exception: Unknown", "Code: 60. DB::Exception: Unknown"},
		{"after the mark", "Syntax error: failed at position 27 (x)", "Syntax error: failed at position 7 (x)"},
		{"in the mark", "Syntax error: failed at position 3 (x)", "Syntax error: failed at position 3 (x)"},
		{"beyond all numbers", "failed at position 99999999999999999999", "failed at position 99999999999999999999"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := (marked{failed(test.message), mark}).failure(); got != test.want {
				t.Errorf("failure = %q; want %q", got, test.want)
			}
		})
	}
}

func TestExceptionCode(t *testing.T) {
	tests := []struct{ message, want string }{
		{"Code: 60. DB::Exception: Unknown", "60"},
		{"Invalid or closed connection", "1001"},
		{"Error: Code: 60.", "1001"},
	}
	for _, test := range tests {
		if got := exceptionCode(test.message); got != test.want {
			t.Errorf("exceptionCode(%q) = %s; want %s", test.message, got, test.want)
		}
	}
}
