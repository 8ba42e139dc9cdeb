package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// host is who commits what the code host's merge button squashes.
const hostName, hostMail = "GitHub", "noreply@github.com"

// sign is a person's signature at a moment.
func (b *builder) sign(p person, at time.Time) signature {
	return signature{name: p.name, mail: p.address(b.daysBefore(at)), zone: p.zone, at: at}
}

// add appends a commit and returns its mark.
func (b *builder) add(c commit) int {
	c.mark = len(b.out) + 1
	b.out = append(b.out, c)
	return c.mark
}

// main appends a commit to the default branch.
func (b *builder) main(c commit) {
	if len(b.landed) > 0 {
		c.from = b.tip().mark
	}
	mark := b.add(c)
	b.landed = append(b.landed, landed{mark: mark, at: c.committer.at, files: c.files})
}

func (b *builder) number() int {
	b.pull += 1 + b.rng.IntN(3)
	return b.pull
}

// landPush puts each edit on the branch as it is. Where the clock of a
// machine is behind, a commit may be older than its parent.
func (b *builder) landPush(ch change, edits []edit) {
	for i, e := range edits {
		at := ch.at.Add(time.Duration(i) * 7 * time.Minute)
		if b.repo.skewed && len(b.landed) > 0 && b.rng.IntN(25) == 0 {
			at = at.Add(-5 * time.Hour)
		}
		who := b.sign(e.by, at)
		b.main(commit{author: who, committer: who, message: e.say, files: e.files})
	}
}

// landSquash makes one commit of all edits, by their author, committed by
// the code host.
func (b *builder) landSquash(ch change, edits []edit) {
	say, body, _ := strings.Cut(edits[0].say, "\n")
	var files []file
	for _, e := range edits {
		files = append(files, e.files...)
	}
	b.main(commit{author: b.sign(edits[0].by, ch.at),
		committer: signature{name: hostName, mail: hostMail, zone: "+0000", at: ch.at},
		message:   strings.TrimRight(fmt.Sprintf("%s (#%d)\n%s", say, b.number(), body), "\n"), files: files})
}

// landRebase keeps the edits apart: written earlier, committed when they
// landed, by whoever landed them.
func (b *builder) landRebase(ch change, edits []edit) {
	by := b.merger(ch, edits[0].by)
	for i, e := range edits {
		at := ch.at.Add(time.Duration(i) * time.Second)
		wrote := at.Add(-time.Duration(1+b.rng.IntN(40)) * time.Hour)
		b.main(commit{author: b.sign(e.by, wrote), committer: b.sign(by, at), message: e.say, files: e.files})
	}
}

// merger is who merges: told by the story, or a colleague.
func (b *builder) merger(ch change, author person) person {
	if p, told := b.crew.byKey[ch.turn.merger]; told {
		return p
	}
	return b.crew.pick(b.rng, b.cond.team, ch.ago, author)
}

// landMerge puts the edits on a side branch, which may begin at an older tip
// and take the default branch in once, and merges it.
func (b *builder) landMerge(ch change, edits []edit) {
	base := max(len(b.landed)-1-b.rng.IntN(3), 0)
	at, step := b.sideTimes(ch.at, len(edits)+2)
	subject, _, _ := strings.Cut(edits[0].say, "\n")
	if ch.turn.say != "" {
		subject, _, _ = strings.Cut(ch.turn.say, "\n")
	}
	name := slug(subject)
	side := b.landed[base].mark
	var files []file
	for i, e := range edits {
		who := b.sign(e.by, at)
		side = b.add(commit{from: side, author: who, committer: who, message: e.say, files: e.files})
		files = append(files, e.files...)
		at = at.Add(step)
		if i == 0 && base < len(b.landed)-1 && b.rng.IntN(3) == 0 {
			who.at = at
			side = b.add(commit{from: side, merge: b.tip().mark, author: who, committer: who,
				message: "Merge branch '" + b.repo.main() + "' into " + name, files: b.since(base, files)})
			at = at.Add(step)
		}
	}
	by := b.sign(b.merger(ch, edits[0].by), ch.at)
	b.main(commit{merge: side, author: by, committer: by, files: files,
		message: fmt.Sprintf("Merge pull request #%d from acme/%s\n\n%s", b.number(), name, subject)})
}

// sideTimes gives when a side branch begins and how far apart its commits
// are: within two days before the merge, after the last landing.
func (b *builder) sideTimes(end time.Time, parts int) (start time.Time, step time.Duration) {
	start = end.Add(-time.Duration(2+b.rng.IntN(46)) * time.Hour)
	if start.Before(b.tip().at) {
		start = b.tip().at
	}
	step = (end.Sub(start) / time.Duration(parts)).Truncate(time.Second)
	return start.Add(step), step
}

// since is what the default branch changed after a landing, with the side
// branch's own files on top.
func (b *builder) since(base int, own []file) []file {
	var out []file
	for _, l := range b.landed[base+1:] {
		out = append(out, l.files...)
	}
	return append(out, own...)
}

// aside leaves a branch that never landed: somebody tried the golden
// workflow there, and the clone still stands on it.
func (b *builder) aside() {
	tried := b.cond
	tried.ci, tried.ciRef = "golden", newest(ciReleases(), 12)
	files := b.difference(managed(b.repo, tried, b.shas))
	who := b.sign(b.crew.pick(b.rng, b.cond.team, 12, person{}), b.when(12, false))
	from := b.landed[len(b.landed)-2].mark
	b.add(commit{ref: "refs/heads/" + asideBranch, from: from, author: who, committer: who,
		message: "Try the golden workflow", files: files})
}

const asideBranch = "try-golden-workflow"

// slug makes a branch name of a subject.
func slug(subject string) string {
	fields := strings.FieldsFunc(strings.ToLower(subject), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return strings.Join(fields[:min(len(fields), 5)], "-")
}

// message is what the author says, with the trailers of all who took part.
func (b *builder) message(t turn, by person) string {
	say := t.say
	if say == "" {
		say = b.usual(t)
	}
	var trailers []string
	for _, key := range t.with {
		p := b.crew.byKey[key]
		trailers = append(trailers, fmt.Sprintf("Co-authored-by: %s <%s>", p.name, p.mail))
	}
	if p, told := b.crew.byKey[t.requested]; told {
		trailers = append(trailers, fmt.Sprintf("Requested-by: %s <%s>", p.name, p.mail))
	}
	if len(trailers) > 0 {
		say += "\n\n" + strings.Join(trailers, "\n")
	}
	return say
}

// usual is the message of a turn that the story gives none.
func (b *builder) usual(t turn) string {
	switch t.bump {
	case "ci":
		return "Update acme/golden-workflows to " + t.version
	case "image":
		return "Update registry.acme.dev/golden/" + kit(b.repo.lang) + " to " + t.version
	case "deploy":
		return "Update golden-service to " + t.version
	case "tools":
		return "Update actions/checkout to v" + t.version
	}
	return "Initial commit"
}
