package collectors

// Divide returns a sink for one of several readers that work at once on what out was given for, and what gives up the
// blobs that this reader undertook to read and did not write: the others then read them. Who divides a sink reads no
// blobs by itself any more, and gives up what it undertook. A sink that no run gave is shared as it is.
func Divide(out Sink) (part Sink, release func()) {
	whole, ok := out.(*reader)
	if !ok {
		return out, func() {}
	}
	whole.release()
	mine := whole.ledger.reader(whole.lane)
	return mine, mine.release
}
