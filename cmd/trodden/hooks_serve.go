package main

import (
	"context"
	"sync"
	"time"

	"github.com/trodden/trodden/api"
	"github.com/trodden/trodden/cmd/trodden/config"
	"github.com/trodden/trodden/collectors/github"
	"github.com/trodden/trodden/collectors/gitlab"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/query"
)

// hooks is what takes and works deliveries of webhooks.
type hooks struct {
	api.Webhooks
	worker *hintWorker
}

// diskPatience is how long a hint may wait to be kept on this machine's own disk: half of what hosts wait for an answer.
const diskPatience = 5 * time.Second

// receive begins to take deliveries and to work what they hint at; dir is the folder of the queue, "" for the store.
// It is called before the handler is made. What it returns ends the work, and waits until all that was taken is in
// the queue.
func (s *services) receive(ctx context.Context, c config.Webhooks, dir string) (stop func(), err error) {
	secrets, tokens, signing, err := c.Reveal(s.env)
	if err != nil {
		return nil, err
	}
	queue, err := s.openQueue(ctx, dir)
	if err != nil {
		return nil, err
	}
	worker := newHintWorker(queue, s.namesOf, s.readHinted, s.now, s.log)
	box, err := newInbox(ctx, queue, s.now, worker.arrived, s.log)
	if err != nil {
		return nil, err
	}
	s.hooks = &hooks{worker: worker}
	s.hooks.Hints, s.hooks.Reads = box, s.reads
	if dir != "" || s.db.Embedded() {
		s.hooks.Patience = diskPatience
	}
	if len(secrets) > 0 {
		s.hooks.GitHub = github.NewWebhook(secrets...)
	}
	if len(tokens)+len(signing) > 0 {
		s.hooks.GitLab = gitlab.NewWebhook(tokens, signing)
	}
	working, stopWork := context.WithCancel(ctx)
	taking, stopTaking := context.WithCancel(context.WithoutCancel(ctx)) // answers under way when ctx ends are finished
	var done sync.WaitGroup
	done.Go(func() { worker.run(working) })
	done.Go(func() { box.run(taking) })
	return func() {
		stopWork()
		stopTaking()
		done.Wait()
	}, nil
}

// openQueue opens the queue in a folder, or that in the store where dir is "".
func (s *services) openQueue(ctx context.Context, dir string) (hintQueue, error) {
	if dir != "" {
		return openDirQueue(dir, s.now, s.log)
	}
	return openStoreQueue(ctx, s.db, s.now)
}

// webhooks is what hosts may deliver.
func (s *services) webhooks() api.Webhooks {
	if s.hooks == nil {
		return api.Webhooks{}
	}
	return s.hooks.Webhooks
}

// figures tells what /metrics shows of the work of this process.
func (s *services) figures() api.Figures {
	unknown := s.unknown()
	s.mu.Lock()
	defer s.mu.Unlock()
	f := api.Figures{
		ScansTotal:   map[api.ScanState]int{api.ScanDone: s.scansDone, api.ScanFailed: len(s.failed)},
		ReposUnknown: unknown,
	}
	for _, row := range spendingOf(s.spent.Spent()).plus(spendingOf(s.looked.Spent())) {
		f.Sources = append(f.Sources, api.SourceFigures{Source: row.Source, RequestsTotal: row.Requests, PointsTotal: row.Points})
	}
	if s.hooks != nil {
		f.HintsPending, f.HintsTotal = s.hooks.worker.figures()
	}
	return f
}

// storePatience is how long /metrics waits for the store, which may not be there: the other figures do without.
const storePatience = 5 * time.Second

// unknown is how many repositories are unknown, whoever scanned them; nil where the store does not say.
func (s *services) unknown() *int {
	ctx, cancel := context.WithTimeout(context.Background(), storePatience)
	defer cancel()
	fresh, err := query.Fresh(ctx, s.asked, metrics.At(s.now()))
	if err != nil {
		s.log.Warn("the store does not say how many repositories are unknown", "error", oneLine(err))
		return nil
	}
	return &fresh.Unknown
}
