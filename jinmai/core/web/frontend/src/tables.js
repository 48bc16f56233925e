// A table's filter form sends itself; empty fields stay out of the address so that it can be read and shared.
// The form is never exchanged with its rows: what stands in it goes along with every sort and every page.
const FORM = "[data-table] form[method=get]";
const filters = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden");

function withFilters(path, form) {
  const address = new URL(path, location.href);
  for (const field of filters(form)) {
    if (field.value) address.searchParams.set(field.name, field.value);
    else address.searchParams.delete(field.name);
  }
  return address.pathname + address.search;
}

function fillFromAddress() {
  const address = new URLSearchParams(location.search);
  for (const form of document.querySelectorAll(FORM)) {
    for (const field of filters(form)) field.value = address.get(field.name) ?? "";
  }
}

export function startTables() {
  document.addEventListener("htmx:configRequest", (event) => {
    const { detail } = event;
    const { elt } = detail;
    const form = elt.closest("[data-table]")?.querySelector(FORM);
    if (!form) return;
    if (elt !== form) detail.path = withFilters(detail.path, form);
    const data = detail.formData ?? detail.parameters;
    for (const [name, value] of [...data.entries()]) {
      if (value === "") data.delete(name);
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches(FORM)) return;
    for (const field of event.target.elements) {
      if (field.value === "" && field.name) field.disabled = true;
    }
  });
  // A page that comes back out of the browser's memory has its rows, but not what was typed.
  document.addEventListener("htmx:historyRestore", fillFromAddress);
}
