package query_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

func TestRateJSON(t *testing.T) {
	for _, c := range []struct {
		name     string
		num, den int
		want     string
	}{
		{"a rate", 12, 40, `{"num":12,"den":40,"rate":0.3,"lo":0.18`},
		{"five are not small", 1, 5, `"small":false}`},
		{"four are", 1, 4, `"small":true}`},
		{"none of some", 0, 5, `{"num":0,"den":5,"rate":0,"lo":0,"hi":0.43`},
		{"all", 7, 7, `"hi":1,"small":false}`},
		{"none of none", 0, 0, `{"num":0,"den":0,"rate":null,"lo":null,"hi":null,"small":true,"reason":"empty"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := json.Marshal(query.NewRate(c.num, c.den, metrics.ReasonEmpty))
			if err != nil || !strings.Contains(string(got), c.want) {
				t.Errorf("got %s and %v, want %s", got, err, c.want)
			}
		})
	}
}

// publishing is a store in which a new generation comes in between, a number of times.
type publishing struct {
	query.DB
	generation, swaps uint64
}

func (p *publishing) Each(ctx context.Context, sql string, args map[string]any, into []any, row func() error) error {
	if strings.HasPrefix(sql, "-- adoption_series:") && p.swaps > 0 {
		p.swaps--
		p.generation++
	}
	return p.DB.Each(ctx, sql, args, into, row)
}

func (p *publishing) Select(ctx context.Context, dest any, sql string, args map[string]any) error {
	if err := p.DB.Select(ctx, dest, sql, args); err != nil {
		return err
	}
	if rows, ok := dest.(*[]struct {
		Generation uint64 `ch:"generation"`
	}); ok {
		(*rows)[0].Generation += p.generation
	}
	return nil
}

func TestAdoptionAsksAgainWhenAGenerationComesInBetween(t *testing.T) {
	db := newCached(t).store
	for _, c := range []struct {
		swaps uint64
		want  error
	}{{0, nil}, {2, nil}, {3, metrics.ErrUnavailable}} {
		_, err := query.Adoption(t.Context(), &publishing{DB: db, swaps: c.swaps}, query.AdoptionQuestion{From: at("2023-01-01"), AsOf: at("2024-01-01"), Interval: query.Month})
		if !errors.Is(err, c.want) {
			t.Errorf("%d times: got %v, want %v", c.swaps, err, c.want)
		}
	}
}
