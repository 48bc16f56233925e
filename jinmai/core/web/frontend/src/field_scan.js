// The scan field: a scanner types into it and ends with Enter, the camera does the same, a person can as well.
const CONTROL = { "]": "\x1d", "^": "\x1e", 6: "\x1e", d: "\x04" };
const SSCC = /^(?:\]C1|\x1d|\^|\(00\))?(?:00(?=\d{18}$))?(\d{18})$/;

export function startScan(input, scanned) {
  input.form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = input.value.trim();
    input.value = "";
    if (code) scanned(code);
  });
  input.addEventListener("keydown", separators);
  // A key that is meant for no other field is a scanner's.
  document.addEventListener("keydown", (event) => {
    const typed = event.key.length === 1 && !event.metaKey && !event.altKey;
    if (typed && !event.ctrlKey && !takesText(document.activeElement)) input.focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a, button, input, select, textarea, label, summary")) rest(input);
  });
}

export function rest(input) {
  input.focus({ preventScroll: true });
}

// Scanners send FNC1 and the marks of ISO 15434 as control characters, which browsers take for shortcuts.
function separators(event) {
  const mark = event.ctrlKey ? CONTROL[event.key.toLowerCase()] : undefined;
  if (!mark) return;
  event.preventDefault();
  event.target.setRangeText(mark, event.target.selectionStart, event.target.selectionEnd, "end");
}

function takesText(element) {
  return element?.matches("textarea, select, input:not([type=checkbox], [type=radio])") ?? false;
}

// A box's code that was misread is told at once, also without network.
export function misread(code) {
  const digits = SSCC.exec(code)?.[1];
  if (!digits) return false;
  const sum = [...digits].reduce((all, digit, place) => all + Number(digit) * (place % 2 ? 1 : 3), 0);
  return sum % 10 !== 0;
}
