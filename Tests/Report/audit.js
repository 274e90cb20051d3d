// Asked of the page by Tests/Report: what breaks a rule of accessibility, one sentence each. Evaluates to a list.
(() => {
  const faults = [];
  const shown = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.getClientRects().length > 0;
  const scope = document.querySelector("dialog[open]") || document.body;
  const all = [...scope.querySelectorAll("*")].filter((element) => !element.closest("script, style, noscript"));
  const said = (element) => `${element.tagName.toLowerCase()}${element.id ? "#" + element.id : ""}.${element.getAttribute("class") || ""} "${element.textContent.trim().slice(0, 40)}"`;

  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((each, place) => ids.indexOf(each) !== place))) faults.push(`the id ${id} comes twice`);
  for (const name of ["aria-labelledby", "aria-describedby", "for"]) for (const element of document.querySelectorAll(`[${name}]`)) for (const id of element.getAttribute(name).split(/\s+/)) if (!document.getElementById(id)) faults.push(`${name} leads nowhere: ${id}`);
  for (const anchor of document.querySelectorAll("a[href^='#']")) if (!document.getElementById(anchor.getAttribute("href").slice(1))) faults.push(`the link ${anchor.getAttribute("href")} leads nowhere`);
  if (!document.documentElement.lang) faults.push("the page has no language");
  if (!document.title) faults.push("the page has no title");

  let level = 1;
  for (const heading of all.filter((element) => /^H[1-6]$/.test(element.tagName) && shown(element))) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) faults.push(`a heading of level ${own} follows one of ${level}: ${said(heading)}`);
    if (!heading.textContent.trim()) faults.push(`an empty heading: ${said(heading)}`);
    level = own;
  }
  for (const table of all.filter((element) => element.tagName === "TABLE")) {
    if (!table.caption || !table.caption.textContent.trim()) faults.push(`a table without a caption: ${said(table)}`);
    if ([...table.querySelectorAll("thead th")].some((cell) => cell.scope !== "col" || !cell.textContent.trim())) faults.push(`a column without a heading: ${said(table)}`);
    if ([...table.querySelectorAll("tbody tr")].some((row) => !row.querySelector("th[scope=row]"))) faults.push(`a row without a heading: ${said(table)}`);
  }
  for (const control of all.filter((element) => /^(BUTTON|SELECT|INPUT|A)$/.test(element.tagName) && shown(element))) {
    const box = control.getBoundingClientRect();
    if (control.tagName === "BUTTON" && (box.height < 23.5 || box.width < 23.5)) faults.push(`too small to hit: ${said(control)} ${Math.round(box.width)}x${Math.round(box.height)}`);
  }

  const channel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const colour = (text) => {
    if (!known.has(text)) {
      channel.clearRect(0, 0, 1, 1);
      channel.fillStyle = text;
      channel.fillRect(0, 0, 1, 1);
      const [red, green, blue, alpha] = channel.getImageData(0, 0, 1, 1).data;
      known.set(text, [red, green, blue, alpha / 255]);
    }
    return known.get(text);
  };
  const over = (top, below) => [0, 1, 2].map((place) => top[place] * top[3] + below[place] * (1 - top[3])).concat(1);
  const light = ([red, green, blue]) => [red, green, blue].map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)).reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const canvas = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  const ground = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.push(colour(getComputedStyle(each).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), canvas);
  };
  let least = 21;
  let measured = 0;
  const walker = document.createTreeWalker(scope, NodeFilter.SHOW_TEXT);
  for (let text = walker.nextNode(); text; text = walker.nextNode()) {
    const element = text.parentElement;
    if (!text.data.trim() || !shown(element) || element.closest("script, style, noscript, .hidden, caption, option, button:disabled")) continue;
    const style = getComputedStyle(element);
    const below = ground(element);
    const ink = over(colour(element.namespaceURI.endsWith("svg") ? style.fill : style.color), below);
    const [high, low] = [light(ink), light(below)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    measured += 1;
    least = Math.min(least, ratio);
    if (ratio < 4.5) faults.push(`contrast ${ratio.toFixed(2)}: ${said(element)}`);
  }
  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`);
  return { faults: [...new Set(faults)].slice(0, 30), least, measured };
})()
