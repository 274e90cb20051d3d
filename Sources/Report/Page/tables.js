// The tables: alerts, actors, changes, the rest, and what all of it rests on.

const PAGE = 50;
const ON_PAPER = 1000;
const list = { filter: "all", by: "", from: null, to: null, at: 0, rows: [] };

function alertsTable() {
  if (!incidents.length) { fill("alerts-body", el("p", {}, "No alert was raised in this time.")); return; }
  const order = incidents.map((incident, index) => index).sort((a, b) => (incidents[a].state === "resolved") - (incidents[b].state === "resolved") || incidents[b].score - incidents[a].score || incidents[a].first - incidents[b].first);
  const rows = order.map((index) => {
    const incident = incidents[index];
    const effective = incident.effective_rules || {};
    return [[moment(incident.first)], badge(incident.state), [String(incident.score), { class: "number" }],
      [button(`${incident.rule} ${incident.name}`, () => openIncident(index), { class: "link" }), el("span", { class: "muted block" }, (incident.reasons || []).slice(0, 2).map((reason) => reason.text).filter(Boolean).join("; "))],
      incident.process ? actorCell(incident.actor) : "nobody that was seen", [`${grouped(effective.before || 0)} → ${grouped(effective.after || 0)}`, { class: "number" }],
      incident.restored_ms !== undefined ? length(incident.restored_ms * 1000) : incident.state === "resolved" ? "resolved" : "not yet"];
  });
  fill("alerts-body", table("Alerts, the open ones first", [{ title: "Opened (UTC)" }, { title: "State" }, { title: "Score", class: "number" }, { title: "Alert", class: "words" }, { title: "Who", class: "who" }, { title: "Effective", class: "number" }, { title: "Restored after" }], rows),
    counts.incidents > incidents.length ? el("p", { class: "muted" }, `${grouped(counts.incidents - incidents.length)} earlier alerts are not listed.`) : null);
}

function actorsTable() {
  if (!actors.length) { fill("actors-body", el("p", {}, "Nobody changed anything.")); return; }
  const order = actors.map((actor, index) => index).sort((a, b) => (actors[b].alerts || []).length - (actors[a].alerts || []).length || actors[b].weakening - actors[a].weakening || actors[b].changes - actors[a].changes || actors[b].failed - actors[a].failed);
  const shown = order.slice(0, 200);
  const net = (number) => [number ? signed(number) : "0", { class: number < 0 ? "loss" : number > 0 ? "gain" : "" }];
  const rows = shown.map((index) => {
    const actor = actors[index];
    const traits = actor.traits || [];
    return [[button(actorText(actor), () => openActor(index), { class: "link name" }), el("span", { class: "muted block" }, actorWords(actor))],
      grouped(actor.changes), grouped(actor.weakening), grouped(actor.failed), grouped(actor.others), net(actor.effective), net(actor.blocking),
      traits.length ? [traits.slice(0, 3).map((trait) => el("span", { class: "chip" }, trait.id.replaceAll("_", " "))), traits.length > 3 ? el("span", { class: "muted" }, ` and ${traits.length - 3} more`) : null] : "–",
      String((actor.alerts || []).length)];
  });
  fill("actors-body", table("Who changed the firewall, how often, and what came of it", [{ title: "Who", class: "who" }, { title: "Changes", class: "number" }, { title: "Weakened", class: "number" }, { title: "Failed", class: "number" }, { title: "Other", class: "number" }, { title: "Effective rules", class: "number" }, { title: "Blocking rules", class: "number" }, { title: "What makes one wonder" }, { title: "Alerts", class: "number" }], rows),
    counts.actors > shown.length ? el("p", { class: "muted" }, `${grouped(counts.actors - shown.length)} more did less and are not listed.`) : null);
}

function chosenRows() {
  const by = list.by === "" ? null : Number(list.by);
  const rows = [];
  changes.forEach((change, row) => {
    if (by !== null && change[ACTOR] !== by) return;
    if (list.from !== null && (change[TIME] < list.from || change[TIME] > list.to || change[SPACE] !== view.space)) return;
    if (list.filter === "weakening" && !(change[FLAGS] & WEAKENING)) return;
    if (list.filter === "failed" && change[KIND] !== FAILED) return;
    if (list.filter === "alerted" && !alertsOf.has(row)) return;
    rows.push(row);
  });
  return rows;
}

function changeRow(row) {
  const change = changes[row];
  const named = alertsOf.get(row) || [];
  const tone = toneOf(change);
  const move = delta(change, EFFECTIVE);
  return [moment(change[TIME]), [button(whatText(row), () => openChange(row), { class: "link" }), spaces.length > 1 ? el("span", { class: "muted block" }, spaceName(change[SPACE])) : null,
    change[FLAGS] & COVERED ? el("span", { class: "chip" }, "covered") : null, change[FLAGS] & WHILE_DOWN ? el("span", { class: "chip" }, "while no collector ran") : null],
  actorCell(change[ACTOR]), [el("span", { class: `tone ${tone}` }, el("span", { "aria-hidden": "true" }, MARKS[tone] + " "), TONES[tone]), {}],
  [`${grouped(change[EFFECTIVE])} → ${grouped(change[EFFECTIVE_AFTER])}`, {}], [change[KIND] === FAILED ? "" : signed(move), { class: move < 0 ? "loss" : move > 0 ? "gain" : "" }],
  named.length ? named.map((index) => el("span", { class: "chip alert" }, incidents[index].rule)) : "–"];
}

const CHANGE_COLUMNS = [{ title: "Time (UTC)" }, { title: "What was done", class: "words" }, { title: "Who", class: "who" }, { title: "Effect" }, { title: "Effective rules", class: "number" }, { title: "Difference", class: "number" }, { title: "Alert" }];

function changesTable(paper) {
  list.rows = chosenRows();
  list.at = Math.max(0, Math.min(list.at, Math.floor(Math.max(0, list.rows.length - 1) / PAGE) * PAGE));
  const shown = paper ? list.rows.slice(0, ON_PAPER) : list.rows.slice(list.at, list.at + PAGE);
  const none = changes.length ? "None fits this choice." : "The firewall was not changed in this time.";
  fill("changes-body", shown.length ? table("Changes and attempts, in order", CHANGE_COLUMNS, shown.map(changeRow)) : el("p", {}, none),
    paper && list.rows.length > shown.length ? el("p", {}, `${grouped(list.rows.length - shown.length)} later changes are not printed.`) : null);
  fill("shown", list.rows.length ? `${grouped(list.at + 1)} to ${grouped(list.at + shown.length)} of ${grouped(list.rows.length)}` : "none");
  byId("newer").disabled = list.at === 0;
  byId("older").disabled = list.at + PAGE >= list.rows.length;
  byId("changes").querySelector(".pager").hidden = list.rows.length <= PAGE;
  const interval = byId("interval");
  interval.hidden = list.from === null;
  if (list.from !== null) fill(interval, `Only ${clock(list.from)} to ${clock(list.to)} in ${spaceName(view.space)}: show all times`);
}

function listInterval(from, to) {
  Object.assign(list, { filter: "all", by: "", from, to, at: 0 });
  showList();
}

function listActor(index) {
  byId("dialog").close();
  Object.assign(list, { filter: "all", by: String(index), from: null, to: null, at: 0 });
  showList();
}

function showList() {
  byId("filter").value = list.filter;
  byId("by").value = list.by;
  changesTable();
  const title = byId("changes-title");
  title.setAttribute("tabindex", "-1");
  title.focus();
  title.scrollIntoView();
}

const NOTE_KINDS = { "firewall-config-changed": "file", "firewall-service-stopped": "service", "firewall-service-started": "service", "firewall-sysctl-changed": "switch", "firewall-module-loaded": "module", "firewall-module-unloaded": "module", "collector-tampered": "tampering", "collector-events-lost": "loss", "firewall-state": "state" };
const isSubject = (note) => /^firewall-(config|service|sysctl|module)/.test(note.action) || note.action === "collector-tampered";

function othersTable() {
  const subjects = notes.map((note, index) => index).filter((index) => isSubject(notes[index]));
  if (!subjects.length) { fill("others-body", el("p", {}, "No firewall file, service, module or switch was touched, and nobody laid hands on the collector.")); return; }
  fill("others-body", table("Files, services, modules, switches, and hands laid on the collector", [{ title: "Time (UTC)" }, { title: "Kind" }, { title: "What happened", class: "words" }, { title: "Who", class: "who" }], subjects.map((index) => {
    const note = notes[index];
    return [moment(note.time), [NOTE_KINDS[note.action], { class: note.action === "collector-tampered" ? "loss" : "" }], button(note.text, () => openNote(index), { class: "link" }), note.process && note.actor !== undefined ? actorCell(note.actor) : "nobody that was seen"];
  })), counts.notes > notes.length ? el("p", { class: "muted" }, `${grouped(counts.notes - notes.length)} earlier events are not listed.`) : null);
}

const LOSSES = { lineage: "records of processes that found no room", firewall: "records of the firewall that found no room", other: "other records that found no room", unread: "reads of memory that failed", unreadable: "records of an earlier version that could not be read", user_namespaces: "records of firewalls in user namespaces that found no room", refused_attempts: "refused attempts beyond those that are told", malformed: "records that could not be decoded", forged_notifications: "forged notifications, ignored", process_lines: "lines of processes that found no room", firewall_lines: "lines of the firewall that found no room", alert_lines: "alerts that found no room" };

function sourcesTable() {
  const inputs = data.inputs || [];
  const lost = Object.entries(data.lost || {});
  const collector = notes.map((note, index) => index).filter((index) => !isSubject(notes[index]));
  fill("sources-body",
    table("Files that were read", [{ title: "File" }, { title: "Lines", class: "number" }, { title: "No JSON", class: "number" }, { title: "Not wallwatch’s", class: "number" }], inputs.map((input) => [el("bdi", {}, input.name === "-" ? "standard input" : input.name), grouped(input.lines), [grouped(input.bad), { class: input.bad ? "loss" : "" }], grouped(input.foreign)])),
    el("p", {}, `${counted(counts.taken || 0, "event line")} told here; ${grouped(counts.outside || 0)} of another time, ${grouped(counts.repeated || 0)} that came twice.`),
    el("h3", {}, "Missing lines"),
    gaps.length ? [el("p", {}, `event.sequence rises by one a line. ${counted(counts.missing, "line")} of it ${counts.missing === 1 ? "is" : "are"} not in these files, in ${counted(counts.gaps, "gap")}: lost on the way, or not given to this report.`),
      table("Gaps in event.sequence", [{ title: "Between (UTC)" }, { title: "and" }, { title: "Lines", class: "number" }, { title: "Sequence", class: "number" }], gaps.slice(0, 100).map(([began, ended, from, to]) => [moment(began), moment(ended), grouped(to - from + 1), from === to ? String(from) : `${from} to ${to}`])),
      counts.gaps > 100 ? el("p", { class: "muted" }, `${grouped(counts.gaps - 100)} more gaps are not listed.`) : null] : el("p", {}, "None between the first line and the last: event.sequence has no gap."),
    el("h3", {}, "Losses the collector told of"),
    lost.length ? el("ul", {}, lost.map(([kind, count]) => el("li", {}, `${grouped(count)} ${LOSSES[kind] || kind}`))) : el("p", {}, "None."),
    el("h3", {}, "The collector"),
    collector.length ? table("What the collector said of itself", [{ title: "Time (UTC)" }, { title: "What", class: "words" }, { title: "By", class: "who" }], collector.map((index) => [moment(notes[index].time), button(notes[index].action === "firewall-state" ? "what was changed while no collector ran" : notes[index].text, () => openNote(index), { class: "link" }), notes[index].process && notes[index].actor !== undefined ? actorCell(notes[index].actor) : "–"])) : el("p", {}, "No line of it is in these files."),
    blindSpots());
}

// What the last start said it does not see.
function blindSpots() {
  const starts = notes.filter((note) => note.action === "collector-started" && note.collector && note.collector.blind);
  if (!starts.length) return null;
  const { blind, tier } = starts[starts.length - 1].collector;
  return [el("h3", {}, "What it does not see here"), table("By family of hooks, at its last start", [{ title: "Hooks" }, { title: "Tier" }, { title: "Blind for" }], Object.entries(blind).map(([family, text]) => [family, (tier || {})[family] || "", text]))];
}
