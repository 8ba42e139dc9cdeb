package config

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/trodden/trodden/metrics"
)

// Catalog is a software catalog. What only some products have is empty for the others.
type Catalog struct {
	Name  string
	URL   string // "" for where the product answers all of its customers
	Token Secret // the API key of Cortex, the client secret of Port

	Push    bool   // tell it how what its entities are about stands on paths; of OpsLevel where there is a PushURL
	PushURL Secret // of OpsLevel: the address of a custom event integration, which lets in by itself

	Tracks     []string          // of Spotify Portal: ids of tracks of Soundcheck
	ClientID   Secret            // of Port
	Host       string            // of Port: the code host of repositories that are named without one
	Blueprints []Blueprint       // of Port
	Types      []string          // of Cortex: of the entities that are read
	Fields     map[string]string // of Cortex: keys of custom data, by the names of fields
	Hosts      map[string]string // of Cortex: code hosts, by the providers that it names
}

// Blueprint says what the entities of a blueprint of Port are, and what in them is which field.
type Blueprint struct {
	Blueprint string
	Kind      string            // "" for the identifier of the blueprint
	Fields    map[string]string // properties, relations, $identifier, $title or $team, by the names of fields
}

// IsCatalog reports whether the source is a software catalog: it has entities in place of repositories.
func (s Source) IsCatalog() bool { return s.Catalog != nil }

// CatalogOptions say what is judged beside what portals tell.
type CatalogOptions struct {
	Files      []string // globs of files of repositories that describe entities, beside those of the usual names
	CheckLinks bool     // ask whether the links of entities lead anywhere
}

func catalogOptionsShape() shape[CatalogOptions] {
	return object("catalog", []field[CatalogOptions]{
		key("files", "Globs of files in repositories that describe entities, beside those of the usual names such as catalog-info.yaml.",
			list("globs", catalogFile()), func(c *CatalogOptions) *[]string { return &c.Files }),
		key("check_links", "Ask whether the links of entities lead anywhere; default: false.", flag(), func(c *CatalogOptions) *bool { return &c.CheckLinks }),
	})
}

// catalogFile is a glob of files, from the root of a repository.
func catalogFile() shape[string] {
	return narrow(glob("a glob of files such as catalog/*.yaml"), func(s string) (string, error) {
		rest := strings.TrimPrefix(s, "/")
		switch {
		case rest == "" || strings.HasSuffix(rest, "/"):
			return "", fmt.Errorf("%s names a folder, expected a glob of files such as %s", quote(s), quote(rest+"**"))
		case slices.Contains(strings.Split(rest, "/"), ".."):
			return "", fmt.Errorf("%s leads out of the repository, expected a glob of files in it such as catalog/*.yaml", quote(s))
		}
		return strings.TrimPrefix(rest, "./"), nil
	})
}

// catalogKinds lists the kinds of sources that are catalogs.
func catalogKinds() []field[Source] {
	return []field[Source]{
		catalog("backstage", "The catalog of Backstage.", object("a backstage source", named(
			catalogURL("Of its backend, with or without /api/catalog.").mustFor("it is backend.baseUrl of its app-config"),
			catalogToken("token", "A static token of the backend, allowed the plugin catalog; default: none, where the catalog answers everybody."),
		))),
		catalog("roadie", "The catalog of Roadie.", object("a roadie source", named(
			catalogURL("Of its API; default: https://api.roadie.so."),
			catalogToken("token", "A service token or a user token.").mustFor("Roadie makes service tokens below Administration"),
		))),
		catalog("spotify-portal", "The catalog of Spotify Portal for Backstage.", object("a spotify-portal source", named(
			catalogURL("Of the instance, with or without /api/catalog.").mustFor("it is the address of your instance"),
			catalogToken("token", "A token of External access, allowed the plugin catalog.").mustFor("it is one of External access in the settings of the app"),
			key("tracks", "Ids of tracks of Soundcheck whose status is read; the token has to be allowed the plugin soundcheck, too.",
				list("ids of tracks", name[string]("the id of a track")), func(c *Catalog) *[]string { return &c.Tracks }),
		))),
		catalog("port", "The catalog of Port.", object("a port source", named(portFields()...))),
		catalog("cortex", "The catalog of Cortex.", object("a cortex source", named(cortexFields()...), cortexKey)),
		catalog("opslevel", "The catalog of OpsLevel.", object("an opslevel source", named(
			catalogURL("Of the OpsLevel; default: https://app.opslevel.com."),
			catalogToken("token", "An API token that may read.").mustFor("OpsLevel makes API tokens in its settings; one that may read is enough"),
			key("push", "Tell it after each complete scan how what its services are about stands on paths, as events of a custom event integration; default: not.",
				object("push", []field[Catalog]{
					key("url", "Of the integration, which is a secret.", secret(), func(c *Catalog) *Secret { return &c.PushURL }).
						mustFor("OpsLevel shows it for each custom event integration"),
				}, func(_ *decoder, _ mapping, c *Catalog) { c.Push = c.PushURL.Given() }), func(c *Catalog) *Catalog { return c }),
		))),
	}
}

// catalog is a kind of source that is a catalog.
func catalog(product, doc string, s shape[Catalog]) field[Source] {
	return kind(product, doc, s, func(s *Source) **Catalog { return &s.Catalog }, func(c *Catalog) string { return c.Name })
}

// named are keys of a catalog, with that of its name before them.
func named(fields ...field[Catalog]) []field[Catalog] {
	own := narrow(sourceName(), func(s string) (string, error) {
		switch s {
		case metrics.DescribedSource:
			return "", errors.New(quote(s) + " is what the catalog files of repositories are called, expected another name")
		case metrics.Portals:
			return "", errors.New(quote(s) + " stands for all catalogs but the files of repositories, expected another name")
		}
		return s, nil
	})
	return append([]field[Catalog]{key("name", nameDoc, own, func(c *Catalog) *string { return &c.Name })}, fields...)
}

// catalogURL is the key of an address.
func catalogURL(doc string) field[Catalog] {
	return key("url", doc, address(), func(c *Catalog) *string { return &c.URL })
}

// catalogPush is the key that lets trodden write to a portal.
func catalogPush(right string) field[Catalog] {
	return key("push", "Tell it after each complete scan how what its entities are about stands on paths, "+right+"; default: false.", flag(),
		func(c *Catalog) *bool { return &c.Push })
}

func catalogToken(name, doc string) field[Catalog] {
	return key(name, doc, secret(), func(c *Catalog) *Secret { return &c.Token })
}

func portFields() []field[Catalog] {
	const credentials = "Port shows a client id and a client secret below Credentials"
	return []field[Catalog]{
		catalogURL("Of its API; default: https://api.port.io. Accounts of the US have https://api.us.port.io."),
		key("client_id", "The client id, which may stand here itself.", identifier(), func(c *Catalog) *Secret { return &c.ClientID }).mustFor(credentials),
		catalogToken("client_secret", "The client secret.").mustFor(credentials),
		key("host", "The code host of repositories that are named without one; default: github.com.", codeHost(), func(c *Catalog) *string { return &c.Host }),
		key("blueprints", "What is read; default: the blueprint service, as component.", nonEmpty(list("blueprints", blueprintShape(),
			once("blueprint", "blueprint", func(b Blueprint) string { return b.Blueprint })), "blueprint"), func(c *Catalog) *[]Blueprint { return &c.Blueprints }),
		catalogPush("in properties trodden_… of its blueprints"),
	}
}

func blueprintShape() shape[Blueprint] {
	return object("a blueprint", []field[Blueprint]{
		key("blueprint", "Its identifier.", name[string]("the identifier of a blueprint"), func(b *Blueprint) *string { return &b.Blueprint }).must(),
		key("kind", "What its entities are, such as component or system; default: its identifier.", entityKind(), func(b *Blueprint) *string { return &b.Kind }),
		key("fields", "Which property, relation, $identifier, $title or $team a field is; default: what has the name of the field, for owner $team.",
			texts("the name of a field to a property", catalogField, name[string]("a property, a relation, $identifier, $title or $team")),
			func(b *Blueprint) *map[string]string { return &b.Fields }),
	})
}

func cortexFields() []field[Catalog] {
	return []field[Catalog]{
		catalogURL("Of its API; default: https://api.getcortexapp.com."),
		catalogToken("key", "An API key that may view."),
		catalogToken("token", "Another word for key."),
		key("types", "Types of entities that are read; default: services, resources and domains.", list("types", entityKind()), func(c *Catalog) *[]string { return &c.Types }),
		key("fields", "Which key of custom data a field is; default: lifecycle and tier have those of their names.",
			texts("the name of a field to a key of custom data", catalogField, name[string]("a key of custom data")), func(c *Catalog) *map[string]string { return &c.Fields }),
		key("hosts", "Code hosts by the provider that Cortex names, such as {github: git.acme.dev}; default: those that everybody uses.",
			texts("a provider to a code host", nil, codeHost()), func(c *Catalog) *map[string]string { return &c.Hosts }),
		catalogPush("in custom data trodden_…, for which the key has to be allowed to edit entities"),
	}
}

// cortexKey refuses a Cortex without an API key, and one with two.
func cortexKey(d *decoder, m mapping, _ *Catalog) {
	given := slices.DeleteFunc(slices.Clone(m.entries), func(e entry) bool { return e.key != "key" && e.key != "token" || d.hollowText(e.value) })
	switch len(given) {
	case 0:
		d.problemAt(firstKey(m.node), `the key "key" is missing, expected it in a cortex source: Cortex makes API keys in its settings; one that may view is enough`)
	case 2:
		d.problemf(given[1].at, "%s beside %s, expected one of the two", given[1].key, given[0].key)
	}
}

// catalogField refuses a name that is that of no field. Those that catalogs name themselves have a dot.
func catalogField(name string) error {
	known := []string{
		metrics.FieldTitle, metrics.FieldDescription, metrics.FieldType, metrics.FieldOwner, metrics.FieldLifecycle, metrics.FieldTier, metrics.FieldSystem, metrics.FieldDomain,
		metrics.FieldParent, metrics.FieldSource, metrics.FieldTags, metrics.FieldLinks, metrics.FieldDependsOn, metrics.FieldProvides, metrics.FieldConsumes, metrics.FieldTemplate,
	}
	family, own, _ := strings.Cut(name, ".")
	if slices.Contains(known, name) || own != "" && slices.Contains([]string{"property", "label", "annotation"}, family) {
		return nil
	}
	return fmt.Errorf("%s is no field, %s", quote(name), expected(name, append(known, "property.NAME")))
}

// entityKind is a kind or a type of entities.
func entityKind() shape[string] {
	return narrow(name[string]("a kind of entities such as component"), func(s string) (string, error) {
		if strings.ContainsAny(s, ":/ ") {
			return "", errors.New(quote(s) + " is no kind of entities, expected one such as component")
		}
		return s, nil
	})
}

// codeHost is a code host as names of repositories begin with it.
func codeHost() shape[string] {
	return narrow(name[string]("a code host such as github.com"), func(s string) (string, error) {
		if strings.ContainsAny(s, ":/@ ") {
			return "", errors.New(quote(s) + " is no host, expected its name alone, such as github.com")
		}
		return strings.ToLower(s), nil
	})
}

// texts is a mapping whose keys are not known beforehand, to texts. Accept, where there is one, says what is wrong with a
// key.
func texts(what string, accept func(key string) error, value shape[string]) shape[map[string]string] {
	return shape[map[string]string]{schema: &Schema{Type: Types{"object"}, Others: value.schema}, read: func(d *decoder, n ast.Node, into *map[string]string) {
		m, ok := d.mapping(n, what)
		if !ok {
			return
		}
		*into = make(map[string]string, len(m.entries))
		for _, e := range m.entries {
			if accept != nil {
				if err := accept(e.key); err != nil {
					d.problem(e.at, err.Error())
				}
			}
			var text string
			value.read(d, e.value, &text)
			(*into)[e.key] = text
		}
	}}
}
