package query

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"github.com/trodden/trodden/metrics"
)

// answerShelf is a DB that keeps answers for everybody who asks it: for a server that has just begun, and for others beside it.
type answerShelf interface {
	DB
	// Shelved returns an answer of the data with a mark, if there is one.
	Shelved(ctx context.Context, question, mark uint64) (answer []byte, found bool, err error)
	// Shelve keeps an answer.
	Shelve(ctx context.Context, question, mark uint64, answer []byte) error
}

// shelfOf returns the shelf behind a DB, and the DB without the rows that caches keep, which may be of a moment ago; nil where there
// is none.
func shelfOf(db DB) (answerShelf, DB) {
	switch d := db.(type) {
	case *Cache:
		return shelfOf(d.db)
	case bounded:
		s, _ := shelfOf(d.db)
		return s, d
	case answerShelf:
		return d, d
	}
	return nil, nil
}

// shelving looks for an answer on a shelf, and puts it there. Everything that the answer is made of must be read from its DB after it
// was begun: what others publish meanwhile is found out by the mark in the end.
type shelving struct {
	DB
	shelf answerShelf
	mark  uint64 // of the data, when it was begun
}

// newShelving begins with an answer; nil where there is no shelf.
func newShelving(ctx context.Context, db DB) (*shelving, error) {
	shelf, store := shelfOf(db)
	if shelf == nil {
		return nil, nil
	}
	mark, err := shelfMark(ctx, store)
	return &shelving{store, shelf, mark}, err
}

// shelved gives the answer to a question about a moment from the shelf, or else what work makes, and puts that there. That there is
// none, or that it cannot be kept, as by an account that may only read, is no failure.
func shelved[A any](ctx context.Context, s *shelving, question string, at metrics.Instant, work func() ([]A, error)) ([]A, error) {
	key, mark := metrics.Fingerprint("answer", question), metrics.Fingerprint("shelf", fmt.Sprint(s.mark, at))
	if body, found, err := s.shelf.Shelved(ctx, key, mark); err == nil && found {
		var rows []A
		if json.Unmarshal(body, &rows) == nil {
			return rows, nil
		}
	}
	rows, err := work()
	if err != nil {
		return nil, err
	}
	if after, err := shelfMark(ctx, s.DB); err == nil && after == s.mark {
		if body, err := json.Marshal(rows); err == nil && len(body) <= maxShelved {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), shelveWithin) // others want it, should nobody wait here
			defer cancel()
			_ = s.shelf.Shelve(ctx, key, mark, body)
		}
	}
	return rows, nil
}

// Answers that are larger, in bytes, are not kept; nor are those whose writing takes longer.
const (
	maxShelved   = 32 << 20
	shelveWithin = 10 * time.Second
)

//go:embed shelf_mark.sql
var shelfMarkSQL string

// shelfMark identifies all that answers on the shelf are made of, and the program.
func shelfMark(ctx context.Context, db DB) (uint64, error) {
	data, err := dataMark(ctx, db)
	if err != nil {
		return 0, err
	}
	rows, err := ask[struct {
		Scans    uint64 `ch:"scans"`
		Readings uint64 `ch:"readings"`
		Windows  uint32 `ch:"windows"`
		Pulls    uint32 `ch:"pulls"`
		People   uint32 `ch:"people"`
		Members  uint32 `ch:"members"`
	}](ctx, db, "whether facts changed", shelfMarkSQL, nil)
	return metrics.Fingerprint("facts", fmt.Sprint(data, builtFrom(), rows)), err
}

// builtFrom identifies the program: another one may answer otherwise.
var builtFrom = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	from, exact := info.Main.Version+" "+info.Main.Sum, info.Main.Sum != ""
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			from, exact = from+" "+s.Value, true
		case "vcs.modified":
			exact = exact && s.Value == "false"
		}
	}
	if path, err := os.Executable(); !exact && err == nil { // then the file has to tell
		if file, err := os.Stat(path); err == nil {
			from += fmt.Sprint(" ", file.Size(), " ", file.ModTime().UnixNano())
		}
	}
	return from
})

// dataMark identifies the data that are there. While it stays the same, so do the answers to all questions.
func dataMark(ctx context.Context, db DB) (uint64, error) {
	rows, err := ask[struct {
		Generation uint64    `ch:"generation"`
		Scan       uint64    `ch:"scan"`
		Ended      time.Time `ch:"ended"`
		Frozen     time.Time `ch:"frozen"`
		Judged     time.Time `ch:"judged"`
	}](ctx, db, "whether the data changed", markSQL, nil)
	text := ""
	for _, r := range rows {
		text += fmt.Sprint(r.Generation, r.Scan, r.Ended.Unix(), r.Frozen.Unix(), r.Judged.Unix(), ";")
	}
	return metrics.Fingerprint("mark", text), err
}

// MakeReady asks what takes long, as of a moment, so that those who ask it next need not wait, be it in another process.
func MakeReady(ctx context.Context, db DB, at metrics.Instant) error {
	_, err := Friction(ctx, db, FrictionQuestion{CohortQuestion: CohortQuestion{AsOf: at}})
	return err
}
