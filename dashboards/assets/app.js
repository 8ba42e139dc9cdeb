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
    const text = at.toLocaleString("en-GB", inUTC.endsWith("UTC") ? minuteOf : dayOf).replace("Sept", "Sep"); // as the server writes it
    if (text !== inUTC) {
      time.textContent = text;
      time.title = inUTC.endsWith("UTC") ? inUTC : `${inUTC}, UTC`;
    }
  }
  if (new Date().getTimezoneOffset() !== 0) for (const place of document.querySelectorAll("[data-elsewhere]")) place.append(place.dataset.elsewhere);
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
      ? at.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).replace("Sept", "Sep")
      : list[0].axisValueLabel ?? list[0].data?.words ?? [list[0].componentSubType === "scatter" && list[0].seriesName, list[0].data?.name ?? list[0].name].filter(Boolean).join(": ");
    box.append(head);
    if (list[0].axisValueLabel === undefined) return box;
    for (const p of list) {
      if (p.data && p.data.name) box.append(line(p.color, p.seriesName + ": " + p.data.name));
    }
    return box;
  };

  // namedAtEnds are the lines, and the areas that do not end in nothing, which have their names where they end.
  const end = (s) => [].concat(s.data[s.data.length - 1].value).pop();
  const namedAtEnds = (option, names) => option.series.filter((s) => s.type === "line" && s.name && !(s.lineStyle && s.lineStyle.opacity === 0) &&
    (names === "*" || names.split(" ").includes(s.name)) && s.data && s.data.length > 0 && typeof end(s) === "number" && (!s.areaStyle || end(s) > 0));

  // called is what stands at the end of a line: its name and, where lines are named one by one, what its last moment says of itself.
  const called = (s, names) => {
    const said = s.data[s.data.length - 1].name;
    return names !== "*" && said ? `${s.name} ${said.replace(/ \(.*/, "")}` : s.name;
  };

  // labelled are those lines with their names and colours: where all end in one point, and have a name together, one of them with that.
  const newest = (s) => String(s.data[s.data.length - 1].value), colourOf = (s) => (s.areaStyle && s.areaStyle.color) || (s.lineStyle && s.lineStyle.color);
  const labelled = (option, { ends, together }) => {
    const named = namedAtEnds(option, ends), one = together && named.length > 1 && named.every((s) => newest(s) === newest(named[0]));
    return one ? [{ s: named[named.length - 1], name: together, colours: named.map(colourOf) }] : named.map((s) => ({ s, name: called(s, ends), colours: [colourOf(s)] }));
  };

  // levels are the level lines to compare with, which have their names beside the chart, too.
  const levels = (option) => option.series.flatMap((s) => (s.markLine?.data ?? []).filter((d) => d.name && typeof d.yAxis === "number")
    .map((d) => ({ level: d.yAxis, name: d.name, colours: [s.markLine.lineStyle.color] })));

  // room is how wide the place beside a chart is for the names of its lines: as the longest, and no more than a third; cut makes a name fit.
  const letters = `11px ${getComputedStyle(document.documentElement).getPropertyValue("--font")}`;
  const wide = (text) => echarts.format.getTextRect(text, letters).width;
  const marks = ({ colours }) => 10 * (colours.length - 1); // how much wider more than one makes a label
  const room = (chart, lines) => Math.min(Math.max(64, ...lines.map((l) => 30 + marks(l) + wide(l.name))), 0.32 * chart.getWidth());
  const cut = (name, width) => {
    if (wide(name) <= width) return name;
    const runes = [...name];
    while (runes.length > 1 && wide(`${runes.join("")}…`) > width) runes.pop();
    return `${runes.join("")}…`;
  };

  // folded is a name in the lines that it has room in: those of several lines, of levels, and with a figure behind them may have two.
  const folded = ({ name, level, colours }, width) => {
    const two = level !== undefined ? /(?<=: )/ : colours.length > 1 ? /(?<=and) / : / (?=\d[^ ]*$)/;
    return (wide(name) > width ? name.split(two) : [name]).map((part) => cut(part.trim(), width));
  };

  // atEnds writes names where lines end, and beside the middle of where areas do: as near as they can be without lying on one another.
  const atEnds = (chart, option, lines, { ink, muted }) => {
    const height = 14, top = 8, bottom = chart.getHeight() - 12, space = room(chart, lines);
    const pixel = (value) => chart.convertToPixel({ yAxisIndex: 0 }, value);
    let sum = 0;
    const labels = lines.map((line) => {
      const { s, level, colours } = line, words = folded(line, space - 26 - marks(line));
      sum += s?.areaStyle ? end(s) : 0;
      const at = pixel(!s ? level : s.areaStyle ? sum : end(s));
      return { s, colours, at, words, y: s?.areaStyle ? pixel(sum - end(s) / 2) : at, half: height * words.length / 2 };
    }).sort((a, b) => a.y - b.y);
    for (let round = 0; round < 200; round++) {
      for (let i = 1; i < labels.length; i++) {
        const lack = labels[i - 1].half + labels[i].half - (labels[i].y - labels[i - 1].y);
        if (lack > 0) [labels[i - 1].y, labels[i].y] = [labels[i - 1].y - lack / 2, labels[i].y + lack / 2];
      }
      for (const label of labels) {
        const more = label.half - height / 2; // of lines than one, above and below
        label.y = Math.min(bottom - more, Math.max(top + more, label.y));
      }
    }
    const right = chart.getWidth() - space;
    option.graphic = [];
    for (const { s, words, colours, at, y } of labels) { // in ink, as many colours are too pale for letters, after a mark that has the colour
      if (!s) {
        option.graphic.push({ type: "text", silent: true, z: 6, x: right + 6, y, style: { text: `{mark|–} ${words.join("\n")}`, font: letters, lineHeight: height, fill: muted,
          verticalAlign: "middle", rich: { mark: { fill: colours[0], font: letters } } } });
        continue;
      }
      const last = s.data[s.data.length - 1].value, from = Array.isArray(last) ? last[0] : s.data.length - 1;
      const x = chart.convertToPixel({ xAxisIndex: 0 }, typeof from === "string" ? Date.parse(from) : from);
      s.endLabel = { show: true, fontSize: 11, lineHeight: height, distance: 6, offset: [Math.max(0, right - x), y - at], color: ink,
        rich: Object.fromEntries(colours.map((colour, i) => [`mark${i}`, { color: colour || ink, fontSize: 11 }])),
        formatter: `${colours.map((_, i) => `{mark${i}|■}`).join("")} ${words.join("\n")}` };
    }
    if (labels.length > 0) chart.setOption(option, true);
  };

  // thousands writes a number as pages do.
  const thousands = (value) => {
    const [whole, part] = String(value).split(".");
    return whole.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (part ? `.${part}` : "");
  };

  // Times are written in the unit that suits them, at moments that people know.
  const times = [[1 / 60, "1 min"], [1 / 12, "5 min"], [0.25, "15 min"], [1, "1 h"], [6, "6 h"], [24, "1 d"], [168, "7 d"], [720, "30 d"], [2160, "90 d"],
    [8760, "365 d"], [43800, "1 825 d"]].map(([hours, name]) => [hours, name.replaceAll(" ", "\u202f")]);
  const inTimes = (axis) => {
    const at = times.filter(([hours]) => hours >= axis.min && hours <= axis.max).map(([hours]) => hours);
    axis.axisTick = { show: false, customValues: at };
    Object.assign(axis.axisLabel, { customValues: at, formatter: (value) => times.find(([hours]) => Math.abs(hours / value - 1) < 0.01)?.[1] ?? "" });
  };

  // inMonths names moments of an axis: each January is its year, and the first that is named has its year, too.
  const inMonths = (value, place) => {
    const at = new Date(value), part = (options) => at.toLocaleString("en-GB", { timeZone: "UTC", ...options }).replace("Sept", "Sep");
    if (at.getUTCDate() !== 1) return part({ day: "numeric", month: "short" });
    if (at.getUTCMonth() === 0) return part({ year: "numeric" });
    return part(place === 1 ? { month: "short", year: "numeric" } : { month: "short" });
  };

  // inYears is the same where there is little room: of more than a year and a half each January, and no month.
  const inYears = (option) => {
    const at = option.series.flatMap((s) => s.data ?? []).map((d) => Date.parse(d?.value?.[0])).filter((moment) => !Number.isNaN(moment));
    const long = Math.max(...at) - Math.min(...at) > 540 * 86400e3;
    return (value, place) => (long && (new Date(value).getUTCMonth() !== 0 || new Date(value).getUTCDate() !== 1) ? "" : inMonths(value, place === 1 && long ? 0 : place));
  };

  // inDays names days at the smallest of these distances at which their names have room, from the first on.
  const distances = [10, 30, 90, 180, 360, 720, 1440, 2880];
  const inDays = (axis, width) => {
    const step = parseInt(axis.data[1], 10), reach = step * (axis.data.length - 1), named = (days) => `${thousands(days)}\u202fd`;
    const every = distances.find((days) => days % step === 0 && (reach / days) * (wide(named(reach)) + 12) <= width) ?? distances[distances.length - 1];
    Object.assign(axis.axisLabel, { margin: 12, showMinLabel: null, showMaxLabel: null, interval: (i) => (i * step) % every === 0,
      formatter: (value) => named(parseInt(value, 10)) });
  };

  // apart leaves out those moments of an axis of times whose names would touch the one before.
  const apart = (chart, axis) => {
    let free = -Infinity;
    axis.axisTick.customValues = axis.axisLabel.customValues = axis.axisTick.customValues.filter((hours) => {
      const at = chart.convertToPixel({ xAxisIndex: 0 }, hours), half = wide(axis.axisLabel.formatter(hours)) / 2;
      if (at - half < free) return false;
      free = at + half + 12;
      return true;
    });
  };

  const charts = [];
  const draw = ({ chart, option, names }) => {
    const style = getComputedStyle(document.documentElement);
    const drawn = withColours(option, style);
    const lines = names.ends ? [...labelled(drawn, names), ...levels(drawn)] : [];
    if (names.ends) for (const grid of [].concat(drawn.grid || [])) grid.right = room(chart, lines);
    const narrow = chart.getWidth() < 420, timed = [];
    for (const s of drawn.series) {
      if (s.type === "bar") s.barMaxWidth = 36;
      if (s.type === "scatter") s.z = 6; // points, and what is written beside them, lie above lines to compare with
      if (s.type !== "bar" || !s.stack) continue;
      Object.assign(s, { barMinHeight: 5, clip: false }); // what is little can be seen, between its edges, and nothing is not drawn
      for (const d of s.data ?? []) if (d.value === 0) d.value = "-";
    }
    for (const axis of [].concat(drawn.xAxis ?? [], drawn.yAxis ?? [])) { // the page writes this number as a string
      if (axis.axisLabel) axis.axisLabel.fontFamily = style.getPropertyValue("--font"); // by which the room for labels is measured
      if (axis.name) axis.nameTextStyle = { color: style.getPropertyValue("--muted").trim(), fontFamily: style.getPropertyValue("--font"), fontSize: 11 };
      if (axis.axisLabel?.interval) axis.axisLabel.interval = Number(axis.axisLabel.interval);
      if (axis.type === "time") Object.assign(axis.axisLabel, { margin: 12, formatter: inMonths }, narrow && { formatter: inYears(drawn) });
      if (axis.axisLabel?.formatter === "{hours}") timed.push(axis);
      else if (axis.axisLabel?.formatter === "{days}") inDays(axis, chart.getWidth() - 40 - (drawn.grid[0] ?? drawn.grid).right);
      else if (axis.type === "value" && axis.axisLabel?.formatter?.includes?.("{value}")) { // numbers as the page has them, and few where it is narrow
        const written = axis.axisLabel.formatter;
        axis.axisLabel.formatter = (value) => written.replace("{value}", thousands(value));
        if (narrow && [].concat(drawn.xAxis ?? []).includes(axis)) Object.assign(axis, axis.max === 100 ? { interval: 50 } : { splitNumber: 2 });
      }
      if (axis.axisLabel?.overflow === "truncate") Object.assign(axis.axisLabel, { width: Math.min(220, 0.34 * chart.getWidth()), ellipsis: "…" });
    }
    timed.forEach(inTimes);
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
    if (timed.length > 0) {
      for (const axis of timed) apart(chart, axis);
      chart.setOption(drawn, true);
    }
    if (names.ends) atEnds(chart, drawn, lines, { ink: style.getPropertyValue("--ink").trim(), muted: style.getPropertyValue("--muted").trim() });
  };

  // again draws a chart as wide as its place is, or as a sheet of paper, onto which the place is scaled.
  const paper = matchMedia("print");
  const again = (one) => {
    one.chart.resize(paper.matches ? { width: Math.min(680, one.box.clientWidth), height: one.box.clientHeight } : undefined);
    draw(one);
  };

  for (const box of document.querySelectorAll("[data-option]")) {
    const option = JSON.parse(document.getElementById(box.dataset.option).textContent);
    box.textContent = "";
    if (box.dataset.rows) box.style.height = `${2.5 * box.dataset.rows + 2}rem`;
    const one = { box, chart: echarts.init(box, null, { renderer: "canvas" }), option, names: box.dataset };
    one.chart.on("finished", () => performance.mark("painted"));
    charts.push(one);
    draw(one);
    new ResizeObserver(() => again(one)).observe(box);
  }

  const redraw = () => charts.forEach(again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  paper.addEventListener("change", redraw);
  document.documentElement.dataset.charts = "drawn";
})();
