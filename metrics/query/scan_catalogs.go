package query

import (
	"context"
	_ "embed"
	"time"
)

//go:embed scan_catalogs.sql
var scanCatalogsSQL string

// ScanCatalog is what a scan read of one software catalog.
type ScanCatalog struct {
	Source   string `json:"source"`
	Entities int    `json:"entities"` // that were listed, people and teams among them
	Changed  int    `json:"changed"`  // that are new or otherwise than before
	Gone     int    `json:"gone"`
	Complete bool   `json:"complete"`
	Given    int    `json:"given"`     // that the portal was told about; 0 where nothing is given back to it
	NotGiven string `json:"not_given"` // why it was not told about all that is new, in words; "" where it was
}

// AddCatalogs adds to scans, newest first, what each of them read of catalogs. Of scans that ran at the same time on
// several machines, the one that began last is taken for the one that read.
func AddCatalogs(ctx context.Context, db DB, scans []ScanRow) error {
	type row struct {
		Source   string    `ch:"source"`
		At       time.Time `ch:"at"`
		Complete bool      `ch:"complete"`
		Entities uint32    `ch:"entities"`
		Changed  uint64    `ch:"changed"`
		Gone     uint64    `ch:"gone"`
		Given    uint32    `ch:"given"`
		NotGiven string    `ch:"not_given"`
	}
	if len(scans) == 0 {
		return nil
	}
	rows, err := ask[row](ctx, db, "for catalogs that scans read", scanCatalogsSQL, map[string]any{"since": scans[len(scans)-1].Began})
	for _, r := range rows {
		for i := range scans {
			if s := &scans[i]; s.read(r.Source, r.At) {
				s.Catalogs = append(s.Catalogs, ScanCatalog{
					r.Source, int(r.Entities), int(r.Changed), int(r.Gone), r.Complete, int(r.Given), r.NotGiven,
				})
				break
			}
		}
	}
	return err
}

// read reports whether the scan may have read a source then.
func (r ScanRow) read(source string, at time.Time) bool {
	return (r.Source == "" || r.Source == source) && !at.Before(r.Began) && !at.After(r.Ended)
}
