// Long pages on a phone: panels that fold up to their first line, and the bar that jumps to them.
const narrow = matchMedia("(max-width: 640px)");

export function startFolds() {
  const fold = () => {
    for (const panel of document.querySelectorAll("details[data-fold]")) panel.open = !narrow.matches;
    unfold(location.hash);
  };
  narrow.addEventListener("change", fold);
  fold();
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-jumps] a");
    if (link) unfold(link.hash);
  });
  for (const bar of document.querySelectorAll("[data-jumps]")) follow(bar);
}

function unfold(hash) {
  const place = hash.length > 1 && document.getElementById(hash.slice(1));
  if (place && place.matches("details[data-fold]")) place.open = true;
}

// Marks the section that is read: the last one that begins above the middle of the window.
function follow(bar) {
  const links = [...bar.querySelectorAll("a")];
  const places = links.map((link) => document.getElementById(link.hash.slice(1)));
  let waiting = null;
  const mark = () => {
    waiting = null;
    let here = null;
    for (const [number, place] of places.entries()) {
      if (place && place.getBoundingClientRect().top < innerHeight / 2) here = links[number];
    }
    for (const link of links) link.toggleAttribute("data-here", link === here);
    if (here) bar.scrollTo({ left: here.offsetLeft - bar.clientWidth / 2 + here.clientWidth / 2 });
  };
  const later = () => {
    waiting ??= requestAnimationFrame(mark);
  };
  addEventListener("scroll", later, { passive: true });
  addEventListener("resize", later);
  mark();
}
