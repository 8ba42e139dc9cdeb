package classify

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/hmarr/codeowners"
	"github.com/trodden/trodden/metrics"
	"github.com/trodden/trodden/metrics/descriptor"
)

// claim is what the files of a unit say, from a time on, about who owns it. References stand in their
// order; they are turned into teams later, as of each moment.
type claim struct {
	at         metrics.Instant
	codeowners []string
	catalog    []string
	lost       []string // of them, those of which the portal says that they are no team any more
}

// ownerFiles follows which files that name owners are there.
type ownerFiles struct {
	catalogs []string // sorted
}

// codeownersPlaces are where code hosts look, in their order.
var codeownersPlaces = [...]string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}

// isCatalog reports whether a file describes its repository to a catalog: one that portals look for, or that is configured.
func (c *Classifier) isCatalog(file string) bool {
	switch path.Base(file) {
	case "catalog-info.yaml", "catalog-info.yml", "cortex.yaml", "opslevel.yml", "port.yml":
		return true
	}
	return matchAny(c.defs.CatalogFiles, file)
}

// note takes in the changes of a commit. It reports whether any may change an owner, and whether any is of a catalog file.
func (o *ownerFiles) note(landed []metrics.FileChange, isCatalog func(file string) bool) (owners, catalogs bool) {
	for _, ch := range landed {
		owners = owners || slices.Contains(codeownersPlaces[:], ch.Path)
		if !isCatalog(ch.Path) {
			continue
		}
		catalogs = true
		i, found := slices.BinarySearch(o.catalogs, ch.Path)
		switch {
		case ch.Blob == "" && found:
			o.catalogs = slices.Delete(o.catalogs, i, i+1)
		case ch.Blob != "" && !found:
			o.catalogs = slices.Insert(o.catalogs, i, ch.Path)
		}
	}
	return owners || catalogs, catalogs
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
	_, rule := r.codeownersRule(component)
	return namedIn(rule)
}

// codeownersRule returns the rule that says who owns the unit, and the file that has it; nil where none does.
func (r *replay) codeownersRule(component string) (string, *codeowners.Rule) {
	for _, file := range codeownersPlaces {
		oid := r.present[file]
		if oid == "" {
			continue
		}
		return file, r.c.owners.codeowners(oid, component, func() string {
			text, _ := r.blobs.Blob(oid)
			return text
		})
	}
	return "", nil
}

// namedIn returns the owners that a rule names, in its order.
func namedIn(rule *codeowners.Rule) []string {
	if rule == nil {
		return nil
	}
	var refs []string
	for _, o := range rule.Owners {
		refs = append(refs, o.String())
	}
	return refs
}

// catalogOwners returns the owners that the catalog file of the unit names.
func (r *replay) catalogOwners(component string) []string {
	file := r.catalogFile(component)
	if file == "" {
		return nil
	}
	oid := r.present[file]
	return r.c.owners.catalog(oid, file, func() []string {
		if _, reason := r.blobs.Blob(oid); reason != "" {
			return nil
		}
		refs, _ := catalogRefs(r.said.File(file))
		return refs
	})
}

// catalogFile returns the catalog file that stands for the unit: one in its folder, else the only one below; "" where there is none.
func (r *replay) catalogFile(component string) string {
	var mine []string
	for _, file := range r.catalogs() {
		if below(component, file) {
			if strings.TrimPrefix(path.Dir("/"+file), "/") == component {
				return file
			}
			mine = append(mine, file)
		}
	}
	if len(mine) != 1 {
		return ""
	}
	return mine[0]
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

func (c *ownerCache) codeowners(oid metrics.OID, component string, text func() string) *codeowners.Rule {
	c.mu.Lock()
	defer c.mu.Unlock()
	rules, known := c.rules[oid]
	if !known {
		rules = parseCodeowners(text())
		c.rules[oid] = rules
	}
	rule, err := rules.Match(path.Join(component, probe))
	if err != nil {
		return nil
	}
	return rule
}

// parseCodeowners reads the lines that are rules; GitLab's section headings and lines that are no rule are
// passed over one by one, as the hosts do.
func parseCodeowners(text string) codeowners.Ruleset {
	var rules codeowners.Ruleset
	n := 0
	for line := range strings.Lines(text) {
		n++
		if strings.HasPrefix(line, "[") || strings.HasPrefix(line, "^[") {
			continue
		}
		if parsed, err := codeowners.ParseFile(strings.NewReader(line)); err == nil {
			for _, rule := range parsed {
				rule.LineNumber = n
				rules = append(rules, rule)
			}
		}
	}
	return rules
}

func (c *ownerCache) catalog(oid metrics.OID, file string, read func() []string) []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := string(descriptor.FormatOf(file)) + "\x00" + string(oid)
	refs, known := c.refs[key]
	if !known {
		refs = read()
		c.refs[key] = refs
	}
	return refs
}

// catalogRefs returns the owners that the first component of a descriptor names, else those of the first entity that names
// any, and the line on which they stand; none where it does not parse (the scan's warnings say so).
func catalogRefs(file descriptor.File) (refs []string, line int) {
	for _, e := range file.Entities {
		owner, _ := e.Field(metrics.FieldOwner)
		if owner.Unresolved || len(owner.Values) == 0 {
			continue
		}
		if isComponent(e.Ref.Kind) {
			return owner.Values, e.Line(metrics.FieldOwner)
		}
		if refs == nil {
			refs, line = owner.Values, e.Line(metrics.FieldOwner)
		}
	}
	return refs, line
}

// isComponent reports whether entities of a kind are what repositories hold, whatever portals call them.
func isComponent(kind string) bool { return kind == "component" || kind == "service" }
