package metrics

// Run says that a pipeline ran: a workflow run of GitHub, a pipeline of GitLab. It is told apart by repository, ID
// and Attempt; a later sighting takes the place of an earlier one, but Created never changes.
type Run struct {
	Repo     RepoID
	ID       uint64    // the host's number of the run
	Attempt  uint32    // counted from 1; 1 where the host does not count
	Source   string    // name of the source that saw it
	Workflow string    // file that the host runs, such as .github/workflows/ci.yml; of GitLab the project's ci_config_path
	Event    string    // what started it, in the host's word: push, schedule, pull_request, merge_request_event, …
	Branch   string    // short name; that of the change where it ran for one
	Default  bool      // it ran on the default branch, or one that was it before, and not for a proposed change
	Imposed  bool      // a policy of the host started it, not a file of the repository
	Head     OID       // the commit that it ran on
	Outcome  RunResult //
	Created  Instant   // when the host took it up, of the first attempt
	Started  Instant   // Beginning where it has not
	Finished Instant   // Beginning where it has not
	Used     []Use     // reusable workflows, includes and components that it really used, however deep; any order
	Seen     Instant
}

// Use is something shared that a pipeline uses.
type Use struct {
	Kind   UseKind
	Target string // without its ref: acme/golden/.github/workflows/ci.yml; of an include its project, component, URL or template
	File   string // of an include of a project: the file, without leading slash
	Ref    string // branch, tag or commit id as it was asked for, without refs/heads/ or refs/tags/; "" where none was
	SHA    OID    // the commit that this was; empty where the host does not tell
}

// UseKind says what is used. Those of includes bear the names that signals have for them.
type UseKind string

// What pipelines use.
const (
	UsesWorkflow  UseKind = "workflow" // a reusable workflow of GitHub
	UsesProject   UseKind = "project"  // a file of another project of GitLab
	UsesComponent UseKind = "component"
	UsesRemote    UseKind = "remote"
	UsesTemplate  UseKind = "template"
)

// Name writes the use as people do, with its ref behind an @ where there is one.
func (u Use) Name() string {
	name := u.Target
	if u.File != "" {
		name += "/" + u.File
	}
	if u.Ref != "" {
		name += "@" + u.Ref
	}
	return name
}

// RunResult says how a run or a deployment stands, whichever the host.
type RunResult uint8

// How runs and deployments stand.
const (
	RunWaiting   RunResult = iota + 1 // not begun: queued, planned, or waiting for a person
	RunUnderWay                       // begun and not ended
	RunSucceeded                      // also neutral, and what was deployed and replaced since
	RunFailed                         // also timed out, or not startable
	RunCancelled                      // ended before its end, by a person or by a newer run
	RunSkipped                        // nothing of it was to be done
)

// Began reports whether anything was done.
func (r RunResult) Began() bool {
	return r == RunUnderWay || r == RunSucceeded || r == RunFailed || r == RunCancelled
}

// RunWindow says that a source knows all runs of a repository that were created in a time: where none is seen then,
// there was none. It is told apart by repository, source and From. As long as the source goes on reading it stays
// open (To is Forever); one that cannot read on closes it, and opens another where it left a gap.
type RunWindow struct {
	Repo   RepoID
	Source string
	Period
	Seen Instant // a later word takes the place of an earlier one
}

// RunDays says on which days the runs of a repository used something in a workflow: a sum of runs, made by the
// store. Days on which something ran for a proposed change, or did not begin, are not among them.
type RunDays struct {
	Repo     RepoID
	Workflow string
	Used     Use  // without SHA; the zero Use stands for the run itself
	Imposed  bool // by a policy, on whatever branch; else on the default branch
	Days     []Period
}

// RunCount says how many runs of a workflow came to an end on the default branch: a sum of runs that were created on
// one day, made by the store. Those that a policy started are not among them; attempts of one run are one.
type RunCount struct {
	Repo     RepoID
	Workflow string
	Day      Instant // its begin
	Runs     uint32
	CI       uint32 // of these, those that something pushed, released or deployed started, or whoever asked for a run of the code
}

// Deployment says that something was deployed. It is told apart by repository and ID; a later sighting takes the
// place of an earlier one, but Created never changes.
type Deployment struct {
	Repo        RepoID
	ID          uint64 // the host's number
	Source      string
	Environment string
	Ref         string // branch or tag, short; a commit id where it was deployed by that
	SHA         OID
	Outcome     RunResult
	Created     Instant
	Finished    Instant // Beginning where it has not
	Seen        Instant
}
