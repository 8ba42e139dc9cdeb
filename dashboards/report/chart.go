package report

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	imagedraw "image/draw"
	"image/png"
	"math"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/trodden/trodden/dashboards/phrase"
	"github.com/trodden/trodden/metrics"
)

// Picture is a chart as a PNG. Its bytes depend on nothing but the figures.
type Picture struct {
	Name          string // of its file, fixed for a path
	Alt           string // the same in words
	Caption       string // of when it is, and what its lines are unless a picture above it says so
	PNG           []byte
	Width, Height int // as it is shown; it has twice as many dots
}

// How pictures look. They lie on white, which dark mail programs leave alone; the style of the mail dims it there.
var (
	ink       = color.RGBA{0x1f, 0x29, 0x33, 0xff}
	muted     = color.RGBA{0x5f, 0x6b, 0x76, 0xff}
	grid      = color.RGBA{0xe4, 0xe7, 0xeb, 0xff}
	voluntary = color.RGBA{0x0b, 0x62, 0xa4, 0xff}
	band      = color.RGBA{0xcf, 0xe2, 0xf1, 0xff} // opaque: mail programs blend differently
	reference = color.RGBA{0x7a, 0x85, 0x8d, 0xff} // as on the pages
)

// The size of pictures in the layout of a mail.
const (
	pictureWidth  = 536
	pictureHeight = 188

	small    = 13  // points: type of axes and references, which a phone shows at 0.6 of its size
	endWidth = 120 // points, for what stands at the end of lines
	labelGap = 17  // percent, between labels at the end of lines
)

// references are the levels to compare with, in percent, as on the pages: the average voluntary adoption of portals outside the
// organisation that made them, and what it came to after one path was made really faster than its alternative.
var references = []struct {
	at   float64
	name string
}{{10, phrase.TypicalPortal + ": 10 %"}, {40, phrase.FasterPath + ": 40 %"}}

// legend says what the lines of a picture are, of all in a report once.
const legend = " Band: 95" + space + "% interval. Dashed: 10" + space + "%, as in a typical portal, and 40" + space + "%, where one path became faster than its alternative."

// picture draws voluntary adoption of a path over the last weeks; nil where fewer than two weeks have a value, or where
// nothing moved: that is a sentence.
func (r *Report) picture(p Path) *Picture {
	points := have(p.Series)
	if len(points) < 2 || flat(points) {
		return nil
	}
	drawn, err := drawSeries(r.Week, p.Series)
	if err != nil {
		return nil // the words and figures stand without it
	}
	first, last := points[0], points[len(points)-1]
	caption := plural(weeks(p.Series), "week", "weeks") + ", to " + dayMonth(r.Week, last.At) + last.At.Time().In(r.Week.Zone).Format(" 2006") + "."
	return &Picture{Caption: caption, Name: "adoption-" + fileName(string(p.Key)) + ".png", PNG: drawn, Width: pictureWidth, Height: pictureHeight,
		Alt: fmt.Sprintf("%s: voluntary adoption of %s over %s, from %s on %s to %s on %s; the band is the 95 %% interval.", clip(p.Title, 80),
			p.Units, plural(weeks(p.Series), "week", "weeks"), percent(*first.Rate.Rate), dayMonth(r.Week, first.At), percent(*last.Rate.Rate), dayMonth(r.Week, last.At))}
}

// flat reports whether a rate never changed.
func flat(points []Point) bool {
	for _, p := range points {
		if p.Rate.Num != points[0].Rate.Num || p.Rate.Den != points[0].Rate.Den {
			return false
		}
	}
	return true
}

// steady is for how many weeks, up to now, a path has had the rate that it has in all of its chart; 0 where the rate changed, or is
// not known of some week.
func (p Path) steady() int {
	points := have(p.Series)
	if len(points) < 2 || len(points) < len(p.Series) || !flat(points) {
		return 0
	}
	return weeks(points)
}

func dayMonth(w Week, t metrics.Instant) string { return t.Time().In(w.Zone).Format("2 Jan") }

// fileName keeps what every mail program takes in the name of a file, and tells apart what it would make the same.
func fileName(key string) string {
	plain := []byte{}
	for i := 0; i < len(key) && len(plain) < 40; i++ {
		if c := key[i]; c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			plain = append(plain, c)
		}
	}
	if string(plain) != key {
		plain = append(plain, "-"+strconv.FormatUint(metrics.Fingerprint("picture", key), 36)...)
	}
	return string(plain)
}

// drawSeries draws a series with its interval: percent from 0 to 100 over time.
func drawSeries(w Week, points []Point) ([]byte, error) {
	p := plot.New()
	p.BackgroundColor = color.White
	p.X.Min, p.X.Max = x(points[0]), x(points[len(points)-1])
	p.Y.Min, p.Y.Max = 0, 100
	p.X.Tick.Marker, p.Y.Tick.Marker = monthTicks{w.Zone}, percentTicks{}
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.LineStyle.Color, axis.Tick.LineStyle.Color, axis.Tick.Length = grid, grid, 0
		axis.Tick.Label.Color, axis.Tick.Label.Font = muted, face(small)
		axis.Padding = 4
	}
	p.X.Padding = 10 // the first month is not to touch the lowest percentage
	lines := plotter.NewGrid()
	lines.Vertical.Width, lines.Horizontal.Color = 0, grid
	p.Add(lines)
	for _, run := range runs(points) {
		if err := addRun(p, run); err != nil {
			return nil, err
		}
	}
	known := have(points)
	last := known[len(known)-1]
	labels := []label{{p.X.Max, *last.Rate.Rate * 100, percentPlain(*last.Rate.Rate), voluntary, 17}}
	for _, r := range references {
		line, err := plotter.NewLine(plotter.XYs{{X: p.X.Min, Y: r.at}, {X: p.X.Max, Y: r.at}})
		if err != nil {
			return nil, err
		}
		line.Color, line.Width, line.Dashes = reference, 0.8, []vg.Length{4, 3}
		p.Add(line)
		labels = append(labels, label{p.X.Max, r.at, r.name, muted, small})
	}
	p.Add(labelled{apart(labels)})
	return render(p)
}

// apart moves labels at the end of lines away from each other, as little as it takes, so that each of them can be read: none is left
// out. Their order from below is that of the lines; where two lines end at the same height, the reference stands below.
func apart(labels []label) []label {
	slices.SortStableFunc(labels, func(a, b label) int {
		return cmp.Or(cmp.Compare(a.y, b.y), cmp.Compare(a.size, b.size))
	})
	for range 100 { // what moves one away may bring it near another
		moved := false
		for i := 1; i < len(labels); i++ {
			if lacks := labelGap - (labels[i].y - labels[i-1].y); lacks > 0.01 {
				down := min(lacks/2, max(labels[i-1].y-float64(i-1)*labelGap, 0)) // none leaves the picture
				labels[i-1].y, labels[i].y, moved = labels[i-1].y-down, labels[i].y+lacks-down, true
			}
		}
		if !moved {
			break
		}
	}
	return labels
}

func x(p Point) float64 { return float64(p.At) }

// runs divides a series where it has no value: no line leads over what is not known.
func runs(points []Point) (list [][]Point) {
	var run []Point
	for _, p := range points {
		if p.Rate.Rate != nil {
			run = append(run, p)
			continue
		}
		if len(run) > 0 {
			list = append(list, run)
		}
		run = nil
	}
	if len(run) > 0 {
		list = append(list, run)
	}
	return list
}

// addRun draws the band of the interval, the line, and its end.
func addRun(p *plot.Plot, run []Point) error {
	var up, down, mid plotter.XYs
	for _, pt := range run {
		up = append(up, plotter.XY{X: x(pt), Y: *pt.Rate.Hi * 100})
		down = append(plotter.XYs{{X: x(pt), Y: *pt.Rate.Lo * 100}}, down...)
		mid = append(mid, plotter.XY{X: x(pt), Y: *pt.Rate.Rate * 100})
	}
	area, err := plotter.NewPolygon(append(up, down...))
	if err != nil {
		return err
	}
	area.Color, area.LineStyle.Width = band, 0
	line, err := plotter.NewLine(mid)
	if err != nil {
		return err
	}
	line.Color, line.Width = voluntary, 2
	end, err := plotter.NewScatter(mid[len(mid)-1:])
	if err != nil {
		return err
	}
	end.Color, end.Radius, end.Shape = voluntary, 3, draw.CircleGlyph{}
	p.Add(area, line, end)
	return nil
}

// label is a text to the right of a point.
type label struct {
	x, y  float64
	text  string
	color color.Color
	size  float64
}

// labelled draws texts over the lines.
type labelled struct{ list []label }

// Plot implements plot.Plotter.
func (l labelled) Plot(c draw.Canvas, p *plot.Plot) {
	tx, ty := p.Transforms(&c)
	for _, t := range l.list {
		style := text.Style{Color: t.color, Font: face(t.size), XAlign: text.XLeft, YAlign: text.YCenter, Handler: p.TextHandler}
		c.FillText(style, vg.Point{X: tx(t.x) + 6, Y: ty(t.y)}, t.text)
	}
}

func face(size float64) font.Font {
	return font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Points(size)}
}

// percentPlain is percent with spaces that every font has.
func percentPlain(share float64) string {
	return string(bytes.ReplaceAll([]byte(percent(share)), []byte(space), []byte(" ")))
}

// percentTicks has lines at every quarter and names the ends and the middle, which leaves room for type that a phone can show.
type percentTicks struct{}

// Ticks implements plot.Ticker.
func (percentTicks) Ticks(float64, float64) (list []plot.Tick) {
	for v := 0; v <= 100; v += 25 {
		tick := plot.Tick{Value: float64(v)}
		if v%50 == 0 {
			tick.Label = strconv.Itoa(v) + " %"
		}
		list = append(list, tick)
	}
	return list
}

// nameWidth is half of the name of a month, as a part of the width of a chart.
const nameWidth = 0.06

// monthTicks names months where they begin; of which year they are the caption says. A name that would reach beyond the left edge,
// below the percentages, is left out.
type monthTicks struct{ zone *time.Location }

// Ticks implements plot.Ticker.
func (m monthTicks) Ticks(from, to float64) (list []plot.Tick) {
	first := time.Unix(int64(math.Ceil(from)), 0).In(m.zone)
	for t := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, m.zone); float64(t.Unix()) <= to; t = t.AddDate(0, 1, 0) {
		if at := float64(t.Unix()); at-from >= (to-from)*nameWidth && to-at > (to-from)/40 {
			list = append(list, plot.Tick{Value: at, Label: t.Format("Jan")})
		}
	}
	return list
}

// render draws on white with twice as many dots as are shown, so that sharp screens have enough.
func render(p *plot.Plot) ([]byte, error) {
	canvas := vgimg.NewWith(vgimg.UseWH(vg.Points(pictureWidth*0.75), vg.Points(pictureHeight*0.75)), vgimg.UseDPI(192), vgimg.UseBackgroundColor(color.White))
	area := draw.New(canvas)
	p.Draw(draw.Crop(area, 4, -endWidth, 4, -8))
	var b bytes.Buffer
	err := png.Encode(&b, fewColours(canvas.Image()))
	return b.Bytes(), err
}

// shades is how many steps a colour has on its way to white: edges are soft.
const shades = 24

// fewColours returns an image with the colours that pictures have, in a third of the bytes.
func fewColours(img image.Image) image.Image {
	palette := color.Palette{color.White}
	for _, c := range []color.RGBA{ink, muted, grid, voluntary, band, reference} {
		for i := range shades {
			mix := func(v uint8) uint8 { return uint8(int(v) + (255-int(v))*i/shades) }
			palette = append(palette, color.RGBA{mix(c.R), mix(c.G), mix(c.B), 0xff})
		}
	}
	from, ok := img.(*image.RGBA)
	if !ok {
		from = image.NewRGBA(img.Bounds())
		imagedraw.Draw(from, from.Rect, img, from.Rect.Min, imagedraw.Src)
	}
	out := image.NewPaletted(from.Rect, palette)
	known := make(map[uint32]uint8)
	last, index := ^uint32(0), uint8(0) // white, at first: most points are like the one before
	for i := range out.Pix {
		if c := binary.LittleEndian.Uint32(from.Pix[4*i:]); c != last {
			last, index = c, shade(known, palette, c)
		}
		out.Pix[i] = index
	}
	return out
}

// shade returns the colour of a palette that is next to one of which the bytes are red, green, blue and opacity. Known are those
// that were looked for before.
func shade(known map[uint32]uint8, palette color.Palette, c uint32) uint8 {
	index, ok := known[c]
	if !ok {
		index = uint8(palette.Index(color.RGBA{uint8(c), uint8(c >> 8), uint8(c >> 16), uint8(c >> 24)}))
		known[c] = index
	}
	return index
}
