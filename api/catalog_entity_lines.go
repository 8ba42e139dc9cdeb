package api

import (
	"reflect"
	"time"

	"github.com/trodden/trodden/metrics/query"
)

// entityRow is an entity of a catalog, which is a line of CSV for each of its fields.
type entityRow struct{ query.CatalogEntityRow }

func entityRows(list []query.CatalogEntityRow) []entityRow {
	rows := make([]entityRow, len(list))
	for i, r := range list {
		rows[i] = entityRow{r}
	}
	return rows
}

// entityLine is a field of an entity, or an entity without fields.
type entityLine struct {
	Source    string     `json:"source"`
	Entity    string     `json:"entity"`
	Kind      string     `json:"kind"`
	Namespace string     `json:"namespace"`
	Name      string     `json:"name"`
	Repo      string     `json:"repo"`
	Folder    string     `json:"folder"`
	Counted   bool       `json:"counted"`
	Fresh     string     `json:"fresh"`
	Ghost     string     `json:"ghost"`
	Orphan    bool       `json:"orphan"`
	Problems  []string   `json:"problems"`
	Field     string     `json:"field"`
	Value     []string   `json:"value"`
	Verdict   string     `json:"verdict"`
	Cause     string     `json:"cause"`
	Reason    string     `json:"reason"`
	Confirmed *time.Time `json:"confirmed"`
	EditedBy  string     `json:"edited_by"`
	Since     *time.Time `json:"since"`
	Dated     bool       `json:"dated"`
	FileRepo  string     `json:"file_repo"`
	File      string     `json:"file"`
	Line      *int       `json:"line"`
	Truth     *string    `json:"source_of_truth"`
}

func (entityRow) line() reflect.Type { return reflect.TypeFor[entityLine]() }

func (r entityRow) lines() []any {
	key := r.Key()
	entity := entityLine{
		Source: r.Source, Entity: r.Entity, Kind: key.Kind, Namespace: key.Namespace, Name: key.Name, Repo: r.Repo, Folder: r.Folder, Counted: r.Counted,
		Fresh: r.Fresh, Ghost: r.Ghost, Orphan: r.Orphan, Problems: r.Found,
	}
	if r.File != nil {
		entity.FileRepo, entity.File = r.File.Repo, r.File.Path
	}
	if len(r.Fields) == 0 {
		return []any{entity}
	}
	lines := make([]any, len(r.Fields))
	for i, f := range r.Fields {
		line := entity
		line.Field, line.Value, line.Verdict, line.Cause, line.Reason = f.Field, f.Values, f.Verdict, f.Cause, f.Reason
		line.Confirmed, line.EditedBy, line.Since, line.Dated, line.Line, line.Truth = f.Confirmed, f.EditedBy, f.Since, f.Dated, f.Line, f.Truth
		lines[i] = line
	}
	return lines
}
