/**
 * Small charts over the stream.
 *
 * @typedef {{every: number, began: number, columns: string[], first: number,
 *            samples: (number | null)[][]}} Told
 */

import { ask } from "./bot.js";
import { element } from "./element.js";
import { LANGUAGE, say } from "./words.js";

const HEIGHT = 84;
const COLOURS = ["#d6306f", "#7c6cf0"];
const MINUTE = 60;

/** Samples that are drawn at most: as many as the bot keeps. */
const MOST = 4320;

/** @type {{title: string, columns: string[], isRate?: boolean, factor?: number}[]} */
const CHARTS = [
  { title: "Comments and answers a minute", columns: ["comments", "answers"], isRate: true },
  { title: "Seconds to first words", columns: ["first_words"] },
  { title: "Tokens a second", columns: ["speed"] },
  { title: "Waiting, and the age of the oldest in seconds", columns: ["waiting", "oldest"] },
  { title: "Prompt reused, in percent", columns: ["reuse"], factor: 100 },
  { title: "Shed and withheld a minute", columns: ["shed", "withheld"], isRate: true },
];

export class Figures {
  #box;
  /** @type {(number | null)[][]} */
  #samples = [];
  #next = 0;
  #began = 0;
  #charts = null;
  #every = 10;
  /** @type {string[]} */
  #columns = [];

  /** @param {HTMLDetailsElement} box in which they are drawn while it is open */
  constructor(box) {
    this.#box = box;
    new ResizeObserver(() => this.#draw()).observe(box);
  }

  /** Ask for what is new, and draw it, for as long as the page lives. */
  async follow() {
    const { status, data } = await ask(`api/figures?since=${this.#next}`);
    if (status === 200) this.#take(data);
    setTimeout(() => this.follow(), 1000 * (data.every ?? 10));
  }

  /** @param {Told} told */
  #take({ every, began, columns, first, samples }) {
    if (began !== this.#began) {
      // Another run of the bot counts from 0 again.
      const isFirst = this.#began === 0;
      this.#every = every;
      this.#columns = columns;
      this.#began = began;
      this.#samples = [];
      if (!isFirst) {
        this.#next = 0;
        return;
      }
    }
    this.#next = first + samples.length;
    this.#samples = [...this.#samples, ...samples].slice(-MOST);
    this.#draw();
  }

  #draw() {
    const width = this.#box.querySelector(".charts").clientWidth;
    if (!this.#box.open || !width || !this.#samples.length) return;
    this.#charts ??= CHARTS.map((chart) => this.#add(chart));
    const start = this.#next - this.#samples.length;
    const times = this.#samples.map((_, index) => this.#began + (start + index + 1) * this.#every);
    for (const [number, { title, columns, isRate, factor = 1 }] of CHARTS.entries()) {
      const { figure, label, plot } = this.#charts[number];
      const rows = columns.map((column) => {
        const place = this.#columns.indexOf(column);
        const row = this.#samples.map((one) => one[place]);
        if (isRate) return sums(row, Math.max(1, Math.round(MINUTE / this.#every)));
        return row.map((value) => value === null ? null : factor * value);
      });
      const now = rows.map((row) => row.at(-1)).filter((value) => value !== null);
      const told = `${say(title)}: ${now.map(rounded).join(" · ") || "–"}`;
      label.textContent = told;
      figure.setAttribute("aria-label", told);
      plot.setSize({ width: figure.clientWidth, height: HEIGHT });
      plot.setData([times, ...rows]);
    }
  }

  #add({ columns }) {
    const figure = element("figure", "chart");
    figure.setAttribute("role", "img");
    const label = element("figcaption", "chart-title");
    figure.append(label);
    this.#box.querySelector(".charts").append(figure);
    const quiet = getComputedStyle(figure).color;
    const axis = { stroke: quiet, grid: { show: false }, ticks: { show: false }, font: "10px sans-serif" };
    const series = columns.map((_, index) => ({ stroke: COLOURS[index], width: 1.5, points: { show: false } }));
    const options = {
      width: figure.clientWidth,
      height: HEIGHT,
      series: [{}, ...series],
      scales: { y: { range: (_plot, _least, most) => [0, Math.max(1, most ?? 0) * 1.1] } },
      axes: [{ ...axis, size: 18, space: 60 }, { ...axis, size: 34, space: 24 }],
      legend: { show: false },
      cursor: { show: false },
      fmtDate: () => (date) => date.toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit" }),
    };
    // A script of its own, which is no module.
    const plot = new globalThis.uPlot(options, [[], ...columns.map(() => [])], figure);
    return { figure, label, plot };
  }
}

/**
 * For each value the sum of as many as there are in a minute: of it, and those before.
 *
 * @param {number[]} row @param {number} count
 */
function sums(row, count) {
  let sum = 0;
  return row.map((value, index) => {
    sum += value - (row[index - count] ?? 0);
    return sum;
  });
}

/** @param {number} value */
function rounded(value) {
  return new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}
