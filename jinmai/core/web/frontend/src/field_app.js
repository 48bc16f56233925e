// What makes the page an app: the service worker, room that the phone does not clear by itself, installation.
export function startWorker(url, install) {
  navigator.serviceWorker?.register(url).catch(() => {});
  navigator.storage?.persist?.();
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    install.hidden = false;
    install.addEventListener("click", () => event.prompt().then(() => (install.hidden = true)), { once: true });
  });
}
