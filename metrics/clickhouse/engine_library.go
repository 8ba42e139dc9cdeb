//go:build !noengine && (linux || darwin) && (amd64 || arm64)

package clickhouse

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// library is libchdb behind its C interface, bound without cgo.
type library struct {
	versionString func() string
	handleSignals func(enabled int32)
	open          func(argc int32, argv unsafe.Pointer) unsafe.Pointer
	shut          func(connection unsafe.Pointer)
	run           func(handle, sql unsafe.Pointer, sqlLen uintptr, format unsafe.Pointer, formatLen uintptr) unsafe.Pointer
	classify      func(handle, sql unsafe.Pointer, sqlLen uintptr, target unsafe.Pointer, targetLen uintptr, out unsafe.Pointer) int32
	resultError   func(result unsafe.Pointer) string
	resultBuffer  func(result unsafe.Pointer) unsafe.Pointer
	resultLength  func(result unsafe.Pointer) uintptr
	resultDestroy func(result unsafe.Pointer)
}

// engineBuilt says whether this binary can load the engine.
func engineBuilt() error { return nil }

// loadEngine loads the library at path. A library is never unloaded: its threads live as long as the
// process.
func loadEngine(path string) (engine, error) {
	runtime.LockOSThread() // the loader keeps its error message by thread
	defer runtime.UnlockOSThread()
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load engine %s: %w (it needs a system with glibc)", path, err)
	}
	lib := new(library)
	for name, bind := range map[string]any{
		"chdb_version":                     &lib.versionString,
		"chdb_set_signal_handlers_enabled": &lib.handleSignals,
		"chdb_connect":                     &lib.open,
		"chdb_close_conn":                  &lib.shut,
		"chdb_query_n":                     &lib.run,
		"chdb_classify_query_n":            &lib.classify,
		"chdb_result_error":                &lib.resultError,
		"chdb_result_buffer":               &lib.resultBuffer,
		"chdb_result_length":               &lib.resultLength,
		"chdb_destroy_query_result":        &lib.resultDestroy,
	} {
		symbol, err := purego.Dlsym(handle, name)
		if err != nil {
			return nil, fmt.Errorf("load engine %s: it lacks %s, another version is needed: %w", path, name, err)
		}
		purego.RegisterFunc(bind, symbol)
	}
	return lib, nil
}

func (lib *library) version() string { return lib.versionString() }

// connect opens a session. The server that the first one starts installs signal handlers even when
// told not to, so those of the Go runtime are put back afterwards.
func (lib *library) connect(args []string) (engineSession, error) {
	saved, err := saveSignals()
	if err != nil {
		return nil, err
	}
	lib.handleSignals(0)
	words := make([][]byte, len(args))
	argv := make([]unsafe.Pointer, len(args)+1) // the last one stays nil, as in main's argv
	var pins runtime.Pinner
	defer pins.Unpin()
	for i, arg := range args {
		words[i] = append([]byte(arg), 0)
		pins.Pin(&words[i][0])
		argv[i] = unsafe.Pointer(&words[i][0])
	}
	pins.Pin(&argv[0])
	connection := lib.open(int32(len(args)), unsafe.Pointer(&argv[0]))
	saved.restore()
	if connection == nil {
		return nil, errors.New("the engine refused; it says why on standard error")
	}
	return &session{lib: lib, connection: connection}, nil
}

// session is a chdb_connection.
type session struct {
	lib        *library
	connection unsafe.Pointer
}

// handle is what queries take: connections are handed out as pointers to it.
func (s *session) handle() unsafe.Pointer { return *(*unsafe.Pointer)(s.connection) }

func (s *session) query(sql, format string) engineResult {
	text, form := []byte(sql), []byte(format)
	handle := s.lib.run(s.handle(), unsafe.Pointer(unsafe.SliceData(text)), uintptr(len(text)),
		unsafe.Pointer(unsafe.SliceData(form)), uintptr(len(form)))
	runtime.KeepAlive(text)
	runtime.KeepAlive(form)
	return &result{lib: s.lib, handle: handle}
}

func (s *session) statements(sql string) int {
	// chdb_query_analysis_v1: its own size, then what is filled in.
	var analysis struct{ size, statements, flags, class uint32 }
	analysis.size = uint32(unsafe.Sizeof(analysis))
	text := []byte(sql)
	failed := s.lib.classify(s.handle(), unsafe.Pointer(unsafe.SliceData(text)), uintptr(len(text)), nil, 0,
		unsafe.Pointer(&analysis))
	runtime.KeepAlive(text)
	if failed != 0 {
		return 0
	}
	return int(analysis.statements)
}

func (s *session) close() { s.lib.shut(s.connection) }

// result is a chdb_result.
type result struct {
	lib    *library
	handle unsafe.Pointer
}

func (r *result) failure() string { return r.lib.resultError(r.handle) }

func (r *result) data() []byte {
	return unsafe.Slice((*byte)(r.lib.resultBuffer(r.handle)), r.lib.resultLength(r.handle))
}

func (r *result) free() { r.lib.resultDestroy(r.handle) }
