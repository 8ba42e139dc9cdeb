//go:build !noengine && (linux || darwin) && (amd64 || arm64)

package clickhouse

import (
	"fmt"
	"unsafe"

	"github.com/ebitengine/purego"
)

// lastSignal is the last of the classic signals. Real-time signals are left alone: the Go runtime does
// not use them, and the engine needs one to look at the stacks of its own threads.
const lastSignal = 31

// sigaction holds a struct sigaction of any system; none is larger than 160 bytes.
type sigaction [256]byte

// signalHandlers are the handlers of the process, as they were when saved.
type signalHandlers struct {
	call    func(signal int32, action, old unsafe.Pointer) int32
	actions [lastSignal + 1]sigaction
	known   [lastSignal + 1]bool
}

// saveSignals remembers every handler. It asks the C library, so that the layout of the structure and
// the system call stay its business.
func saveSignals() (*signalHandlers, error) {
	symbol, err := purego.Dlsym(purego.RTLD_DEFAULT, "sigaction")
	if err != nil {
		return nil, fmt.Errorf("find sigaction: %w", err)
	}
	h := new(signalHandlers)
	purego.RegisterFunc(&h.call, symbol)
	for s := range h.actions {
		h.known[s] = s > 0 && h.call(int32(s), nil, unsafe.Pointer(&h.actions[s])) == 0
	}
	return h, nil
}

// restore puts the saved handlers back. SIGKILL and SIGSTOP cannot be set; nothing can have changed
// them either.
func (h *signalHandlers) restore() {
	for s := range h.actions {
		if h.known[s] {
			h.call(int32(s), unsafe.Pointer(&h.actions[s]), nil)
		}
	}
}
