package detect

import (
	"fmt"

	"github.com/trodden/trodden/metrics"
)

// judge says what a signal finds in a file as it is now.
func (t *Tracker) judge(s *slot) metrics.Finding {
	f := s.file
	if f.oid == "" {
		return metrics.Finding{}
	}
	sig := &t.set.signals[s.signal]
	switch sig.kind.how {
	case byPresence:
		return t.judgePresence(f, sig)
	case byFile:
		return t.judgeFile(f, sig, s.signal)
	case byGraph:
		return t.judgeGraph(f, sig)
	}
	return metrics.Finding{}
}

// noVia is the list of files that led to a file that nothing led to; answers show it as an empty list.
var noVia = []string{}

// evidence returns a hit as evidence.
func evidence(name, file string, h hit, via []string) metrics.Evidence {
	if via == nil {
		via = noVia
	}
	return metrics.Evidence{Signal: name, File: file, Line: h.line, Text: h.text, Version: h.version, Via: via}
}

// content returns the content of a blob, or the reason why it is not known.
func (t *Tracker) content(oid metrics.OID) (string, metrics.Reason) {
	content, reason := t.blobs.Blob(oid)
	if reason == "" && len(content) > metrics.MaxBlob {
		return "", metrics.ReasonTooLarge
	}
	return content, reason
}

// judgePresence says whether the file is there and not blank. One whose content is not known is not blank.
func (t *Tracker) judgePresence(f *file, sig *signal) metrics.Finding {
	b := t.set.blobs.blob(f.oid)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.white == 0 {
		content, reason := t.content(f.oid)
		switch {
		case reason == "" && blank(content):
			b.white = white
		case reason == "":
			b.white = inked
		}
	}
	if b.white == white {
		return metrics.Finding{}
	}
	e := evidence(sig.kind.Name, f.path, hit{text: clip(f.path)}, nil)
	return metrics.Finding{Truth: metrics.Yes, Evidence: []metrics.Evidence{e}}
}

// judgeFile says what a signal finds in the file by itself.
func (t *Tracker) judgeFile(f *file, sig *signal, signal int32) metrics.Finding {
	b := t.set.blobs.blob(f.oid)
	b.mu.Lock()
	defer b.mu.Unlock()
	hits, known := b.hits(signal)
	if !known {
		content, reason := t.content(f.oid)
		if reason != "" {
			return metrics.Finding{Truth: metrics.Maybe, Reason: reason}
		}
		t.judgeBlob(b, f, content, sig.kind, false)
		hits, _ = b.hits(signal)
	}
	if len(hits) == 0 {
		return metrics.Finding{}
	}
	list := make([]metrics.Evidence, len(hits))
	for i, h := range hits {
		list[i] = evidence(sig.kind.Name, f.path, h, nil)
	}
	return metrics.Finding{Truth: metrics.Yes, Evidence: list}
}

// judgeBlob lets all signals of a kind that look at the file judge its content, so that it is parsed once.
// Unless it is to be parsed in full, signals that certainly find nothing are not asked.
func (t *Tracker) judgeBlob(b *blob, f *file, content string, kind Kind, full bool) {
	before := b.bytes
	var asked []int32
	var tests []any
	for _, i := range f.want.signals {
		sig := &t.set.signals[i]
		if sig.kind.Name != kind.Name {
			continue
		}
		if _, known := b.hits(i); known && !full {
			continue
		}
		if !full && kind.skip != nil && kind.skip(content, sig.test) {
			b.keep(i, nil)
			continue
		}
		asked, tests = append(asked, i), append(tests, sig.test)
	}
	if len(tests) > 0 {
		found, flaws := safely(kind.judge, content, tests)
		b.check(kind.bit, flaws)
		for k, i := range asked {
			if _, known := b.hits(i); !known {
				b.keep(i, found[k])
			}
		}
	}
	t.set.blobs.grew(f.oid, b.bytes-before)
}

// safely judges a file with a parser that somebody else wrote: a panic in it is a flaw of the file.
func safely(judge judge, content string, tests []any) (found [][]hit, flaws []flaw) {
	defer func() {
		if r := recover(); r != nil {
			found, flaws = make([][]hit, len(tests)), []flaw{{message: clip(fmt.Sprintf("parse: %v", r))}}
		}
	}()
	return judge(content, tests)
}

// judgeGraph says what a signal finds in the pipeline that the file begins. A workflow that only others can
// call begins none, and for a component none whose path filters keep it away.
func (t *Tracker) judgeGraph(f *file, sig *signal) metrics.Finding {
	nodes := t.reach(f).nodes
	root := nodes[0].digest
	if root == nil {
		return metrics.Finding{Truth: metrics.Maybe, Reason: nodes[0].reason}
	}
	if root.callOnly || f.reach.skipped {
		return metrics.Finding{}
	}
	return sig.test.(graphTest).conclude(sig.kind.Name, nodes, sig.ordinal)
}
