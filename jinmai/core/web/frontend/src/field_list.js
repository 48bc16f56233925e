// The list of what this phone did, with what became of it, and the line that says how much is still to be sent.
import { codesOf } from "./field_sync.js";

const SHOWN = 20;

export function drawList(place, deeds, words, act) {
  const shown = deeds.filter((deed) => deed.state !== "aside").slice(-SHOWN).reverse();
  place.replaceChildren(...shown.map((deed) => line(deed, deeds, words, act)));
  place.closest("[data-history]").hidden = shown.length === 0;
}

function line(deed, deeds, words, act) {
  const item = element("li", `field-line is-${deed.state}`);
  const head = element("div", "field-line-head");
  head.append(element("strong", "", deed.title), element("span", "field-line-state", stateOf(deed, deeds, words)));
  const codes = codesOf(deed);
  const code = codes.length > 1 ? `${codes[0]} + ${codes.length - 1}` : codes[0];
  const at = new Date(deed.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  item.append(head, element("p", "field-line-code", `${readable(code ?? "")} · ${at}`));
  if (deed.note && deed.state !== "done") item.append(element("p", "field-line-note", deed.note));
  if (deed.fault) item.append(element("p", "field-line-text", words.fault));
  if (deed.text) item.append(text(deed));
  if (deed.state === "refused" || isEarly(deed)) item.append(buttons(deed, words, act));
  return item;
}

export function isEarly(deed) {
  return deed.state === "waiting" && Boolean(deed.early);
}

function stateOf(deed, deeds, words) {
  if (deed.state !== "waiting") return words[deed.state];
  if (deed.early) return words.early;
  const before = (wanted) => deeds.filter((one) => one.seq < deed.seq && wanted(one)).flatMap(codesOf);
  const behind = (codes) => codesOf(deed).some((code) => codes.includes(code));
  if (behind(before((one) => one.state === "refused"))) return words["waits-for-refused"];
  return behind(before(isEarly)) ? words["waits-for-early"] : words.waiting;
}

function text(deed) {
  const said = element(deed.href ? "a" : "p", "field-line-text", deed.text);
  if (deed.href) said.href = deed.href;
  return said;
}

function buttons(deed, words, act) {
  const row = element("div", "field-line-buttons");
  for (const name of deed.state === "refused" ? ["again", "mend", "aside"] : ["mend", "aside"]) {
    const button = element("button", "button", words[`do-${name}`]);
    button.type = "button";
    button.disabled = name === "mend" && !formOf(deed.deed);
    button.addEventListener("click", () => act(name, deed));
    row.append(button);
  }
  return row;
}

// The form of a deed, where this person may do it still.
export function formOf(key) {
  return document.querySelector(`[data-deed][data-key="${CSS.escape(key)}"] form`);
}

export function readable(code) {
  return code.replace(/[\x00-\x1f]/g, "␝");
}

export function element(tag, className, content = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.textContent = content;
  return made;
}
