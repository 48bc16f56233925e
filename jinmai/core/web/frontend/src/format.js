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

// How the ticks of an axis are written when its largest value is `top`: 20,000 stays, 1,200,000 is 120万 or 1.2M.
export function ticks(top) {
  const large = top >= (language.startsWith("zh") ? 100000 : 1000000);
  return (value) => (large ? compact : plain).format(value);
}

const two = (value) => String(value).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// 2026年11月23日 and 23 Nov 2026.
export function day(time) {
  const [year, month, date] = [time.getUTCFullYear(), time.getUTCMonth(), time.getUTCDate()];
  return language.startsWith("zh") ? `${year}年${month + 1}月${date}日` : `${date} ${MONTHS[month]} ${year}`;
}

// 2026年11月23日 09:15 and 23 Nov 2026, 09:15; seconds only where there are any.
export function moment(at) {
  const time = new Date(at);
  const clock = `${two(time.getUTCHours())}:${two(time.getUTCMinutes())}${time.getUTCSeconds() ? `:${two(time.getUTCSeconds())}` : ""}`;
  return language.startsWith("zh") ? `${day(time)} ${clock}` : `${day(time)}, ${clock}`;
}
