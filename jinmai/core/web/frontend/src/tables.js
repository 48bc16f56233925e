// A table's filter form sends itself; empty fields stay out of the address so that it can be read and shared.
export function startTables() {
  document.addEventListener("htmx:configRequest", (event) => {
    if (!event.detail.elt.closest("[data-table]")) return;
    const data = event.detail.formData ?? event.detail.parameters;
    for (const [name, value] of [...data.entries()]) {
      if (value === "") data.delete(name);
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-table] form[method=get]")) return;
    for (const field of event.target.elements) {
      if (field.value === "" && field.name) field.disabled = true;
    }
  });
}
