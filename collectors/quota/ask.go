package quota

import "net/http"

// ask is what a request means for limits.
type ask struct {
	resource *Resource
	points   int
	safe     bool // it can be repeated without doing anything twice
	charges  []charge
	share    *share // of the budget of the run, beyond which it is not sent
	path     string
	about    string // what is asked for; see Family.about
}

// charge is a rate that a request counts against; key tells apart what the rate counts by itself.
type charge struct {
	rate *Rate
	key  string
}

// ask finds out which limits of the family a request goes against.
func (f *Family) ask(r *http.Request) ask {
	path := r.URL.EscapedPath()
	a := ask{resource: f.resource(path), points: 1, safe: true, path: path}
	a.about = f.about(r, a)
	if !reads(r.Method) && !a.resource.Queries {
		a.points, a.safe = writePoints, false
	}
	for i := range f.Rates {
		rate := &f.Rates[i]
		if rate.Resource != "" && rate.Resource != a.resource.Name {
			continue
		}
		if parts := rate.Route.FindStringSubmatch(path); parts != nil {
			a.charges = append(a.charges, charge{rate, rate.key(parts)})
		}
	}
	return a
}

func (f *Family) resource(path string) *Resource {
	for i := range f.Resources {
		if f.Resources[i].Route.MatchString(path) {
			return &f.Resources[i]
		}
	}
	return &Resource{Name: "others", Route: anything}
}

func reads(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions || method == ""
}
