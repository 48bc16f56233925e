// Live values: one stream of server-sent events per data-live-source, one element per data-live key.
// The server formats; the page only replaces text, so both languages and all units have one home.
//
//   <section data-live-source="/live/portal"> <b data-live="energy">1,234</b> <time data-live-time="energy">…</time>
//
// Each message is {key: {text, as_of, at, value, tone}} with the changed keys only. Charts listen to "jinmai:live".
const streams = new Map();
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30000;
// The server speaks every 15 seconds at least. A line that died without a word (a proxy, a cable, a worker that
// hangs) raises no error: after so long the stream is opened anew.
const LONGEST_SILENCE = 25000;

class Stream {
  constructor(url) {
    this.url = url;
    this.pause = FIRST_PAUSE;
    this.open();
  }

  open() {
    clearTimeout(this.timer);
    if (document.hidden) return;
    this.source = new EventSource(this.url);
    this.source.addEventListener("open", () => {
      this.pause = FIRST_PAUSE;
      this.heard();
    });
    this.source.addEventListener("here", () => this.heard());
    this.source.addEventListener("values", (event) => {
      this.heard();
      show(this.url, JSON.parse(event.data));
    });
    this.source.addEventListener("error", () => this.lost());
    this.watch();
  }

  heard() {
    this.say("on");
    this.watch();
  }

  watch() {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.lost(), LONGEST_SILENCE);
  }

  lost() {
    this.say("off");
    this.close();
    this.timer = setTimeout(() => this.open(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }

  close() {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    this.source?.close();
  }

  say(state) {
    for (const root of roots(this.url)) {
      for (const place of root.querySelectorAll("[data-live-state]")) {
        if (place.dataset.state === state) continue;
        place.dataset.state = state;
        place.textContent = state === "on" ? place.dataset.wordOn : place.dataset.wordOff;
      }
    }
  }
}

function roots(url) {
  return [...document.querySelectorAll("[data-live-source]")].filter((root) => root.dataset.liveSource === url);
}

function show(url, values) {
  for (const root of roots(url)) {
    for (const [key, value] of Object.entries(values)) {
      for (const place of root.querySelectorAll(`[data-live="${CSS.escape(key)}"]`)) write(place, value);
      for (const place of root.querySelectorAll(`[data-live-time="${CSS.escape(key)}"]`)) place.textContent = value.as_of;
      for (const place of root.querySelectorAll(`[data-live-tone="${CSS.escape(key)}"]`)) tone(place, value.tone);
    }
  }
  document.dispatchEvent(new CustomEvent("jinmai:live", { detail: values }));
}

function write(place, value) {
  if (place.textContent === value.text) return;
  place.textContent = value.text;
  place.classList.add("moved");
  setTimeout(() => place.classList.remove("moved"), 120);
}

function tone(place, word) {
  const stem = place.dataset.toneClass;
  for (const name of ["good", "attention", "alarm", "absent"]) place.classList.toggle(`${stem}-${name}`, name === word);
}

export function startLive() {
  const look = () => {
    const wanted = new Set([...document.querySelectorAll("[data-live-source]")].map((root) => root.dataset.liveSource));
    for (const [url, stream] of streams) {
      if (wanted.has(url)) continue;
      stream.close();
      streams.delete(url);
    }
    for (const url of wanted) if (!streams.has(url)) streams.set(url, new Stream(url));
  };
  document.addEventListener("visibilitychange", () => {
    for (const stream of streams.values()) document.hidden ? stream.close() : stream.open();
  });
  document.addEventListener("htmx:afterSettle", look);
  addEventListener("pagehide", () => streams.forEach((stream) => stream.close()));
  addEventListener("pageshow", (event) => event.persisted && streams.forEach((stream) => stream.open()));
  look();
}
