package metrics

import "fmt"

// SendingKey says which report goes to whom: each is sent once.
type SendingKey struct {
	Recipient string // address of a mail, or what the configuration calls another place
	Scope     string // as the configuration has it: leadership, path:KEY, team:KEY or group:NAME
	Week      string // the day on which it begins, such as 2026-06-29
}

// Sending is an attempt to send a report, as far as its sender told.
type Sending struct {
	SendingKey
	ID     uint64 // of the attempt
	State  SendingState
	At     Instant // of the newest word
	Detail string  // why it failed, in words
}

// SendingAbandoned is how long a sender may say nothing before it is taken to have died, in seconds: one that lives says so
// several times within it.
const SendingAbandoned Instant = 120

// SendingState says how far an attempt came.
type SendingState uint8

// The states, in their order.
const (
	SendingClaimed SendingState = iota + 1 // nothing was handed over yet
	SendingBegun                           // it is being handed over: it may have been sent
	SendingFailed                          // it was certainly not sent
	SendingDone                            // it was sent
)

var sendingNames = [...]string{"", "claimed", "begun", "failed", "sent"}

// String returns the state's name in answers.
func (s SendingState) String() string {
	if int(s) < len(sendingNames) {
		return sendingNames[s]
	}
	return fmt.Sprintf("SendingState(%d)", uint8(s))
}

// MarshalText implements encoding.TextMarshaler.
func (s SendingState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
