package gitlab

import (
	"context"
	"errors"
	"fmt"

	"github.com/trodden/trodden/collectors"
)

// countQuery counts the projects that are in a group and in some of those below it, whether one sees them or not.
// Archived ones are not counted.
const countQuery = `query($path: ID!) { group(fullPath: $path) { projectsCount descendantGroups(first: 100) { nodes { projectsCount } } } }`

// vacant fails where a group of which no project is listed says that it has some. It is asked only then. What it does not
// tell, as older servers do not, is no contradiction.
func (s *Source) vacant(ctx context.Context) error {
	if s.config.Group == "" {
		return nil
	}
	type counted struct{ ProjectsCount int }
	var got struct {
		Data struct {
			Group *struct {
				counted
				DescendantGroups *listOf[counted]
			}
		}
		Errors []*graphError
	}
	err := s.send(ctx, countQuery, map[string]any{"path": s.config.Group}, &got)
	if err == nil && got.Data.Group == nil && len(got.Errors) > 0 {
		err = refusedBy(got.Errors)
	}
	switch {
	case errors.Is(err, collectors.ErrSpent) || ctx.Err() != nil || err != nil && passes(err):
		return err
	case err != nil || got.Data.Group == nil:
		return nil
	}
	n := got.Data.Group.ProjectsCount
	if below := got.Data.Group.DescendantGroups; below != nil {
		for _, g := range below.Nodes {
			if g != nil {
				n += g.ProjectsCount
			}
		}
	}
	if n == 0 {
		return nil
	}
	return fmt.Errorf("none is listed, and the group says that it has %d: the token may not see them", n)
}
