// The table behind a chart: the same numbers, newest last, made only when somebody asks for it.
import { moment, number } from "./format.js";
import { shift } from "./option.js";

const MOST = 500; // rows shown; all of them are in the xlsx file

export function tableOf(data, more) {
  const rows = data.kind === "time" ? byTime(data) : data.categories.map((name, place) => [name, ...data.series.map((series) => series.values[place])]);
  const table = make("table", "table");
  const head = table.createTHead().insertRow();
  head.append(cell("th", data.x), ...data.series.map((series) => cell("th", series.unit ? `${series.name} (${series.unit})` : series.name, "number")));
  const body = table.createTBody();
  for (const [label, ...values] of rows.slice(-MOST)) {
    const row = body.insertRow();
    row.append(cell("td", label), ...values.map((value, place) => cell("td", value == null ? "–" : number(value, data.series[place].decimals), "number")));
  }
  if (rows.length > MOST) table.createCaption().textContent = more;
  return table;
}

function byTime(data) {
  const rows = new Map();
  data.series.forEach((series, place) => {
    for (const [at, value] of series.values) {
      if (!rows.has(at)) rows.set(at, new Array(data.series.length).fill(null));
      rows.get(at)[place] = value;
    }
  });
  return [...rows].sort(([one], [other]) => one - other).map(([at, values]) => [moment(shift(data, at)), ...values]);
}

function make(name, className) {
  const element = document.createElement(name);
  element.className = className;
  return element;
}

function cell(name, words, className = "") {
  const element = make(name, className);
  if (name === "th") element.scope = "col";
  element.textContent = words;
  return element;
}
