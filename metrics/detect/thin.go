package detect

import "strings"

// thinned is a file without the lines that no judgement hangs on, which are most of some files, and which a
// parser takes its time for.
type thinned struct {
	left    strings.Builder
	numbers []int // of each line that is left, counted from 1 in the whole file
	last    int
}

// keep leaves the next line.
func (t *thinned) keep(line string) {
	t.last++
	t.left.WriteString(line)
	t.numbers = append(t.numbers, t.last)
}

// drop leaves the next line out.
func (t *thinned) drop() { t.last++ }

// judgeThinned returns the judge of kinds whose files declare entries and are worth thinning. thin must not
// leave out what could be an entry that a test asks for, or what could be wrong. Files in which something is
// wrong all the same are read whole, so that flaws are told as they stand.
func judgeThinned(thin func(content string, tests []any) *thinned, read func(content string) ([]entry, []flaw)) judge {
	whole := judgeEntries(read)
	return func(content string, tests []any) ([][]hit, []flaw) {
		t := thin(content, tests)
		found, flaws := whole(t.left.String(), tests)
		if len(flaws) > 0 {
			return whole(content, tests)
		}
		for _, hits := range found {
			for i := range hits {
				hits[i].line = t.numbers[hits[i].line-1]
			}
		}
		return found, nil
	}
}
