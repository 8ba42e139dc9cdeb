package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
)

// chunk is the number of rows that are asked for at once when all rows are streamed.
const chunk = 5000

// list is a question whose rows come page by page, ordered by a key.
type list[T, K any] struct {
	ask func(ctx context.Context, after *K, limit int) ([]T, error) // rows after a key; nil: from the first
	key func(T) K
}

// whole is the list of rows that are all there already.
func whole[T any, K comparable](rows []T, key func(T) K) list[T, K] {
	return list[T, K]{key: key, ask: func(_ context.Context, after *K, limit int) ([]T, error) {
		if after == nil {
			return rows[:min(limit, len(rows))], nil
		}
		i := slices.IndexFunc(rows, func(row T) bool { return key(row) == *after })
		if i < 0 {
			return nil, &failure{kind: metrics.ErrConflict, detail: "the data changed since the page before",
				hint: "ask again from the first page"}
		}
		return rows[i+1:][:min(limit, len(rows)-i-1)], nil
	}}
}

// answer writes a page of a list, or streams all of it.
func answer[T, K any](c echo.Context, v view, l list[T, K]) error {
	var after *K
	if v.after != nil {
		after = new(K)
		if err := json.Unmarshal(v.after, after); err != nil {
			return &failure{kind: metrics.ErrInvalid, detail: "next: not a cursor of this server"}
		}
	}
	header := c.Response().Header()
	header.Set(echo.HeaderContentType, v.format.mediaType)
	if c.Request().Method == http.MethodHead {
		c.Response().WriteHeader(http.StatusOK)
		return nil
	}
	buffer := bufio.NewWriterSize(c.Response(), 1<<15)
	w := v.format.writer(buffer, reflect.TypeFor[T]())
	if v.limit == 0 {
		return stream(c.Request().Context(), w, v, l, after)
	}
	rows, err := l.ask(c.Request().Context(), after, v.limit+1)
	if err != nil {
		return err
	}
	var next string
	if len(rows) > v.limit {
		rows = rows[:v.limit]
		if next, err = v.cursor(l.key(rows[v.limit-1])); err != nil {
			return err
		}
		header.Set("Link", fmt.Sprintf(`<%s&next=%s>; rel="next"`, v.address, url.QueryEscape(next)))
	}
	return write(w, rows, v.tail(next))
}

// answerVolatile answers with rows that change by themselves, or with 304 where the caller has them.
func answerVolatile[T any, K comparable](c echo.Context, v view, rows []T, key func(T) K) error {
	text, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	if done, err := unchanged(c, v.state+string(text)); done || err != nil {
		return err
	}
	return answer(c, v, whole(rows, key))
}

// write writes rows and the end of an answer.
func write[T any](w rowWriter, rows []T, t tail) error {
	for _, row := range rows {
		if err := w.row(row); err != nil {
			return err
		}
	}
	return w.end(t)
}

// stream writes all rows, a chunk at a time.
func stream[T, K any](ctx context.Context, w rowWriter, v view, l list[T, K], after *K) error {
	for {
		rows, err := l.ask(ctx, after, chunk)
		if err != nil {
			return err
		}
		if len(rows) < chunk {
			return write(w, rows, v.tail(""))
		}
		for _, row := range rows {
			if err := w.row(row); err != nil {
				return err
			}
		}
		key := l.key(rows[len(rows)-1])
		after = &key
	}
}
