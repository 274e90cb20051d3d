"""What has to be true of the page, of its command and of how it is used. Each case gets the one that runs them."""
import json
import os
import re
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "Live"))
from harness.outcome import Failed, case, check, equal  # noqa: E402, F401

import recordings  # noqa: E402
from expected import Expected, get  # noqa: E402

AUDIT = open(os.path.join(os.path.dirname(__file__), "audit.js"), encoding="utf-8").read()


def number(text):
    return int(re.sub(r"[^\d\-]", "", text.replace("\u2212", "-")) or 0)


def figures(page):
    return {name: number(value) for name, value in page.run("[...document.querySelectorAll('#figures > div')].map((each) => [each.querySelector('dt').textContent, each.querySelector('dd').firstChild.textContent])")}


def rows(page, section):
    """The cells of the rows of a table, as text."""
    return page.run(f"[...document.querySelectorAll('#{section} tbody tr')].map((row) => [...row.cells].map((cell) => cell.innerText.trim()))")


def clean(page, path):
    """Nothing was thrown, refused or asked for, and nobody said anything."""
    equal(page.thrown(), [], "exceptions")
    equal(page.run("window.violations"), [], "violations of the content security policy")
    equal(page.asked(), [f"file://{path}"], "what was asked for")
    equal(page.of("Page.javascriptDialogOpening"), [], "dialogs")
    equal([entry["entry"]["text"] for entry in page.of("Log.entryAdded") if entry["entry"]["level"] == "error"], [], "errors in the log")


@case("the figures are those of the lines")
def _(t):
    page, expected = t.page("real"), Expected(t.recording("real"))
    equal(figures(page), {"Alerts": len(expected.incidents), "Changes": len(expected.changed), "Failed attempts": len(expected.failed), "Actors": len(expected.actors()), "Missing lines": 0}, "the figures in front")
    check(len(expected.changed) >= 6 and len(expected.incidents) >= 2 and len(expected.failed) == 1, "the recording has less in it than meant")
    first, least, end = expected.course()
    text = page.run("byId('chart-text').innerText")
    found = [number(part) for part in re.search(r": ([\d\u202f]+) effective rules? at .*?, at least ([\d\u202f]+) .*?, ([\d\u202f]+) at the end", text).groups()]
    equal(found, [first, least, end], "effective rules at first, the least, at the end")
    equal(number(page.run("byId('figures').children[1].querySelector('.muted').textContent")), expected.weakening, "changes that weakened")
    verdict = page.run("byId('verdict').innerText")
    check(f"{expected.open} alert" in verdict if expected.open else "resolved" in verdict, f"the verdict says {verdict!r} of {expected.open} open alerts")
    clean(page, t.html("real"))


@case("the table of actors says who did how much, with what effect")
def _(t):
    page, expected = t.page("real"), Expected(t.recording("real"))
    found = {}
    for row in rows(page, "actors-body"):
        name, user = re.match(r"(\S+) \((.*?)\)", row[0]).groups()
        found[name, user] = [number(row[1]), number(row[2]), number(row[3]), number(row[5])]
    for (program, user), counts in expected.actors().items():
        equal(found.get((os.path.basename(program), user)), counts, f"changes, weakened, failed, net effect of {program} of {user}")


@case("the tables of changes and alerts have a row for each, in order, with the same figures")
def _(t):
    page, expected = t.page("real"), Expected(t.recording("real"))
    told = sorted(expected.changed + expected.failed, key=lambda event: (event["@timestamp"], event["event"]["sequence"]))
    found = [[number(part) for part in row[4].split("→")] for row in rows(page, "changes-body")]
    equal(found, [[get(event, f"wallwatch.change.effective_rules.{side}") or 0 for side in ("before", "after")] for event in told], "effective rules before and after")
    alerts = rows(page, "alerts-body")
    equal(sorted(row[1] for row in alerts), sorted(get(lines[-1], "wallwatch.alert.state") for lines in expected.incidents.values()), "states of alerts")
    equal(sorted(number(row[2]) for row in alerts), sorted(max(get(line, "wallwatch.alert.score") for line in lines) for lines in expected.incidents.values()), "scores")


@case("a chain has the effective rules that the last state says")
def _(t):
    page, expected = t.page("real"), Expected(t.recording("real"))
    state = [event for event in expected.states if get(event, "wallwatch.state.netns.is_host")][-1]
    found = {row[0]: row[4] for row in rows(page, "chains")}
    check(any(row[2] != row[4] for row in rows(page, "chains")), "no chain ends otherwise than it began, so this says nothing")
    for chain in get(state, "wallwatch.state.chains"):
        equal(number(found[chain["chain"]]), chain.get("effective_rules", 0), f"effective rules of {chain['chain']}")


@case("a change shows its author, his ancestors, the rules that went and came, and its counts")
def _(t):
    page, expected = t.page("real"), Expected(t.recording("real"))
    flush = next(event for event in expected.changed if any(operation["op"] == "flush-ruleset" for operation in get(event, "wallwatch.change.operations")))
    page.run(f"openChange(changes.findIndex((change) => change[SEQUENCE] === {get(flush, 'event.sequence')}))")
    text = page.run("byId('dialog').innerText")
    for wanted in [get(flush, "process.executable"), str(get(flush, "process.pid")), get(flush, "process.user.name"), get(flush, "event.id"), "</script><script>alert(1)</script>", "user⟨U+202E⟩txt.exe"]:
        check(wanted in text, f"{wanted!r} is not in what is shown of the flush")
    tree = page.run("[...document.querySelectorAll('#dialog .branch .pid')].map((each) => each.textContent)")
    equal(tree, [str(entry["pid"]) for entry in reversed(get(flush, "wallwatch.ancestry"))] + [str(get(flush, "process.pid"))], "the process tree")
    inserted = next(event for event in expected.changed if get(event, "process.command_line") == "nft insert rule inet filter input accept")
    page.run(f"openChange(changes.findIndex((change) => change[SEQUENCE] === {get(inserted, 'event.sequence')}))")
    equal(page.run("[...document.querySelectorAll('#dialog ins')].map((each) => each.textContent)"), ["+ " + get(inserted, "wallwatch.change.operations")[0]["rule"]], "the rule that came")
    for trait in get(inserted, "wallwatch.traits") or []:
        check(trait["text"] in page.run("byId('dialog').innerText"), f"the evidence {trait['text']!r} is not shown")
    page.run("openIncident(0)")
    opened = list(expected.incidents.values())[0]
    for reason in get(max(opened, key=lambda line: get(line, "wallwatch.alert.score")), "wallwatch.alert.reasons"):
        check(reason["text"] in page.run("byId('dialog').innerText"), f"the reason {reason['text']!r} is not shown")
    page.run("byId('dialog').close()")


@case("the keyboard alone reaches everything, and sees where it is")
def _(t):
    page = t.page("real", fresh=True)
    seen, ids = [], page.run("[...document.querySelectorAll('button, select, a[href]')].filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex === 0 && !each.closest('dialog')).length")
    for _ in range(ids + 40):
        page.key("Tab")
        where = page.run("(() => { const e = document.activeElement; if (!e || e === document.body) return null; const s = getComputedStyle(e); return [e.tagName, e.id, e.className, e.innerText.slice(0, 30), parseFloat(s.outlineWidth) > 0 && s.outlineStyle !== 'none']; })()")
        if where is None or (seen and where[:4] == seen[0][:4] and len(seen) > ids):
            break
        seen.append(where)
    equal(seen[0][3], "Skip to the report", "what is reached first")
    equal([each for each in seen if not each[4]], [], "what has the focus and does not show it")
    reached = sum(each[0] in ("BUTTON", "SELECT", "A") for each in seen)
    check(reached >= ids, f"{reached} of {ids} controls were reached: {seen}")

    page.run("document.querySelector('#markers button[tabindex=\"0\"]').focus()")
    names = []
    for _ in range(3):
        names.append(page.run("document.activeElement.getAttribute('aria-label')"))
        page.key("ArrowRight")
    check(len(set(names)) == 3 and all(names), f"the arrow keys do not go along the marks: {names}")
    page.key("Home")
    equal(page.run("document.activeElement.getAttribute('aria-label')"), names[0], "where Home leads")
    page.key("Enter")
    check(page.run("byId('dialog').open && byId('dialog').contains(document.activeElement)"), "Enter on a mark does not open what it stands for, with the focus in it")
    for _ in range(25):
        page.key("Tab")
        check(page.run("!document.activeElement || document.activeElement === document.body || byId('dialog').contains(document.activeElement)"), "the focus left the open dialog")
    page.key("Escape")
    check(page.run("!byId('dialog').open && document.activeElement.getAttribute('aria-label')") == names[0], "Escape does not close it and lead back")
    page.close()


@case("a screen reader finds landmarks, headings, tables and names")
def _(t):
    page = t.page("real", fresh=True)
    tree = page.tree()
    roles = [node["role"] for node in tree]
    for role in ["banner", "navigation", "main", "contentinfo", "toolbar", "figure"]:
        equal(roles.count(role), 1, f"landmarks and parts of role {role}")
    headings = [(node["level"], node["name"]) for node in tree if node["role"] == "heading"]
    equal(sum(level == 1 for level, _ in headings), 1, "headings of level 1")
    for wanted in ["Summary", "Timeline", "Alerts", "Who did it", "Changes", "Files, services, switches, tampering", "What this rests on"]:
        check((2, wanted) in headings, f"no heading {wanted}")
    nameless = [node for node in tree if node["role"] in ("button", "combobox", "link", "table", "region", "image", "img", "toolbar", "columnheader", "rowheader", "dialog") and not node["name"].strip()]
    equal(nameless, [], "parts without a name")
    check(roles.count("table") >= 4 and roles.count("columnheader") > 15 and roles.count("rowheader") > 10, "tables are no tables")
    chart = [node["name"] for node in tree if node["role"] in ("image", "img") and "effective rule" in node["name"]]
    check(chart and "at the end" in chart[0], f"the chart is told to nobody who does not see it: {chart}")


for dark in (False, True):
    @case(f"headings, tables, labels and contrast hold, {'dark' if dark else 'light'}, also in what opens")
    def _(t, dark=dark):
        page = t.page("real", fresh=True, dark=dark)
        for opening in ["0", "openIncident(0)", "openChange(0)", "openActor(0)", "openNote(0)"]:
            page.run(opening + "; 0")
            found = page.run(AUDIT)
            equal(found["faults"], [], f"faults after {opening}")
            check(found["measured"] > 5 and found["least"] >= 4.5, f"measured {found}")
        page.run("byId('dialog').close()")
        page.size(360, 780, True)
        page.run("new Promise((done) => setTimeout(done, 300))")
        equal(page.run(AUDIT)["faults"], [], "faults on a narrow screen")
        page.emulate(dark, still=True)
        equal(page.run("getComputedStyle(document.documentElement).scrollBehavior"), "auto", "motion for who wants none")
        page.close()


@case("nothing of a hostile recording becomes a part of the page")
def _(t):
    page = t.page("hostile")
    count = "JSON.stringify([...document.querySelectorAll('*')].reduce((all, each) => ({ ...all, [each.tagName.toLowerCase()]: 1 }), {}))"
    allowed = {"html", "head", "meta", "title", "style", "body", "a", "header", "p", "h1", "h2", "h3", "noscript", "nav", "ul", "ol", "li", "main", "section", "dl", "dt", "dd", "div", "span", "button", "select", "option", "label", "figure", "figcaption", "svg", "defs", "pattern", "rect", "line", "text", "g", "path", "circle", "table", "caption", "thead", "tbody", "tr", "th", "td", "bdi", "time", "code", "del", "ins", "strong", "footer", "dialog", "script", "article"}
    for opening in ["0", *[f"{what}({index}); 0" for what, many in (("openChange", "changes"), ("openIncident", "incidents"), ("openActor", "actors"), ("openNote", "notes")) for index in range(page.run(f"{many}.length"))], "expandForPaper(); 0"]:
        page.run(opening)

        strange = set(json.loads(page.run(count))) - allowed
        equal(strange, set(), f"elements that are none of the page's, after {opening}")
    equal(page.run("document.scripts.length"), 2, "scripts")
    equal(page.run("[...document.querySelectorAll('*')].flatMap((each) => [...each.attributes]).filter((each) => /^on|^srcdoc$|^style$/.test(each.name) && each.name !== 'style').length"), 0, "attributes that act")
    text = page.run("document.body.innerText")
    for name in ["</script><script>alert(1)</script>", "<img src=x onerror=alert(2)>", "⟨U+202E⟩", "⟨U+2028⟩"]:
        check(name in text, f"{name!r} is not shown as what it is")
    for character in "\u202e\u2066\u2028\u2029":
        check(character not in page.run("document.documentElement.outerHTML.replace(/<script[^]*?<\\/script>/g, '')"), f"U+{ord(character):04X} is in the page as itself")
    time.sleep(0.3)
    clean(page, t.html("hostile"))
    equal(page.run("(() => { try { document.body.innerHTML = '<b>x</b>'; return 'done'; } catch (error) { return error.name; } })()"), "TypeError", "markup that is set all the same")


@case("20,000 changes: a page of some megabytes that opens quickly, with the figures of the lines")
def _(t):
    page, path = t.page("large"), t.html("large")
    size = os.path.getsize(path)
    check(size < 7 << 20, f"the page has {size} bytes")
    check(t.seconds["large"] < 8, f"the page took {t.seconds['large']:.1f} s to open")
    expected = Expected(t.recording("large"))
    found = figures(page)
    equal((found["Changes"], found["Missing lines"]), (len(expected.changed), expected.missing), "changes and missing lines")
    first, least, end = expected.course()
    equal([number(part) for part in re.search(r": ([\d\u202f]+) effective rules? at .*?, at least ([\d\u202f]+) .*?, ([\d\u202f]+) at the end", page.run("byId('chart-text').innerText")).groups()], [first, least, end], "effective rules")
    check(page.run("document.querySelectorAll('*').length") < 4000, "there are more elements than are looked at")
    equal(page.run("document.querySelectorAll('#plot rect.hatch').length ? document.querySelectorAll('#plot g rect').length : 0"), len(expected.gaps), "gaps that are drawn")
    began = time.monotonic()
    page.run("byId('older').click(); byId('zoom-in').click(); byId('filter').value = 'weakening'; byId('filter').dispatchEvent(new Event('change')); 0")
    equal(number(page.run("byId('shown').innerText").split(" of ")[1]), expected.weakening, "changes that weakened, in the list")
    check(time.monotonic() - began < 3, "a choice takes seconds")
    page.run("document.querySelector('#markers button').click()")
    check(page.run("byId('interval').hidden === false && list.rows.length > 1"), "a mark of many changes does not list them")
    clean(page, path)
    t.say(f"{size / 1e6:.1f} MB, made in {t.made['large']:.1f} s, open in {t.seconds['large']:.1f} s")


@case("a gap in event.sequence is said in front, in the list, and drawn")
def _(t):
    page, expected = t.page("gap"), Expected(t.recording("gap"))
    equal((len(expected.gaps), expected.missing), (1, 3), "gaps of the recording that was made for it")
    equal(figures(page)["Missing lines"], 3, "missing lines")
    check("3 event lines missing in 1 gap" in page.run("byId('warnings').innerText"), "no warning in front")
    check("lines are missing" in page.run("byId('chart-text').innerText"), "the chart has no key for it")
    row = [cell for cell in rows(page, "sources-body") if "to" in cell[-1]]
    check(any(f"{expected.gaps[0][0]} to {expected.gaps[0][1]}" in cells[-1] for cells in row), f"the gap is not listed: {row}")


@case("one line, and lines in which nothing was done, make a page")
def _(t):
    for name in ("single", "quiet"):
        page = t.page(name)
        equal(figures(page)["Changes"], 0, f"changes of {name}")
        check("Nothing was changed." in page.run("byId('verdict').innerText"), "the verdict")
        equal(page.run(AUDIT)["faults"], [], f"faults of {name}")
        clean(page, t.html(name))


@case("on paper everything that matters is in full, and gone again after")
def _(t):
    page, expected = t.page("real", fresh=True), Expected(t.recording("real"))
    page.run("window.addEventListener('beforeprint', () => { window.printed = byId('paper').textContent; }); 0")
    pdf = page.pdf()
    check(pdf.startswith(b"%PDF") and len(pdf) > 20_000, "no PDF came")
    printed = page.run("window.printed || ''")
    for event in expected.changed:
        if any(get(event, f"wallwatch.change.{name}.after") < get(event, f"wallwatch.change.{name}.before") for name in ("effective_rules", "blocking_rules")):
            check(get(event, "event.id") in printed, f"the change {get(event, 'event.id')} is not printed")
    for identity in expected.incidents:
        check(identity in printed, f"the alert {identity} is not printed")
    for entry in get(expected.changed[-1], "wallwatch.ancestry")[-1:]:
        check(str(entry["pid"]) in printed, "the process tree is not printed")
    equal(page.run("byId('paper').childElementCount"), 0, "what is left of it on the screen")
    with open(os.path.join(t.folder, "real.pdf"), "wb") as file:
        file.write(pdf)
    if subprocess.run(["which", "pdftotext"], capture_output=True).returncode == 0:
        text = subprocess.run(["pdftotext", "-layout", os.path.join(t.folder, "real.pdf"), "-"], capture_output=True, text=True).stdout
        check("Process tree" in text and "Zoom in" not in text, "the PDF has not what was meant for it")


@case("the command counts what is no event, keeps to the time asked for, and writes for its owner only")
def _(t):
    mixed, out = os.path.join(t.folder, "mixed.jsonl"), os.path.join(t.folder, "mixed.html")
    with open(mixed, "wb") as file:
        file.write(open(t.recording("real"), "rb").read() + b'{"cut": "\n' + b'{"message":"other"}\n' + b"\xff\xfe\x00 \n")
    done = t.report([mixed, "-o", out])
    check(done.returncode == 0 and "2 are no JSON and 1 no event of wallwatch" in done.stderr, f"it says {done.stderr!r}")
    equal(stat.S_IMODE(os.stat(out).st_mode), 0o600, "the mode of the page")
    piped = t.report(["-"], input=open(t.recording("real"), encoding="utf-8").read())
    check(piped.stdout.startswith("<!doctype html>") and piped.stderr == "", "standard input and output")
    os.symlink("/nowhere", os.path.join(t.folder, "link"))
    equal(t.report([mixed, "-o", os.path.join(t.folder, "link")]).returncode, 73, "the status when the page is a link")
    equal(t.report(["/nowhere"]).returncode, 66, "the status of a file that is not there")
    old = t.report([t.recording("real"), "--until", "2020-01-01"])
    check(old.returncode == 65 and "of another time" in old.stderr and not old.stdout, f"nothing to report: {old}")
    equal(t.report([t.recording("real"), "--since", "soon"]).returncode, 64, "the status of a time that is none")
    equal(t.report([t.recording("real"), "--since", "1d", "--until", "2100-01-01T00:00:00Z", "-o", out]).returncode, 0, "the last day")
    twice = t.report([t.recording("real"), t.recording("real"), "-o", out])
    equal(twice.returncode, 0, "the same file twice")
    page = t.browser.page()
    page.open(out)
    equal(figures(page)["Changes"], len(Expected(t.recording("real")).changed), "changes of a file that is given twice")
    page.close()
