// Sends what waits, in its order, one tab at a time. The house answers a deed that comes twice with what it
// answered before, so anything doubtful is simply sent again.
import { all, change, prune } from "./field_queue.js";

const GATEWAY = [502, 503, 504];
const TIMEOUT_MS = 20_000;
// What the house failed on, or found too early, is sent again after ever longer pauses, but not for ever: then a
// person decides. Another phone, whose deed comes first, may be without network for as long as EARLY_MS.
const PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 300_000;
const MOST_FAULTS = 10;
const EARLY_MS = 3 * 24 * 3_600_000;

// Answers with how it ended: "sent", "offline", "sign-in", "other-person" or "trouble".
export function synchronise(context) {
  const work = () => send(context);
  return navigator.locks ? navigator.locks.request("field-sync", work) : work();
}

async function send({ person, urls, changed }) {
  const waiting = (await all()).some((deed) => deed.person === person && deed.state === "waiting");
  const who = await ask(urls.who);
  if (who.status !== 200) return ending(who.status);
  if (who.body.person !== person) return "other-person";
  if (!waiting) return "sent";
  for (let deed = await next(person); deed; deed = await next(person)) {
    const answer = await ask(urls.deeds, bodyOf(deed));
    const known = answered(answer, deed);
    if (!known) return ending(answer.status);
    await change({ ...deed, ...known, answered: new Date().toISOString() });
    changed();
  }
  await prune(person);
  const paused = (await all()).some((deed) => deed.person === person && deed.state === "waiting" && deed.faults);
  return paused ? "trouble" : "sent";
}

// The first that waits and depends on nothing refused or put off: what concerns the same code keeps its order.
async function next(person) {
  const stopped = new Set();
  for (const deed of await all()) {
    if (deed.person !== person) continue;
    const codes = codesOf(deed);
    const paused = deed.state === "waiting" && deed.notBefore > Date.now();
    if (deed.state === "refused" || paused) codes.forEach((code) => stopped.add(code));
    if (deed.state !== "waiting" || paused) continue;
    if (!codes.some((code) => stopped.has(code))) return deed;
    codes.forEach((code) => stopped.add(code));
  }
  return null;
}

function pause(times) {
  return Date.now() + Math.min(PAUSE_MS * 2 ** times, LONGEST_PAUSE_MS);
}

// A deed that the house fails on again and again must not stand in the way of the others, nor come for ever.
function failed(deed) {
  const faults = (deed.faults ?? 0) + 1;
  if (faults >= MOST_FAULTS) return { state: "refused", faults, fault: true, text: "", href: "" };
  return { faults, notBefore: pause(faults - 1) };
}

function early(deed, text) {
  const since = deed.earlySince ?? Date.now();
  if (Date.now() - since > EARLY_MS) return { state: "refused", text, href: "" };
  const times = (deed.early ?? 0) + 1;
  return { early: times, earlySince: since, faults: 0, text, notBefore: pause(times - 1) };
}

export function codesOf(deed) {
  return (deed.fields.scan ?? "").split("\n").filter(Boolean);
}

function bodyOf({ key, person, deed, at, fields }) {
  return { key, person, deed, at, fields };
}

function answered({ status, body }, deed) {
  if (status === 500) return failed(deed);
  if (status === 200 && body?.state === "early") return early(deed, body.text);
  if (status === 200 && body?.state) return { state: body.state, text: body.text, href: body.href };
  // What the house can never take must not stand in the way of the rest; it stays to be seen.
  if ([400, 413, 422].includes(status)) return { state: "refused", text: body?.text ?? `${status}`, href: "" };
  return null;
}

function ending(status) {
  if (status === 0 || GATEWAY.includes(status)) return "offline";
  if (status === 401) return "sign-in";
  return status === 409 ? "other-person" : "trouble";
}

async function ask(url, body) {
  const options = { credentials: "same-origin", cache: "no-store", headers: { Accept: "application/json" } };
  if (body) {
    options.method = "POST";
    options.body = JSON.stringify(body);
    options.headers["Content-Type"] = "application/json";
    options.headers["X-CSRFToken"] = cookie("csrftoken");
  }
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    const answer = await fetch(url, { ...options, signal: abort.signal });
    const json = (answer.headers.get("Content-Type") ?? "").includes("json");
    return { status: answer.status, body: json ? await answer.json() : null };
  } catch {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
  }
}

function cookie(name) {
  return document.cookie.split("; ").find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

export async function look(url, code) {
  const answer = await ask(`${url}?code=${encodeURIComponent(code)}`);
  return answer.status === 200 ? answer.body : null;
}
