// Entry of every page. No inline handlers anywhere: elements say by data attributes what they are.
import "htmx.org";
import { startLive } from "./live.js";
import { startCharts } from "./charts.js";
import { startTheme } from "./theme.js";
import { startMenus } from "./menus.js";
import { startTables } from "./tables.js";
import { startFolds } from "./folds.js";
import { startRail } from "./rail.js";
import { startHall } from "./hall.js";
import { startUploads } from "./uploads.js";

const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = token();
});

// A refused or failed request still brings a page that says what happened; show it instead of nothing.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
// What a page asks for by itself is nobody's step: the next turn tries again, and live parts say how old they are.
const byItself = ({ elt }) => (elt.getAttribute("hx-trigger") ?? "").startsWith("every");
document.addEventListener("htmx:responseError", ({ detail }) => byItself(detail) || notice(detail.xhr.status));
document.addEventListener("htmx:sendError", ({ detail }) => byItself(detail) || notice(0));

function notice(status) {
  const place = document.querySelector("[data-request-failed]");
  if (!place) return;
  place.hidden = false;
  place.querySelector("[data-request-status]").textContent = status || "";
  place.scrollIntoView({ block: "nearest" });
}

// What a phone keeps of field work for a person leaves with the person; what waits to be sent stays.
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) globalThis.caches?.delete("field-page");
});

startTheme();
startMenus();
startHall();
startUploads();
startTables();
startFolds();
startRail();
startLive();
startCharts();
