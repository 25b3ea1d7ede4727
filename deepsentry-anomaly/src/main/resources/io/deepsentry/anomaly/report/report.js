"use strict";
/*
 * Draws a report from one object, and again when DeepSentry.show is called with newer data: what is selected, filtered or zoomed stays. DeepSentry.update does so
 * while someone reads.
 * Texts of the log become text nodes and nothing else.
 */
const DeepSentry = (() => {
  const KINDS = ["new_message", "order", "count", "burst", "drop", "silence", "value", "parameter", "level"];
  const BANDS = { error: "errors", warning: "warnings", info: "info", debug: "debug", none: "no level" };
  const LEVELS = ["critical", "warning"];
  const SORTS = {
    importance: { name: "most important", by: () => 0 },
    last: { name: "latest", by: (a, b) => time(b.last_seen) - time(a.last_seen) },
    first: { name: "earliest", by: (a, b) => time(a.first_seen) - time(b.first_seen) },
    count: { name: "most often", by: (a, b) => b.count - a.count },
  };
  const FEW_PATTERNS = 15;
  const MOST_DIFFERENCES = 8;
  const MOST_REASONS = 3;
  const WIDE = window.matchMedia("(min-width: 1200px)");
  const GUTTER = 82;
  const DAY = 864e5;

  let data = null;
  let chart = null;
  /** What a page of another kind draws in its own way. */
  const parts = { sentence: drawSentence, acknowledge };
  const view = {
    selected: null,
    levels: new Set(LEVELS),
    kind: "",
    search: "",
    sort: "importance",
    timeline: 0,
    score: false,
    range: null,
    pattern: "",
    allPatterns: false,
  };

  // ---- small things

  const byId = (id) => document.getElementById(id);

  /** An element with properties and children; a child that is no node becomes text. */
  function h(tag, properties, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "class") element.className = value;
      else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value === true ? "" : value);
    }
    append(element, children);
    return element;
  }

  function svg(tag, attributes, ...children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
    append(element, children);
    return element;
  }

  function append(element, children) {
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) element.append(child);
    }
  }

  const number = (value) => Number(value).toLocaleString("en-US");
  const plural = (count, word) => number(count) + " " + word + (count === 1 ? "" : "s");
  const times = (count) => (count === 1 ? "once" : count === 2 ? "twice" : plural(count, "time"));
  const figure = (value) => (value === null || value === undefined ? "–" : Number(value).toFixed(3));
  const words = (key) => String(key || "").replaceAll("_", " ");

  function percent(share) {
    if (share > 0 && share < 0.001) return "<0.1%";
    if (share > 0.999 && share < 1) return ">99.9%";
    return (100 * share).toFixed(share < 0.1 ? 1 : 0) + "%";
  }

  /** Milliseconds of a time as JSON has it: text, milliseconds, or nothing. */
  const time = (value) => (value === null || value === undefined ? NaN : typeof value === "number" ? value : Date.parse(value));

  const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
  const yearFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });
  const clockFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const minuteFormat = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

  /** A place of the log: a time of the reader's zone, or the number of a line in a log without times. */
  function place(at, seconds = true) {
    if (!Number.isFinite(at)) return "";
    if (!data.timed) return "line " + number(at + 1);
    const day = new Date(at).getFullYear() === new Date(data.written).getFullYear() ? dayFormat : yearFormat;
    return day.format(at) + " " + (seconds ? clockFormat : minuteFormat).format(at);
  }

  function span(from, to, seconds = true) {
    if (!Number.isFinite(from)) return "";
    if (!data.timed) return "lines " + number(from + 1) + " to " + number(to + 1);
    if (!Number.isFinite(to) || Math.floor(from / 1000) === Math.floor(to / 1000)) return place(from, seconds);
    const sameDay = dayFormat.format(from) === dayFormat.format(to) && to - from < DAY;
    seconds = seconds && to - from < DAY;
    return place(from, seconds) + " to " + (sameDay ? (seconds ? clockFormat : minuteFormat).format(to) : place(to, seconds));
  }

  /** A time with UTC on hover. */
  function stamp(text, ...times) {
    const utc = times.filter((at) => data.timed && Number.isFinite(at)).map((at) => new Date(at).toISOString());
    return h("span", { title: utc.length ? "UTC " + [...new Set(utc)].join(" to ") : null }, text);
  }

  function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
  }

  function levelShape(level, size) {
    const half = size / 2;
    return level === "critical"
      ? svg("path", { d: `M${half} 0L${size} ${half}L${half} ${size}L0 ${half}Z`, fill: "currentColor" })
      : svg("circle", { cx: half, cy: half, r: half - 1.2, fill: "none", stroke: "currentColor", "stroke-width": 2 });
  }

  function levelTag(level) {
    return h("span", { class: "tag " + level },
      svg("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, levelShape(level, 10)), level);
  }

  /** Counts as thin bars. */
  function spark(counts) {
    const most = Math.max(1, ...counts);
    const step = 100 / Math.max(1, counts.length);
    const path = counts
      .map((count, i) => (count > 0 ? `M${((i + 0.5) * step).toFixed(1)} 20V${(20 - Math.max(2, (18 * count) / most)).toFixed(1)}` : ""))
      .join("");
    return svg("svg", { class: "spark", viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" }, svg("path", { d: path }));
  }

  const baseName = (file) => String(file).split(/[\\/]/).pop();

  /** Some of several, and how many more there are. */
  function several(some, count, shown = (each) => each) {
    const more = count - some.length;
    return [some.map((each, i) => [i > 0 ? ", " : "", shown(each)]), more > 0 && " and " + number(more) + " more"];
  }

  // ---- the sentence

  function drawSentence() {
    const log = data.log;
    const files = log.test ? [log.test] : log.inputs;
    const count = log.test ? 1 : log.number_of_inputs;
    const name = files.length === 0 ? "the given events" : baseName(files[0]) + (count > 1 ? " and " + number(count - 1) + " more" : "");
    const unit = log.unit === "session" ? " (" + plural(log.sessions, "session") + ")" : "";
    const found = data.findings.total === 0 ? "Nothing unusual" : plural(data.findings.total, "finding");
    const when = data.timed ? [", ", stamp(span(log.judged.first, log.judged.last, false), log.judged.first, log.judged.last)] : [];
    document.title = found + ", " + name + " – DeepSentry";
    const critical = data.findings.critical;
    const small = [
      [[critical, "critical"], [data.findings.total - critical, "warning"]].filter(([count]) => count > 0).map(([count, level]) => number(count) + " " + level).join(", "),
      log.learned.lines > 0 && ["learned from ", plural(log.learned.lines, "line"),
        data.timed ? [", ", stamp(span(log.learned.first, log.learned.last, false), log.learned.first, log.learned.last)] : ""],
      data.threshold && "threshold " + Number(data.threshold.threshold).toFixed(2),
      ["written ", yearFormat.format(time(data.written)), " ", minuteFormat.format(time(data.written))],
    ].filter(Boolean);
    byId("sentence").replaceChildren(
      h("h1", null, found, " in ", plural(log.judged.lines, "line"), unit, " of ", name, when, "."),
      h("p", { class: "small" }, small.map((part, i) => [i > 0 ? " · " : "", part])));
  }

  // ---- the timeline

  function drawTimeline() {
    const section = byId("timeline");
    section.hidden = false;
    const names = { judged: "Judged part", all: "Whole log", hour: "Last hour", day: "Last day" };
    const choices = data.timelines.map((each, i) =>
      h("button", { type: "button", "aria-pressed": String(i === view.timeline), onclick: () => { view.timeline = i; setRange(null); drawTimeline(); } },
        names[each.name] || each.name));
    const scored = data.timelines.some((each) => each.scores.some((value) => value !== null));
    const score = scored && h("button", { type: "button", "aria-pressed": String(view.score), onclick: () => { view.score = !view.score; drawTimeline(); } },
      "Score and threshold");
    const reset = h("button", { type: "button", id: "reset", hidden: view.range === null, onclick: () => zoom(null) }, "Show all of it again");
    const line = data.timelines[view.timeline];
    section.replaceChildren(
      h("div", { class: "bar" }, h("h2", { id: "timeline-title" }, "When"), h("span", { class: "grow" }),
        h("div", { class: "bar controls" }, choices.length > 1 && choices, score, reset)),
      h("div", { class: "chart", id: "chart" }),
      h("div", { id: "lanes" }),
      h("div", { class: "at", id: "at" }),
      h("div", { class: "key" }, Object.keys(line.lines).map((band) => h("span", null, h("i", { class: band }), BANDS[band])),
        h("span", null, "a bar is " + length(line.step)),
        h("span", { class: "controls wide" }, "drag to zoom; everything below follows")));
    drawChart(line);
  }

  function length(step) {
    if (!data.timed) return plural(step, "line");
    for (const [size, word] of [[DAY, "day"], [36e5, "hour"], [6e4, "minute"], [1e3, "second"]]) {
      if (step >= size) return plural(step / size, word);
    }
    return plural(step, "millisecond");
  }

  function drawChart(line) {
    const drawn = columns(line);
    const bars = uPlot.paths.bars({ size: [1, 100, 1], gap: 0 });
    const stacked = drawn.bands.map((band) => ({
      label: BANDS[band], scale: "y", paths: bars, points: { show: false }, width: 0,
      fill: () => colour("band-" + band), stroke: () => colour("band-" + band),
    }));
    const axis = { stroke: () => colour("soft"), grid: { stroke: () => colour("line"), width: 1 }, ticks: { show: false }, font: "11px system-ui, sans-serif" };
    const options = {
      width: byId("chart").clientWidth,
      height: 190,
      legend: { show: false },
      padding: [8, view.score ? 0 : 26, 0, 0],
      scales: {
        x: { time: data.timed, range: (u, min, max) => (min === null || (min <= u.data[0][0] && max >= u.data[0][u.data[0].length - 1]) ? u.whole || drawn.whole : [min, max]) },
        y: { range: (u, min, max) => [0, Math.max(1, max * 1.05)] },
        score: { range: (u, min, max) => [0, Math.max(1, max || 0, data.threshold ? data.threshold.threshold : 0) * 1.1] },
      },
      axes: [
        { ...axis, grid: { show: false }, space: WIDE.matches ? 80 : 56, values: data.timed ? clockTicks : (u, ticks) => ticks.map(number) },
        { ...axis, scale: "y", size: GUTTER, space: 34, values: (u, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? number(tick) : "")) },
        { ...axis, scale: "score", side: 1, size: 48, show: view.score, grid: { show: false } },
      ],
      series: [
        {},
        ...stacked,
        { label: "score", scale: "score", show: view.score, stroke: () => colour("ink"), width: 1, spanGaps: true, points: { show: false } },
      ],
      cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: true } },
      hooks: {
        draw: [drawThreshold],
        setCursor: [(u) => tell(data.timelines[view.timeline], u.cursor.idx)],
        setScale: [(u, key) => { if (key === "x") zoomed(u); }],
      },
    };
    if (chart) chart.destroy();
    chart = new uPlot(options, drawn.values, byId("chart"));
    chart.whole = drawn.whole;
    chart.drawnBands = String(drawn.bands);
    showRange();
  }

  /** A timeline as the chart has it. Bars cover each other, the sum of all first: what remains to be seen of each is its own part. */
  function columns(line) {
    const unit = data.timed ? 1000 : 1;
    const bands = Object.keys(line.lines);
    const count = line.scores.length;
    const xs = Array.from({ length: count }, (unused, i) => (line.start + (i + 0.5) * line.step) / unit);
    const sums = bands.map((unused, b) => xs.map((x, i) => bands.slice(0, b + 1).reduce((sum, band) => sum + line.lines[band][i], 0)));
    return {
      bands: bands.reverse(), whole: [line.start / unit, (line.start + count * line.step) / unit], values: [xs, ...sums.reverse(), line.scores],
    };
  }

  function showRange() {
    const unit = data.timed ? 1000 : 1;
    const range = view.range ? view.range.map((at) => at / unit) : chart.whole;
    chart.setScale("x", { min: range[0], max: range[1] });
  }

  function clockTicks(u, ticks, axis, space, step) {
    let day = "";
    return ticks.map((tick) => {
      const at = tick * 1000;
      const clock = step >= 86400 ? "" : (step >= 60 ? minuteFormat : clockFormat).format(at);
      const date = dayFormat.format(at);
      const text = date === day && clock ? clock : (clock ? clock + "\n" : "") + date;
      day = date;
      return text;
    });
  }

  function drawThreshold(u) {
    if (!view.score || !data.threshold) return;
    const y = Math.round(u.valToPos(data.threshold.threshold, "score", true));
    u.ctx.save();
    u.ctx.strokeStyle = colour("critical");
    u.ctx.setLineDash([6, 4]);
    u.ctx.beginPath();
    u.ctx.moveTo(u.bbox.left, y);
    u.ctx.lineTo(u.bbox.left + u.bbox.width, y);
    u.ctx.stroke();
    u.ctx.fillStyle = colour("critical");
    u.ctx.font = 11 * devicePixelRatio + "px system-ui, sans-serif";
    u.ctx.fillText("threshold", u.bbox.left + 4, y - 4);
    u.ctx.restore();
  }

  function tell(line, index) {
    const at = byId("at");
    if (index === null || index === undefined || line.scores[index] === undefined) {
      at.replaceChildren();
      return;
    }
    const from = line.start + index * line.step;
    const parts = Object.keys(line.lines).filter((band) => line.lines[band][index] > 0)
      .map((band) => number(line.lines[band][index]) + " " + (band === "none" ? "lines" : BANDS[band]));
    const score = line.scores[index];
    at.replaceChildren(
      span(from, from + line.step - 1) + (data.timed ? " (UTC " + new Date(from).toISOString().slice(11, 19) + ")" : "")
        + ": " + (parts.join(", ") || "no line") + (score === null ? "" : "; highest score " + score.toFixed(1)));
  }

  function zoom(range) {
    const unit = data.timed ? 1000 : 1;
    const [min, max] = range ? range.map((at) => at / unit) : chart.whole;
    chart.setScale("x", { min, max });
  }

  function zoomed(u) {
    const unit = data.timed ? 1000 : 1;
    const { min, max } = u.scales.x;
    if (!u.whole) return;
    setRange(min <= u.whole[0] && max >= u.whole[1] ? null : [min * unit, max * unit]);
    drawLanes();
  }

  function setRange(range) {
    if (String(range) === String(view.range)) return;
    view.range = range;
    const reset = byId("reset");
    if (reset) reset.hidden = range === null;
    drawList();
    drawPatternRows();
  }

  /** A lane per kind, with a mark where its findings occurred. */
  function drawLanes() {
    const holder = byId("lanes");
    if (!chart || !holder) return;
    const items = matching(false);
    const kinds = KINDS.concat([...new Set(data.findings.items.map((item) => item.kind))].filter((kind) => !KINDS.includes(kind)))
      .filter((kind) => items.some((item) => item.kind === kind));
    const unit = data.timed ? 1000 : 1;
    const left = chart.bbox.left / devicePixelRatio;
    const width = chart.bbox.width / devicePixelRatio;
    const height = 22;
    const lanes = svg("svg", { class: "lanes", height: kinds.length * height + 4, width: "100%" });
    kinds.forEach((kind, row) => {
      const y = row * height + height / 2;
      lanes.append(svg("text", { x: left - 8, y: y + 4, "text-anchor": "end" }, words(kind)),
        svg("line", { x1: left, x2: left + width, y1: y, y2: y }));
      const cells = new Map();
      for (const item of items) {
        if (item.kind !== kind) continue;
        for (const [at, count] of occurrences(item)) {
          const x = chart.valToPos(at / unit, "x");
          if (x < -1 || x > width + 1) continue;
          const cell = Math.round(x / 9);
          const known = cells.get(cell);
          const graver = !known || item.id === view.selected || (item.level === "critical" && known.item.level !== "critical" && known.item.id !== view.selected);
          cells.set(cell, { x: graver ? x : known.x, item: graver ? item : known.item, count: count + (known ? known.count : 0) });
        }
      }
      for (const { x, item, count } of cells.values()) {
        const mark = item.level === "critical"
          ? svg("path", { d: `M${left + x} ${y - 6}l6 6l-6 6l-6 -6z`, class: "critical-mark" })
          : svg("circle", { cx: left + x, cy: y, r: 4.5, class: "warning-mark" });
        if (item.id === view.selected) mark.classList.add("chosen");
        lanes.append(svg("a", { href: "#f=" + item.id, tabindex: "-1" },
          svg("title", null, item.level + ", " + words(kind) + ", " + times(count) + ": " + title(item)), mark));
      }
    });
    holder.replaceChildren(kinds.length ? lanes : "");
  }

  /** When a finding occurred: pairs of a place and a count. */
  function occurrences(item) {
    if (item.times) return item.times.flatMap((at, i) => (i % 2 === 0 ? [[at, item.times[i + 1]]] : []));
    const line = data.timelines[0];
    const pairs = [];
    for (let i = 0; i + 1 < item.at.length; i += 2) pairs.push([line.start + (item.at[i] + 0.5) * line.step, item.at[i + 1]]);
    return pairs;
  }

  // ---- the list of findings

  const byFindingId = (id) => data.findings.items.find((item) => item.id === id);
  const title = (item) => item.message || (item.explanation && item.explanation.reason) || words(item.kind);

  function matching(ofRange) {
    const search = view.search.toLowerCase();
    const texts = (item) => [item.message, item.reason, item.id, item.line, item.component, item.severity, ...(item.some_hosts || []), ...(item.some_sessions || [])];
    return data.findings.items.filter((item) =>
      view.levels.has(item.level)
      && (view.kind === "" || item.kind === view.kind)
      && (search === "" || texts(item).some((text) => text && String(text).toLowerCase().includes(search)))
      && (!ofRange || !view.range || occurrences(item).some(([at]) => at >= view.range[0] && at <= view.range[1])))
      .sort(SORTS[view.sort].by);
  }

  function drawFindings() {
    const section = byId("findings");
    section.hidden = data.findings.total === 0;
    if (section.hidden) return;
    const sort = h("select", { "aria-label": "order", onchange: (event) => { view.sort = event.target.value; refilter(); } },
      Object.entries(SORTS).map(([key, each]) => h("option", { value: key, selected: key === view.sort }, each.name)));
    const search = h("input", { type: "search", placeholder: "search findings", "aria-label": "search findings", value: view.search,
      oninput: (event) => { view.search = event.target.value; refilter(); } });
    section.replaceChildren(
      h("div", { class: "bar head" }, h("h2", { id: "findings-title" }, "Findings"), h("span", { class: "small", id: "shown" }),
        h("button", { type: "button", class: "controls", id: "waiting", hidden: true, onclick: () => arrange(true) })),
      h("div", { class: "bar controls" }, h("span", { class: "bar", id: "filters" }), sort, search),
      h("div", { class: "columns" },
        h("ol", { class: "list", id: "list", onkeydown: move }),
        h("article", { class: "detail", id: "detail", "aria-live": "polite" })));
    drawFilters();
    drawList();
    drawDetail();
  }

  function drawFilters() {
    const kinds = [...new Set(data.findings.items.map((item) => item.kind))];
    const levels = LEVELS.map((level) => {
      const count = level === "critical" ? data.findings.critical : data.findings.total - data.findings.critical;
      return count > 0 && h("button", { type: "button", "aria-pressed": String(view.levels.has(level)), onclick: (event) => {
        if (!view.levels.delete(level)) view.levels.add(level);
        event.currentTarget.setAttribute("aria-pressed", String(view.levels.has(level)));
        refilter();
      } }, number(count) + " " + level);
    });
    const kind = h("select", { "aria-label": "kind", onchange: (event) => { view.kind = event.target.value; refilter(); } },
      h("option", { value: "" }, "all kinds"), kinds.map((each) => h("option", { value: each, selected: each === view.kind }, words(each))));
    byId("filters").replaceChildren(...levels.filter(Boolean), ...(kinds.length > 1 ? [kind] : []));
  }

  function refilter() {
    drawList();
    drawLanes();
  }

  function drawList() {
    const list = byId("list");
    if (!list) return;
    const items = matching(true);
    const detail = byId("detail");
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.id : null;
    byId("findings").querySelector(".columns").append(detail);
    list.replaceChildren(...items.map(row));
    if (items.length === 0) list.append(h("li", { class: "empty" }, "No finding matches. Change the filter, or show all of the timeline."));
    tellShown(items);
    placeDetail();
    const again = focused && list.querySelector(`[data-id="${CSS.escape(focused)}"]`);
    if (again) again.focus({ preventScroll: true });
  }

  function tellShown(items) {
    const shown = data.findings.items.length;
    byId("shown").replaceChildren(
      items.length < shown ? number(items.length) + " of " + number(shown) : "",
      shown < data.findings.total ? " the " + number(shown) + " most important of " + number(data.findings.total) : "");
    byId("waiting").hidden = true;
  }

  function row(item) {
    const bins = new Array(32).fill(0);
    const line = data.timelines[0];
    const whole = line.scores.length * line.step;
    for (const [at, count] of occurrences(item)) {
      if (at >= line.start) bins[Math.min(31, Math.floor((32 * (at - line.start)) / whole))] += count;
    }
    const from = time(item.first_seen);
    const to = time(item.last_seen);
    const hosts = item.hosts || 0;
    const where = hosts > 1 ? " · " + plural(hosts, "host") : item.sessions > 1 ? " · " + plural(item.sessions, "session") : "";
    return h("li", null, h("a", {
      class: "row", href: "#f=" + item.id, "data-id": item.id, "aria-current": String(item.id === view.selected),
    },
    levelTag(item.level),
    h("span", { class: "what" }, title(item)),
    h("span", { class: "often" }, spark(bins), h("span", { class: "small" }, times(item.count))),
    h("span", { class: "when small" }, words(item.kind), " · ", stamp(span(from, to) || "no time", from, to), where,
      data.live && item.status === "ended" && " · ended")));
  }

  function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    const rows = [...byId("list").querySelectorAll(".row")];
    const next = rows[rows.indexOf(event.target.closest(".row")) + step];
    event.preventDefault();
    if (!next) return;
    location.hash = "f=" + next.dataset.id;
    next.focus();
  }

  function select(id) {
    view.selected = data.findings.items.some((item) => item.id === id) ? id : null;
    const list = byId("list");
    if (!list) return;
    for (const each of list.querySelectorAll(".row")) each.setAttribute("aria-current", String(each.dataset.id === view.selected));
    drawDetail();
    placeDetail();
    drawLanes();
  }

  /** Beside the list where there is room, under its row where there is none. */
  function placeDetail() {
    const detail = byId("detail");
    const list = byId("list");
    if (!list) return;
    const current = list.querySelector('.row[aria-current="true"]');
    if (WIDE.matches || !current) byId("findings").querySelector(".columns").append(detail);
    else current.parentElement.append(detail);
    detail.hidden = !view.selected || (!WIDE.matches && !current);
  }

  // ---- one finding

  function drawDetail() {
    const detail = byId("detail");
    const item = byFindingId(view.selected);
    if (!item) {
      detail.replaceChildren();
      return;
    }
    const explanation = item.explanation || {};
    // What was expected has bars of its own.
    const why = (explanation.expected || []).length > 0 ? explanation.reason : item.reason;
    const reasons = [...new Set([why || item.reason, ...(explanation.evidence || []).map((each) => each.reason)].filter(Boolean).map(sentence))];
    detail.replaceChildren(...[
      h("div", { class: "bar" }, levelTag(item.level), h("span", { class: "tag plain" }, words(item.kind)),
        item.status && h("span", { class: "tag plain" }, item.status), h("span", { class: "grow" }),
        h("a", { class: "small", href: "#f=" + item.id }, item.id)),
      h("p", { class: "message", title: title(item) }, title(item)),
      h("div", { class: "why" }, reasons.slice(0, MOST_REASONS).map((reason) => h("p", null, reason)),
        reasons.length > MOST_REASONS && h("p", { class: "small" }, "And " + plural(reasons.length - MOST_REASONS, "more reason") + ".")),
      factsOf(item),
      rawLines(item, explanation),
      expected(explanation),
      nearest(item, explanation),
      involved(item),
      h("div", { id: "acknowledge" }, parts.acknowledge(item)),
    ].flat().filter(Boolean));
  }

  function factsOf(item) {
    const from = time(item.first_seen);
    const to = time(item.last_seen);
    const facts = [
      ["how often", times(item.count) + (item.sessions > 1 ? " in " + plural(item.sessions, "session") : "")],
      Number.isFinite(from) && ["when", stamp(span(from, to), from, to)],
      (item.sources || []).length > 0 && ["where", several(item.sources, item.count, (each) => h("span", { title: each.file }, baseName(each.file) + ":" + each.line))],
      (item.some_sessions || []).length > 0 && ["sessions", several(item.some_sessions, item.sessions)],
      (item.some_hosts || []).length > 0 && ["hosts", several(item.some_hosts, item.hosts)],
      item.group && item.group !== item.id && byFindingId(item.group) && ["together with", h("a", { href: "#f=" + item.group }, title(byFindingId(item.group)))],
      ["score", Number(item.score).toFixed(1) + ", threshold " + Number(item.threshold).toFixed(1)],
    ].filter(Boolean);
    return h("dl", { class: "facts" }, facts.map(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
  }

  function sentence(text) {
    const first = text.charAt(0).toUpperCase() + text.slice(1);
    return /[.!?]$/.test(first) ? first : first + ".";
  }

  function rawLines(item, explanation) {
    const step = explanation.step || {};
    const excerpt = (explanation.excerpt || []).filter((line) => line.text !== null);
    const lines = excerpt.length > 0 ? excerpt : item.line ? [{ line: step.line || "", text: item.line, offset: step.offset, file: step.file }] : [];
    if (lines.length === 0) return null;
    const isOdd = (line) => lines.length === 1 || (line.offset === step.offset && line.file === step.file);
    return [h("h3", null, (item.some_sessions || []).length > 0 ? "Lines of the session" : "Lines around it"),
      h("ol", { class: "lines" }, lines.map((line) => h("li", { class: isOdd(line) ? "odd" : null },
        h("span", null, isOdd(line) ? "▶ " : "", line.line),
        h("span", null, isOdd(line) ? underlined(line.text, item.odd || []) : line.text))))];
  }

  /** A text with words underlined, each where it stands alone. */
  function underlined(text, odd) {
    if (odd.length === 0) return text;
    const escaped = odd.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).sort((a, b) => b.length - a.length);
    const parts = text.split(new RegExp(`(?<![\\p{L}\\p{N}_])(${escaped.join("|")})(?![\\p{L}\\p{N}_])`, "u"));
    return parts.map((part, i) => (i % 2 === 1 ? h("u", null, part) : part));
  }

  function shareBar(share) {
    return h("span", { class: "track" },
      svg("svg", { "aria-hidden": "true" }, svg("rect", { width: (100 * Math.min(1, share)).toFixed(1) + "%", height: "100%" })));
  }

  function expected(explanation) {
    const all = explanation.expected || [];
    if (all.length === 0) return null;
    return [h("h3", null, explanation.kind === "missing_at_end" ? "Expected then" : "Expected instead"),
      h("div", { class: "shares" }, all.map((each) => h("div", { class: "share" },
        h("span", { class: "number" }, percent(each.probability)), shareBar(each.probability),
        h("span", null, each.end_of_session ? h("i", null, "the end of the session") : each.message))))];
  }

  function nearest(item, explanation) {
    const normal = explanation.nearest_normal;
    if (!normal) return null;
    const here = new Map(item.session_messages || []);
    const rows = [];
    for (const each of normal.missing) {
      const count = here.get(each.message) || 0;
      rows.push([count === 0 ? "missing" : "too few", each.message, count, count + each.count]);
    }
    for (const each of normal.surplus) {
      const count = here.get(each.message) || each.count;
      rows.push([count > each.count ? "too many" : "extra", each.message, count, Math.max(0, count - each.count)]);
    }
    const differing = new Set(rows.map((each) => each[1]));
    const same = [...here].filter(([message]) => !differing.has(message)).map(([message, count]) => ["same", message, count, count]);
    const line = ([what, message, a, b]) => h("tr", { class: what === "same" ? null : "self" },
      h("td", { class: "what" }, what), h("td", { class: "number" }, number(a)), h("td", { class: "number" }, number(b)),
      h("td", { class: "text" }, h("span", { class: "clamped", title: message }, message)));
    const table = (all) => h("table", { class: "diff" },
      h("thead", null, h("tr", null, h("th", null, ""), h("th", { class: "number" }, "here"), h("th", { class: "number" }, "normal"), h("th", null, "message"))),
      h("tbody", null, all.map(line)));
    const shown = rows.slice(0, MOST_DIFFERENCES);
    const rest = rows.slice(MOST_DIFFERENCES).concat(same);
    return [h("h3", null, "Beside the nearest normal session"),
      h("p", { class: "small" }, plural(normal.seen, "training session") + " like it."
        + (rows.length > 0 ? "" : normal.session_ended ? " The same messages as often, in another order." : " It has all messages that came so far.")),
      shown.length > 0 && table(shown),
      rest.length > 0 && h("details", null, h("summary", { class: "small" },
        [rows.length > shown.length && plural(rows.length - shown.length, "more difference"), same.length > 0 && plural(same.length, "message") + " as often as normal"]
          .filter(Boolean).join(", ")), table(rest))];
  }

  function involved(item) {
    const all = item.involved || [];
    if (all.length === 0) return null;
    return [h("h3", null, "Who is involved"),
      h("div", { class: "shares" }, all.map((each) => h("div", { class: "share" },
        h("span", { class: "number" }, percent(each.lines / each.of)), shareBar(each.lines / each.of),
        h("span", null, words(each.field) + " ", h("b", null, each.value),
          h("span", { class: "small" }, " " + number(each.lines) + " of " + plural(each.of, "line") + ", "
            + (each.usual === 0 ? "never before" : percent(each.usual) + " before"))))))];
  }

  function acknowledge(item) {
    return [h("h3", null, "If this was normal"),
      copied("deepsentry feedback --normal " + (item.alert || item.id) + " --data-dir " + quoted(data.log.data_dir))];
  }

  const quoted = (folder) => (/^[\w@%+=:,./-]+$/.test(folder) ? folder : "'" + folder.replaceAll("'", "'\\''") + "'");

  /** A command with a button that copies it. */
  function copied(command) {
    const code = h("code", null, command);
    const button = h("button", { type: "button", class: "controls", onclick: async () => {
      try {
        await navigator.clipboard.writeText(command);
        button.textContent = "Copied";
      } catch (refused) {
        getSelection().selectAllChildren(code);
        button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    } }, "Copy");
    return h("div", { class: "copy" }, code, button);
  }

  // ---- patterns

  function drawPatterns() {
    const section = byId("patterns");
    const patterns = data.patterns;
    section.hidden = !patterns || patterns.items.length === 0;
    if (section.hidden) return;
    const search = h("input", { type: "search", placeholder: "search messages", "aria-label": "search messages", value: view.pattern,
      oninput: (event) => { view.pattern = event.target.value; drawPatternRows(); } });
    const columns = ["message", "level", "learned", "judged", "share", "trend", "first", "last"];
    const numeric = new Set(["learned", "judged", "share"]);
    const roomy = new Set(["level", "share", "trend", "first", "last"]);
    const classes = (name) => [numeric.has(name) && "number", roomy.has(name) && "wide"].filter(Boolean).join(" ") || null;
    section.replaceChildren(
      h("div", { class: "bar" }, h("h2", { id: "patterns-title" }, "Messages"),
        h("span", { class: "small" }, plural(patterns.messages, "message") + ", " + number(patterns.new) + " new, " + number(patterns.gone) + " gone"),
        h("span", { class: "grow" }), h("div", { class: "bar controls" }, search)),
      h("div", { class: "scroll" }, h("table", { class: "patterns" },
        h("thead", null, h("tr", null, columns.map((name) => h("th", { class: classes(name) }, name)))),
        h("tbody", { id: "pattern-rows" }))),
      h("p", { class: "small", id: "pattern-more" }));
    drawPatternRows();
  }

  function patternName(each) {
    return [each.status && [h("span", { class: "tag plain" }, each.status), " "], each.message];
  }

  function drawPatternRows() {
    const body = byId("pattern-rows");
    if (!body) return;
    const search = view.pattern.toLowerCase();
    const order = { new: 0, gone: 1 };
    const found = data.patterns.items.filter((each) =>
      (search === "" || each.message.toLowerCase().includes(search) || String(each.level).toLowerCase() === search || each.status === search)
      && (!view.range || (each.last >= view.range[0] && each.first <= view.range[1])))
      .sort((a, b) => (order[a.status] ?? 2) - (order[b.status] ?? 2) || b.judged - a.judged || b.learned - a.learned);
    const shown = view.allPatterns ? found : found.slice(0, FEW_PATTERNS);
    body.replaceChildren(...shown.map((each) => h("tr", null,
      h("td", { class: "text" }, each.example
        ? h("details", null, h("summary", null, h("span", { class: "name" }, patternName(each))), h("code", null, each.example)) : patternName(each)),
      h("td", { class: "wide" }, each.level || ""),
      h("td", { class: "number" }, number(each.learned)),
      h("td", { class: "number" }, number(each.judged)),
      h("td", { class: "number wide" }, percent(each.judged / Math.max(1, data.log.judged.lines))),
      h("td", { class: "wide" }, spark(each.trend)),
      h("td", { class: "small wide" }, stamp(place(each.first), each.first)),
      h("td", { class: "small wide" }, stamp(place(each.last), each.last)))));
    const rest = data.patterns.messages - data.patterns.items.length;
    byId("pattern-more").replaceChildren(...[
      shown.length < found.length && h("button", { type: "button", class: "controls", onclick: () => { view.allPatterns = true; drawPatternRows(); } },
        "Show all " + number(found.length)),
      found.length === 0 && "No message matches.",
      rest > 0 && " " + plural(rest, "rarer message") + " not listed; deepsentry patterns has all of them.",
    ].filter(Boolean));
  }

  // ---- quality

  function drawQuality() {
    const section = byId("quality");
    const quality = data.quality;
    section.hidden = !quality;
    if (section.hidden) return;
    const unit = quality.unit;
    const columns = ["average precision", "AUC ROC", "precision", "recall", "F1", "found", "missed", "false alarms"];
    const line = (name, each, self) => h("tr", { class: self ? "self" : null }, h("th", { scope: "row" }, name),
      [figure(each.auc_pr), figure(each.auc_roc), figure(each.precision), figure(each.recall), figure(each.f1),
        number(each.confusion.tp), number(each.confusion.fn), number(each.confusion.fp)].map((text) => h("td", { class: "number" }, text)));
    const baselines = Object.entries(quality.baselines || {});
    section.replaceChildren(...[
      h("h2", { id: "quality-title" }, "Against the labels"),
      h("p", { class: "small" }, plural(quality.cases.anomalous, "anomalous " + unit) + ", " + number(quality.cases.normal) + " normal"
        + (quality.cases.unlabelled ? ", " + number(quality.cases.unlabelled) + " without a label" : "") + ". " + sentence(quality.protocol)),
      h("div", { class: "scroll" }, h("table", null,
        h("thead", null, h("tr", null, h("th", null, ""), columns.map((name) => h("th", { class: "number" }, name)))),
        h("tbody", null, line("DeepSentry", quality, true), baselines.map(([name, each]) => line("rule: " + words(name), each, false))))),
      h("div", { class: "pictures" }, quality.curves && [roc(quality, baselines), precisionRecall(quality, baselines)], confusion(quality)),
    ].filter(Boolean));
  }

  const SIDE = 290;
  const LEFT = 40;
  const TOP = 8;

  function frame(x, y, children) {
    const ticks = [0, 0.5, 1].map((at) => [
      svg("text", { x: LEFT + at * SIDE, y: TOP + SIDE + 16, "text-anchor": "middle" }, String(at)),
      svg("text", { x: LEFT - 6, y: TOP + SIDE - at * SIDE + 4, "text-anchor": "end" }, String(at))]);
    return svg("svg", { class: "curve", viewBox: `0 0 ${LEFT + SIDE + 12} ${TOP + SIDE + 36}`, role: "img" },
      svg("line", { class: "grid", x1: LEFT, x2: LEFT + SIDE, y1: TOP + SIDE / 2, y2: TOP + SIDE / 2 }),
      svg("line", { class: "grid", x1: LEFT + SIDE / 2, x2: LEFT + SIDE / 2, y1: TOP, y2: TOP + SIDE }),
      svg("rect", { class: "frame", x: LEFT, y: TOP, width: SIDE, height: SIDE }), ticks,
      svg("text", { x: LEFT + SIDE / 2, y: TOP + SIDE + 31, "text-anchor": "middle" }, x),
      svg("text", { x: 12, y: TOP + SIDE / 2, "text-anchor": "middle", transform: `rotate(-90 12 ${TOP + SIDE / 2})` }, y), children);
  }

  const path = (points, x, y) => "M" + points.map(([a, b]) => x(a).toFixed(1) + " " + y(b).toFixed(1)).join("L");

  function dot(x, y, name, self) {
    return svg(self ? "circle" : "rect", self ? { cx: x, cy: y, r: 5, class: "here" } : { x: x - 4, y: y - 4, width: 8, height: 8, class: "rule" },
      svg("title", null, name));
  }

  function roc(quality, baselines) {
    const x = (at) => LEFT + at * SIDE;
    const y = (at) => TOP + SIDE - at * SIDE;
    const small = 132;
    const left = LEFT + SIDE - small - 14;
    const top = TOP + SIDE - small - 30;
    const most = 0.05;
    const insetX = (at) => left + (at / most) * small;
    const insetY = (at) => top + small - at * small;
    const points = quality.curves.roc;
    const near = points.filter((point) => point[0] <= most);
    const beyond = points.find((point) => point[0] > most);
    const last = near[near.length - 1];
    if (beyond && last) near.push([most, last[1] + ((beyond[1] - last[1]) * (most - last[0])) / (beyond[0] - last[0])]);
    const rate = (each) => [each.confusion.fp / Math.max(1, each.confusion.fp + each.confusion.tn), each.recall];
    const marks = [...baselines.map(([name, each]) => ["rule: " + words(name), rate(each), false]), ["DeepSentry at its threshold", rate(quality), true]];
    return h("figure", null, h("figcaption", null, h("b", null, "ROC"), ", area " + figure(quality.auc_roc)),
      frame("normal flagged (false positive rate)", "anomalies found (recall)", [
        svg("line", { class: "chance", x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
        svg("path", { class: "line", d: path(points, x, y) }),
        svg("rect", { class: "inset", x: left, y: top, width: small, height: small }),
        svg("path", { class: "line", d: path(near, insetX, insetY) }),
        svg("text", { x: left, y: top - 5 }, "its left 5%"),
        svg("text", { x: left, y: top + small + 13 }, "0"),
        svg("text", { x: left + small, y: top + small + 13, "text-anchor": "end" }, "0.05"),
        marks.map(([name, [a, b], self]) => [dot(x(a), y(b), name, self), a <= most && dot(insetX(a), insetY(b), name, self)]).flat().filter(Boolean)]));
  }

  function precisionRecall(quality, baselines) {
    const x = (at) => LEFT + at * SIDE;
    const y = (at) => TOP + SIDE - at * SIDE;
    const share = quality.cases.anomalous / (quality.cases.anomalous + quality.cases.normal);
    return h("figure", null, h("figcaption", null, h("b", null, "Precision and recall"), ", average precision " + figure(quality.auc_pr)),
      frame("anomalies found (recall)", "flagged that are anomalies (precision)", [
        svg("line", { class: "chance", x1: x(0), y1: y(share), x2: x(1), y2: y(share) }),
        svg("path", { class: "line", d: path(quality.curves.precision_recall, x, y) }),
        baselines.map(([name, each]) => dot(x(each.recall), y(each.precision), "rule: " + words(name), false)),
        dot(x(quality.recall), y(quality.precision), "DeepSentry at its threshold", true)]));
  }

  function confusion(quality) {
    const { tp, fp, fn, tn } = quality.confusion;
    const unit = quality.unit;
    const cell = (count, text, good) => h("div", { class: good ? "good" : "bad" }, h("b", null, number(count)), text);
    return h("figure", null, h("figcaption", null, h("b", null, "At the threshold"), " of " + Number(quality.threshold).toFixed(2)),
      h("div", { class: "cells" },
        cell(tp, "anomalous " + unit + "s found, of " + number(tp + fn), true),
        cell(fn, "anomalous " + unit + "s missed", false),
        cell(fp, "false alarms: normal " + unit + "s flagged", false),
        cell(tn, "normal " + unit + "s left alone, of " + number(tn + fp), true)),
      h("p", { class: "small" }, "● DeepSentry, □ simple rules, dashed: chance."));
  }

  // ---- about

  function drawAbout() {
    const section = byId("about");
    const about = data.about;
    section.hidden = !about;
    if (section.hidden) return;
    const log = data.log;
    const detector = about.detector || {};
    const encoder = about.text_encoder || {};
    const settings = (model) => Object.entries(model.parameters || {}).map(([name, value]) => words(name) + " " + value).join(", ");
    const versions = Object.entries(detector.libraries || {}).map(([name, version]) => name + " " + version).join(", ");
    const platform = detector.platform || {};
    const read = log.read || {};
    const facts = [
      ["inputs", log.inputs.join(", ") + (log.number_of_inputs > log.inputs.length ? ", and " + number(log.number_of_inputs - log.inputs.length) + " more" : "")],
      log.test && ["judged", log.test],
      ["format", log.format],
      log.session_key && ["session key", log.session_key],
      ["read", plural(read.lines || 0, "line") + ", " + plural(read.events || 0, "event") + ", " + number(read.attached || 0)
        + " lines attached to the event before them, " + number((read.dropped || 0) + (read.unread || 0)) + " left out"],
      ["time zone", log.time_zone + " (of the log)"],
      data.threshold && ["threshold", data.threshold.threshold + ": " + data.threshold.method
        + (data.threshold.validation_count ? ", from " + plural(data.threshold.validation_count, "validation " + log.unit) : "")],
      data.statistics && ["scores", "mean " + Number(data.statistics.mean).toFixed(2) + ", highest " + Number(data.statistics.max).toFixed(2)
        + ", " + number(data.statistics.flagged) + " of " + plural(data.statistics.count, data.statistics.unit) + " flagged"],
      ["detector", settings(detector)],
      ["text encoder", settings(encoder)],
      ["data", about.prepared_data + ", fingerprint " + String(about.data_fingerprint).slice(0, 16)],
      detector.files && ["model", Object.entries(detector.files).slice(0, 1).map(([name, digest]) => name + ", SHA-256 " + digest.slice(0, 16)).join("")],
      ["versions", [about.version && "DeepSentry " + about.version, versions, platform.java && "Java " + platform.java, platform.os].filter(Boolean).join(", ")],
      ["charts", about.charts + ", MIT licence, © 2022 Leon Sorokin"],
    ].filter((fact) => fact && fact[1]);
    section.replaceChildren(h("h2", { id: "about-title" }, "About"),
      h("dl", { class: "facts small" }, facts.map(([name, value]) => [h("dt", null, name), h("dd", null, value)])));
  }

  // ---- all of it

  // ---- newer data while someone reads

  /**
   * Takes newer data and draws only what changed. What one reads does not move: rows keep their places while the list is read, and new ones wait behind a button.
   */
  function update(next) {
    data = next;
    const calm = isRead();
    const seen = calm || scrollY > 0 ? document.elementFromPoint(innerWidth / 2, innerHeight / 2) : null;
    const top = seen && seen.getBoundingClientRect().top;
    parts.sentence();
    updateTimeline();
    updateFindings();
    if (seen && seen.isConnected) scrollBy({ top: seen.getBoundingClientRect().top - top, behavior: "instant" });
  }

  function updateTimeline() {
    const line = data.timelines[view.timeline];
    if (!chart || chart.drawnBands !== String(Object.keys(line.lines).reverse())) {
      drawTimeline();
      return;
    }
    // Someone drags.
    if (chart.select.width > 0) return;
    const drawn = columns(line);
    chart.whole = drawn.whole;
    chart.batch(() => {
      chart.setData(drawn.values, false);
      showRange();
    });
    drawLanes();
  }

  /** Whether someone reads the findings, as far as a page can know. */
  function isRead() {
    const section = byId("findings");
    if (section.hidden || !byId("list")) return false;
    const selection = getSelection();
    const box = section.getBoundingClientRect();
    return section.matches(":hover") || section.contains(document.activeElement)
      || (!selection.isCollapsed && section.contains(selection.anchorNode))
      || (box.top < 0 && box.bottom > 0) || (!WIDE.matches && view.selected !== null);
  }

  function updateFindings() {
    if (byId("findings").hidden || !byId("list")) {
      if (data.findings.total > 0 && view.selected === null && WIDE.matches) view.selected = idOfAddress() || data.findings.items[0].id;
      drawFindings();
      return;
    }
    if (data.findings.total === 0) {
      drawFindings();
      return;
    }
    if (!byId("filters").contains(document.activeElement)) drawFilters();
    arrange(false);
    updateDetail();
  }

  /** Brings the rows up to date, and into their order unless someone reads them. */
  function arrange(asked) {
    const list = byId("list");
    const items = matching(true);
    const rows = new Map([...list.querySelectorAll(".row")].map((each) => [each.dataset.id, each]));
    for (const item of items) {
      const old = rows.get(item.id);
      const now = old && row(item).firstChild;
      if (old && !old.isEqualNode(now)) old.replaceChildren(...now.childNodes);
    }
    if (!asked && isRead() && rows.size > 0) {
      const waiting = items.filter((item) => !rows.has(item.id)).length;
      const button = byId("waiting");
      button.hidden = waiting === 0;
      button.textContent = "Show " + plural(waiting, "new finding");
      return;
    }
    const ids = new Set(items.map((item) => item.id));
    byId("findings").querySelector(".columns").append(byId("detail"));
    for (const child of [...list.children]) {
      const own = child.querySelector(".row");
      if (!own || !ids.has(own.dataset.id)) child.remove();
    }
    items.forEach((item, i) => {
      const old = rows.get(item.id);
      const li = old ? old.parentElement : row(item);
      if (list.children[i] !== li) list.insertBefore(li, list.children[i] || null);
    });
    tellShown(items);
    placeDetail();
  }

  let detailOf = "";

  function updateDetail() {
    const item = byFindingId(view.selected);
    if (!item) return;
    const key = JSON.stringify([item.id, item.level, item.status, item.explanation, item.reason, item.acknowledged]);
    if (key !== detailOf) {
      const detail = byId("detail");
      const selection = getSelection();
      if (detail.firstChild && !selection.isCollapsed && detail.contains(selection.anchorNode)) return;
      detailOf = key;
      const at = detail.scrollTop;
      drawDetail();
      detail.scrollTop = at;
      return;
    }
    const facts = factsOf(item);
    const old = byId("detail").querySelector(".facts");
    if (old && !old.isEqualNode(facts)) old.replaceChildren(...facts.childNodes);
  }

  const idOfAddress = () => decodeURIComponent((/[#&]f=([^&]*)/.exec(location.hash) || [])[1] || "");

  /** Draws data; called again, it keeps what is selected and filtered. */
  function show(next) {
    data = next;
    const items = data.findings.items;
    const wanted = idOfAddress() || view.selected;
    view.selected = items.some((item) => item.id === wanted) ? wanted : WIDE.matches && items.length > 0 ? items[0].id : null;
    view.timeline = Math.min(view.timeline, data.timelines.length - 1);
    parts.sentence();
    drawFindings();
    drawTimeline();
    drawPatterns();
    drawQuality();
    drawAbout();
  }

  function redraw() {
    if (!chart) return;
    chart.setSize({ width: byId("chart").clientWidth, height: 190 });
    drawLanes();
  }

  window.addEventListener("hashchange", () => select(idOfAddress()));
  window.addEventListener("resize", () => requestAnimationFrame(redraw));
  WIDE.addEventListener("change", () => placeDetail());
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  window.matchMedia("print").addEventListener("change", redraw);
  window.addEventListener("beforeprint", () => { if (!view.selected && data.findings.items.length > 0) select(data.findings.items[0].id); });

  const selected = () => view.selected;

  return { show, update, parts, selected, h, number, plural, stamp, baseName, quoted, copied };
})();

{
  const data = JSON.parse(document.getElementById("data").textContent);
  // The live page shows its data itself, with parts of its own.
  if (!data.live) DeepSentry.show(data);
}
