"use strict";

// Text and elements. Whatever comes from the recording goes through here, and into the page as text only.

// What would reorder or hide the text around it is shown as its number.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]/g;

function visible(text) {
  return String(text).replace(UNSEEN, (found) => "⟨U+" + found.codePointAt(0).toString(16).toUpperCase().padStart(4, "0") + "⟩");
}

// An element with attributes (class, for, aria-… by name; `on` is a map of listeners) and children, texts among them.
function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else element.setAttribute(key, value === true ? "" : visible(value));
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === undefined || child === null || child === false || child === "") continue;
    element.append(child instanceof Node ? child : visible(child));
  }
  return element;
}

function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes || {})) if (value !== undefined) element.setAttribute(key, value);
  add(element, children);
  return element;
}

const byId = (id) => document.getElementById(id);

function fill(id, ...children) {
  const element = typeof id === "string" ? byId(id) : id;
  element.replaceChildren();
  return add(element, children);
}

const counted = (count, one, many) => `${grouped(count)} ${count === 1 ? one : many || one + "s"}`;
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
const signed = (number) => (number > 0 ? "+" + grouped(number) : number < 0 ? "\u2212" + grouped(-number) : "±0");
const joined = (...words) => words.filter((word) => word !== undefined && word !== null && word !== "" && word !== false).join(" ");
const last = (path) => String(path || "").split("/").pop();

// Moments are microseconds since 1970; everything is told in UTC.
const iso = (time) => new Date(Math.floor(time / 1000)).toISOString();
const clock = (time) => iso(time).slice(11, 19);
const exact = (time) => iso(time).slice(0, 10) + " " + iso(time).slice(11, 19) + "." + String(((time % 1e6) + 1e6) % 1e6).padStart(6, "0").slice(0, 3);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function day(time) {
  const date = new Date(Math.floor(time / 1000));
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

function moment(time) {
  return el("time", { datetime: iso(time), class: "time" }, el("span", { class: "date" }, day(time)), " ", clock(time) + "." + iso(time).slice(20, 23));
}

function length(microseconds) {
  const seconds = microseconds / 1e6;
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes`;
  if (seconds < 172800) return `${Math.round(seconds / 360) / 10} hours`;
  return `${Math.round(seconds / 8640) / 10} days`;
}

const button = (text, action, attributes) => el("button", { type: "button", ...attributes, on: { click: action } }, text);

// A table with a caption for those who hear it. A cell is a text, an element, or [content, attributes]. The roles are
// said again, for on a narrow screen each row is laid out as a block.
function table(caption, columns, rows, attributes) {
  const cell = (name, content, column, more) => {
    const [inside, own] = Array.isArray(content) && content.length === 2 && content[1] && !(content[1] instanceof Node) && typeof content[1] === "object" && !Array.isArray(content[1]) ? content : [content, {}];
    return el(name, { class: joined(column.class, own.class), "data-title": column.title, ...more }, inside);
  };
  return el("div", { class: "scroll", role: "region", "aria-label": caption, tabindex: "0" },
    el("table", { role: "table", ...attributes },
      el("caption", {}, caption),
      el("thead", { role: "rowgroup" }, el("tr", { role: "row" }, columns.map((column) => el("th", { scope: "col", role: "columnheader", class: column.class }, column.title)))),
      el("tbody", { role: "rowgroup" }, rows.map((cells) => el("tr", { role: "row" }, cells.map((content, index) =>
        cell(index === 0 ? "th" : "td", content, columns[index], index === 0 ? { scope: "row", role: "rowheader" } : { role: "cell" })))))));
}

const facts = (pairs) => el("dl", { class: "facts" }, pairs.filter(([, value]) => value !== undefined && value !== null && value !== "" && value !== false && !(Array.isArray(value) && !value.length))
  .map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
