"use strict";
/*
 * Keeps the page of a report up to date while a log is watched: a strip with figures on top, the last lines below the findings, and a button that marks a finding as
 * normal.
 */
(() => {
  const { h, number, plural, stamp, baseName, quoted, copied } = DeepSentry;
  const MOST_LINES = 50;
  const RETRY = 5000;
  const LATE = 10000;
  const data = JSON.parse(document.getElementById("data").textContent);
  const token = data.token;
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const byId = (id) => document.getElementById(id);
  const files = data.log.inputs;
  const name = files.length === 0 ? data.log.system : baseName(files[0]) + (data.log.number_of_inputs > 1 ? " and " + number(data.log.number_of_inputs - 1) + " more" : "");
  const sent = new Map();
  let heard = Date.now();
  let restarted = false;

  // ---- the strip

  function duration(millis) {
    const seconds = Math.round(millis / 1000);
    if (seconds < 120) return seconds + " s";
    if (seconds < 7200) return Math.round(seconds / 60) + " min";
    return seconds < 172800 ? Math.round(seconds / 3600) + " h" : Math.round(seconds / 86400) + " days";
  }

  function size(bytes) {
    if (bytes < 1e3) return plural(bytes, "byte");
    return bytes < 1e6 ? Math.round(bytes / 1e3) + " kB" : (bytes / 1e6).toFixed(1) + " MB";
  }

  const rate = (value) => (value >= 10 ? number(Math.round(value)) : value.toFixed(1));

  function lag(strip) {
    // A look at the log each second: less than a few of them is none.
    if (strip.lag_ms < 3000 && strip.lag_bytes < 1e6) return "none";
    return duration(strip.lag_ms) + (strip.lag_bytes > 0 ? ", " + size(strip.lag_bytes) + " to read" : "");
  }

  function said(strip) {
    if (Date.now() - heard > LATE) return "Not connected; what is below is from " + clock.format(heard) + ".";
    if (restarted) return ["live was started again. ", h("a", { href: "" }, "Load the page again"), " to mark findings as normal."];
    if (strip.phase === "starting") return "Models are being loaded.";
    if (strip.phase === "ended") return "The run has ended.";
    return strip.problem ? "Alerts do not arrive: " + strip.problem : "";
  }

  function firing() {
    const counts = data.findings.firing;
    const tags = ["critical", "warning"].filter((level) => counts[level] > 0)
      .map((level) => h("span", { class: "tag " + level }, (level === "critical" ? "◆ " : "○ ") + number(counts[level]) + " " + level));
    return tags.length > 0 ? tags : h("b", null, "none");
  }

  function drawStrip() {
    const strip = data.strip;
    const holder = byId("strip");
    holder.classList.toggle("lost", Date.now() - heard > LATE);
    const age = strip.last_ms === null ? "none yet" : duration(strip.last_ms + Date.now() - heard) + " ago";
    const cells = [
      ["lines/s", h("b", null, rate(strip.rate))],
      ["lag", h("b", null, lag(strip))],
      ["last line", h("b", { title: strip.last_time === null ? null : "logged " + new Date(strip.last_time).toISOString() }, age)],
      ["firing now", firing()],
    ].map(([label, value]) => h("div", null, h("span", { class: "small" }, label), value));
    holder.replaceChildren(...cells, h("div", { class: "said small", role: "status" }, said(strip)));
  }

  // ---- the sentence

  DeepSentry.parts.sentence = () => {
    const counts = data.findings.firing;
    const now = counts.critical + counts.warning;
    document.title = (now > 0 ? "(" + number(now) + ") " : "") + name + " \u2013 DeepSentry live";
    const past = data.findings.total - now;
    const title = h("h1", null, now === 0 ? "Nothing unusual now in " : plural(now, "finding") + " now in ", name, ".");
    const small = h("p", { class: "small" }, plural(data.strip.messages, "line") + " judged",
      past > 0 && " \u00b7 " + plural(past, "finding") + " that ended",
      data.threshold && " \u00b7 threshold " + Number(data.threshold.threshold).toFixed(2));
    const holder = byId("sentence");
    if (holder.children.length !== 2 || !holder.children[0].isEqualNode(title)) holder.replaceChildren(title, small);
    else if (!holder.children[1].isEqualNode(small)) holder.children[1].replaceWith(small);
    drawStrip();
  };

  // ---- the last lines

  const levelOf = (level) => (/^(err|fatal|crit|alert|emerg|severe|panic)/i.test(level || "") ? "level error" : "level");

  function line(each) {
    return h("li", { "data-n": each.n },
      h("span", { title: each.source }, each.at === null ? "" : stamp(clock.format(each.at), each.at)),
      h("span", { class: levelOf(each.level) }, each.level || ""),
      h("span", null, each.text));
  }

  /** Adds lines at the end; while someone reads earlier ones, they wait. */
  function drawLines() {
    const list = byId("last-lines");
    const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    const selection = getSelection();
    const read = list.children.length > 0 && (!atEnd || (!selection.isCollapsed && list.contains(selection.anchorNode)));
    byId("paused").textContent = read ? "waits while you read; scroll to the end to go on" : "";
    if (read) return;
    const last = list.lastElementChild ? Number(list.lastElementChild.dataset.n) : 0;
    list.append(...data.lines.filter((each) => each.n > last).map(line));
    while (list.children.length > MOST_LINES) list.firstElementChild.remove();
    list.scrollTop = list.scrollHeight;
  }

  // ---- marking as normal

  async function mark(item) {
    let answer;
    try {
      const response = await fetch("acknowledge", {
        method: "POST", body: item.id, headers: { "X-DeepSentry-Token": token, "Content-Type": "text/plain" },
      });
      answer = await response.json();
    } catch (failed) {
      answer = { problem: "live cannot be reached" };
    }
    sent.set(item.id, answer);
    const holder = byId("acknowledge");
    if (holder && DeepSentry.selected() === item.id) holder.replaceChildren(...nodes(item));
  }

  function nodes(item) {
    const answer = sent.get(item.id) || {};
    const done = answer.acknowledged || item.acknowledged;
    if (done) {
      const undo = "deepsentry feedback --revoke " + done + " --data-dir " + quoted(data.log.data_dir);
      return [h("h3", null, "Marked as normal"),
        h("p", { class: "done" }, "Neither this nor its like raises an alert again. To take it back:"),
        copied(undo)];
    }
    const button = h("button", { type: "button", class: "controls", id: "mark", onclick: () => {
      button.disabled = true;
      mark(item);
    } }, "Mark as normal");
    return [h("h3", null, "If this was normal"),
      h("p", { class: "bar" }, button, answer.problem && h("span", { role: "alert" }, "Not marked: " + answer.problem)),
      copied("deepsentry feedback --normal " + item.id + " --data-dir " + quoted(data.log.data_dir))];
  }

  DeepSentry.parts.acknowledge = nodes;

  // ---- what comes

  function take(news) {
    heard = Date.now();
    const known = data.lines.length > 0 ? data.lines[data.lines.length - 1].n : 0;
    // A run that was started again counts from the beginning, and has another token.
    const again = news.run !== undefined && news.run !== data.run;
    restarted = restarted || again;
    const lines = again ? news.lines : data.lines.concat(news.lines.filter((each) => each.n > known)).slice(-MOST_LINES);
    if (again) byId("last-lines").replaceChildren();
    Object.assign(data, news, { lines, token });
    DeepSentry.update(data);
    drawLines();
  }

  function listen() {
    const source = new EventSource("events");
    source.addEventListener("whole", (event) => take(JSON.parse(event.data)));
    source.addEventListener("news", (event) => take(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      // Whether it would try again by itself depends on the browser and on why it failed.
      source.close();
      drawStrip();
      setTimeout(listen, RETRY);
    });
  }

  document.documentElement.classList.add("live");
  document.body.prepend(h("div", { class: "strip", id: "strip" }));
  byId("findings").after(h("section", { id: "last", "aria-labelledby": "last-title" },
    h("div", { class: "bar head" }, h("h2", { id: "last-title" }, "Last lines"), h("span", { class: "small", id: "paused" })),
    h("ol", { class: "lines", id: "last-lines", tabindex: "0" })));
  DeepSentry.show(data);
  drawLines();
  setInterval(() => { if (Date.now() - heard > LATE) drawStrip(); }, 1000);
  listen();
})();
