package gitlabtest

// Patterns lists the patterns of all routes.
func Patterns() []string {
	var all []string
	for _, rt := range allRoutes() {
		all = append(all, rt.pattern)
	}
	return all
}

// Untold lists the fields of the schema that the peer cannot answer.
func (p *Peer) Untold() []string {
	var all []string
	for name, def := range p.graph.Schema.Types {
		if def.BuiltIn || !def.IsCompositeType() {
			continue
		}
		for _, f := range def.Fields {
			if !p.graph.Has(name, f.Name) && f.Name[0] != '_' {
				all = append(all, name+"."+f.Name)
			}
		}
	}
	return all
}
