package quota

import "time"

// meter sums what was used within a time that slides along. Uses are dated when they end, so that none has
// left the host's time, which may begin to count later, before it leaves this one.
type meter struct {
	marks []mark
	sum   int64
}

type mark struct {
	at     time.Time
	amount int64
}

func (m *meter) add(now time.Time, amount int64) {
	m.marks = append(m.marks, mark{now, amount})
	m.sum += amount
}

// within is what was used in the time before now.
func (m *meter) within(now time.Time, per time.Duration) int64 {
	for len(m.marks) > 0 && now.Sub(m.marks[0].at) >= per {
		m.sum -= m.marks[0].amount
		m.marks = m.marks[1:]
	}
	return m.sum
}

// below is when at most limit is left in the time, given that nothing more is used; the zero time where even
// an empty meter has more.
func (m *meter) below(per time.Duration, limit int64) time.Time {
	sum := m.sum
	for _, used := range m.marks {
		if sum -= used.amount; sum <= limit {
			return used.at.Add(per)
		}
	}
	return time.Time{}
}
