package query

import (
	"context"
	_ "embed"
	"fmt"
	"time"

	"github.com/trodden/trodden/metrics"
)

//go:embed baselines.sql
var baselinesSQL string

// baselineKey names a baseline that may be frozen.
type baselineKey struct {
	objective, key string
	question       uint64
}

// frozenBaseline is a baseline as it was first told.
type frozenBaseline struct {
	measured
	at   metrics.Instant // when it was frozen
	same bool            // the definitions have not changed since
}

// frozenBaselines returns the baselines that are frozen.
func frozenBaselines(ctx context.Context, db DB) (map[baselineKey]frozenBaseline, error) {
	type row struct {
		Objective string    `ch:"objective"`
		Key       string    `ch:"key"`
		Question  uint64    `ch:"question"`
		Frozen    time.Time `ch:"frozen"`
		Value     float64   `ch:"value"`
		Num       int64     `ch:"num"`
		Den       int64     `ch:"den"`
		Same      bool      `ch:"same"`
	}
	rows, err := ask[row](ctx, db, "for frozen baselines", baselinesSQL, nil)
	found := make(map[baselineKey]frozenBaseline, len(rows))
	for _, r := range rows {
		f := frozenBaseline{measured{Value: &r.Value}, metrics.At(r.Frozen), r.Same}
		if r.Den > 0 {
			num, den := int(r.Num), int(r.Den)
			f.Num, f.Den = &num, &den
		}
		found[baselineKey{r.Objective, r.Key, r.Question}] = f
	}
	return found, err
}

// DueBaselines returns the baselines that are not frozen yet and whose moment lies before everything was seen, under
// the definitions in force. What has no value yet is left out.
func DueBaselines(ctx context.Context, db DB, objectives []metrics.Objective, definitions uint64, seen, now metrics.Instant) ([]metrics.FrozenBaseline, error) {
	frozen, err := frozenBaselines(ctx, db)
	if err != nil {
		return nil, err
	}
	var due []metrics.FrozenBaseline
	for _, o := range objectives {
		for _, k := range o.Results {
			key := baselineKey{o.Key, k.Key, k.Question()}
			if _, there := frozen[key]; there || k.Baseline.Value != nil || k.Baseline.At > seen {
				continue
			}
			m, err := measureBaseline(ctx, db, k)
			if err != nil {
				return nil, fmt.Errorf("baseline of %s of %s: %w", k.Key, o.Key, err)
			}
			if m.Value != nil {
				due = append(due, frozenNow(key, k.Baseline.At, m, definitions, now))
			}
		}
	}
	return due, nil
}

func frozenNow(key baselineKey, at metrics.Instant, m measured, definitions uint64, now metrics.Instant) metrics.FrozenBaseline {
	f := metrics.FrozenBaseline{
		Objective: key.objective, Key: key.key, Question: key.question, At: at, Value: *m.Value, Definitions: definitions, Frozen: now,
	}
	if m.Den != nil {
		f.Num, f.Den = *m.Num, *m.Den
	}
	return f
}

// measureBaseline returns what is known now of the baseline's moment. What happens over a time is taken over as
// long a time before it as the key result goes on.
func measureBaseline(ctx context.Context, db DB, k metrics.KeyResult) (measured, error) {
	k.From = metrics.Clamp(int64(k.Baseline.At - (k.To - k.From)))
	return measureAt(ctx, db, k, k.Baseline.At)
}
