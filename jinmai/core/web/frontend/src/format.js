// Numbers and moments in the page's language. Moments are already shifted to the city's clock, hence UTC here.
const language = document.documentElement.lang;
const formats = new Map();

export function number(value, decimals) {
  if (!formats.has(decimals)) {
    formats.set(decimals, new Intl.NumberFormat(language, { minimumFractionDigits: decimals, maximumFractionDigits: decimals }));
  }
  return formats.get(decimals).format(value);
}

const compact = new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 2 });
const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 6 });

// Ticks of an axis: 20,000 stays as it is, 1,200,000 becomes 120万 or 1.2M.
export function short(value) {
  return Math.abs(value) >= 100000 ? compact.format(value) : plain.format(value);
}

const two = (value) => String(value).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// 2026年11月23日 09:15 and 23 Nov 2026, 09:15; seconds only where there are any.
export function moment(at) {
  const time = new Date(at);
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}${time.getUTCSeconds() ? `:${two(time.getUTCSeconds())}` : ""}`;
  const [year, month, day] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  return language.startsWith("zh") ? `${year}年${month + 1}月${day}日 ${clock}` : `${day} ${MONTHS[month]} ${year}, ${clock}`;
}
