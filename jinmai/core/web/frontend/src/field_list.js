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
  if (deed.text) item.append(text(deed));
  if (deed.state === "refused") item.append(buttons(deed, words, act));
  return item;
}

function stateOf(deed, deeds, words) {
  if (deed.state !== "waiting") return words[deed.state];
  const before = deeds.filter((one) => one.seq < deed.seq && one.state === "refused").flatMap(codesOf);
  return codesOf(deed).some((code) => before.includes(code)) ? words["waits-for-refused"] : words.waiting;
}

function text(deed) {
  const said = element(deed.href ? "a" : "p", "field-line-text", deed.text);
  if (deed.href) said.href = deed.href;
  return said;
}

function buttons(deed, words, act) {
  const row = element("div", "field-line-buttons");
  for (const name of ["again", "aside"]) {
    const button = element("button", "button", words[`do-${name}`]);
    button.type = "button";
    button.addEventListener("click", () => act(name, deed));
    row.append(button);
  }
  return row;
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
