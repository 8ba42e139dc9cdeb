package api

import (
	"context"
	"time"

	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// backstageFacts is what a fact retriever of Backstage's Tech Insights is told about an entity. Entity, facts and timestamp are
// those of its type TechInsightFact.
type backstageFacts struct {
	Source    string                   `json:"source"`
	Entity    backstageEntity          `json:"entity"`
	Facts     map[string]backstageFact `json:"facts"`
	Timestamp time.Time                `json:"timestamp"`
	key       query.CatalogEntityKey
}

// backstageEntity is a reference as Backstage has it.
type backstageEntity struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// backstageFact is the value of a fact.
type backstageFact struct{ metrics.PortalFact }

// MarshalJSON implements json.Marshaler: true and false are such, all else is text.
func (f backstageFact) MarshalJSON() ([]byte, error) {
	if f.Kind == metrics.TruthFact {
		return []byte(f.Value), nil
	}
	return plainJSON(f.Value)
}

// newBackstageFacts makes a row. Facts without a value are left out: a check about one then has no answer.
func newBackstageFacts(r query.CatalogFactsRow, at metrics.Instant) backstageFacts {
	facts := make(map[string]backstageFact, len(r.Facts))
	for _, f := range r.Facts {
		if f.Value != "" {
			facts[f.Name()] = backstageFact{f}
		}
	}
	return backstageFacts{r.Source, backstageEntity{r.Ref.Kind, r.Ref.Namespace, r.Ref.Name}, facts, at.Time(), r.Key()}
}

func (s *Server) getBackstageFacts(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("source", "entity")...)
	q := query.CatalogFactsQuestion{Entity: readEntity(p)}
	source, v, err := s.askAboutCatalog(c, p)
	if err != nil || v.done {
		return err
	}
	q.Source, q.AsOf = source, v.asOf
	if err := s.knownEntity(c.Request().Context(), q.Entity, source); err != nil {
		return err
	}
	return answer(c, v, list[backstageFacts, query.CatalogEntityKey]{
		key: func(r backstageFacts) query.CatalogEntityKey { return r.key },
		ask: func(ctx context.Context, after *query.CatalogEntityKey, limit int) ([]backstageFacts, error) {
			q.After, q.Limit = after, limit
			rows, err := query.CatalogFacts(ctx, s.db, q)
			facts := make([]backstageFacts, len(rows))
			for i, r := range rows {
				facts[i] = newBackstageFacts(r, v.asOf)
			}
			return facts, err
		},
	})
}
