// What was done and not yet answered, kept in the phone's own database until the house has answered.
const NAME = "jinmai-field";
const STORE = "deeds";
const KEPT_ANSWERS = 30;

let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "seq", autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

// Runs `work(store)` and resolves with the result of the request it gives, once everything is on disk.
async function within(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

// A key of 122 random bits: crypto.randomUUID is missing in older browsers.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function add(deed) {
  return within("readwrite", (store) => store.add({ ...deed, key: newKey(), state: "waiting" }));
}

export function all() {
  return within("readonly", (store) => store.getAll());
}

export function change(deed) {
  return within("readwrite", (store) => store.put(deed));
}

// Answered deeds are a help to memory; only so many of them stay. Nothing unanswered or refused is removed.
export async function prune(person) {
  const answered = (await all()).filter((deed) => deed.person === person && ["done", "aside"].includes(deed.state));
  const old = answered.slice(0, Math.max(0, answered.length - KEPT_ANSWERS));
  await within("readwrite", (store) => {
    for (const deed of old) store.delete(deed.seq);
  });
}
