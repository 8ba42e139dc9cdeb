package hosttest

import (
	"fmt"
	"net/http"
)

// Raw is content that is not JSON.
type Raw struct {
	Type string
	Text string
}

// Refusal is an answer that is an error.
type Refusal struct {
	Status  int
	Message string
	Header  http.Header
	Body    any // in place of the usual one with the message
}

func (r *Refusal) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Message) }

// With gives the refusal another body than the usual one.
func (r *Refusal) With(body any) *Refusal {
	r.Body = body
	return r
}

// Refuse makes a refusal.
func Refuse(status int, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Message: fmt.Sprintf(format, args...), Header: http.Header{}}
}

// RefusePage makes a refusal by a page for people.
func RefusePage(status int, title string) *Refusal {
	page := fmt.Sprintf("<!DOCTYPE html>\n<html>\n<head><title>%s</title></head>\n<body><h1>%s</h1></body>\n</html>\n", title, title)
	return Refuse(status, "%s", title).With(Raw{"text/html; charset=utf-8", page})
}

// Each shows every element of a list, which is never null.
func Each[T any](list []T, show func(T) any) []any {
	all := make([]any, 0, len(list))
	for _, v := range list {
		all = append(all, show(v))
	}
	return all
}

// List is a list that is never null.
func List[T any](of []T) []any { return Each(of, func(v T) any { return v }) }

// OrNull is a text, or null where it is empty.
func OrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}
