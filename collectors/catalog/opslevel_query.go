package catalog

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/trodden/trodden/collectors/quota"
	"github.com/trodden/trodden/metrics"
)

// Queries of OpsLevel. What many have many of is asked for with it as far as one page goes, and the rest for each.
const (
	paging = `pageInfo{hasNextPage endCursor}`

	opsLevelUsers = `query Users($after:String!,$first:Int!){account{users(after:$after,first:$first,filter:[{key:deactivated_at,type:equals}]){
nodes{id name email} ` + paging + `}}}`
	opsLevelTeams = `query Teams($after:String!,$first:Int!){account{teams(after:$after,first:$first){totalCount
nodes{id alias aliases name responsibilities parentTeam{alias} memberships{` + opsLevelMembers + ` ` + paging + `}} ` + paging + `}}}`
	opsLevelRepositories = `query Repositories($after:String!,$first:Int!){account{repositories(after:$after,first:$first){
nodes{defaultAlias url owner{alias} ownerAlias} ` + paging + `}}}`
	opsLevelServices = `query Services($after:String!,$first:Int!){account{services(after:$after,first:$first){totalCount
nodes{id name aliases description product framework language type{aliases} lifecycle{alias} tier{alias} owner{alias} parent{aliases}
configErrors{message sourceFilename}
repos{` + opsLevelRepos + ` ` + paging + `} tags{` + opsLevelTags + ` ` + paging + `} tools{` + opsLevelTools + ` ` + paging + `}} ` + paging + `}}}`

	opsLevelMembers = `nodes{user{name email}}`
	opsLevelRepos   = `edges{node{defaultAlias} serviceRepositories{baseDirectory}}`
	opsLevelTags    = `nodes{key value}`
	opsLevelTools   = `nodes{url}`

	opsLevelNested = `query Rest($id:ID!,$after:String!,$first:Int!){account{%s(id:$id){%s(after:$after,first:$first){%s ` + paging + `}}}}`
)

// opsLevelOptional are the parts of queries that not every OpsLevel knows, by the field that it then misses.
func opsLevelOptional() map[string]string {
	return map[string]string{"configErrors": "configErrors{message sourceFilename}", "ownerAlias": "ownerAlias", "totalCount": "totalCount"}
}

// opsLevelPage is how much is asked for at once, as OpsLevel's own client does.
const opsLevelPage = 500

// connection is a list of GraphQL, of which a page holds some.
type connection[T any] struct {
	TotalCount   *int // nil where it is not told
	Nodes, Edges []T
	PageInfo     struct {
		HasNextPage bool
		EndCursor   string
	}
}

func (c *connection[T]) all() []T { return slices.Concat(c.Nodes, c.Edges) }

// errNowhere means that a list is to have more, and that its cursor does not lead to any.
var errNowhere = errors.New("OpsLevel gives a cursor that leads nowhere")

// follow lists the pages of a connection. A page that comes with an error is what could be had of it, and the last one.
func follow[T any](ask func(after string, into *connection[T]) error) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		cursors, after := told{"": true}, ""
		for {
			var got connection[T]
			err := ask(after, &got)
			more := err == nil && got.PageInfo.HasNextPage
			after = got.PageInfo.EndCursor
			if more && (cursors.again(after) || len(got.all()) == 0) {
				err = errNowhere
			}
			if !yield(got.all(), err) || err != nil || !more {
				return
			}
		}
	}
}

// opsLevelPages lists the pages of what an account has under a name. Cursors count through the list, so one that is deleted
// meanwhile lets another one be passed over: where their number changes, or not as many were told in the end, that is an
// error.
func opsLevelPages[T any](r *opsLevelReading, name, query string) iter.Seq2[[]T, error] {
	had, total, met := 0, -1, map[uint64]bool{}
	return follow(func(after string, into *connection[T]) error {
		account, partial, err := r.query(query, map[string]any{"after": after, "first": opsLevelPage})
		if err != nil {
			return err
		}
		if err := r.decode(account[name], into); err != nil {
			return cmp.Or(partial, err)
		}
		had += len(into.all())
		if err := into.counted(had, &total); partial != nil || err != nil {
			return cmp.Or(partial, err)
		}
		return into.endless(met)
	})
}

// counted fails where a list has another total than before, or ends with less than that.
func (c *connection[T]) counted(had int, total *int) error {
	if c.TotalCount == nil {
		return nil
	}
	before := *total
	*total = *c.TotalCount
	if before >= 0 && before != *total || !c.PageInfo.HasNextPage && had != *total {
		return fmt.Errorf("the list moved while it was read, or is not whole: there are %d now", *total)
	}
	return nil
}

// endless fails where a list goes on behind a page that has nothing but what was met before.
func (c *connection[T]) endless(met map[uint64]bool) error {
	before := len(met)
	for _, entry := range c.all() {
		text, err := json.Marshal(entry)
		if err != nil {
			return err
		}
		met[metrics.Fingerprint(string(text))] = true
	}
	if c.PageInfo.HasNextPage && len(met) == before {
		return errors.New("OpsLevel goes on behind a page that tells nothing new")
	}
	return nil
}

// opsLevelRest returns all of what something has many of, of which its list told the beginning.
func opsLevelRest[T any](r *opsLevelReading, begun connection[T], of, id, name, what string) (all []T, err error) {
	page := func(after string, into *connection[T]) error {
		if after == "" {
			*into = begun
			return nil
		}
		query := fmt.Sprintf(opsLevelNested, of, name, what)
		account, partial, err := r.query(query, map[string]any{"id": id, "after": after, "first": opsLevelPage})
		if err != nil {
			return err
		}
		var lists map[string]json.RawMessage
		if err := r.decode(account[of], &lists); err != nil {
			return cmp.Or(partial, err)
		}
		return cmp.Or(partial, r.decode(lists[name], into))
	}
	for some, err := range follow(page) {
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	return all, nil
}

// decode reads a part of an answer that has to be there.
func (r *opsLevelReading) decode(data json.RawMessage, into any) error {
	if len(data) == 0 || string(data) == "null" {
		return r.wire.say(errGarbled)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return r.wire.say(err)
	}
	return nil
}

// query asks, and returns what the account has. An error of some of it, which GraphQL tells in an answer that is good
// otherwise, is partial. A field that this OpsLevel does not have is asked for no more.
func (r *opsLevelReading) query(query string, variables map[string]any) (account map[string]json.RawMessage, partial, err error) {
	for {
		asked := query
		for _, field := range r.lacks {
			asked = strings.ReplaceAll(asked, opsLevelOptional()[field], "")
		}
		account, partial, err := r.send(asked, variables)
		if err == nil || !r.misses(err) {
			return account, partial, err
		}
	}
}

// fieldless matches how servers of GraphQL say that there is no such field.
var fieldless = regexp.MustCompile(`(?i)doesn't exist|does not exist|cannot query field`)

// misses reports whether an error is that a field does not exist which can be done without, and notes that.
func (r *opsLevelReading) misses(err error) bool {
	for field := range opsLevelOptional() {
		if !slices.Contains(r.lacks, field) && strings.Contains(err.Error(), field) && fieldless.MatchString(err.Error()) {
			r.lacks = append(r.lacks, field)
			return true
		}
	}
	return false
}

func (r *opsLevelReading) send(query string, variables map[string]any) (account map[string]json.RawMessage, partial, err error) {
	var got struct {
		Data *struct {
			Account map[string]json.RawMessage
		}
		Errors []struct{ Message string }
	}
	body := map[string]any{"query": query, "variables": variables}
	if err := r.wire.ask(r.ctx, request{path: "graphql", body: body}, &got); err != nil {
		return nil, nil, err
	}
	if len(got.Errors) > 0 {
		partial = &refusal{quota.Answer{Product: r.wire.product, Text: r.wire.hide(got.Errors[0].Message)}}
	}
	if got.Data == nil || got.Data.Account == nil {
		if partial == nil {
			partial = r.wire.say(errGarbled)
		}
		return nil, nil, partial
	}
	return got.Data.Account, partial, nil
}
