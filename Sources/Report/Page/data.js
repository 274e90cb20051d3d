// What the recording says, by name. Sources/Report/Report+Page.swift writes it.

const data = JSON.parse(byId("data").textContent);
const [TIME, SEQUENCE, SPACE, KIND, RULES, RULES_AFTER, EFFECTIVE, EFFECTIVE_AFTER, BLOCKING, BLOCKING_AFTER, ACTOR, FLAGS, DETAIL, SUMMARY] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
const FAILED = 1;
const DRIFT = 2;
const COVERED = 1;
const WHILE_DOWN = 2;
const WEAKENING = 4;

const changes = data.changes || [];
const spaces = data.spaces || [];
const actors = data.actors || [];
const incidents = data.incidents || [];
const notes = data.notes || [];
const gaps = data.gaps || [];
const runs = data.runs || [];
const hosts = data.hosts || [];
const counts = data.counts || {};

// Which incidents name a change, by its row.
const alertsOf = new Map();
incidents.forEach((incident, index) => (incident.changes || []).forEach((row) => alertsOf.set(row, [...(alertsOf.get(row) || []), index])));

const detailOf = (row) => (data.details || [])[changes[row][DETAIL]];
const delta = (change, figure) => change[figure + 1] - change[figure];
const shelf = (place) => (data.shelf || [])[place] || {};

function hostName(index) {
  return (hosts[index] || {}).name || "unknown host";
}

function spaceName(index) {
  const space = spaces[index];
  if (!space) return "";
  const own = space.is_host ? "the host’s namespace" : `namespace ${space.id}`;
  return hosts.length > 1 ? `${hostName(space.host)}: ${own}` : own;
}

function entryText(entry, peer) {
  const ways = { sshd: "over SSH", console: "at the console", cron: "by cron", container: "in a container", init: "as a service", terminal: "in a terminal" };
  return joined(entry && (ways[entry] || `by ${entry}`), peer && `from ${peer}`);
}

// An actor in two lines: the program, and for whom.
function actorText(actor) {
  if (!actor || !actor.program) return "nobody that was seen";
  const login = actor.login && actor.login !== actor.user ? `, logged in as ${actor.login}` : "";
  return `${last(actor.program)} (${actor.user || "unknown user"}${login})`;
}

function actorWords(actor) {
  if (!actor || !actor.program) return "";
  return [entryText(actor.entry, actor.peer), actor.unit, actor.container && `container ${actor.container.slice(0, 12)}`,
    actor.script && `script ${actor.script}`, actor.initiator && `asked by ${last(actor.initiator)}`].filter(Boolean).join(", ");
}

function actorCell(index) {
  const actor = actors[index];
  const words = actorWords(actor);
  return [el("bdi", { class: "name" }, actorText(actor)), words && el("span", { class: "muted block" }, words)];
}

const OPS = {
  "add-rule": ["added", "rule"], "delete-rule": ["deleted", "rule"], "replace-rule": ["replaced", "rule"], "flush-chain": ["flushed chain"], "flush-table": ["flushed table"],
  "flush-ruleset": ["flushed all rules"], "add-table": ["added table"], "delete-table": ["deleted table"], "table-dormant": ["set dormant table"], "table-awake": ["woke table"],
  "add-chain": ["added chain"], "delete-chain": ["deleted chain"], "add-set": ["added set"], "delete-set": ["deleted set"], "add-elements": ["added", "element"],
  "delete-elements": ["deleted", "element"], "flush-set": ["flushed set"], "swap-set": ["swapped set"], "replace-table": ["replaced table"], "owner-died": ["lost, with its owner, table"],
  "netns-gone": ["the namespace ended"], "module-unload": ["unloaded a module"],
};

const placeOf = (operation) => joined(operation.family, operation.table, operation.chain, operation.set);

function operationText(operation) {
  const place = placeOf(operation);
  if (operation.op === "policy") {
    const policy = operation.policy || {};
    return `policy of ${place}: ${policy.before || "none"} → ${policy.after || "none"}`;
  }
  const words = OPS[operation.op];
  if (!words) return joined(operation.op === "other" ? operation.detail || "other" : operation.op, place);
  if (!words[1]) return joined(words[0], place);
  const count = operation.count === undefined ? (operation.rules ? operation.rules.length : 1) : operation.count;
  return `${words[0]} ${counted(count, words[1])} ${words[0] === "added" ? "to" : "of"} ${place}`;
}

function whatText(row) {
  const { operations, count } = shelf(changes[row][SUMMARY]);
  const told = (operations || []).map(operationText);
  const more = (count || 0) - told.length;
  const detail = detailOf(row) || {};
  const text = told.join("; ") + (more > 0 ? ` and ${grouped(more)} more` : "");
  if (changes[row][KIND] === FAILED) return `failed: ${text || "a request"}${detail.reason ? ` (${detail.reason})` : ""}`;
  if (changes[row][KIND] === DRIFT) return `found: ${text || "a difference"}${detail.reason ? ` (${detail.reason})` : ""}`;
  return text || "changed something of no rule";
}

// One of `loss`, `gain`, `failed`, `plain`.
function toneOf(change) {
  if (change[KIND] === FAILED) return "failed";
  if (change[FLAGS] & WEAKENING) return "loss";
  return delta(change, EFFECTIVE) > 0 || delta(change, BLOCKING) > 0 ? "gain" : "plain";
}
const MARKS = { loss: "▾", gain: "▴", failed: "×", plain: "•", alert: "◆" };
const TONES = { loss: "weakened", gain: "strengthened", failed: "failed", plain: "neutral" };

function severityText(score) {
  return score >= 80 ? "critical" : score >= 60 ? "high" : score >= 40 ? "medium" : "low";
}
