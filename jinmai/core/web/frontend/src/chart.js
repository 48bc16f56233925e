// Draws a chart from the data that a chart endpoint gives (see charts.py): series with units, gaps as null.
import { init, use, registerLocale } from "echarts/core";
import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import {
  DataZoomComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent,
} from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import zh from "echarts/i18n/langZH-obj.js";
import en from "echarts/i18n/langEN-obj.js";
import { option, points } from "./option.js";
import { tableOf } from "./chart-table.js";

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, TooltipComponent, MarkLineComponent, MarkAreaComponent,
  DataZoomComponent, CanvasRenderer]);
registerLocale("ZH", zh);
registerLocale("EN", en);

const language = () => (document.documentElement.lang.startsWith("zh") ? "ZH" : "EN");
const LONGEST = 20000; // points of one series kept while values are appended

class Chart {
  constructor(figure) {
    this.figure = figure;
    this.frame = figure.querySelector("[data-chart-frame]");
    this.canvas = figure.querySelector("[data-chart-canvas]");
    this.table = figure.querySelector("[data-chart-table]");
    this.note = figure.querySelector("[data-chart-note]");
    this.wait = figure.querySelector("[data-chart-wait]");
    figure.addEventListener("click", (event) => this.choose(event.target.closest("[data-chart-show]")));
    document.addEventListener("jinmai:theme", () => this.data && this.paint());
    document.addEventListener("jinmai:live", (event) => this.append(event.detail));
    new ResizeObserver(() => this.fit()).observe(this.canvas);
    for (const button of figure.querySelectorAll("[data-chart-show]")) button.disabled = false;
  }

  // A chart in a folded panel has no width: it is fetched when it is unfolded.
  fit() {
    if (!this.canvas.clientWidth) return;
    this.drawing?.resize();
    this.begin();
  }

  begin() {
    if (this.begun) return;
    this.begun = true;
    const seconds = Number(this.figure.dataset.chartRefresh);
    if (seconds > 0) this.timer = setInterval(() => this.refresh(), seconds * 1000);
    this.load();
  }

  refresh() {
    if (!this.figure.isConnected) clearInterval(this.timer);
    else if (!document.hidden) this.load();
  }

  async load() {
    try {
      const answer = await fetch(this.figure.dataset.chart, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.data = await answer.json();
    } catch {
      if (!this.data) this.say(this.figure.dataset.wordFailed);
      return;
    }
    const drawn = this.data.series.some((series) => series.values.some((value) => (Array.isArray(value) ? value[1] : value) !== null));
    if (!drawn) {
      this.drawing?.dispose();
      this.drawing = null;
      this.say(this.data.empty || this.figure.dataset.wordEmpty);
    } else {
      this.paint();
    }
    if (this.note) this.note.textContent = this.data.note;
    if (!this.table.hidden) this.fill();
  }

  say(words) {
    this.wait.hidden = false;
    this.wait.textContent = words;
  }

  paint() {
    this.wait.hidden = true;
    if (!this.drawing) this.drawing = init(this.canvas, null, { locale: language() });
    this.drawing.setOption(option(this.data, this.canvas.clientWidth), { notMerge: true, lazyUpdate: true });
    this.canvas.dataset.ready = "";
  }

  append(values) {
    if (!this.drawing || this.data.kind !== "time") return;
    let changed = false;
    for (const series of this.data.series) {
      const news = series.live && values[series.live];
      if (!news || news.value === null || news.at === null) continue;
      const last = series.values.at(-1);
      if (last && last[0] >= news.at) continue;
      series.values.push([news.at, news.value]);
      const oldest = this.data.window ? news.at - this.data.window : 0;
      while (series.values.length > LONGEST || (series.values.length && series.values[0][0] < oldest)) series.values.shift();
      changed = true;
    }
    if (changed && !this.waiting) {
      this.waiting = requestAnimationFrame(() => {
        this.waiting = null;
        // Only the points are replaced: what the reader points at stays.
        this.drawing?.setOption({ series: this.data.series.map((series) => ({ id: series.key, data: points(series, this.data) })) });
        if (!this.table.hidden) this.fill();
      });
    }
  }

  choose(button) {
    if (!button) return;
    const asTable = button.dataset.chartShow === "table";
    for (const other of this.figure.querySelectorAll("[data-chart-show]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    this.frame.hidden = asTable;
    this.table.hidden = !asTable;
    this.begin(); // hidden behind its table the drawing has no width, so that nothing else would begin
    if (asTable) this.fill();
    else this.drawing?.resize();
  }

  fill() {
    if (this.data) this.table.replaceChildren(tableOf(this.data, this.figure.dataset.wordMore));
  }
}

export function draw(figure) {
  return new Chart(figure);
}
