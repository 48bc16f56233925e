// From our chart data to ECharts' option, in the colours of the page's theme.
import { moment, number, ticks } from "./format.js";

const DASHES = ["solid", [9, 3], [3, 3], [12, 3, 3, 3]]; // colour never alone tells lines apart
const DECALS = [
  null,
  { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1.5, 6], rotation: -Math.PI / 4, color: "rgba(255,255,255,0.38)" },
  { symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbolSize: 0.4, color: "rgba(255,255,255,0.45)" },
];

const styles = () => {
  const computed = getComputedStyle(document.documentElement);
  return (name) => computed.getPropertyValue(`--${name}`).trim();
};

export function option(data, width) {
  const css = styles();
  const narrow = width < 520;
  const text = { color: css("ink-soft"), fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13 };
  const several = data.series.length > 1;
  return {
    animation: false,
    useUTC: true, // times come shifted to the city's clock, so every reader sees the city's time
    textStyle: text,
    grid: { left: 8, right: data.axes.length > 1 ? 8 : 20, top: several ? 68 : 40, bottom: data.zoom ? 36 : 4,
      outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    legend: several ? { top: 0, left: 0, itemWidth: 22, itemHeight: 10, itemGap: 18, textStyle: text, type: "scroll",
      pageTextStyle: text, inactiveColor: css("line-strong") } : undefined,
    tooltip: tooltip(data, css, text),
    xAxis: xAxis(data, css, text, narrow),
    yAxis: data.axes.map((axis, place) => yAxis(axis, place, data, css, text)),
    dataZoom: data.zoom ? [slider(css, text)] : undefined,
    series: data.series.map((series, place) => drawn(series, place, data, css)),
  };
}

function xAxis(data, css, text, narrow) {
  const line = { lineStyle: { color: css("line-strong") } };
  const shared = { name: data.x, nameLocation: "end", nameGap: 6, nameTextStyle: { ...text, align: "right", verticalAlign: "top", padding: [22, 0, 0, 0] },
    axisLine: line, axisLabel: { ...text, hideOverlap: true }, axisTick: { show: false } };
  if (data.kind === "category") {
    return { ...shared, name: "", type: "category", data: data.categories, axisLabel: { ...shared.axisLabel, interval: narrow ? "auto" : undefined } };
  }
  return { ...shared, name: "", type: "time", splitLine: { show: false }, splitNumber: narrow ? 3 : 8, min: shift(data, data.from), max: shift(data, data.to) };
}

function yAxis(axis, place, data, css, text) {
  const unit = axis.unit ? ` (${axis.unit})` : "";
  return {
    type: "value", name: `${axis.label}${unit}`, nameLocation: "end", nameGap: 14,
    nameTextStyle: { ...text, align: place ? "right" : "left", padding: 0 },
    position: place ? "right" : "left", scale: !axis.from_zero, min: axis.minimum ?? undefined, max: axis.maximum ?? undefined,
    splitNumber: 4, axisLine: { show: false }, axisTick: { show: false },
    axisLabel: { ...text, formatter: ticks(largest(data, place)) },
    splitLine: { show: place === 0, lineStyle: { color: css("line"), width: 1 } },
  };
}

// The largest value that an axis must show, stacked bars taken together: all its ticks are then written alike.
function largest(data, axis) {
  const single = (item) => Math.abs((Array.isArray(item) ? item[1] : item) ?? 0);
  const tops = data.series.filter((series) => series.axis === axis).map((series) => Math.max(0, ...series.values.map(single)));
  const stacked = data.series.some((series) => series.stack);
  return stacked ? tops.reduce((sum, top) => sum + top, 0) : Math.max(0, ...tops);
}

function slider(css, text) {
  return { type: "slider", height: 20, bottom: 2, borderColor: "transparent", backgroundColor: css("sunken"), fillerColor: css("sea-wash"),
    handleStyle: { color: css("panel"), borderColor: css("sea") }, moveHandleSize: 0, textStyle: text, showDataShadow: false,
    brushSelect: false, labelFormatter: "" };
}

// The same thing twice in one chart (two furnaces' power) takes the colours kept for a second and a third of a kind.
function colourOf(series, data, css) {
  const before = data.series.slice(0, data.series.indexOf(series)).filter((other) => other.colour === series.colour).length;
  return css(`series-${before ? ["second", "third", "other"][Math.min(before, 3) - 1] : series.colour}`) || css("series-other");
}

function drawn(series, place, data, css) {
  const colour = colourOf(series, data, css);
  const values = points(series, data);
  const shared = { id: series.key, name: series.name, data: values, yAxisIndex: series.axis, color: colour, itemStyle: { color: colour },
    emphasis: { disabled: true }, ...marks(series, data, css) };
  if (series.shape === "bar") {
    const decal = series.stack ? DECALS[place % DECALS.length] : null;
    return { ...shared, type: "bar", stack: series.stack || undefined, barMaxWidth: 28, barCategoryGap: "32%", itemStyle: { color: colour, decal } };
  }
  if (series.shape === "points") return { ...shared, type: "scatter", symbolSize: 6 };
  return {
    ...shared, type: "line", step: series.shape === "step" ? "end" : false, showSymbol: lonely(values), symbol: "circle", symbolSize: 5, connectNulls: false,
    lineStyle: { width: 2, color: colour, type: data.series.length > 1 ? DASHES[place % DASHES.length] : "solid" },
    areaStyle: series.shape === "area" ? { color: colour, opacity: 0.1 } : undefined,
  };
}

export function points(series, data) {
  return data.kind === "time" ? series.values.map(([at, value]) => [shift(data, at), value]) : series.values;
}

// A value with gaps on both sides would be invisible as a line: then the points are shown.
function lonely(values) {
  const known = (item) => (Array.isArray(item) ? item[1] : item) != null;
  return values.length <= 2 || values.some((item, place) => known(item) && !known(values[place - 1] ?? null) && !known(values[place + 1] ?? null));
}

function marks(series, data, css) {
  const mine = data.marks.filter((mark) => mark.series === series.key || (!mark.series && series === data.series[0]));
  const lines = mine.filter((mark) => mark.value !== null || (mark.start !== null && mark.end === null));
  const spans = mine.filter((mark) => mark.start !== null && mark.end !== null);
  const tone = (mark) => css({ alarm: "red", attention: "gold-ink", good: "pine-ink" }[mark.tone] ?? "ink-faint");
  return {
    markLine: lines.length ? {
      silent: true, symbol: "none",
      data: lines.map((mark) => ({ ...(mark.value !== null ? { yAxis: mark.value } : { xAxis: shift(data, mark.start) }),
        label: { formatter: mark.label, position: "insideEndTop", color: tone(mark), fontSize: 13,
          backgroundColor: css("panel"), padding: [1, 4] },
        lineStyle: { color: tone(mark), type: [4, 4], width: 1.5 } })),
    } : undefined,
    markArea: spans.length ? {
      silent: true,
      data: spans.map((mark) => [{ name: mark.label, xAxis: shift(data, mark.start), itemStyle: { color: tone(mark), opacity: 0.12 },
        label: { color: tone(mark), position: "insideTop", fontSize: 13 } }, { xAxis: shift(data, mark.end) }]),
    } : undefined,
  };
}

// Rich text, for the policy forbids the inline styles of an HTML tooltip; the marker carries the series' colour.
function tooltip(data, css, text) {
  return {
    trigger: "axis", renderMode: "richText", confine: true, backgroundColor: css("panel"), borderColor: css("line-strong"), borderWidth: 1,
    padding: [8, 12], shadowBlur: 0, shadowColor: "transparent", textStyle: { ...text, color: css("ink"), fontSize: 14, lineHeight: 24 },
    axisPointer: { type: "line", lineStyle: { color: css("ink-faint"), width: 1 } },
    formatter: (items) => spoken(items, data),
  };
}

function spoken(items, data) {
  if (!items.length) return "";
  const when = data.kind === "time" ? moment(items[0].value[0]) : items[0].name;
  const lines = items.map((item) => {
    const series = data.series[item.seriesIndex];
    const value = Array.isArray(item.value) ? item.value[1] : item.value;
    const said = value == null ? "–" : `${number(value, series.decimals)} ${series.unit}`;
    return `${item.marker} ${series.name}  ${said.trim()}`;
  });
  return [when, ...lines].join("\n");
}

export function shift(data, at) {
  return at === null || at === undefined ? undefined : at + data.offset;
}
