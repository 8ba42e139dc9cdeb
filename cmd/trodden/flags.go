package main

import (
	"errors"
	"strconv"
)

// requests is the value of a flag that is a number of requests; 0 is no bound.
type requests int

// String implements pflag.Value.
func (r *requests) String() string { return strconv.Itoa(int(*r)) }

// Set implements pflag.Value.
func (r *requests) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return errors.New("expected a number of requests, or 0 for no bound")
	}
	*r = requests(n)
	return nil
}

// Type implements pflag.Value.
func (r *requests) Type() string { return "int" }
