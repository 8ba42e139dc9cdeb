package detect

import "testing"

func TestLowest(t *testing.T) {
	tests := []struct{ declared, want string }{
		{"v1.2.3", "1.2.3"}, {"1.2", "1.2.0"}, {"v1", "1.0.0"}, {"^1.2.3", "1.2.3"}, {"~1.2", "1.2.0"},
		{"~> 5.0", "5.0.0"}, {">= 1.2, < 2", "1.2.0"}, {">=1.2 <2", "1.2.0"}, {"> 1.2", "1.2.0"}, {"< 2", "0.0.0"},
		{"!= 1.3", "0.0.0"}, {"1.x", "1.0.0"}, {"1.2.*", "1.2.0"}, {"*", "0.0.0"}, {"x", "0.0.0"}, {"1.2 - 2.3", "1.2.0"},
		{"^2 || ^1.4", "1.4.0"}, {"workspace:^1.2.0", "1.2.0"}, {"workspace:*", "0.0.0"}, {"npm:@acme/kit@^1.5", "1.5.0"},
		{"[1.2,2.0)", "1.2.0"}, {"(,1.0]", "0.0.0"}, {"[1.5]", "1.5.0"}, {"3.2.1.RELEASE", "3.2.1"},
		{"v0.0.0-20240101000000-0123456789ab", "0.0.0-20240101000000-0123456789ab"}, {"v2.0.1+incompatible", "2.0.1+incompatible"},
		{"1.0.0-rc.1", "1.0.0-rc.1"}, {"=1.0", "1.0.0"},
		{"latest", ""}, {"", ""}, {"main", ""}, {"git+https://x/y.git#v1", ""}, {"file:../x", ""}, {"${version}", ""}, {"^1 || next", ""},
	}
	for _, tt := range tests {
		got := ""
		if v, ok := lowest(tt.declared); ok {
			got = v.String()
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.declared, got, tt.want)
		}
	}
}

func TestRange(t *testing.T) {
	tests := []struct {
		text, declared string
		want           bool
	}{
		{"", "anything", true},
		{">= 1.2, < 2", "^1.4.0", true},
		{">= 1.2, < 2", "v2.0.0", false},
		{">= 1.2.3", "v1.2.4-0.20240101000000-0123456789ab", true},
		{">= 2", "2.0.0-rc.1", false},
		{">= 0", "latest", false},
		{"^1", "1.9 || 3", true},
	}
	for _, tt := range tests {
		r, err := newRange(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.admits(tt.declared); got != tt.want {
			t.Errorf("%q on %q: got %v, want %v", tt.text, tt.declared, got, tt.want)
		}
	}
}

func FuzzLowest(f *testing.F) {
	for _, s := range []string{"^1 || 2", "[1,2)", "1 - 2", "npm:a@1", ">=1 <2", "~> 1.0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, declared string) {
		if v, ok := lowest(declared); ok && v == nil {
			t.Errorf("%q: got no version and ok", declared)
		}
	})
}

func TestPinned(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef01234567"
	tests := []struct{ ref, comment, want string }{
		{"v1", "# v2", "v1"}, {id, "", id}, {id, "# v3.1.2", "v3.1.2"}, {id, "#v3", "v3"}, {id, "# tag=v3", "v3"},
		{id, "# renovate: tag=v3.0", "v3.0"}, {id, "# 3.1", "3.1"}, {id, "# 3 jobs", id}, {id, "# main", id},
		{id, "# actions/checkout@v4 (pinned)", "v4"}, {id, "# version v1.2.3-rc.1+b, see docs", "v1.2.3-rc.1+b"},
	}
	for _, tt := range tests {
		if got := pinned(tt.ref, tt.comment); got != tt.want {
			t.Errorf("%q %q: got %q, want %q", tt.ref, tt.comment, got, tt.want)
		}
	}
}
