// Offers to compare the place, where the phone can tell it. Without this file the page lacks nothing else.
const card = document.getElementById("place");
if (card && navigator.geolocation) {
  card.hidden = false;
  const form = card.querySelector("form");
  // Rounded here already: nothing finer than a tenth of a degree leaves the phone.
  const rounded = (degrees) => (Math.round(degrees * 10) / 10).toFixed(1);
  form?.querySelector("button").addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        form.elements.latitude.value = rounded(coords.latitude);
        form.elements.longitude.value = rounded(coords.longitude);
        form.submit();
      },
      () => { card.hidden = true; },
    );
  });
}
