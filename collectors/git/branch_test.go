package git

import "testing"

func TestMergedBranch(t *testing.T) {
	for message, want := range map[string]string{
		"Merge pull request #3 from acme/campaign/x\n\nUse the golden pipeline": "campaign/x",
		"Merge branch 'campaign/x'":                         "campaign/x",
		"Merge branch 'campaign/x' into 'main'\n":           "campaign/x",
		"Merge branch 'campaign/x' of github.com:acme/pay":  "campaign/x",
		"Merge remote-tracking branch 'origin/campaign/x'":  "campaign/x",
		"Merged in campaign/x (pull request #12)\n\nUse it": "campaign/x",
		"Merge commit 'abc'":                                "",
		"Merge pull request #3":                             "",
		"Use the golden pipeline\n\nMerge branch 'x'":       "",
		"":                                   "",
		"Merge branch '":                     "",
		"Merge pull request #3 from nobody":  "",
		"Merge branch 'fix/a b' into master": "fix/a b",
	} {
		if got := mergedBranch([]byte(message)); got != want {
			t.Errorf("%q: got %q, want %q", message, got, want)
		}
	}
}
