package query

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
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

// shelfOf returns the shelf behind a DB; nil where there is none.
func shelfOf(db DB) answerShelf {
	switch d := db.(type) {
	case *Cache:
		return shelfOf(d.db)
	case bounded:
		return shelfOf(d.db)
	case answerShelf:
		return d
	}
	return nil
}

// shelved gives the answer to a question from the shelf, or else what work makes, and puts that there. What data are like beside
// those that change with every generation and scan is part of the question's mark. That it cannot be kept, as by an account that
// may only read, is no failure.
func shelved[A any](ctx context.Context, db DB, question string, mark []any, work func() ([]A, error)) ([]A, error) {
	s := shelfOf(db)
	if s == nil {
		return work()
	}
	key := metrics.Fingerprint("answer", question)
	before, err := shelfMark(ctx, s, mark)
	if err != nil {
		return nil, err
	}
	body, found, err := s.Shelved(ctx, key, before)
	if err != nil {
		return nil, err
	}
	if found {
		var rows []A
		if json.Unmarshal(body, &rows) == nil {
			return rows, nil
		}
	}
	rows, err := work()
	if err != nil {
		return nil, err
	}
	if after, err := shelfMark(ctx, s, mark); err == nil && after == before {
		if body, err := json.Marshal(rows); err == nil {
			_ = s.Shelve(ctx, key, after, body)
		}
	}
	return rows, nil
}

func shelfMark(ctx context.Context, db DB, more []any) (uint64, error) {
	data, err := dataMark(ctx, db)
	return metrics.Fingerprint("shelf", fmt.Sprint(data, builtFrom(), more)), err
}

// builtFrom identifies the program: another one may answer otherwise.
var builtFrom = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	from := info.Main.Version + " " + info.Main.Sum
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" || s.Key == "vcs.time" || s.Key == "vcs.modified" {
			from += " " + s.Value
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
	return metrics.Fingerprint("mark", fmt.Sprint(rows)), err
}

// MakeReady asks what takes long, as of a moment, so that those who ask it next need not wait, be it in another process.
func MakeReady(ctx context.Context, db DB, at metrics.Instant) error {
	_, err := Friction(ctx, db, FrictionQuestion{CohortQuestion: CohortQuestion{AsOf: at}})
	return err
}
