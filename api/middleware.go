package api

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// requestID gives every request a name by which the log can be searched. It keeps the one that a proxy
// gave, where that is short and plain.
func requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := c.Request().Header.Get(echo.HeaderXRequestID)
		plain := !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
		if id == "" || len(id) > 100 || !plain {
			id = rand.Text()
		}
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

// protect says that an answer is what it says, and nothing to look at.
func protect(h http.Header) {
	h.Set(echo.HeaderXContentTypeOptions, "nosniff")
	h.Set(echo.HeaderContentSecurityPolicy, "default-src 'none'; frame-ancestors 'none'")
}

// apiHeaders sets what every answer of the API carries: it is data, never a page, and nobody may keep it
// without asking again.
func apiHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		protect(h)
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set(echo.HeaderCacheControl, "private, no-cache")
		h.Set(echo.HeaderVary, "Authorization")
		return next(c)
	}
}

// withoutBody keeps the body of an answer back. net/http does so, callers in this process need it too.
func withoutBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Writer = bodyless{c.Response().Writer}
		return next(c)
	}
}

// bodyless swallows the body of an answer.
type bodyless struct{ http.ResponseWriter }

func (bodyless) Write(b []byte) (int, error) { return len(b), nil }

// accessLog writes a line a request, for those who look for trouble.
func (s *Server) accessLog() echo.MiddlewareFunc {
	return middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		LogMethod: true, LogURIPath: true, LogStatus: true, LogLatency: true, LogResponseSize: true,
		HandleError: true, LogRequestID: true,
		LogValuesFunc: func(c echo.Context, v middleware.RequestLoggerValues) error {
			s.log.LogAttrs(c.Request().Context(), slog.LevelDebug, "request",
				slog.String("request_id", c.Response().Header().Get(echo.HeaderXRequestID)),
				slog.String("method", v.Method), slog.String("path", v.URIPath), slog.Int("status", v.Status),
				slog.Int64("bytes", v.ResponseSize), slog.Duration("took", v.Latency))
			return nil
		},
	})
}

// recovering turns a panic into an error, which becomes a problem document; the stack goes to the log.
func (s *Server) recovering() echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		DisableStackAll: true,
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			s.log.LogAttrs(c.Request().Context(), slog.LevelError, "panic",
				slog.String("request_id", c.Response().Header().Get(echo.HeaderXRequestID)),
				slog.Any("error", err), slog.String("stack", string(stack)))
			return err
		},
	})
}
