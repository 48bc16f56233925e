// The big screen of a hall. It runs for days: no timers pile up, nothing is drawn by a chart library, and
// once a night it loads itself anew, but only after the server has answered. Who may no longer see it sees nothing.
import { startLive } from "./live.js";
import { day } from "./format.js";

const SILENCE = 10000; // without a new reading for so long, contact is lost
const SHIFT_EVERY = 60000;
const SHIFTS = [[0, 0], [3, 1], [4, 4], [1, 3], [-2, 4], [-4, 1], [-3, -3], [0, -4], [3, -2]]; // in px of a screen 1920 wide
const RELOAD_HOUR = 4;

const board = document.querySelector("[data-screen]");
const language = document.documentElement.lang;
const zone = board.dataset.timeZone;
let heard = Date.now();
let ahead = Number(board.dataset.now) * 1000 - Date.now(); // the server's clock counts, not this machine's

const hands = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
const weekday = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: "long" });
const clock = () => hands.format(Date.now() + ahead);
const minutes = (words) => Number(words.slice(0, 2)) * 60 + Number(words.slice(3, 5));

function put(place, words) {
  if (place && place.textContent !== words) place.textContent = words;
}

function tick() {
  const time = clock();
  put(board.querySelector("[data-screen-clock]"), time);
  const now = Date.now() + ahead;
  const words = [day(new Date(calendar.format(now))), weekday.format(now)];
  put(board.querySelector("[data-screen-day]"), language.startsWith("zh") ? words.join(" ") : words.reverse().join(", "));
  dim(minutes(time));
  watch();
}

function dim(now) {
  const [from, until] = (board.dataset.dim || "").split("-").map((words) => words && minutes(words));
  if (from === undefined || until === undefined || from === "") return;
  const night = from <= until ? now >= from && now < until : now >= from || now < until;
  board.classList.toggle("board-dim", night);
}

// Old numbers must not look alive: without contact the whole board is greyed and says since when.
function watch() {
  const lost = Date.now() - heard > SILENCE;
  const note = board.querySelector("[data-screen-lost]");
  if (lost === !note.hidden) return;
  board.classList.toggle("board-lost", lost);
  note.hidden = !lost;
  if (lost) put(note, note.dataset.words.replace("{time}", hands.format(heard + ahead)));
}

document.addEventListener("jinmai:live", ({ detail }) => {
  const now = detail["screen.clock"]?.at;
  if (now) {
    heard = Date.now();
    ahead = now - heard;
    watch();
  }
  for (const path of board.querySelectorAll("[data-screen-path]")) {
    const drawn = detail[path.dataset.screenPath]?.text;
    if (drawn !== undefined) path.setAttribute("d", drawn);
  }
  colour(detail);
});

// Districts keep the colour of their share while the numbers move; the same four bands as the server draws.
const numbers = new Map();
function colour(detail) {
  let moved = false;
  for (const [key, value] of Object.entries(detail)) {
    if (!key.startsWith("district.")) continue;
    numbers.set(key, value.value);
    moved = true;
  }
  if (!moved) return;
  const most = Math.max(0, ...numbers.values());
  for (const place of board.querySelectorAll("[data-district]")) {
    const value = numbers.get(place.dataset.district) ?? 0;
    const band = value <= 0 ? 0 : 1 + Math.min(2, Math.floor((value * 3) / (most + 1)));
    if (!place.classList.contains(`band-${band}`)) place.setAttribute("class", `band-${band}`);
  }
}

// A picture that never moves burns in: the board wanders by a few pixels, too slowly to be seen.
let place = 0;
function shift() {
  place = (place + 1) % SHIFTS.length;
  const [x, y] = SHIFTS[place];
  board.style.translate = `calc(${x} * var(--px)) calc(${y} * var(--px))`;
  board.dataset.shift = String(place);
}

// Between four and half past, each screen at a moment of its own, so that a hundred do not come at once.
function untilTheNight() {
  const [hour, minute, second] = clock().split(":").map(Number);
  const now = (hour * 60 + minute) * 60 + second;
  const wait = (RELOAD_HOUR * 3600 - now + 86400) % 86400;
  return (wait < 3600 ? wait + 86400 : wait) * 1000 + Math.random() * 1800000;
}

// "shown" or "refused" is the server's word; anything else is an outage, in which the board stays as it is.
async function asked() {
  try {
    const answer = await fetch(location.href, { redirect: "manual", cache: "no-store" });
    if (answer.ok) return "shown";
    return answer.type === "opaqueredirect" || [401, 403, 404, 410].includes(answer.status) ? "refused" : "away";
  } catch {
    return "away";
  }
}

async function reload() {
  if ((await asked()) !== "away") return location.reload();
  setTimeout(reload, SHIFT_EVERY);
}

// Without contact: a key that was revoked or a session that ended takes the numbers away, an outage does not.
async function checkWelcome() {
  if (Date.now() - heard > SILENCE && (await asked()) === "refused") return location.reload();
  setTimeout(checkWelcome, SILENCE);
}

startLive();
tick();
setInterval(tick, 1000);
setInterval(shift, SHIFT_EVERY);
setTimeout(checkWelcome, SILENCE);
setTimeout(reload, untilTheNight());
