// A file that is too large is named at its field before it is sent: the server would only cut the line.
export function startUploads() {
  document.addEventListener("change", ({ target }) => {
    if (!target.matches?.("input[type=file][data-largest]")) return;
    const tooLarge = [...target.files].some((file) => file.size > Number(target.dataset.largest));
    target.setCustomValidity(tooLarge ? target.dataset.tooLarge : "");
    if (tooLarge) target.reportValidity();
  });
}
