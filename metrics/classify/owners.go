package classify

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/hmarr/codeowners"
	"github.com/trodden/trodden/metrics"
	"go.yaml.in/yaml/v3"
)

// claim is what the files of a unit say, from a time on, about who owns it. References stand in their
// order; they are turned into teams later, as of each moment.
type claim struct {
	at         metrics.Instant
	codeowners []string
	catalog    []string
}

// ownerFiles follows which files that name owners are there.
type ownerFiles struct {
	catalogs []string // sorted
}

// codeownersPlaces are where code hosts look, in their order.
var codeownersPlaces = [...]string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}

func isCatalog(file string) bool {
	switch path.Base(file) {
	case "catalog-info.yaml", "catalog-info.yml", "cortex.yaml", "opslevel.yml", "port.yml":
		return true
	}
	return false
}

// note takes in the changes of a commit and reports whether any may change an owner.
func (o *ownerFiles) note(landed []metrics.FileChange) bool {
	changed := false
	for _, ch := range landed {
		changed = changed || slices.Contains(codeownersPlaces[:], ch.Path)
		if !isCatalog(ch.Path) {
			continue
		}
		changed = true
		i, found := slices.BinarySearch(o.catalogs, ch.Path)
		switch {
		case ch.Blob == "" && found:
			o.catalogs = slices.Delete(o.catalogs, i, i+1)
		case ch.Blob != "" && !found:
			o.catalogs = slices.Insert(o.catalogs, i, ch.Path)
		}
	}
	return changed
}

// claim keeps what the files now say about the owner of every unit.
func (r *replay) claim(pos int) {
	for _, u := range r.units {
		now := claim{at: r.b.dates[pos], codeowners: r.codeowners(u.component), catalog: r.catalogOwners(u.component)}
		if n := len(u.claims); n > 0 && slices.Equal(u.claims[n-1].codeowners, now.codeowners) &&
			slices.Equal(u.claims[n-1].catalog, now.catalog) {
			continue
		}
		u.claims = append(u.claims, now)
	}
}

func (r *replay) codeowners(component string) []string {
	for _, file := range codeownersPlaces {
		oid := r.present[file]
		if oid == "" {
			continue
		}
		return r.c.owners.codeowners(oid, component, func() string {
			text, _ := r.blobs.Blob(oid)
			return text
		})
	}
	return nil
}

// catalogOwners reads the catalog file that stands for the unit: one in its folder, else the only one below.
func (r *replay) catalogOwners(component string) []string {
	var mine []string
	for _, file := range r.owners.catalogs {
		if below(component, file) {
			if strings.TrimPrefix(path.Dir("/"+file), "/") == component {
				mine = []string{file}
				break
			}
			mine = append(mine, file)
		}
	}
	if len(mine) != 1 {
		return nil
	}
	oid := r.present[mine[0]]
	return r.c.owners.catalog(oid, mine[0], func() string {
		text, _ := r.blobs.Blob(oid)
		return text
	})
}

// ownerCache keeps what files of a content say about owners, over all repositories.
type ownerCache struct {
	mu    sync.Mutex
	rules map[metrics.OID]codeowners.Ruleset
	refs  map[string][]string
}

func newOwnerCache() *ownerCache {
	return &ownerCache{rules: map[metrics.OID]codeowners.Ruleset{}, refs: map[string][]string{}}
}

// probe is the name of a file that no rule means in particular: whoever owns it owns the folder.
const probe = "\u0001"

func (c *ownerCache) codeowners(oid metrics.OID, component string, text func() string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	rules, known := c.rules[oid]
	if !known {
		rules = parseCodeowners(text())
		c.rules[oid] = rules
	}
	rule, err := rules.Match(path.Join(component, probe))
	if err != nil || rule == nil {
		return nil
	}
	var refs []string
	for _, o := range rule.Owners {
		refs = append(refs, o.String())
	}
	return refs
}

// parseCodeowners reads the lines that are rules; GitLab's section headings and lines that are no rule are
// passed over one by one, as the hosts do.
func parseCodeowners(text string) codeowners.Ruleset {
	var rules codeowners.Ruleset
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "[") || strings.HasPrefix(line, "^[") {
			continue
		}
		if rule, err := codeowners.ParseFile(strings.NewReader(line)); err == nil {
			rules = append(rules, rule...)
		}
	}
	return rules
}

func (c *ownerCache) catalog(oid metrics.OID, file string, text func() string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := path.Base(file) + "\x00" + string(oid)
	refs, known := c.refs[key]
	if !known {
		refs = catalogRefs(path.Base(file), text())
		c.refs[key] = refs
	}
	return refs
}

// catalogFile is the part of every known catalog descriptor that names owners.
type catalogFile struct {
	Kind string
	Spec struct{ Owner string } // Backstage
	Info struct {
		Owners []struct{ Name, Type string } `yaml:"x-cortex-owners"`
	} // Cortex
	Service struct{ Owner string } // OpsLevel
	Team    string                 // Port
}

// catalogRefs returns the owners that the first component of a descriptor names; none where it does not
// parse (the scan's warnings say so).
func catalogRefs(name, text string) []string {
	dec := yaml.NewDecoder(strings.NewReader(text))
	var other []string
	for {
		var doc catalogFile
		if err := dec.Decode(&doc); err != nil {
			return other
		}
		refs := []string{doc.Spec.Owner, doc.Service.Owner, doc.Team}
		for _, o := range doc.Info.Owners {
			refs = append(refs, o.Name)
		}
		refs = slices.DeleteFunc(refs, func(s string) bool { return s == "" })
		if len(refs) > 0 && (doc.Kind == "Component" || name != "catalog-info.yaml" && name != "catalog-info.yml") {
			return refs
		}
		if other == nil {
			other = refs
		}
	}
}
