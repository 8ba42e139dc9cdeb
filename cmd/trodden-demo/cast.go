package main

import (
	"slices"
	"strings"
)

// A team of the organisation. Its nouns are what its code is about.
type team struct {
	key, group string
	formerly   string // the name it had until it was renamed
	zone       string // where its people commit from, as git writes it
	people     []person
	nouns      []string
}

// A person is somebody who commits; so is a bot.
type person struct {
	mail, name, zone string
	bot              bool
	former           string // the address used until formerUntil
	formerUntil      int    // days before today
	since, until     int    // days before today of joining and leaving the team; 0 is always
}

// key is the first name, by which the tables of the story call a person.
func (p person) key() string {
	first, _, _ := strings.Cut(p.mail, ".")
	return first
}

const platformTeam = "platform"

// teams is the cast: 14 teams in four groups, and the platform team.
func teams() []team {
	return slices.Concat(fintechTeams(), commerceTeams(), customerTeams(), logisticsTeams(), platformTeams())
}

func fintechTeams() []team {
	return []team{
		{key: "payments", group: "fintech", zone: "+0100",
			people: people("mira.kovac Mira Kovač, jonas.weber Jonas Weber, lena.fischer Lena Fischer, omar.haddad Omar Haddad, yuki.tanaka Yuki Tanaka"),
			nouns:  words("refund capture settlement payout card chargeback")},
		{key: "ledger", group: "fintech", zone: "+0100",
			people: people("tariq.aziz Tariq Aziz, hanna.berg Hanna Berg, stefan.popescu Ștefan Popescu, grace.okafor Grace Okafor"),
			nouns:  words("entry account balance journal statement export")},
		{key: "risk", group: "fintech", zone: "+0000",
			people: people("priya.nair Priya Nair, callum.reid Callum Reid, ines.moreau Inès Moreau, dmitri.volkov Dmitri Volkov"),
			nouns:  words("score rule signal case watchlist document")},
	}
}

func commerceTeams() []team {
	return []team{
		{key: "checkout", group: "commerce", formerly: "cart", zone: "+0100",
			people: people("marta.silva Marta Silva, finn.larsen Finn Larsen, aisha.khan Aisha Khan, bruno.costa Bruno Costa, elif.demir Elif Demir"),
			nouns:  words("basket order address voucher delivery receipt")},
		{key: "products", group: "commerce", zone: "+0100",
			people: people("oliver.hahn Oliver Hahn, sofia.ricci Sofia Ricci, kwame.mensah Kwame Mensah, julia.novak Julia Nováková"),
			nouns:  words("product variant attribute image brand category")},
		{key: "search", group: "commerce", zone: "+0100",
			people: people("nadia.benali Nadia Benali, lars.holm Lars Holm, chen.wei Chen Wei, rosa.marin Rosa Marín"),
			nouns:  words("query index facet synonym ranking suggestion")},
		{key: "storefront", group: "commerce", zone: "+0100",
			people: people("emma.jansen Emma Jansen, diego.torres Diego Torres, anouk.petit Anouk Petit, samir.patel Samir Patel, klara.svensson Klara Svensson"),
			nouns:  words("page banner listing review theme session")},
		{key: "pricing", group: "commerce", zone: "+0100",
			people: people("victor.lang Victor Lang, amara.diallo Amara Diallo, pavel.horak Pavel Horák, nora.lindgren Nora Lindgren"),
			nouns:  words("price discount promotion currency margin tax")},
	}
}

func customerTeams() []team {
	return []team{
		{key: "identity", group: "customer", zone: "+0000",
			people: people("ewan.fraser Ewan Fraser, leila.rahimi Leila Rahimi, marek.nowak Marek Nowak, zoe.brandt Zoë Brandt, tomas.lind Tomas Lind"),
			nouns:  words("login token session device passkey consent")},
		{key: "notifications", group: "customer", zone: "+0100",
			people: people("henrik.dahl Henrik Dahl, carla.gomez Carla Gómez, idris.bello Idris Bello, petra.kern Petra Kern"),
			nouns:  words("message template channel digest bounce preference")},
		{key: "loyalty", group: "customer", zone: "+0100",
			people: people("ravi.menon Ravi Menon, astrid.moe Astrid Moe, luca.bianchi Luca Bianchi, gwen.price Gwen Price"),
			nouns:  words("point tier reward coupon member campaign")},
		{key: "care", group: "customer", zone: "+0100",
			people: people("maria.lopez María López, tim.becker Tim Becker, fatou.ndiaye Fatou Ndiaye"),
			nouns:  words("ticket macro agent queue transcript handover")},
	}
}

func logisticsTeams() []team {
	return []team{
		{key: "shipping", group: "logistics", zone: "+0100",
			people: people("jan.devries Jan de Vries, olga.petrenko Olga Petrenko, mateo.ruiz Mateo Ruiz, signe.holst Signe Holst"),
			nouns:  words("parcel label carrier route pickup tariff")},
		{key: "warehouse", group: "logistics", zone: "+0100",
			people: people("birgit.roth Birgit Roth, andrei.ionescu Andrei Ionescu, wanjiru.kamau Wanjiru Kamau, piotr.zielinski Piotr Zieliński"),
			nouns:  words("shelf pick stock dock pallet scanner")},
	}
}

func platformTeams() []team {
	return []team{
		{key: platformTeam, zone: "+0100",
			people: people("ida.duarte Ida Duarte, oskar.lindqvist Oskar Lindqvist, sam.whitaker Sam Whitaker, mei.lin Mei Lin, kofi.asante Kofi Asante"),
			nouns:  words("runner cache template chart image release")},
	}
}

// A move is somebody's change of team, or the address they had before.
type move struct {
	key, team    string
	since, until int
	former       string
	formerUntil  int
}

// moves are the changes among the cast. Tomas left identity for the platform
// team: what he does in other teams' repositories since then is help from
// the platform.
func moves() []move {
	return []move{
		{key: "tomas", team: "identity", until: 330},
		{key: "tomas", team: platformTeam, since: 330},
		{key: "elif", team: "checkout", since: 610},
		{key: "klara", team: "storefront", since: 480},
		{key: "yuki", team: "payments", since: 290},
		{key: "kofi", team: platformTeam, since: 520},
		{key: "jonas", team: "payments", former: "jweber@users.noreply.github.com", formerUntil: 500},
		{key: "oskar", team: platformTeam, former: "oskar@lindqvist.example", formerUntil: 450},
	}
}

// The bots of the organisation, by the names that the tables use.
const (
	renovate   = "renovate[bot]"
	dependabot = "dependabot[bot]"
	scaffolder = "acme-scaffolder[bot]"
)
