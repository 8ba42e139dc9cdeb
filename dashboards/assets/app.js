// Shows times as of where the viewer is, and draws the charts. Without this script every figure is still there as a table,
// and times are in UTC.
"use strict";

// Times: the element says the moment, its text whether that is a day or a minute.
(() => {
  const dayOf = { day: "numeric", month: "short", year: "numeric" };
  const minuteOf = { ...dayOf, hour: "2-digit", minute: "2-digit", timeZoneName: "short" };
  for (const time of document.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const inUTC = time.textContent;
    const text = at.toLocaleString("en-GB", inUTC.endsWith("UTC") ? minuteOf : dayOf);
    if (text !== inUTC) {
      time.textContent = text;
      time.title = inUTC.endsWith("UTC") ? inUTC : `${inUTC}, UTC`;
    }
  }
})();

// Charts: their options come from the page as JSON; colours in them are names of custom properties, so that a chart follows
// the style sheet into the dark and onto paper.
(() => {
  if (typeof echarts === "undefined") return;

  // withColours replaces "var(--name)" by the colour that the name has now.
  const withColours = (value, style) => {
    if (typeof value === "string") {
      const name = /^var\((--[a-z0-9-]+)\)$/.exec(value);
      return name ? style.getPropertyValue(name[1]).trim() : value;
    }
    if (Array.isArray(value)) return value.map((v) => withColours(v, style));
    if (value && typeof value === "object") {
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, withColours(v, style)]));
    }
    return value;
  };

  const line = (colour, text) => {
    const row = document.createElement("div");
    const patch = document.createElement("span");
    patch.className = "patch";
    patch.style.background = colour;
    const words = document.createElement("span");
    words.textContent = text;
    row.append(patch, words);
    return row;
  };

  // tip shows what the server wrote for each point (its name), in the words that the table has.
  const tip = (params) => {
    const list = Array.isArray(params) ? params : [params];
    const box = document.createElement("div");
    box.className = "tooltip";
    const head = document.createElement("strong");
    const at = list[0].axisType === "xAxis.time" ? new Date(list[0].axisValue) : null;
    head.textContent = at
      ? at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })
      : list[0].axisValueLabel ?? list[0].data?.words ?? list[0].data?.name ?? list[0].name;
    box.append(head);
    if (list[0].axisValueLabel === undefined) return box;
    for (const p of list) {
      if (p.data && p.data.name) box.append(line(p.color, p.seriesName + ": " + p.data.name));
    }
    return box;
  };

  // atEnds writes the names of lines where they end, and those of areas that do not end in nothing. Of two lines that end at nearly
  // the same place one goes up, the other down; areas lie beside one another anyway.
  const atEnds = (option, names, ink) => {
    const named = option.series.filter((s) => s.type === "line" && s.name && !(s.lineStyle && s.lineStyle.opacity === 0) &&
      (names === "*" || names.split(" ").includes(s.name)) && s.data && s.data.length > 0);
    for (const s of named.filter((s) => s.areaStyle && [].concat(s.data[s.data.length - 1].value).pop() > 0)) {
      s.endLabel = { show: true, fontSize: 11, lineHeight: 13, distance: 6, color: ink };
      s.labelLayout = { moveOverlap: "shiftY" };
    }
    const lines = named.filter((s) => !s.areaStyle);
    const ends = lines.map((s) => [].concat(s.data[s.data.length - 1].value).pop());
    const span = Math.max(1e-9, ...[].concat(...lines.map((s) => s.data.map((d) => [].concat(d.value).pop()))).filter((v) => typeof v === "number"));
    lines.forEach((s, i) => {
      const close = ends.map((end, k) => (k === i ? 0 : Math.abs(end - ends[i]) < 0.09 * Math.max(span, option.yAxis[0].max || 0) ? Math.sign(end - ends[i]) || k - i : 0));
      const shift = close.reduce((sum, c) => sum + c, 0);
      s.endLabel = { show: true, fontSize: 11, distance: 6, offset: [0, 7 * shift], color: s.lineStyle && s.lineStyle.color };
    });
    for (const s of named) if (s.endLabel) s.endLabel.formatter = s.name.length > 13 ? `${s.name.slice(0, 12)}…` : s.name;
    for (const grid of [].concat(option.grid || [])) grid.right = 88;
  };

  const charts = [];
  const draw = ({ chart, option, ends }) => {
    const style = getComputedStyle(document.documentElement);
    const drawn = withColours(option, style);
    if (ends) atEnds(drawn, ends, style.getPropertyValue("--ink").trim());
    for (const axis of [].concat(drawn.xAxis ?? [], drawn.yAxis ?? [])) { // the page writes this number as a string
      if (axis.axisLabel?.interval) axis.axisLabel.interval = Number(axis.axisLabel.interval);
    }
    drawn.animation = false;
    drawn.useUTC = true;
    drawn.textStyle = { fontFamily: style.getPropertyValue("--font") };
    drawn.tooltip = Object.assign({}, drawn.tooltip, {
      formatter: tip,
      confine: true,
      backgroundColor: style.getPropertyValue("--raised").trim(),
      borderColor: style.getPropertyValue("--line").trim(),
      textStyle: { color: style.getPropertyValue("--ink").trim() },
    });
    chart.setOption(drawn, true);
  };

  for (const box of document.querySelectorAll("[data-option]")) {
    const option = JSON.parse(document.getElementById(box.dataset.option).textContent);
    box.textContent = "";
    if (box.dataset.rows) box.style.height = `${2.5 * box.dataset.rows + 2}rem`;
    const one = { chart: echarts.init(box, null, { renderer: "canvas" }), option, ends: box.dataset.ends };
    charts.push(one);
    draw(one);
    new ResizeObserver(() => one.chart.resize()).observe(box);
  }

  const redraw = () => charts.forEach(draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  matchMedia("print").addEventListener("change", redraw);
  document.documentElement.dataset.charts = "drawn";
})();
