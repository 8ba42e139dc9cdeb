package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// errClosed is what statements get once the store is closed.
var errClosed = errors.New("the embedded store is closed")

// killPause is how long a cancelled statement gets before it is cancelled again: KILL QUERY does not
// find a statement that has not quite begun. closePatience bounds how long closing waits for them all.
const (
	killPause     = 20 * time.Millisecond
	closePatience = 30 * time.Second
)

// pool is a fixed number of sessions, of which each statement borrows one.
type pool struct {
	idle    chan *worker
	size    int // how many there are, idle or not
	base    map[string]string
	number  atomic.Uint64 // of statements, to find them again
	running context.Context
	stop    context.CancelCauseFunc

	killing sync.Mutex
	killer  *worker
}

// newPool connects one session for each statement that may run at once, and one that cancels them.
func newPool(library engine, args []string, base map[string]string, size int) (*pool, error) {
	p := &pool{idle: make(chan *worker, size), base: base}
	p.running, p.stop = context.WithCancelCause(context.Background())
	var err error
	if p.killer, err = newWorker(library, args); err != nil {
		return nil, err
	}
	for p.size < size {
		w, err := newWorker(library, args)
		if err != nil {
			return nil, errors.Join(err, p.close())
		}
		w.settings = maps.Clone(base)
		p.idle <- w
		p.size++
	}
	return p, nil
}

// run runs one statement, and returns as soon as ctx ends. A statement that is left so is killed, and
// its session becomes free when it is gone. done is called when the engine needs nothing more of the
// caller, which may be after run has returned.
func (p *pool) run(ctx context.Context, s statement, done func()) (engineResult, error) {
	w, err := p.acquire(ctx)
	if err != nil {
		done()
		return nil, err
	}
	mark := fmt.Sprintf("/*%016x*/", p.number.Add(1))
	finished := make(chan engineResult, 1)
	w.calls <- func() {
		finished <- w.execute(s, mark, p.base)
		done()
	}
	select {
	case result := <-finished:
		p.idle <- w
		return result, nil
	case <-ctx.Done():
		go p.abandon(w, mark, finished)
		return nil, context.Cause(ctx)
	case <-p.running.Done():
		go p.abandon(w, mark, finished)
		return nil, errClosed
	}
}

func (p *pool) acquire(ctx context.Context) (*worker, error) {
	if p.running.Err() != nil {
		return nil, errClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	select {
	case w := <-p.idle:
		return w, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	case <-p.running.Done():
		return nil, errClosed
	}
}

// abandon kills the statement that carries mark until it has ended, and frees its result and session.
func (p *pool) abandon(w *worker, mark string, finished <-chan engineResult) {
	for {
		p.kill(mark)
		select {
		case result := <-finished:
			result.free()
			p.idle <- w
			return
		case <-time.After(killPause):
		}
	}
}

// kill asks the engine to cancel the statement that begins with mark. It does not wait for that: the
// synchronous form never returns.
func (p *pool) kill(mark string) {
	p.killing.Lock()
	defer p.killing.Unlock()
	p.killer.do(func(session engineSession) {
		session.query("KILL QUERY WHERE startsWith(query, '"+mark+"') ASYNC", "Null").free()
	})
}

// close refuses further statements, kills those that run, and closes every session, with the last of
// which the engine stops.
func (p *pool) close() error {
	p.stop(errClosed)
	patience := time.After(closePatience)
	var workers []*worker
	for len(workers) < p.size {
		select {
		case w := <-p.idle:
			workers = append(workers, w)
		case <-patience:
			return fmt.Errorf("close the embedded store: %d statements did not end within %v", p.size-len(workers), closePatience)
		}
	}
	for _, w := range append(workers, p.killer) {
		w.close()
	}
	return nil
}

// worker is a session and the one thread that ever calls it. The engine changes the signal stack of
// the threads that call it and keeps state by thread; so these are few, and run no other goroutine.
type worker struct {
	calls   chan func()
	session engineSession
	reopen  func() (engineSession, error)

	// What the session is set to; settings holds every one that differs from the engine's own default.
	database string
	settings map[string]string
}

func newWorker(library engine, args []string) (*worker, error) {
	w := &worker{
		calls:  make(chan func()),
		reopen: func() (engineSession, error) { return library.connect(args) },
	}
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		for call := range w.calls {
			call()
		}
	}()
	var err error
	ready := make(chan struct{})
	w.calls <- func() {
		defer close(ready)
		w.session, err = w.reopen()
	}
	<-ready
	if err != nil {
		close(w.calls)
		return nil, err
	}
	return w, nil
}

// do runs call on the worker's thread and waits for it.
func (w *worker) do(call func(engineSession)) {
	ready := make(chan struct{})
	w.calls <- func() {
		defer close(ready)
		call(w.session)
	}
	<-ready
}

func (w *worker) close() {
	w.do(func(session engineSession) { session.close() })
	close(w.calls)
}

// execute runs s on the worker's thread, in the database and with the settings that it asks for.
func (w *worker) execute(s statement, mark string, base map[string]string) engineResult {
	if failed := w.prepare(s, base); failed != nil {
		return failed
	}
	if strings.Contains(s.sql, ";") && w.session.statements(s.sql) > 1 {
		return exception{62, "Syntax error: Multi-statements are not allowed. (SYNTAX_ERROR)"}
	}
	result := w.session.query(mark+s.sql, s.format)
	failure := result.failure()
	if s.leavesTraces() || failure != "" {
		w.renew(base) // a session keeps the memory of a statement that failed until its next one
	}
	if exceptionCode(failure) == memoryExceeded {
		w.purge()
	}
	return marked{engineResult: result, mark: mark}
}

// memoryExceeded is the code of a statement that wanted more memory than there is.
const memoryExceeded = "241"

// purge gives the pages of ended statements back to the system at once. The engine counts those that
// wait for that, and would refuse the next statement for want of the memory that this one had.
func (w *worker) purge() {
	w.session.query("SYSTEM JEMALLOC PURGE", "Null").free()
}

// prepare brings the session to the state that s asks for: nothing to do when the statement before it
// asked for the same.
func (w *worker) prepare(s statement, base map[string]string) engineResult {
	want := maps.Clone(base)
	maps.Copy(want, s.settings)
	changes := settingChanges(w.settings, want)
	if len(changes) > 0 {
		if failed := w.command("SET " + strings.Join(changes, ", ")); failed != nil {
			w.renew(base)
			return failed
		}
		w.settings = want
	}
	database := s.database
	if database == "" {
		database = "default"
	}
	if database != w.database {
		if failed := w.command("USE " + quoteIdentifier(database)); failed != nil {
			return failed
		}
		w.database = database
	}
	return nil
}

// command runs a statement without result; it returns one only when it failed.
func (w *worker) command(sql string) engineResult {
	result := w.session.query(sql, "Null")
	if result.failure() == "" {
		result.free()
		return nil
	}
	return result
}

// renew replaces the session by a fresh one, as if each statement had its own. Should that fail, the
// old one stays; the next statement then sees what is wrong.
func (w *worker) renew(base map[string]string) {
	session, err := w.reopen()
	if err != nil {
		return
	}
	w.session.close()
	w.session, w.database, w.settings = session, "", maps.Clone(base)
}

// settingChanges are the assignments that lead from one set of settings to another.
func settingChanges(from, to map[string]string) []string {
	var changes []string
	for name, value := range to {
		if old, ok := from[name]; !ok || old != value {
			changes = append(changes, name+" = "+quoteString(value))
		}
	}
	for name := range from {
		if _, ok := to[name]; !ok {
			changes = append(changes, name+" = DEFAULT")
		}
	}
	slices.Sort(changes)
	return changes
}
