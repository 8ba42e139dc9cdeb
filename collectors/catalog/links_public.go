package catalog

import "net/netip"

// closed are the addresses that the public does not have, or that lead to some: those of the registries for special
// purposes, and those at which clouds tell machines what they are. Of IPv6, Public takes the part alone that is given out.
var closed = prefixes(
	"0.0.0.0/8",        // this network
	"10.0.0.0/8",       // private
	"100.64.0.0/10",    // between carriers and customers; 100.100.100.200 tells machines what they are
	"127.0.0.0/8",      // loopback
	"168.63.129.16/32", // tells machines what they are
	"169.254.0.0/16",   // link-local; 169.254.169.254 tells machines what they are
	"172.16.0.0/12",    // private
	"192.0.0.0/24",     // protocols; 192.0.0.192 tells machines what they are
	"192.0.2.0/24",     // documentation
	"192.88.99.0/24",   // once a relay to IPv6
	"192.168.0.0/16",   // private
	"198.18.0.0/15",    // benchmarks
	"198.51.100.0/24",  // documentation
	"203.0.113.0/24",   // documentation
	"224.0.0.0/4",      // multicast
	"240.0.0.0/4",      // reserved, and broadcast
	"2001::/23",        // protocols; Teredo, which leads to IPv4
	"2001:db8::/32",    // documentation
	"2002::/16",        // leads to IPv4
	"3fff::/20",        // documentation
)

// given is the part of IPv6 from which addresses of the public are given out.
var given = netip.MustParsePrefix("2000::/3")

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// Public reports whether an address is one that everybody can reach. One of IPv4 that is written as one of IPv6 is what it
// stands for.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || a.Is6() && !given.Contains(a) {
		return false
	}
	for _, p := range closed {
		if p.Contains(a) {
			return false
		}
	}
	return true
}
