// Package stats holds the statistics behind the figures: pure functions from counts to intervals, each with
// its source. None of them rounds.
package stats
