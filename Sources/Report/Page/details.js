// What is shown of one change, alert, actor or other event when somebody asks.

function processFacts(process) {
  if (!process) return el("p", {}, "Nobody was seen to do it.");
  const program = shelf(process.program);
  const person = shelf(process.person);
  const user = (account) => account && joined(account.name, account.id !== undefined && `(${account.id})`);
  const login = person.login;
  const container = person.container;
  return facts([
    ["Program", code(program.executable || program.name)],
    ["Called as", program.invoked !== program.executable && code(program.invoked)],
    ["Command line", code(process.command)],
    ["Script", program.script && [code(program.script.path), program.script.sha256 && el("span", { class: "muted block mono" }, `SHA-256 ${program.script.sha256}`)]],
    ["Process", `pid ${process.pid}${process.start ? `, since ${process.start.slice(0, 19).replace("T", " ")} UTC` : ""}`],
    ["User", joined(user(person.user), person.real_user && person.user && person.real_user.id !== person.user.id && `real user ${user(person.real_user)}`)],
    ["Login", login && joined(login.name || login.uid, login.session !== undefined && `session ${login.session}`)],
    ["Way in", entryText(person.entry, person.peer)],
    ["Unit", person.unit], ["Container", container && joined(container.runtime, container.id)],
    ["Folder", code(process.folder)], ["Standard input", process.stdin],
    ["File", joined(program.owner !== undefined && `owner ${program.owner}`, program.mode && `mode ${program.mode}`, program.trust && `path ${program.trust}`, program.deleted && "deleted", program.memory && "in memory")],
    ["SHA-256", program.sha256 && el("span", { class: "mono" }, program.sha256)],
    ["Asked by", process.initiator && initiatorText(process.initiator)],
  ]);
}

const code = (text) => text && el("code", {}, el("bdi", {}, text));

function initiatorText(initiator) {
  if (!initiator.executable && !initiator.name) return `somebody who is not known (${initiator.confidence || "unknown"})`;
  return [code(initiator.command_line || initiator.executable || initiator.name), el("span", { class: "muted block" }, joined(initiator.pid && `pid ${initiator.pid},`, initiator.user && `${initiator.user.name || initiator.user.id},`, initiator.confidence))];
}

// From the first process down to who did it.
function processTree(process) {
  if (!process) return null;
  const chain = [...(process.tree || []).map(shelf)].reverse();
  const own = { pid: process.pid, executable: shelf(process.program).executable || shelf(process.program).name, command_line: process.command, user: shelf(process.person).user, unit: shelf(process.person).unit, own: true };
  const line = (entry) => el("span", { class: entry.own ? "branch strong" : "branch" },
    el("span", { class: "pid" }, String(entry.pid)), " ", el("bdi", { class: "mono" }, entry.command_line || entry.executable || entry.name || "?"),
    el("span", { class: "muted" }, joined(" ", entry.user && (entry.user.name || entry.user.id), entry.unit)));
  return [el("h3", {}, "Process tree"), [...chain, own].reduceRight((below, entry) => el("ul", { class: "tree" }, el("li", {}, line(entry), below)), null)];
}

function traitList(process) {
  const traits = ((process && process.traits) || []).map(shelf);
  if (!traits.length) return null;
  return [el("h3", {}, "What makes one wonder"), el("ul", { class: "traits" }, traits.map((trait) => el("li", {}, el("span", { class: "chip" }, String(trait.id || "").replaceAll("_", " ")), " ", el("bdi", {}, trait.text || ""))))];
}

function figureTable(caption, rows) {
  return table(caption, [{ title: "Count" }, { title: "Before", class: "number" }, { title: "After", class: "number" }, { title: "Difference", class: "number" }],
    rows.map(([name, before, after]) => [name, grouped(before), grouped(after), [signed(after - before), { class: after < before ? "loss" : after > before ? "gain" : "" }]]));
}

// As a diff: what went, what came. The sign is for those who do not see the colour.
function ruleDiff(operation) {
  const removes = /^(delete|flush|owner|netns|module)/.test(operation.op);
  const list = operation.rules || (operation.rule ? [operation] : []);
  const line = (sign, text) => el(sign === "-" ? "del" : "ins", {}, el("span", { class: "sign" }, sign === "-" ? "\u2212 " : "+ "), el("bdi", {}, text));
  return list.map((rule) => el("li", {}, rule.rule_before ? [line("-", rule.rule_before), line("+", rule.rule)] : line(removes ? "-" : "+", rule.rule),
    rule.rule_form === "summary" ? el("span", { class: "muted" }, " (in the kernel’s words)") : null));
}

function operationList(detail) {
  const operations = detail.operations || [];
  if (!operations.length) return null;
  const left = (detail.operations_count || operations.length) - operations.filter((operation) => operation.count !== undefined || !(operation.rules || operation.rule)).length;
  return [el("h3", {}, "What was done"), el("ol", { class: "operations" }, operations.map((operation) => {
    const rules = ruleDiff(operation);
    return el("li", {}, el("bdi", {}, operationText(operation)), operation.handle && !operation.rules ? el("span", { class: "muted" }, ` handle ${operation.handle}`) : null, rules.length ? el("ul", { class: "rules" }, rules) : null);
  })), left > 0 && operations.length >= 6 ? el("p", { class: "muted" }, `${counted(left, "operation")} of ${grouped(detail.operations_count)} may not be listed here: the lines were cut, or this page was.`) : null];
}

function changeBody(row) {
  const change = changes[row];
  const detail = detailOf(row);
  const named = alertsOf.get(row) || [];
  const head = [
    el("p", { class: "lead" }, moment(change[TIME]), " UTC, ", hostName(spaces[change[SPACE]].host), ", ", spaceName(change[SPACE])),
    named.length ? el("p", {}, "Named by ", named.map((index) => button(`${incidents[index].rule} ${incidents[index].name}, score ${incidents[index].score}`, () => openIncident(index), { class: "link" }))) : null,
    figureTable("Counts before and after", [["effective rules", change[EFFECTIVE], change[EFFECTIVE_AFTER]], ["blocking rules", change[BLOCKING], change[BLOCKING_AFTER]], ["all rules", change[RULES], change[RULES_AFTER]],
      ...(detail && detail.elements ? [["set elements", detail.elements.before || 0, detail.elements.after || 0]] : [])]),
  ];
  if (!detail) return [head, el("p", {}, `By ${actorText(actors[change[ACTOR]])}. The details of this change are not in the page: there were more than it holds. Its line has event.sequence ${change[SEQUENCE]}; a report of a shorter time (--since, --until) shows it.`)];
  return [head, operationList(detail), el("h3", {}, "Who did it"), processFacts(detail.process), processTree(detail.process), traitList(detail.process),
    el("h3", {}, "The event"), facts([
      ["Covered by", detail.covered && joined(detail.covered.kind, detail.covered.name, detail.covered.reason && `(${detail.covered.reason})`)],
      ["Reason", detail.reason], ["Backend", detail.backend], ["Seen by", detail.source], ["Attributed", detail.attributed === false ? "no: nobody was seen to send it" : ""],
      ["Claims to be", detail.claimed && joined(detail.claimed.comm, detail.claimed.pid && `pid ${detail.claimed.pid}`)],
      ["Its owner was killed by", detail.killed_by && detail.killed_by.process && joined(detail.killed_by.process.name, `pid ${detail.killed_by.process.pid}`, `signal ${detail.killed_by.signal}`)],
      ["Done", change[FLAGS] & WHILE_DOWN ? "while no collector ran; it was recorded, and told later" : ""],
      ["Failures not told before", detail.suppressed], ["Cut in its line", detail.truncated && detail.truncated.join(", ")],
      ["Event", el("span", { class: "mono" }, `${detail.id} (sequence ${change[SEQUENCE]})`)],
    ])];
}

function incidentBody(index) {
  const incident = incidents[index];
  const figure = (name, value) => value && [name, value.before || 0, value.after || 0];
  const usual = incident.usual;
  return [
    el("p", { class: "lead" }, badge(incident.state), " score ", el("strong", {}, String(incident.score)), ` of 100 (${severityText(incident.score)}), `, hostName(incident.host), incident.space !== undefined ? `, ${spaceName(incident.space)}` : ""),
    incident.reason ? el("p", {}, el("bdi", {}, incident.reason)) : null,
    el("h3", {}, "Why this score"),
    table("Reasons and their weights", [{ title: "Reason" }, { title: "Weight", class: "number" }, { title: "Evidence" }], (incident.reasons || []).map((reason) => [String(reason.id || "").replaceAll("_", " "), String(reason.weight), el("bdi", {}, reason.text || "")])),
    figureTable("Counts from before it began to its last line", [figure("effective rules", incident.effective_rules), figure("blocking rules", incident.blocking_rules), figure("all rules", incident.rules)].filter(Boolean)),
    usual && usual.effective_rules ? el("p", { class: "muted" }, `Usual on this host over ${counted(usual.days || 0, "day")}: ${grouped(usual.effective_rules.min || 0)} to ${grouped(usual.effective_rules.max || 0)} effective rules, the largest loss at once ${grouped(usual.largest_loss || 0)}.`) : null,
    el("h3", {}, "What was done"),
    (incident.changes || []).length ? el("ul", { class: "plain" }, incident.changes.map((row) => el("li", {}, moment(changes[row][TIME]), " ", button(`${whatText(row)} (${signed(delta(changes[row], EFFECTIVE))} effective)`, () => openChange(row), { class: "link" })))) : el("p", {}, "None of its changes is in this recording."),
    (incident.changes_count || 0) > (incident.changes || []).length ? el("p", { class: "muted" }, `${grouped(incident.changes_count)} in all.`) : null,
    el("h3", {}, "Who did it"), processFacts(incident.process), processTree(incident.process), traitList(incident.process),
    el("h3", {}, "Its course"),
    table("Lines of this alert", [{ title: "Time (UTC)" }, { title: "State" }, { title: "Score", class: "number" }, { title: "In words" }], (incident.lines || []).map((line) => [moment(line.time), badge(line.state), String(line.score), el("bdi", {}, line.reason || "")])),
    facts([["Restored", incident.restored_ms !== undefined && `after ${length(incident.restored_ms * 1000)}`], ["By", incident.restored_by && joined(incident.restored_by.name || incident.restored_by.executable, `pid ${incident.restored_by.pid}`, incident.restored_by.user && incident.restored_by.user.name)],
      ["Times", incident.occurrences > 1 ? incident.occurrences : ""], ["Rules", (incident.rule_ids || []).join(", ")], ["Technique", incident.technique && `MITRE ATT&CK ${[].concat(incident.technique).join(", ")}`], ["Alert", el("span", { class: "mono" }, incident.id)]]),
  ];
}

function actorBody(index) {
  const actor = actors[index];
  return [
    facts([["Program", code(actor.program)], ["Script", code(actor.script)], ["User", actor.user], ["Login", actor.login], ["Way in", entryText(actor.entry, actor.peer)], ["Unit", actor.unit], ["Container", actor.container],
      ["Asked by", code(actor.initiator)], ["Host", hostName(actor.host)], ["First and last", [moment(actor.first), " to ", moment(actor.last), " UTC"]], ["Tables", (actor.places || []).join(", ")],
      ["Changes", `${grouped(actor.changes)}, of which ${grouped(actor.weakening)} weakened; ${counted(actor.failed, "failed attempt")}; ${counted(actor.others, "other event")}`],
      ["Net effect", `${signed(actor.effective)} effective, ${signed(actor.blocking)} blocking, ${signed(actor.rules)} rules; the largest loss by one change ${signed(actor.worst)}`]]),
    (actor.commands || []).length ? [el("h3", {}, "Command lines"), el("ul", { class: "plain" }, actor.commands.map((command) => el("li", {}, code(command))))] : null,
    (actor.traits || []).length ? [el("h3", {}, "What makes one wonder"), el("ul", { class: "traits" }, actor.traits.map((trait) => el("li", {}, el("span", { class: "chip" }, trait.id.replaceAll("_", " ")), " ", el("bdi", {}, trait.text))))] : null,
    actor.changes + actor.failed > 0 ? el("p", {}, button("List the changes", () => listActor(index))) : null,
  ];
}

function noteBody(note) {
  const file = note.file || {};
  const config = note.config_file || {};
  const down = note.while_down;
  return [
    el("p", { class: "lead" }, moment(note.time), " UTC, ", hostName(note.host)), el("p", {}, el("bdi", {}, note.text)),
    note.reason && note.reason !== note.text ? el("p", {}, el("bdi", {}, note.reason)) : null,
    note.file ? facts([["File", code(file.path)], ["Kind", config.kind], ["What", config.operation], ["Before", config.moved_from && code(config.moved_from)], ["Mode, owner", joined(file.mode, file.owner || file.uid)], ["Seen by", config.source]]) : null,
    config.diff ? [el("h3", {}, "Lines"), el("ul", { class: "rules" }, [].concat(config.diff).map((line) => el("li", {}, /^\+/.test(line) ? el("ins", {}, line) : /^-/.test(line) ? el("del", {}, line) : line)))] : null,
    note.service ? facts([["Service", note.service.name], ["Unit", note.service.unit], ["Signal", note.service.signal], ["Exit code", note.service.exit_code], ["Machine", note.service.shutting_down && "shuts down"]]) : null,
    note.sysctl ? facts([["Switch", code(note.sysctl.name)], ["Before", note.sysctl.before], ["After", note.sysctl.after], ["Weaker", note.sysctl.weaker ? "yes" : "no"]]) : null,
    down ? facts([["Since", down.since], ["Told with their authors", down.changes_told], ["Operations that nobody was seen to do", down.operations_count]]) : null,
    note.process ? [el("h3", {}, "Who did it"), processFacts(note.process), processTree(note.process), traitList(note.process)] : null,
    facts([["Event", el("span", { class: "mono" }, `${note.action}, ${note.id} (sequence ${note.sequence})`)]]),
  ];
}

const badge = (state) => el("span", { class: `badge ${state === "resolved" ? "gain" : "alert"}` }, state || "open");
