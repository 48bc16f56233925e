// Finds charts and fetches the drawing module only on pages that have one.
export function startCharts() {
  const look = async () => {
    const places = [...document.querySelectorAll("[data-chart]:not([data-drawn])")];
    if (!places.length) return;
    for (const place of places) place.dataset.drawn = "";
    const { draw } = await import(document.documentElement.dataset.chartModule);
    for (const place of places) draw(place);
  };
  document.addEventListener("htmx:afterSettle", look);
  look();
}
