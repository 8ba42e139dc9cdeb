package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trodden/trodden/collectors"
	"pgregory.net/rapid"
)

func oid(c byte) string { return strings.Repeat(string(c), 40) }

// sample is what git log prints of three commits: with two changes, with none, and with one.
func sample() string {
	return oid('a') + "\x00" + oid('b') + " " + oid('c') + "\x0010\x0020\x00Ana\x00ana@acme.dev\x00title\n\nbody\n\x00\x00\n" +
		":100644 100755 " + oid('1') + " " + oid('2') + " M\x00a.yml\x00:120000 000000 " + oid('3') + " " + oid('0') + " D\x00li\nnk\x00" +
		oid('b') + "\x00\x0030\x00\x00\x00\x00\x00\x00" +
		oid('c') + "\x00\x0040\x0050\x00Bob\x00b\x00x\x00\x00\n:000000 100644 " + oid('0') + " " + oid('4') + " A\x00:x\x00"
}

// events reads a stream to its end and writes down what comes.
func events(text string, size int) (list []string, err error) {
	s := newStream(bufio.NewReaderSize(strings.NewReader(text), size))
	for {
		if err := s.next(); err != nil {
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return list, err
		}
		c := s.commit
		list = append(list, fmt.Sprintf("%v %v %d %d %q %q %q", c.oid, c.parents, c.committed, c.authored, c.name, c.email, c.message))
		for {
			more, err := s.nextChange()
			if err != nil {
				return list, err
			}
			if !more {
				break
			}
			h := s.change
			list = append(list, fmt.Sprintf("%c %q %v %v %s %s", h.status, h.path, h.before, h.after, h.old, h.blob))
		}
	}
}

func TestStream(t *testing.T) {
	want := []string{
		fmt.Sprintf("%s [%s %s] 10 20 %q %q %q", oid('a'), oid('b'), oid('c'), "Ana", "ana@acme.dev", "title\n\nbody\n"),
		fmt.Sprintf("M %q true true %s %s", "a.yml", oid('1'), oid('2')),
		fmt.Sprintf("D %q false false %s %s", "li\nnk", oid('3'), oid('0')),
		fmt.Sprintf("%s [] 30 0 %q %q %q", oid('b'), "", "", ""),
		fmt.Sprintf("%s [] 40 50 %q %q %q", oid('c'), "Bob", "b", "x"),
		fmt.Sprintf("A %q false true %s %s", ":x", oid('0'), oid('4')),
	}
	for _, size := range []int{16, 50, 4096} { // tokens may be longer than the reader's room
		got, err := events(sample(), size)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("with %d bytes of room: %v (-want +got):\n%s", size, err, diff)
		}
	}
}

func TestStreamThatIsCut(t *testing.T) {
	whole := sample()
	for i := 1; i < len(whole); i++ {
		list, err := events(whole[:i], 64)
		// Between a commit and its changes, and behind one, the end cannot be told from a cut: that is seen by
		// git's exit status.
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) || err == nil && len(list) == 0 {
			t.Errorf("cut at %d: got %v and %v", i, list, err)
		}
	}
}

func TestLongTokensKeepTheirEnd(t *testing.T) {
	for _, size := range []int{16, 64, 100_000} {
		s := newStream(bufio.NewReaderSize(strings.NewReader(strings.Repeat("x", 5000)+"end\x00next\x00"), size))
		got, err := s.token(4)
		if string(got) != "xend" || err != nil {
			t.Errorf("with %d bytes of room: got %q, %v", size, got, err)
		}
		if got, err = s.token(4); string(got) != "next" || err != nil {
			t.Errorf("with %d bytes of room: got %q, %v after it", size, got, err)
		}
	}
}

func FuzzStream(f *testing.F) {
	f.Add(sample(), 16)
	f.Add(sample()[100:], 64)
	f.Add(strings.ReplaceAll(sample(), oid('a'), strings.Repeat("a", 64)), 32)
	f.Fuzz(func(t *testing.T, text string, size int) {
		small, errSmall := events(text, 16+size&1023)
		large, errLarge := events(text, 1<<16)
		if diff := cmp.Diff(large, small); diff != "" || (errSmall == nil) != (errLarge == nil) {
			t.Errorf("the room of the reader matters: %v, %v\n%s", errLarge, errSmall, diff)
		}
		if len(text) > 0 && errLarge == nil && len(large) == 0 && strings.Trim(text, "\x00\n") != "" {
			t.Error("text was taken for nothing")
		}
	})
}

// settingsOf reads a configuration the way originURL does.
func settingsOf(text string) (list []string) {
	readConfig(text, func(section, subsection, key, value string) {
		if subsection != "" {
			section += "." + subsection
		}
		list = append(list, section+"."+key+"\n"+value)
	})
	return list
}

func TestConfigurationsAreReadAsGitDoes(t *testing.T) {
	texts := map[string]string{
		"plain":          "[core]\n\tbare = true\n[remote \"origin\"]\n\turl = https://github.com/acme/pay.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n",
		"quotes":         "[remote \"origin\"]\n url = \"a b\"c \n key = \"  x;#\" ; comment\n",
		"escapes":        "[a]\nb = \\\"x\\\\y\\t\\n\\\"\n[q \"o\\\"ri\\\\gin\"]\nc = 1\n",
		"continued":      "[a]\nb = one \\\n two\\\n three\nc = \\\n\n",
		"comments":       "# x\n; y\n[a] # z\nb = 1 # c\nd = 2;e\n",
		"same line":      "[a] b = 1\n[c]d=2\n[e]\n",
		"case":           "[Remote \"Origin\"]\nURL = x\n[REMOTE]\nUrl = y\n",
		"old subsection": "[remote.Origin]\nurl = x\n",
		"no value":       "[a]\nb\nc = \nd=\n",
		"crlf":           "[a]\r\nb = 1\r\n[remote \"origin\"]\r\n\turl = x y\r\n",
		"no end":         "[remote \"origin\"]\nurl = x",
		"spaces":         "  [a]  \n   b   =   1   2   \n",
		"bom":            "\ufeff[a]\nb = 1\n",
		"empty":          "",
	}
	for name, text := range texts {
		file := filepath.Join(t.TempDir(), "config")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("git", "config", "--file", file, "--no-includes", "--list", "-z").Output()
		if err != nil {
			t.Fatalf("%s: git config: %v", name, err)
		}
		var want []string
		for _, setting := range strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00") {
			if setting == "" {
				continue
			}
			if !strings.Contains(setting, "\n") { // git tells "key" from "key ="
				setting += "\n"
			}
			want = append(want, setting)
		}
		if diff := cmp.Diff(want, settingsOf(text)); diff != "" {
			t.Errorf("%s (-git +got):\n%s", name, diff)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add("[remote \"origin\"]\n\turl = \"a\\\n b\" # c\n")
	f.Add("[[\"\\")
	f.Fuzz(func(t *testing.T, text string) {
		for _, setting := range settingsOf(text) {
			if len(setting) > 3*len(text)+2 { // what is no UTF-8 takes three bytes in lower case
				t.Errorf("setting %q is longer than the text", setting)
			}
		}
	})
}

func TestMailmapIsReadAsGitDoes(t *testing.T) {
	parts := []string{"Ana", "ana lee", "BOB", "", "<ana@acme.dev>", "<ANA@acme.dev>", "<bob@acme.dev>", "<x>", " ", "#", "\n", "<", ">"}
	contacts := []string{"Ana <ana@acme.dev>", "Bob <ana@acme.dev>", "ana lee <bob@acme.dev>", "Zoe <Bob@Acme.dev>", "Q <x>", "Ana <none@acme.dev>"}
	file := filepath.Join(t.TempDir(), "mailmap")
	commitIn(t, filepath.Dir(file))
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		for range rapid.IntRange(0, 5).Draw(t, "lines") {
			for range rapid.IntRange(1, 5).Draw(t, "parts") {
				text.WriteString(rapid.SampledFrom(parts).Draw(t, "part") + " ")
			}
			text.WriteString("\n")
		}
		if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("git", append([]string{"-c", "mailmap.file=" + file, "check-mailmap"}, contacts...)...)
		cmd.Dir = filepath.Dir(file)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git check-mailmap: %v: %s", err, out)
		}
		m := parseMailmap(text.String())
		var got []string
		for _, contact := range contacts {
			name, email, _, _ := cutPerson(contact)
			as, _ := m.resolve(collectors.Spelling{Name: name, Email: email})
			got = append(got, solid(as.Name+"<"+as.Email+">"))
		}
		if diff := cmp.Diff(strings.Split(solid(string(out)), "\n"), got); diff != "" {
			t.Fatalf("mailmap %q (-git +got):\n%s", text.String(), diff)
		}
	})
}

// solid takes blanks out, which git keeps at the ends of an address.
func solid(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, " ", "")) }

func FuzzMailmap(f *testing.F) {
	f.Add("Ana <ana@acme.dev> Bob <bob@acme.dev>\n", "Bob", "bob@acme.dev")
	f.Add("<<>><", "", "")
	f.Fuzz(func(t *testing.T, text, name, email string) {
		as, shared := parseMailmap(text).resolve(collectors.Spelling{Name: name, Email: email})
		if text == "" && (shared || as.Name != name || as.Email != email) {
			t.Errorf("an empty file turned %q <%s> into %q <%s>", name, email, as.Name, as.Email)
		}
	})
}

// TestReferencesByGit compares how references are found in files with what git says, which is asked for
// clones that keep them otherwise.
func TestReferencesByGit(t *testing.T) {
	dir := t.TempDir()
	commit := commitIn(t, dir)
	for _, args := range [][]string{
		{"update-ref", "refs/heads/packed", commit}, {"pack-refs", "--all"}, {"update-ref", "refs/heads/main", commit},
		{"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone"}, {"symbolic-ref", "refs/heads/also", "refs/heads/main"},
	} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	c, err := openClone(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"HEAD", "refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/packed", "refs/heads/also", "refs/heads/none"} {
		files, err := c.resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		byGit, err := c.askGit(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		if files != byGit {
			t.Errorf("%s: files say %v, git says %v", name, files, byGit)
		}
	}
}

// commitIn makes a bare repository with a commit that no reference leads to.
func commitIn(t *testing.T, dir string) string {
	t.Helper()
	var out bytes.Buffer
	for _, args := range [][]string{
		{"init", "--quiet", "--bare", "--initial-branch=main", dir},
		{"-C", dir, "-c", "user.name=a", "-c", "user.email=a@b", "commit-tree", "-m", "x", "4b825dc642cb6eb9a060e54bf8d69288fbee4904"},
	} {
		cmd := exec.Command("git", args...)
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out.String())
		}
	}
	return strings.TrimSpace(out.String())
}
