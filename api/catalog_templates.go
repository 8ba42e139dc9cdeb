package api

import (
	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// templateKey tells the rows of an answer apart.
type templateKey struct {
	Source   string          `json:"source"`
	Template string          `json:"template"`
	Path     metrics.PathKey `json:"path"`
}

func (s *Server) getCatalogTemplates(c echo.Context) error {
	p := parseParams(c.Request().URL.RawQuery, listParams("source", "template", "path")...)
	q := query.CatalogTemplatesQuestion{}
	if text := p.text("template"); text != "" {
		ref, err := metrics.ParseEntityRef(text, "template", "")
		if err != nil {
			p.wrong("template", "%q is no reference, expected something like template:default/go-service", text)
		}
		q.Template = ref.String()
	}
	source, v, err := s.askAboutCatalog(c, p)
	if err != nil || v.done {
		return err
	}
	q.Source, q.AsOf = source, v.asOf
	if q.Path, err = s.knownPath(c.Request().Context(), p.text("path")); err != nil {
		return err
	}
	if err := s.knownTemplate(c.Request().Context(), q.Template, source); err != nil {
		return err
	}
	rows, err := query.CatalogTemplates(c.Request().Context(), s.db, q)
	if err != nil {
		return err
	}
	return answer(c, v, whole(rows, func(r query.CatalogTemplateRow) templateKey { return templateKey{r.Source, r.Template, r.Path} }))
}
