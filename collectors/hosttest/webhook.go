package hosttest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Delivered is what became of the delivery of an event.
type Delivered struct {
	ID     string
	Status int
}

// deliveryTime is how long hosts wait for an answer.
const deliveryTime = 10 * time.Second

// Serial returns a number for each delivery, for ids that differ.
func (h *Host) Serial() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.sent++
	return h.sent
}

// Send tells somebody of an event once, whatever the answer. It fails where no answer comes in 10 s.
func Send(ctx context.Context, url, id string, header http.Header, body []byte) (Delivered, error) {
	ctx, cancel := context.WithTimeout(ctx, deliveryTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Delivered{}, fmt.Errorf("deliver %s: %w", id, err)
	}
	req.Header = header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return Delivered{ID: id}, fmt.Errorf("deliver %s: %w", id, err)
	}
	defer resp.Body.Close()
	io.Copy(io.Discard, resp.Body)
	return Delivered{ID: id, Status: resp.StatusCode}, nil
}
