// The navigation beside the page: its own door comes into sight, and a mark stays until its end is reached.
export function startRail() {
  const rail = document.querySelector("[data-rail]");
  if (!rail) return;
  const mark = () => rail.toggleAttribute("data-more", rail.scrollHeight - rail.clientHeight - rail.scrollTop > 8);
  const here = rail.querySelector("[aria-current]");
  if (here && here.offsetTop + here.offsetHeight > rail.clientHeight - 64) rail.scrollTop = here.offsetTop - rail.clientHeight / 2;
  rail.addEventListener("scroll", mark, { passive: true });
  new ResizeObserver(mark).observe(rail);
  mark();
}
