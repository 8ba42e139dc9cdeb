package clickhouse

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"sync"
)

// resultBody reads a result where the engine put it: its bytes are copied once, into the buffer of who
// reads. The memory is freed at the end, or when the body is closed before.
type resultBody struct {
	mu     sync.Mutex
	result engineResult // nil once freed
	rest   []byte
}

func (b *resultBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.rest) == 0 {
		b.free()
		return 0, io.EOF
	}
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *resultBody) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free()
	return nil
}

func (b *resultBody) free() {
	if b.result != nil {
		b.result.free()
		b.result, b.rest = nil, nil
	}
}

// inMemory is a result that does not come from the engine.
type inMemory []byte

func (inMemory) failure() string { return "" }
func (m inMemory) data() []byte  { return m }
func (inMemory) free()           {}

// exception is a failure that does not come from the engine but reads as if it did.
type exception struct {
	code    int
	message string
}

func (x exception) Error() string { return x.failure() }
func (x exception) failure() string {
	return fmt.Sprintf("Code: %d. DB::Exception: %s", x.code, x.message)
}
func (exception) data() []byte { return nil }
func (exception) free()        {}

var codePrefix = regexp.MustCompile(`^Code: (\d+)\.`)

// exceptionCode is the code in the engine's message, or that of an exception of the standard library
// where the engine gave none.
func exceptionCode(message string) string {
	if parts := codePrefix.FindStringSubmatch(message); parts != nil {
		return parts[1]
	}
	return "1001"
}

// marked is the result of a statement that was run with a mark before it.
type marked struct {
	engineResult
	mark string
}

var errorPosition = regexp.MustCompile(`failed at position (\d+)`)

// failure is the engine's message, with the position in the statement as it was written.
func (m marked) failure() string {
	message := m.engineResult.failure()
	at := errorPosition.FindStringSubmatchIndex(message)
	if at == nil {
		return message
	}
	position, err := strconv.Atoi(message[at[2]:at[3]])
	if err != nil || position <= len(m.mark) {
		return message
	}
	return message[:at[2]] + strconv.Itoa(position-len(m.mark)) + message[at[3]:]
}
