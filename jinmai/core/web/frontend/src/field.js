// The page of field work: pick a deed, scan, see at once that it is kept; the rest is the queue's business.
import { startWorker } from "./field_app.js";
import { element, drawList, formOf, isEarly, readable } from "./field_list.js";
import { add, all, change } from "./field_queue.js";
import { misread, rest, startScan } from "./field_scan.js";
import { bad, good } from "./field_signals.js";
import { codesOf, look, synchronise } from "./field_sync.js";

const AGAIN_MS = 15_000;
const SAME_CODE_MS = 2_500;
const root = document.querySelector("[data-field]");
const find = (name) => root.querySelector(`[data-${name}]`);
const person = Number(root.dataset.person);
const urls = { who: root.dataset.who, deeds: root.dataset.deeds, look: root.dataset.look };
const words = Object.fromEntries([...root.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent.trim()]));
const input = find("scan");
const tabs = new BroadcastChannel("field");
let open = null;
let pending = "";
let latest = 0;
let hoped = new Set();
let syncing = false;
let camera = null;

function show(tone, head, detail = "") {
  const place = find("result");
  place.className = `field-result is-${tone}`;
  place.replaceChildren(element("strong", "", head), element("span", "", detail));
  place.hidden = false;
}

function pick(slug) {
  if (open && open.dataset.deed !== slug && open.querySelector("form").mends) clear(open.querySelector("form"), open);
  open = root.querySelector(`[data-deed="${CSS.escape(slug)}"]`);
  for (const panel of root.querySelectorAll("[data-deed]")) panel.hidden = panel !== open;
  find("choices").hidden = Boolean(open);
  find("found").hidden = true;
  if (open && pending) scanned(pending);
  pending = "";
  rest(input);
}

function fromAddress() {
  pick(location.hash.slice(1));
}

async function scanned(code) {
  if (misread(code)) {
    bad();
    return show("bad", words.misread, readable(code));
  }
  if (!open) return meet(code);
  const scan = open.querySelector("[name=scan]");
  const many = open.dataset.scan === "many";
  const codes = many ? [...new Set([...scan.value.split("\n").filter(Boolean), code])] : [code];
  scan.value = codes.join("\n");
  open.querySelector("[data-scanned]").textContent = many ? `${codes.length}: ${codes.map(readable).join(", ")}` : readable(code);
  if (many) return good();
  if (open.querySelector("form").checkValidity()) await keep(open.querySelector("form"));
  else open.querySelector("form").reportValidity();
}

// A code without a deed: say what it is and what fits, where the network lets us.
async function meet(code) {
  pending = code;
  const known = await look(urls.look, code);
  const place = find("found");
  place.hidden = false;
  if (known && !known.known) {
    pending = "";
    bad();
    place.hidden = true;
    return show("bad", known.title);
  }
  find("result").hidden = true;
  const title = element(known?.href ? "a" : "strong", "field-found-title", known ? known.title : readable(code));
  if (known?.href) title.href = known.href;
  place.replaceChildren(title, element("p", "soft", known ? known.detail : words.choose));
  for (const button of known ? root.querySelectorAll("[data-pick]") : []) {
    if (known.deeds.includes(button.dataset.key)) place.append(button.cloneNode(true));
  }
  good();
}

async function keep(form) {
  const fields = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  if (!fields.scan) {
    bad();
    return show("bad", words["scan-first"]);
  }
  const panel = form.closest("[data-deed]");
  const note = noteOf(form);
  const { mends } = form;
  // Before anything is waited for: what is typed from now on belongs to the next deed.
  clear(form, panel);
  try {
    const at = mends?.at ?? new Date().toISOString();
    latest = await add({ person, deed: panel.dataset.key, title: panel.dataset.title, note, at, fields });
    if (mends) await change({ ...mends, state: "aside" });
  } catch (error) {
    fill(form, fields);
    form.mends = mends;
    bad();
    return show("bad", words["not-kept"], String(error));
  }
  good();
  show("kept", words.kept, `${panel.dataset.title} · ${readable(fields.scan.split("\n")[0])}`);
  tabs.postMessage("changed");
  await draw();
  sync();
}

// What was filled in, as a person reads it: the list tells one treatment of a pond from the next.
function noteOf(form) {
  const filled = [...form.elements].filter((one) => one.name !== "scan" && one.value && one.labels?.length);
  return filled.map((one) => one.selectedOptions?.[0].textContent.trim() ?? one.value).join(" · ");
}

function clear(form, panel) {
  form.querySelector("[name=scan]").value = "";
  panel.querySelector("[data-scanned]").textContent = "";
  leave(form);
  if (panel.dataset.keep !== "yes") form.reset();
  rest(input);
}

function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
}

// A deed that was refused, or waits for another, comes back into its form as it was typed; its time stays. It
// is set aside when the mended one is kept, not before: who looks elsewhere meanwhile loses nothing.
function mend(deed) {
  const form = formOf(deed.deed);
  const panel = form.closest("[data-deed]");
  pending = "";
  location.hash = panel.dataset.deed;
  fill(form, deed.fields);
  form.mends = deed;
  panel.querySelector("[data-scanned]").textContent = codesOf(deed).map(readable).join(", ");
  const at = new Date(deed.at).toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  const place = panel.querySelector("[data-mends]");
  place.textContent = words.mends.replace("{at}", at);
  place.hidden = false;
  find("result").hidden = true;
  panel.scrollIntoView();
}

function leave(form) {
  form.mends = undefined;
  form.querySelector("[data-mends]").hidden = true;
}

async function draw() {
  const deeds = await all();
  const own = deeds.filter((deed) => deed.person === person);
  drawList(find("list"), own, words, act);
  const waiting = own.filter((deed) => deed.state === "waiting").length;
  const others = deeds.filter((deed) => deed.person !== person && deed.state === "waiting").length;
  find("others").hidden = others === 0;
  find("others").textContent = words.others.replace("{n}", others);
  root.dataset.waiting = waiting;
  root.dataset.early = own.filter(isEarly).length;
  const state = waiting ? root.dataset.state : `${root.dataset.state}-none`;
  const refused = own.filter((deed) => deed.state === "refused").length;
  const told = (words[state] ?? words[root.dataset.state]).replace("{n}", waiting);
  find("state").textContent = refused ? `${told} ${words["refused-some"].replace("{n}", refused)}` : told;
  find("sign-in").hidden = root.dataset.state !== "sign-in";
  tell(own);
}

// The big line follows the newest deed to its answer; a refusal is told whichever deed it is of.
function tell(own) {
  const refused = [...own].reverse().find((deed) => deed.state === "refused" && hoped.has(deed.seq));
  const done = own.find((deed) => deed.state === "done" && deed.seq === latest);
  const early = own.find((deed) => isEarly(deed) && deed.seq === latest);
  hoped = new Set(own.filter((deed) => deed.state === "waiting").map((deed) => deed.seq));
  if (refused) {
    bad();
    show("bad", words.refused, refused.text || words.fault);
  } else if (done) {
    show("good", words.done, done.text);
  } else if (early) {
    show("early", words.early, early.text);
  }
  if (refused || done || early) latest = 0;
}

async function act(name, deed) {
  if (name === "mend") return mend(deed);
  await change({ ...deed, state: "aside" });
  if (name === "again") {
    const { title, note, at, fields } = deed;
    latest = await add({ person, deed: deed.deed, title, note, at, fields });
  }
  tabs.postMessage("changed");
  await draw();
  sync();
}

async function sync() {
  if (syncing) return;
  syncing = true;
  const changed = () => draw().then(() => tabs.postMessage("changed"));
  try {
    root.dataset.state = await synchronise({ person, urls, changed });
  } finally {
    syncing = false;
  }
  await draw();
}

async function toggleCamera() {
  const button = find("camera-button");
  if (camera) {
    camera.stop();
    camera = null;
  } else {
    try {
      const { startCamera } = await import(root.dataset.camera);
      camera = await startCamera(find("video"), root.dataset.decoder, seen());
    } catch (error) {
      bad();
      show("bad", words["no-camera"], error.message);
    }
  }
  find("camera-place").hidden = !camera;
  button.setAttribute("aria-pressed", String(Boolean(camera)));
}

// The camera reads the same label many times a second: it counts once until it left the picture.
function seen() {
  let last = { code: "", at: 0 };
  return (code) => {
    const fresh = code !== last.code || Date.now() - last.at > SAME_CODE_MS;
    last = { code, at: Date.now() };
    if (fresh) scanned(code);
  };
}

startScan(input, scanned);
for (const form of root.querySelectorAll("[data-deed] form")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keep(form);
  });
}
root.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pick]");
  if (button) location.hash = button.dataset.pick;
});
find("camera-button").addEventListener("click", toggleCamera);
find("keyboard").addEventListener("click", () => {
  input.inputMode = input.inputMode === "none" ? "text" : "none";
  input.blur();
  rest(input);
});
window.addEventListener("hashchange", fromAddress);
for (const name of ["online", "offline"]) window.addEventListener(name, sync);
document.addEventListener("visibilitychange", () => document.hidden || sync());
tabs.addEventListener("message", draw);
setInterval(sync, AGAIN_MS);
startWorker(root.dataset.worker, find("install"));
fromAddress();
draw().then(sync);
