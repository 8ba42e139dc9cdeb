package quota

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// kind is what an answer means for whoever asked.
type kind int

const (
	given             kind = iota // the caller's to read
	refusedCredential             // the credential is no good
	refusedLimit                  // a limit is reached
	failed                        // the network or the host failed
	abandoned                     // the caller gave up
)

// answer is what an answer says of limits. The zero answer is a good one that tells nothing.
type answer struct {
	kind   kind
	status int           // 0 where there is no answer
	took   time.Duration // until it began
	told   *told
	spent  bool          // of refusedLimit: the allowance is used up, rather than asked of too fast
	stay   time.Duration // as the host said to wait; 0 where it did not say
	until  time.Time     // of refusedLimit: when it may be asked again
	cost   int           // of a query, in points, where it asked for that; else 0
	said   *Answer       // of refusedCredential; nil where there is no answer
	final  bool          // likewise: who signs got nothing to sign with, and would sign no other way
}

// read finds out what an answer says. What it reads of the body is put back.
func (f *Family) read(resp *http.Response, query bool) answer {
	now := time.Now()
	a := answer{status: resp.StatusCode, told: f.told(resp.Header, now), stay: retryAfter(resp.Header, now)}
	switch {
	case a.status == http.StatusUnauthorized:
		text, _ := peek(resp)
		a.refuses(resp, text)
	case a.status == http.StatusTooManyRequests, a.status == http.StatusForbidden, a.status == http.StatusOK && query:
		text, whole := peek(resp)
		a.cost = costOf(text)
		if whole {
			a.judge(text)
		} else {
			a.judge(nil)
		}
		if a.kind == given && a.status == http.StatusForbidden && suspended(text) {
			a.refuses(resp, text)
		}
	case a.status >= http.StatusInternalServerError:
		a.kind = failed
	}
	f.strip(resp.Header)
	return a
}

// refuses notes that the answer refuses the credential.
func (a *answer) refuses(resp *http.Response, text []byte) {
	var body refusal
	json.Unmarshal(text, &body) // an answer in another shape has no words
	a.kind, a.said = refusedCredential, &Answer{Status: a.status, Header: resp.Header.Clone(), Text: body.Message, Body: text}
}

// suspended reports whether an answer refuses everything to who asks, whatever is asked: the App, or the account behind a
// token, is suspended.
func suspended(text []byte) bool {
	var body refusal
	return json.Unmarshal(text, &body) == nil && body.says("installation has been suspended", "account was suspended", "account has been blocked")
}

// judge tells answers that a limit was reached from others: some have no status of their own.
func (a *answer) judge(text []byte) {
	var body refusal
	err := json.Unmarshal(text, &body)
	if a.status == http.StatusOK && (err != nil || body.answered()) {
		return
	}
	slow, spent := body.says("secondary rate limit", "abuse detection"), body.says("rate limit exceeded", "rate_limited")
	slow = slow || body.Data != nil && a.told != nil && a.told.remaining > 0 // what is left contradicts it
	if a.status != http.StatusTooManyRequests && !slow && !spent && (a.stay == 0 || a.status == http.StatusOK) {
		return
	}
	a.kind = refusedLimit
	a.spent = !slow && (spent || a.stay == 0 && a.told != nil && a.told.remaining == 0)
}

// refusal is the body of an answer that refuses, of REST or of a query. Others may hold all kinds of texts.
type refusal struct {
	Data    any // of a query
	Message string
	Errors  []struct{ Type, Message string }
}

// answered reports whether a query was answered at least in part. Where all that was asked for is null it was not if the type
// of an error names a limit: what else errors say may hold any names.
func (r *refusal) answered() bool {
	fields, is := r.Data.(map[string]any)
	if !is || !slices.ContainsFunc(r.Errors, func(e struct{ Type, Message string }) bool { return strings.EqualFold(e.Type, "RATE_LIMITED") }) {
		return r.Data != nil
	}
	for name, value := range fields {
		if value != nil && name != "rateLimit" {
			return true
		}
	}
	return false
}

// says reports whether one of its texts holds one of these.
func (r *refusal) says(any ...string) bool {
	texts := []string{r.Message}
	for _, e := range r.Errors {
		texts = append(texts, e.Type, e.Message)
	}
	all := strings.ToLower(strings.Join(texts, "\n"))
	return slices.ContainsFunc(any, func(text string) bool { return strings.Contains(all, text) })
}

// told reads the headers that tell of an allowance; nil where they do not. The time of the host counts: how far
// its clock is from ours shows in the date of the answer.
func (f *Family) told(h http.Header, now time.Time) *told {
	limit, err1 := strconv.Atoi(h.Get(f.Headers.Limit))
	remaining, err2 := strconv.Atoi(h.Get(f.Headers.Remaining))
	reset, err3 := strconv.ParseInt(h.Get(f.Headers.Reset), 10, 64)
	if err1 != nil || err2 != nil || err3 != nil || limit <= 0 {
		return nil
	}
	rest := min(time.Unix(reset, 0).Sub(hostTime(h, now)), longest)
	t := &told{limit: limit, remaining: min(max(0, remaining), limit), reset: now.Add(rest)}
	if f.Headers.Resource != "" {
		t.allowance = h.Get(f.Headers.Resource)
	}
	return t
}

// longest is more than any host makes anybody wait: what says more has other units, or a clock that is no good.
const longest = 24 * time.Hour

// hostTime is what the clock of the host showed, in whole seconds; ours where it does not tell.
func hostTime(h http.Header, now time.Time) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil {
		return at
	}
	return now
}

// retryAfter is how long the host says to wait, in seconds or until a date.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longest)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(0, at.Sub(hostTime(h, now))), longest)
	}
	return 0
}

// limits reports whether an answer tells that the host limits who asks.
func (f *Family) limits(h http.Header) bool { return f.told(h, time.Now()) != nil }

func (f *Family) strip(h http.Header) {
	for _, name := range append([]string{f.Headers.Limit, f.Headers.Remaining, f.Headers.Reset, f.Headers.Resource}, f.Headers.Others...) {
		h.Del(name)
	}
}

// short is more than the body of an answer that refuses has.
const short = 4 << 10

// priced matches how an answer begins that tells first what its query cost.
var priced = regexp.MustCompile(`^\s*\{\s*"data"\s*:\s*\{\s*"rateLimit"\s*:\s*\{\s*"cost"\s*:\s*([0-9]{1,9})\b`)

// costOf is what a query cost, as the beginning of its answer tells; 0 where it does not.
func costOf(text []byte) int {
	parts := priced.FindSubmatch(text)
	if parts == nil {
		return 0
	}
	cost, _ := strconv.Atoi(string(parts[1]))
	return cost
}

// peek returns the beginning of a body, and whether that is all of it, and puts it back.
func peek(resp *http.Response) (text []byte, whole bool) {
	text, err := io.ReadAll(io.LimitReader(resp.Body, short))
	rest := io.Reader(resp.Body)
	if err != nil {
		rest = broken{err}
	}
	resp.Body = together{io.MultiReader(bytes.NewReader(text), rest), resp.Body}
	return text, err == nil && len(text) < short
}

// broken is a body that cannot be read further.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// discard reads a little of an answer that nobody wants, so that its connection can be used again.
func discard(resp *http.Response) {
	if resp == nil {
		return
	}
	io.CopyN(io.Discard, resp.Body, short)
	resp.Body.Close()
}

// reading is a body that tells when it is read or closed, and explains why it cannot be read further.
type reading struct {
	io.ReadCloser
	once    sync.Once
	explain func(error) error
	done    func()
}

func (r *reading) Read(into []byte) (int, error) {
	n, err := r.ReadCloser.Read(into)
	if err != nil {
		err = r.explain(err)
		r.once.Do(r.done)
	}
	return n, err
}

// Close implements io.Closer.
func (r *reading) Close() error {
	err := r.ReadCloser.Close()
	r.once.Do(r.done)
	return err
}
