// Puts the page together, and answers to keys, clicks and the printer.

const opened = { kind: "", at: 0 };

function openDialog(kind, at, title, body) {
  opened.kind = kind;
  opened.at = at;
  fill("dialog-title", title);
  fill("dialog-body", body);
  const move = kind === "change" ? list.rows : [];
  const place = move.indexOf(at);
  byId("dialog-previous").hidden = byId("dialog-next").hidden = kind !== "change";
  byId("dialog-previous").disabled = place <= 0;
  byId("dialog-next").disabled = place < 0 || place + 1 >= move.length;
  const dialog = byId("dialog");
  if (!dialog.open) dialog.showModal();
  byId("dialog-body").scrollTop = 0;
  byId("dialog-title").focus();
}

const openChange = (row) => openDialog("change", row, whatText(row), changeBody(row));
const openIncident = (index) => openDialog("incident", index, `${incidents[index].rule} ${incidents[index].name}`, incidentBody(index));
const openActor = (index) => openDialog("actor", index, actorText(actors[index]), actorBody(index));
const openNote = (index) => openDialog("note", index, `${NOTE_KINDS[notes[index].action] || "collector"}: ${notes[index].action.replaceAll("-", " ")}`, noteBody(notes[index]));

function step(by) {
  const place = list.rows.indexOf(opened.at) + by;
  if (place >= 0 && place < list.rows.length) openChange(list.rows[place]);
}

function mainSpace() {
  const most = (index) => (spaces[index].is_host ? 1e12 : 0) + (spaces[index].changes || 0);
  return spaces.reduce((best, space, index) => (most(index) > most(best) ? index : best), 0);
}

function summary() {
  const names = hosts.map((host) => host.name);
  const title = names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
  fill("title", el("bdi", {}, title || "No host"));
  document.title = visible(`Firewall report: ${title}`);
  const sameDay = day(data.first) === day(data.last);
  fill("period", `${day(data.first)} ${clock(data.first)} to ${sameDay ? "" : day(data.last) + " "}${clock(data.last)} UTC (${length(data.last - data.first)})`, hosts.length === 1 && hosts[0].kernel ? ` · Linux ${hosts[0].kernel}` : "");
  fill("made", `Made ${day(data.made)} ${clock(data.made)} UTC by wallwatch ${data.version}. All times are UTC. This page is one file and asks no network for anything.`);
  const open = counts.open || 0;
  const resolved = (counts.incidents || 0) - open;
  const line = spaces.length ? series(view.space) : [];
  const words = [];
  words.push(open ? `${counted(open, "alert")} ${open === 1 ? "is" : "are"} open.` : resolved ? `${resolved === 1 ? "The one alert is" : `All ${grouped(resolved)} alerts are`} resolved.` : "No alert was raised.");
  if (line.length) {
    const [from, to] = [line[0][2], line[line.length - 1][2]];
    const where = spaces[view.space].is_host ? "The host" : `The namespace ${spaces[view.space].id}`;
    const least = line.reduce((found, point) => Math.min(found, point[2]), to);
    words.push(from === to ? `${where} has ${counted(to, "effective rule")}, as at the start.` : `${where} went from ${grouped(from)} effective rules to ${grouped(to)}.`);
    if (least < Math.min(from, to)) words.push(`At its lowest it had ${least ? grouped(least) : "none"}.`);
  }
  if (!counts.changes) words.push("Nothing was changed.");
  fill("verdict", words.join(" "));
  byId("verdict").className = `verdict ${open ? "alert" : "calm"}`;
  const missing = counts.missing || 0;
  const figure = (name, value, note, tone) => el("div", {}, el("dt", {}, name), el("dd", { class: tone }, value, el("span", { class: "muted block" }, note)));
  fill("figures",
    figure("Alerts", grouped(counts.incidents || 0), open ? `${grouped(open)} open` : resolved ? "all resolved" : "none", open ? "loss" : ""),
    figure("Changes", grouped(counts.changes || 0), `${grouped(counts.weakening || 0)} weakened`, ""),
    figure("Failed attempts", grouped(counts.failed || 0), "changed nothing", ""),
    figure("Actors", grouped(actors.filter((actor) => actor.program && actor.changes + actor.failed).length), actors.some((actor) => !actor.program && actor.changes) ? "and somebody unseen" : "by program and login", ""),
    figure("Missing lines", grouped(missing), missing ? counted(counts.gaps, "gap") : "event.sequence is whole", missing ? "loss" : ""));
  warnings();
}

// What makes the report less than the whole truth, said in front.
function warnings() {
  const told = [];
  const bad = (data.inputs || []).reduce((sum, input) => sum + input.bad, 0);
  if (counts.missing) told.push(`${counted(counts.missing, "event line")} missing in ${counted(counts.gaps, "gap")} of event.sequence: what they said is not in this report.`);
  if (bad) told.push(`${counted(bad, "line")} could not be read.`);
  const lost = Object.values(data.lost || {}).reduce((sum, count) => sum + count, 0);
  if (lost) told.push(`The collector told of ${counted(lost, "loss", "losses")}.`);
  const tampered = (data.actions || {})["collector-tampered"] || 0;
  if (tampered) told.push(`Hands were laid on the collector: ${counted(tampered, "event")}.`);
  if (counts.rows < counts.changes + counts.failed) told.push(`Of ${grouped(counts.changes + counts.failed)} changes and attempts the newest ${grouped(counts.rows)} are listed.`);
  if (counts.details < counts.rows) told.push(`Details of ${grouped(counts.details)} of ${grouped(counts.rows)} changes are in the page: those of alerts first, then what weakened, then the newest.`);
  if (told.length) fill("warnings", el("div", { class: "notice", role: "note", "aria-label": "Limits of this report" }, el("ul", {}, told.map((text) => el("li", {}, text)))));
}

function choices() {
  const select = fill("space", spaces.map((space, index) => el("option", { value: String(index) }, `${spaceName(index)} (${counted(space.changes || 0, "change")})`)));
  byId("space-label").hidden = spaces.length < 2;
  select.value = String(view.space);
  select.addEventListener("change", () => { view.space = Number(select.value); list.from = list.to = null; drawPlot(); changesTable(); });
  const by = byId("by");
  actors.forEach((actor, index) => { if (actor.changes + actor.failed > 0) by.append(el("option", { value: String(index) }, joined(actorText(actor), actorWords(actor)).slice(0, 90))); });
  by.addEventListener("change", () => { list.by = by.value; list.at = 0; changesTable(); });
  byId("filter").addEventListener("change", (event) => { list.filter = event.target.value; list.at = 0; changesTable(); });
  const acts = { newer: () => turn(-1), older: () => turn(1), interval: () => { list.from = list.to = null; changesTable(); byId("changes-title").focus(); }, "zoom-in": () => scale(0.5), "zoom-out": () => scale(2), earlier: () => shift(-0.5), later: () => shift(0.5), whole: () => { Object.assign(view, whole); drawPlot(); }, "dialog-close": () => byId("dialog").close(), "dialog-previous": () => step(-1), "dialog-next": () => step(1) };
  for (const [id, act] of Object.entries(acts)) byId(id).addEventListener("click", act);
}

function turn(by) {
  list.at += by * PAGE;
  changesTable();
}

function keys() {
  byId("markers").addEventListener("keydown", (event) => {
    const all = [...byId("markers").querySelectorAll("button")];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowDown: at + 1, ArrowLeft: at - 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    all.forEach((each) => each.setAttribute("tabindex", each === next ? "0" : "-1"));
    next.focus();
  });
  byId("dialog").addEventListener("click", (event) => { if (event.target === byId("dialog")) byId("dialog").close(); });
}

// On paper nothing can be opened: what matters is printed in full.
const paper = { incidents: 100, changes: 200, notes: 200 };

function expandForPaper() {
  changesTable(true);
  const article = (title, body) => el("article", {}, el("h3", {}, title), body);
  const weakening = changes.map((change, row) => row).filter((row) => changes[row][FLAGS] & WEAKENING);
  const subjects = notes.filter(isSubject);
  const left = (all, limit, what) => (all.length > limit ? el("p", {}, `${grouped(all.length - limit)} more ${what} are not printed.`) : null);
  fill("paper", incidents.length ? [el("h2", {}, "Alerts in detail"), incidents.slice(0, paper.incidents).map((incident, index) => article(`${incident.rule} ${incident.name}`, incidentBody(index))), left(incidents, paper.incidents, "alerts")] : null,
    weakening.length ? [el("h2", {}, "Changes that weakened, in detail"), weakening.slice(0, paper.changes).map((row) => article(whatText(row), changeBody(row))), left(weakening, paper.changes, "changes")] : null,
    subjects.length ? [el("h2", {}, "Files, services, switches, tampering in detail"), subjects.slice(0, paper.notes).map((note) => article(NOTE_KINDS[note.action], noteBody(note))), left(subjects, paper.notes, "events")] : null);
}

function foldAfterPaper() {
  fill("paper");
  changesTable();
}

view.space = spaces.length ? mainSpace() : 0;
summary();
choices();
keys();
drawPlot();
alertsTable();
actorsTable();
changesTable();
othersTable();
sourcesTable();

let resized = 0;
window.addEventListener("resize", () => { cancelAnimationFrame(resized); resized = requestAnimationFrame(drawPlot); });
window.addEventListener("beforeprint", expandForPaper);
window.addEventListener("afterprint", foldAfterPaper);
document.documentElement.dataset.ready = "true";
