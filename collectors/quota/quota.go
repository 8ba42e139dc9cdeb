// Package quota carries the requests of one source to its host, and keeps them within what the host allows.
//
// A Pool is an http.RoundTripper. It shares requests out among the credentials of a source, knows what each
// may still spend, spreads what is left, waits, repeats what failed for no fault of the request, and counts.
// Whoever asks through it sees answers as if there were no limits, or an error that says until when there is
// nothing left. What a host allows is data: see Family.
package quota

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// Config says how a pool asks.
type Config struct {
	Source string   // name in errors, logs and counts
	Base   *url.URL // of the host: only requests to its scheme and host are signed and limited
	Family Family

	// Credentials share the requests. Where there are none the host is asked without.
	Credentials []Credential
	// Transport carries what the pool lets pass; where nil one of its own over the network.
	Transport http.RoundTripper

	// Accounts are those that the pool shares with others; where nil it shares none.
	Accounts *Accounts
	// Budget caps the requests of a run over all hosts. Nil is no cap.
	Budget *Budget
	// Counter also counts what the pool counts, over several pools and runs. It may be nil.
	Counter *Counter
	// Wait is the longest time that a request is held back because an allowance is used up; what would take
	// longer is Exhausted at once. 0 waits as long as the context of the request lets.
	Wait time.Duration
	// Patience is how long after its first try a request may be sent again that the host refused for a limit more than
	// once; what would be sent later is Exhausted at once. A first refusal is waited for as Wait says. 0 is no bound.
	Patience time.Duration
	// Timeout is how long one try may take, with the reading of its answer; a minute where 0. The Timeout of
	// an http.Client is no good for that: it would end the waiting, too.
	Timeout time.Duration
	Log     *slog.Logger // told of credentials that were refused and of long waits; may be nil
}

// Credential lets a source ask.
type Credential struct {
	// Name tells it from the others in errors and logs, so it must not be the secret.
	Name string
	// Account is whose limits its requests go against. Credentials of one account share them; one that names
	// none has its own.
	Account string
	// Authorize signs a request, which is not the caller's but a copy. It may renew a token first, within the
	// context of the request. An error that is ErrRefused ends the use of the credential, any other one is
	// taken for a failure of the network. Its text must not hold the secret.
	Authorize func(*http.Request) error
	// Refused is told that the host refuses a request that Authorize signed: the next one may be signed otherwise, and
	// that Authorize has nothing to sign with may be otherwise the next time, too. It may be nil.
	Refused func(signed *http.Request, a Answer)
	// Means says why the host refuses the credential and what to do about it; "" where it is not known. It may be nil.
	Means func(Answer) string
}

// Static returns a credential that puts the same value into a header of each request, such as PRIVATE-TOKEN. Those of one
// value are of one account.
func Static(name, header, value string) Credential {
	return Credential{Name: name, Account: accountOf(value), Authorize: func(r *http.Request) error {
		r.Header.Set(header, value)
		return nil
	}}
}

// Pool asks one host for one source. Its methods may be called from several goroutines. An answer counts as
// one of those on their way at once until its body is read or closed.
type Pool struct {
	config    Config
	transport http.RoundTripper
	timeout   time.Duration
	log       *slog.Logger
	spent     Counter

	shared   *Accounts // whose lock guards all that follows
	budget   *Budget
	members  []*member
	plan     map[string]int      // requests that are still to come, by the name of their resource
	silences map[string]*silence // what the host does not answer in this run
	outages  map[string]*outage  // what it fails at once
	awaiting bool                // the log was told in this run that an answer is waited for
	failing  bool                // likewise, that all is failed
	noted    time.Time           // the end of the wait that the log was last told of
	away     *turnedAway         // of the last credential that was refused; nil where there was none
}

// New returns a pool. It asks nothing yet.
func New(config Config) *Pool {
	p := &Pool{config: config, budget: config.Budget, transport: config.Transport, timeout: cmp.Or(config.Timeout, time.Minute), log: config.Log,
		plan: map[string]int{}, silences: map[string]*silence{}, outages: map[string]*outage{}, shared: config.Accounts}
	if p.shared == nil {
		p.shared = &Accounts{}
	}
	p.config.Family.AtOnce = cmp.Or(config.Family.AtOnce, atOnce)
	if p.transport == nil {
		p.transport = network(p.config.Family.AtOnce)
	}
	if p.log == nil {
		p.log = slog.New(slog.DiscardHandler)
	}
	credentials := config.Credentials
	if len(credentials) == 0 {
		credentials = []Credential{{Name: "nobody", Account: "nobody", Authorize: func(*http.Request) error { return nil }}}
	}
	for _, c := range credentials {
		p.members = append(p.members, &member{Credential: c, account: p.shared.of(&p.config.Family, host(config.Base), c.Account)})
	}
	return p
}

// host is a host as accounts know it.
func host(base *url.URL) string {
	if base == nil {
		return ""
	}
	return base.Host
}

// network is a transport that keeps as many connections as it needs at once: hosts that do not speak HTTP/2
// would be connected to anew for nearly every request otherwise.
func network(atOnce int) http.RoundTripper {
	t, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	t = t.Clone()
	t.MaxIdleConnsPerHost = atOnce
	return t
}

// Expect says how many requests of a resource, by the name that its Family gives it, are still to come. A newer
// word replaces the older one, and each request that is sent counts it down. A plan for which enough is left
// runs at full speed; one that has to go on after the reset is spread over the time until then, which costs
// nothing, since its rest can begin no sooner.
func (p *Pool) Expect(resource string, requests int) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	if p.plan[resource] = requests; p.shared.planned == nil {
		p.shared.planned = map[*Pool]bool{}
	}
	p.shared.planned[p] = true
	p.change()
}

// Begin begins another run, with a budget of its own or with none. What is known of allowances stays; credentials that
// were refused have another chance, and what the host did not answer is asked for again.
func (p *Pool) Begin(budget *Budget) {
	p.shared.mu.Lock()
	defer p.shared.mu.Unlock()
	p.budget, p.plan = budget, map[string]int{}
	p.silences, p.outages, p.awaiting, p.failing = map[string]*silence{}, map[string]*outage{}, false, false
	p.pardon()
	delete(p.shared.planned, p)
	p.change()
}

// Spent returns what was asked so far, a row for each resource.
func (p *Pool) Spent() []Spent { return p.spent.Spent() }

// count counts for the pool and for whoever counts over several.
func (p *Pool) count(resource string, s Spent) {
	s.Source, s.Resource = p.config.Source, resource
	p.spent.add(s)
	p.config.Counter.add(s)
}
