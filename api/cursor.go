package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/trodden/trodden/metrics"
)

// cursor says where the next page of an answer begins. To callers it is opaque.
type cursor struct {
	Question uint64          `json:"q"` // what was asked, so that it is not carried over to another question
	AsOf     metrics.Instant `json:"t"` // all pages of an answer are for one moment
	After    json.RawMessage `json:"k"` // key of the last row that was given
}

// encode returns the cursor as it stands in answers.
func (c cursor) encode() (string, error) {
	b, err := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(b), err
}

// decodeCursor reads what encode wrote for the same question.
func decodeCursor(text string, question uint64) (cursor, error) {
	var c cursor
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	switch {
	case err != nil, len(c.After) == 0, c.AsOf <= metrics.Beginning, c.AsOf >= metrics.Forever:
		return cursor{}, errors.New("not a cursor of this server")
	case c.Question != question:
		return cursor{}, errors.New("belongs to another question; keep the other parameters as they were")
	}
	return c, nil
}
