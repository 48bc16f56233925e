// Stands between the pages below /field/ and the network. The server puts `self.KEPT` before this script:
// which files to keep, which page, under which version.
const { version, files, page } = self.KEPT;
const FILES = `field-files-${version}`;
// The page belongs to a person: it is removed at sign-out (app.js), the files are not.
const PAGE = "field-page";
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(keepAll().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(removeOlder().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === page) {
    event.respondWith(freshOrKept(request));
  } else if (files.includes(url.pathname)) {
    event.respondWith(caches.match(request, { ignoreVary: true }).then((kept) => kept ?? fetch(request)));
  }
});

async function keepAll() {
  const kept = await caches.open(FILES);
  await kept.addAll(files);
  await keep(await fetch(page, { credentials: "same-origin" }));
}

async function removeOlder() {
  for (const name of await caches.keys()) {
    if (name.startsWith("field-files-") && name !== FILES) await caches.delete(name);
  }
}

// Only the page itself is kept, never the sign-in page that answers in its place.
async function keep(answer) {
  if (!answer.ok || answer.redirected || answer.type !== "basic") return;
  const kept = await caches.open(PAGE);
  await kept.put(page, answer.clone());
}

// A network that answers wrongly or not within a few seconds is no network for somebody at a pond.
async function freshOrKept(request) {
  const abort = new AbortController();
  const kept = await caches.match(page, { ignoreVary: true });
  const timer = kept ? setTimeout(() => abort.abort(), PATIENCE_MS) : 0;
  try {
    const answer = await fetch(request, { signal: abort.signal });
    if (kept && answer.status >= 500) return kept;
    await keep(answer);
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
