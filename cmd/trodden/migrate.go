package main

import (
	"context"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) migrateCommand() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the store's schema up to date",
		Long: `Brings the schema of the store up to date. Every command that opens a store does so by itself; this one is
for clusters, where it is done once, before the program is replaced. Doing it again changes nothing.`,
		Example: `  trodden migrate --clickhouse clickhouse://clickhouse:9000/trodden`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.remote(cmd.Context())
			if err != nil {
				return err
			}
			if c != nil {
				return p.migrateThere(cmd.Context(), c)
			}
			return p.withLocal(cmd.Context(), func(l *local) error { return p.printMigrations(l.migrated) })
		},
	}
}

// migrateThere leaves the store to the server that has it, once that has answered.
func (p *program) migrateThere(ctx context.Context, c *client) error {
	if err := c.try(ctx); err != nil {
		return err
	}
	return p.emit(nil, scanState{}, func() {
		p.say("the server at %s brought its store up to date when it started", c.base.Redacted())
	})
}

func (p *program) printMigrations(applied []string) error {
	var records []record
	for _, name := range applied {
		records = append(records, record{{"migration", name}})
	}
	return p.emit(records, scanState{}, func() {
		for _, name := range applied {
			p.say("applied %s", name)
		}
		p.say("the schema of %s is up to date", redacted(p.clickhouse))
	})
}

// redacted shows the address of a store without what may be a password in it.
func redacted(dsn string) string {
	if strings.HasPrefix(dsn, embedded) {
		return dsn
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "the store"
	}
	u.RawQuery = "" // may hold one, too
	return u.Redacted()
}
