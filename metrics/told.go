package metrics

// Told is how far a source knows what happened in a repository beside its files, so that it can go on from there.
type Told struct {
	Windows  []RunWindow // whose runs it knows, by their begin
	Pulled   Instant     // the newest change of a proposed change that it saw; Beginning where it saw none
	Deployed Instant     // when it saw a deployment the last time; likewise
	Policies PolicyList  // the newest; Seen is Beginning where there is none, not even one that was not read
	Accesses AccessList  // likewise

	Running   Instant      // when the oldest run was created that had not ended when it was seen; Beginning where all had
	Deploying Instant      // likewise the oldest deployment
	Warnings  HostWarnings // the newest; Seen is Beginning where there are none
}
