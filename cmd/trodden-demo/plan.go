package main

import (
	"math"
	"slices"
	"time"
)

// A change is something that lands on the default branch: a turn of the
// story, a dependency bump, or everyday work.
type change struct {
	at   time.Time
	ago  int
	kind kind
	turn turn
}

type kind int

const (
	storyTurn kind = iota
	dependencyBump
	everyday
)

// mailmapAgo is when the repositories that have a .mailmap got it.
const mailmapAgo = 470

// plan lists all changes of the repository's life in their order.
func (b *builder) plan() []change {
	r := b.repo
	var out []change
	for _, t := range slices.Concat(r.life, r.upgrades()) {
		out = append(out, change{at: b.when(t.ago, b.crew.byKey[t.by].bot), ago: t.ago, turn: t})
	}
	if len(r.mailmap) > 0 {
		t := turn{ago: mailmapAgo, mailmap: true, say: "Add a .mailmap"}
		out = append(out, change{at: b.when(mailmapAgo, false), ago: mailmapAgo, turn: t})
	}
	first := out[0]
	out = append(out, b.bumps(first.ago)...)
	out = append(out, b.weeks(first.ago)...)
	slices.SortStableFunc(out[1:], func(x, y change) int { return x.at.Compare(y.at) })
	return out
}

// bumps are the dependency updates of a bot, every few weeks.
func (b *builder) bumps(born int) []change {
	if b.repo.pin == pinStuck || len(b.src.deps) == 0 {
		return nil
	}
	var out []change
	for ago := born - 10; ago > 0; ago -= 20 + b.rng.IntN(30) {
		out = append(out, change{at: b.when(ago, true), ago: ago, kind: dependencyBump})
	}
	return out
}

// weeks is the everyday work.
func (b *builder) weeks(born int) []change {
	var out []change
	for week := born - 1; week > b.repo.quiet; week -= 7 {
		mean := b.repo.pace * season(b.today.AddDate(0, 0, -week))
		if born-week < 56 {
			mean *= 1.6
		}
		for range b.poisson(mean) {
			ago := max(week-b.rng.IntN(7), b.repo.quiet, 1)
			out = append(out, change{at: b.when(ago, false), ago: ago, kind: everyday})
		}
	}
	return out
}

// season is how much is done at that time of the year.
func season(at time.Time) float64 {
	switch {
	case at.Month() == time.December && at.Day() > 20:
		return 0.2
	case at.Month() == time.August:
		return 0.6
	}
	return 1
}

// poisson draws how many of something happen where mean is usual.
func (b *builder) poisson(mean float64) int {
	limit, n := math.Exp(-mean), 0
	for product := b.rng.Float64(); product > limit; product *= b.rng.Float64() {
		n++
	}
	return n
}

// when draws a moment of that day. People do not work at weekends: theirs
// move to the Monday, or to the Friday where the Monday is not yet over.
func (b *builder) when(ago int, bot bool) time.Time {
	day := b.today.AddDate(0, 0, -ago)
	if shift, weekend := map[time.Weekday]int{time.Saturday: 2, time.Sunday: 1}[day.Weekday()]; weekend && !bot {
		if monday := day.AddDate(0, 0, shift); monday.Before(b.today) {
			day = monday
		} else {
			day = day.AddDate(0, 0, shift-3)
		}
	}
	return day.Add(8*time.Hour + time.Duration(b.rng.IntN(9*3600))*time.Second)
}

// daysBefore gives how many days before today a moment is, rounded up.
func (b *builder) daysBefore(at time.Time) int {
	return int((b.today.Sub(at) + 24*time.Hour - 1) / (24 * time.Hour))
}
