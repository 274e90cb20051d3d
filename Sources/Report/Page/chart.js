// The timeline: one line of the namespace, marks for what happened, and a line for each table and chain.

const view = { from: 0, to: 1, space: 0 };
const whole = (() => {
  const first = data.first || 0;
  const end = data.last || first;
  const margin = Math.max((end - first) * 0.02, 1e6);
  return { from: first - margin, to: end + margin };
})();
Object.assign(view, whole);

// What a namespace had when: [time, rules, effective, blocking], from states and from each side of every change.
const seriesOf = new Map();
function series(index) {
  if (!seriesOf.has(index)) {
    const points = (spaces[index].states || []).map((state) => ({ time: state[0], order: 0, steps: [state.slice(1)] }));
    for (const change of changes) {
      if (change[SPACE] !== index || change[KIND] === FAILED) continue;
      points.push({ time: change[TIME], order: 1, steps: [[change[RULES], change[EFFECTIVE], change[BLOCKING]], [change[RULES_AFTER], change[EFFECTIVE_AFTER], change[BLOCKING_AFTER]]] });
    }
    points.sort((a, b) => a.time - b.time || a.order - b.order);
    seriesOf.set(index, points.flatMap((point) => point.steps.map((step) => [point.time, ...step])));
  }
  return seriesOf.get(index);
}

// A step line in at most a few points for each pixel: its first, least, most and last value there. -1 breaks it.
function stepPath(points, value, x, y, width) {
  let path = "";
  let column = null;
  let previous = -1;
  const flush = () => {
    if (!column) return;
    for (const step of column.broken ? [column.last] : [column.first, column.least, column.most, column.last]) {
      if (step < 0) { previous = -1; continue; }
      path += previous < 0 ? `M${column.x} ${y(step)}` : previous === step ? "" : `V${y(step)}`;
      previous = step;
    }
  };
  const begin = (at, step) => {
    flush();
    if (previous >= 0 && column && column.x !== at) path += `H${at}`;
    column = { x: at, first: step, least: step, most: step, last: step, broken: step < 0 };
  };
  for (const point of points) {
    const at = Math.round(Math.min(Math.max(x(point[0]), 0), width) * 2) / 2;
    const step = point[value];
    if (!column || column.x !== at) { begin(at, step); continue; }
    column.least = Math.min(column.least, step);
    column.most = Math.max(column.most, step);
    column.last = step;
    column.broken = column.broken || step < 0;
  }
  flush();
  if (previous >= 0) path += `H${width}`;
  return path;
}

const STEPS = [1e3, 1e4, 1e5, 1e6, 2e6, 5e6, 10e6, 30e6, 60e6, 120e6, 300e6, 600e6, 1800e6, 3600e6, 7200e6, 21600e6, 43200e6, 86400e6, 172800e6, 604800e6, 2592000e6, 7776000e6, 31536000e6];

function timeTicks(from, to, room) {
  const step = STEPS.find((candidate) => (to - from) / candidate <= room) || STEPS[STEPS.length - 1];
  const ticks = [];
  for (let time = Math.ceil(from / step) * step; time <= to && ticks.length < 100; time += step) {
    ticks.push([time, step >= 86400e6 ? day(time).slice(0, -5) : step < 1e6 ? iso(time).slice(17, 23) : step < 60e6 ? clock(time) : clock(time).slice(0, 5)]);
  }
  return ticks;
}

function valueTicks(most) {
  const rough = Math.max(most, 1) / 3;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * unit).find((candidate) => candidate >= rough) || 1);
  const ticks = [];
  for (let value = 0; value < most + step; value += step) ticks.push(Math.round(value));
  return ticks;
}

// When the collector did not run, as far as the lines say.
function pauses(host) {
  const found = [];
  let stopped = null;
  for (const run of runs) {
    if (run.host !== host) continue;
    if (!run.start) { stopped = run.time; continue; }
    const began = stopped === null ? run.before : stopped;
    if (began < run.time) found.push([began, run.time, stopped !== null]);
    stopped = null;
  }
  if (stopped !== null && stopped < (data.last || 0)) found.push([stopped, data.last, true]);
  return found;
}

function drawPlot() {
  const holder = byId("plot");
  const width = Math.max(holder.clientWidth, 260);
  const height = 230;
  const edge = { left: 44, right: 14, top: 12, bottom: 26 };
  const inner = width - edge.left - edge.right;
  const points = spaces.length ? series(view.space) : [];
  const ticks = valueTicks(points.reduce((found, point) => Math.max(found, point[1]), 1));
  const most = ticks[ticks.length - 1];
  const x = (time) => ((time - view.from) / (view.to - view.from)) * inner;
  const y = (value) => Math.round((height - edge.bottom - (value / most) * (height - edge.top - edge.bottom)) * 2) / 2;
  const seen = windowed(points, 1);
  const drawing = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": "chart-text", focusable: "false" });
  const pattern = (name) => svg("pattern", { id: `hatch-${name}`, width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, svg("rect", { width: 2, height: 6, class: `hatch ${name}` }));
  drawing.append(svg("defs", {}, pattern("gap"), pattern("pause")));
  for (const value of ticks) {
    drawing.append(svg("line", { x1: edge.left, x2: width - edge.right, y1: y(value), y2: y(value), class: "grid" }),
      svg("text", { x: edge.left - 8, y: y(value) + 4, class: "tick end" }, grouped(value)));
  }
  for (const [time, text] of timeTicks(view.from, view.to, inner / 90)) {
    if (x(time) > inner - 16) continue;
    drawing.append(svg("line", { x1: edge.left + x(time), x2: edge.left + x(time), y1: height - edge.bottom, y2: height - edge.bottom + 4, class: "axis" }),
      svg("text", { x: edge.left + x(time), y: height - 6, class: "tick middle" }, text));
  }
  const plot = svg("g", { transform: `translate(${edge.left} 0)` });
  const host = spaces.length ? spaces[view.space].host : 0;
  for (const [from, to] of pauses(host)) plot.append(band(x, inner, from, to, height - edge.bottom, edge.top, "pause"));
  for (const [from, to] of gaps) plot.append(band(x, inner, from, to, height - edge.bottom, edge.top, "gap"));
  if (seen.length) {
    const line = (value, name) => svg("path", { d: stepPath(seen, value, x, y, inner), class: `line ${name}` });
    const path = stepPath(seen, 2, x, y, inner);
    plot.append(line(1, "rules"), svg("path", { d: `${path}V${y(0)}H${path.match(/^M([\d.]+)/)?.[1] || 0}Z`, class: "area" }), line(3, "blocking"), svg("path", { d: path, class: "line effective" }));
  }
  drawing.append(plot, svg("line", { x1: edge.left, x2: width - edge.right, y1: height - edge.bottom, y2: height - edge.bottom, class: "axis" }));
  fill(holder, drawing);
  drawMarkers(x, edge.left, inner);
  fill("chart-text", chartText(points), legend());
  drawChains();
}

// Those in view, the value that stood at its left edge in front.
function windowed(points, from) {
  const inside = points.filter((point) => point[0] >= view.from && point[0] <= view.to);
  const before = points.filter((point) => point[0] < view.from);
  return before.length ? [[view.from, ...before[before.length - 1].slice(from)], ...inside] : inside;
}

function band(x, inner, from, to, bottom, top, name) {
  const left = Math.max(0, x(from));
  const right = Math.min(inner, Math.max(x(to), x(from) + 3));
  return svg("rect", { x: left, y: top, width: Math.max(0, right - left), height: bottom - top, fill: `url(#hatch-${name})` });
}

function legend() {
  const entry = (name, text) => el("span", { class: "key" }, svg("svg", { width: 28, height: 10, "aria-hidden": "true", class: "swatch" },
    name === "gap" || name === "pause" ? svg("rect", { width: 28, height: 10, fill: `url(#hatch-${name})` }) : svg("path", { d: "M0 5H28", class: `line ${name}` })), text);
  const host = spaces.length ? spaces[view.space].host : 0;
  return el("span", { class: "legend" }, entry("effective", "effective rules: they can still meet a packet"), entry("blocking", "of them, those that drop or reject"), entry("rules", "all rules"),
    gaps.length ? entry("gap", "lines are missing") : null, pauses(host).length ? entry("pause", "the collector did not run") : null);
}

// The chart for those who do not see it.
function chartText(points) {
  if (!points.length) return el("p", {}, "No line says how many rules there were.");
  const least = points.reduce((found, point) => (point[2] < found[2] ? point : found));
  const first = points[0];
  const end = points[points.length - 1];
  const inView = view.from === whole.from && view.to === whole.to ? "" : ` The chart shows ${exact(view.from)} to ${exact(view.to)}.`;
  return el("p", {}, `In ${spaceName(view.space)}: ${counted(first[2], "effective rule")} at ${clock(first[0])}, at least ${grouped(least[2])} (${day(least[0])} ${clock(least[0])}), ${grouped(end[2])} at the end. Of those, blocking: ${grouped(first[3])}, then ${grouped(end[3])}. All rules: ${grouped(first[1])}, then ${grouped(end[1])}. All times are UTC.${inView}`);
}

// What happened, joined where marks would touch.
function markersIn(x, inner, size) {
  const slots = new Map();
  const put = (time, lane, item) => {
    const at = x(time);
    if (at < -1 || at > inner + 1) return;
    const slot = Math.min(Math.floor(at / size), Math.floor(inner / size));
    const key = `${lane} ${slot}`;
    if (!slots.has(key)) slots.set(key, { lane, slot, items: [], from: time, to: time });
    const marker = slots.get(key);
    marker.items.push(item);
    marker.from = Math.min(marker.from, time);
    marker.to = Math.max(marker.to, time);
  };
  changes.forEach((change, row) => { if (change[SPACE] === view.space) put(change[TIME], "change", row); });
  incidents.forEach((incident, index) => { if (incident.space === view.space) put(incident.first, "alert", index); });
  return [...slots.values()].sort((a, b) => a.from - b.from || (a.lane < b.lane ? -1 : 1)).map((marker) => ({ ...marker, x: Math.min(marker.slot * size + size / 2, inner) }));
}

function drawMarkers(x, left, inner) {
  // Wide enough for the largest number.
  let markers = [];
  for (const size of [30, 42, 58]) {
    markers = markersIn(x, inner, size);
    if (markers.every((marker) => String(marker.items.length).length * 12 + 6 <= size)) break;
  }
  const holder = fill("markers");
  holder.hidden = !markers.length;
  const alerts = markers.some((marker) => marker.lane === "alert");
  markers.forEach((marker, index) => {
    const { text, label, tone, act } = marker.lane === "alert" ? alertMarker(marker) : changeMarker(marker);
    const node = button(text, act, { class: `marker ${tone}`, tabindex: index === 0 ? "0" : "-1", "aria-label": label, title: label });
    node.style.left = `${left + marker.x}px`;
    node.style.top = marker.lane === "alert" || !alerts ? "0px" : "32px";
    holder.append(node);
  });
  holder.style.height = alerts && markers.some((marker) => marker.lane === "change") ? "62px" : "30px";
}

function alertMarker(marker) {
  const first = incidents[marker.items[0]];
  const count = marker.items.length;
  const label = count === 1 ? `${clock(marker.from)}: alert ${first.rule} ${first.name}, score ${first.score}, ${first.state}`
    : `${clock(marker.from)} to ${clock(marker.to)}: ${counted(count, "alert")}, the gravest with score ${Math.max(...marker.items.map((index) => incidents[index].score))}`;
  return { text: count === 1 ? MARKS.alert : MARKS.alert + count, label, tone: "alert", act: () => (count === 1 ? openIncident(marker.items[0]) : zoom(marker.from, marker.to)) };
}

function changeMarker(marker) {
  const tones = marker.items.map((row) => toneOf(changes[row]));
  const tone = ["loss", "gain", "failed", "plain"].find((candidate) => tones.includes(candidate));
  const count = marker.items.length;
  const sum = marker.items.reduce((total, row) => total + (changes[row][KIND] === FAILED ? 0 : delta(changes[row], EFFECTIVE)), 0);
  const row = marker.items[0];
  const label = count === 1 ? `${clock(marker.from)}: ${actorText(actors[changes[row][ACTOR]])} ${whatText(row)}; effective rules ${signed(sum)}`
    : `${clock(marker.from)} to ${clock(marker.to)}: ${counted(count, "change")}, effective rules ${signed(sum)}, ${tones.filter((each) => each === "loss").length} weakened`;
  return { text: count === 1 ? MARKS[tone] : MARKS[tone] + (count > 999 ? "999+" : count), label, tone, act: () => (count === 1 ? openChange(row) : listInterval(marker.from, marker.to)) };
}

function zoom(from, to) {
  const least = Math.max(to - from, 2000);
  const margin = least * 0.1;
  view.from = Math.max(whole.from, from - margin);
  view.to = Math.min(whole.to, to + margin);
  drawPlot();
}

function scale(factor) {
  const middle = (view.from + view.to) / 2;
  const half = Math.max(((view.to - view.from) / 2) * factor, 1000);
  view.from = Math.max(whole.from, middle - half);
  view.to = Math.min(whole.to, middle + half);
  drawPlot();
}

function shift(part) {
  const by = (view.to - view.from) * part;
  const bounded = Math.max(Math.min(by, whole.to - view.to), whole.from - view.from);
  view.from += bounded;
  view.to += bounded;
  drawPlot();
}

// The tables and chains, each with its own line on the same time.
function drawChains() {
  const space = spaces[view.space];
  const chains = (space && space.chains) || [];
  if (!chains.length) { fill("chains", el("p", { class: "muted" }, "No line names a chain of this namespace.")); return; }
  const tables = new Map();
  for (const chain of chains) {
    const name = joined(chain.family, chain.table, chain.legacy && "(legacy)");
    if (!tables.has(name)) tables.set(name, []);
    tables.get(name).push(chain);
  }
  const width = 220;
  const x = (time) => ((time - view.from) / (view.to - view.from)) * width;
  const rows = [];
  for (const [name, members] of tables) {
    rows.push(chainRow(name, "table", "", sumOf(members.map((chain) => chain.points)), x, width));
    for (const chain of members) rows.push(chainRow(chain.chain, "chain", chain.policy || "", chain.points, x, width));
  }
  fill("chains", table("Effective rules by table and chain", [{ title: "Table, chain" }, { title: "Policy", class: "wide" }, { title: "At first", class: "number wide" }, { title: "Least", class: "number" }, { title: "At the end", class: "number" }, { title: "Effective rules over time", class: "spark" }], rows, { class: "chains" }),
    space.chains_left_out ? el("p", { class: "muted" }, `${counted(space.chains_left_out, "chain")} more of this namespace had less to tell and are left out here.`) : null,
    el("p", { class: "muted note" }, "A dot is what a firewall-state line said. Between two of them a chain’s effective rules are reckoned from what came and went, where only one answer is possible; where the line breaks they are unknown. The namespace’s own line above is exact at every change."));
}

function chainRow(name, kind, policy, points, x, width) {
  const known = points.filter((point) => point[2] >= 0);
  const text = (point) => (point ? grouped(point[2]) : "unknown");
  const least = known.length ? known.reduce((found, point) => (point[2] < found[2] ? point : found)) : null;
  const end = points[points.length - 1];
  const most = Math.max(1, ...known.map((point) => point[2]));
  const y = (value) => Math.round((26 - (value / most) * 22) * 2) / 2;
  const drawing = svg("svg", { viewBox: `0 0 ${width} 30`, width, height: 30, "aria-hidden": "true", focusable: "false", class: "sparkline" },
    svg("line", { x1: 0, x2: width, y1: 26.5, y2: 26.5, class: "grid" }), svg("path", { d: stepPath(windowed(points, 1), 2, x, y, width), class: `line ${kind === "table" ? "effective" : "own"}` }));
  const told = points.filter((point) => point[3] && point[2] >= 0 && point[0] >= view.from && point[0] <= view.to);
  if (told.length <= 40) for (const point of told) drawing.append(svg("circle", { cx: x(point[0]), cy: y(point[2]), r: 2, class: "dot" }));
  const fell = end && end[2] >= 0 && known.length && end[2] < known[0][2];
  return [[el("bdi", { class: kind === "table" ? "strong" : "indented" }, name), {}], policy, text(points[0] && points[0][2] >= 0 ? points[0] : null), text(least), [end && end[2] >= 0 ? grouped(end[2]) : "unknown", { class: fell ? "loss" : "" }], drawing];
}

// The sum of several step lines; unknown where one is.
function sumOf(lines) {
  const times = [...new Set(lines.flatMap((points) => points.map((point) => point[0])))].sort((a, b) => a - b);
  const places = lines.map(() => -1);
  return times.map((time) => {
    let rules = 0;
    let effective = 0;
    let told = 1;
    lines.forEach((points, line) => {
      while (places[line] + 1 < points.length && points[places[line] + 1][0] <= time) places[line] += 1;
      const point = points[places[line]];
      if (!point) return;
      rules = rules < 0 || point[1] < 0 ? -1 : rules + point[1];
      effective = effective < 0 || point[2] < 0 ? -1 : effective + point[2];
      if (!(point[0] === time && point[3])) told = 0;
    });
    return [time, rules, effective, told];
  });
}
