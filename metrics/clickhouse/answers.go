package clickhouse

import (
	"context"
	_ "embed"
	"fmt"
)

//go:embed sql/answers.sql
var answersSQL string

// Shelved returns the answer to a question that was put on the shelf, if it is of the data with this mark.
func (db *DB) Shelved(ctx context.Context, question, mark uint64) (answer []byte, found bool, err error) {
	list, err := collect(ctx, db, answersSQL, map[string]any{"question": question, "mark": mark}, func(s *string) []any { return []any{s} })
	if err != nil {
		return nil, false, fmt.Errorf("look for an answer: %w", err)
	}
	if len(list) == 0 {
		return nil, false, nil
	}
	return []byte(list[0]), true, nil
}

// Shelve keeps an answer for others who ask the same of the same data, in the place of the one that was there.
func (db *DB) Shelve(ctx context.Context, question, mark uint64, answer []byte) error {
	err := db.insert(ctx, "INSERT INTO answers (question, mark, answer)", []uint64{question}, []uint64{mark}, []string{string(answer)})
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}
