// Light, dark or as the machine: the server wrote data-theme from a cookie, so nothing flashes.
// With script the change is at once; without it the form posts and the page comes back.
const YEAR = 31536000;

export function startTheme() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-theme-form]");
    if (!form) return;
    event.preventDefault();
    const theme = event.submitter?.value ?? "auto";
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; SameSite=Lax${secure}`;
    document.documentElement.dataset.theme = theme;
    for (const button of document.querySelectorAll("form[data-theme-form] button")) {
      button.setAttribute("aria-pressed", String(button.value === theme));
    }
    form.closest("details.menu")?.removeAttribute("open");
    document.dispatchEvent(new CustomEvent("jinmai:theme"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    document.dispatchEvent(new CustomEvent("jinmai:theme"));
  });
}
