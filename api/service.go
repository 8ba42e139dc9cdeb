package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/labstack/echo/v4"

	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

//go:embed openapi.yaml
var openapiYAML []byte

// describe returns a function that gives the description of the API as JSON; it is made once.
func describe() func() ([]byte, error) {
	return sync.OnceValues(func() ([]byte, error) {
		raw, err := yaml.YAMLToJSON(openapiYAML)
		if err != nil {
			return nil, fmt.Errorf("convert openapi.yaml: %w", err)
		}
		var compact json.RawMessage = raw
		return json.Marshal(compact)
	})
}

func (s *Server) getOpenAPI(c echo.Context) error {
	body, err := s.openapi()
	if err != nil {
		return err
	}
	if done, err := unchanged(c, string(body)); done || err != nil {
		return err
	}
	return c.JSONBlob(http.StatusOK, body)
}

// health is the answer of a probe.
type health struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

func (s *Server) getHealthz(c echo.Context) error {
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, health{"ok", s.version})
}

// probeTimeout is how long the store may take to show that it is there.
const probeTimeout = 2 * time.Second

func (s *Server) getReadyz(c echo.Context) error {
	ctx, cancel := context.WithTimeout(c.Request().Context(), probeTimeout)
	defer cancel()
	if _, err := query.Generation(ctx, s.db); err != nil {
		return &failure{kind: metrics.ErrUnavailable, detail: "the store does not answer", cause: err}
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.JSON(http.StatusOK, health{"ready", s.version})
}
