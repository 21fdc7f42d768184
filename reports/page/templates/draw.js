"use strict";
(() => {
  const documents = JSON.parse(document.getElementById("charts").textContent);
  const SMALL = 560;
  const options = {
    mode: "vega-lite", renderer: "svg", ast: true, actions: false, defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  };
  const drawn = new Map();

  async function draw(figure) {
    const plot = figure.querySelector(".plot");
    const width = Math.floor(plot.clientWidth);
    if (!width) return;
    const chart = JSON.parse(JSON.stringify(documents[figure.id][width < SMALL ? "narrow" : "wide"]));
    const before = drawn.get(figure);
    if (before && before.width === width) return;
    chart.width = Math.max(60, width - chart.padding.left - chart.padding.right);
    drawn.set(figure, { width, view: null });
    const result = await window.vegaEmbed(figure.querySelector(".live"), chart, options);
    if (before && before.view) before.view.finalize();
    drawn.set(figure, { width, view: result.view });
    figure.classList.add("drawn");
  }

  const figures = [...document.querySelectorAll("figure[id]")].filter((figure) => documents[figure.id]);
  async function all() {
    for (const figure of figures) {
      try { await draw(figure); } catch (error) { console.error(error); }
    }
    document.documentElement.dataset.drawn = String(document.querySelectorAll("figure.drawn").length);
  }
  let waiting = 0;
  window.addEventListener("resize", () => { window.clearTimeout(waiting); waiting = window.setTimeout(all, 150); });
  document.addEventListener("toggle", all, true);
  all();

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.part:not([open])")];
    for (const part of opened) part.open = true;
  });
  window.addEventListener("afterprint", () => { for (const part of opened) part.open = false; });

  const links = new Map([...document.querySelectorAll("nav a")].map((a) => [a.getAttribute("href").slice(1), a]));
  const seen = new Set();
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) entry.isIntersecting ? seen.add(entry.target.id) : seen.delete(entry.target.id);
    const first = [...links.keys()].find((id) => seen.has(id));
    for (const [id, a] of links) id === first ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current");
  }, { rootMargin: "-20% 0px -60% 0px" });
  document.querySelectorAll("main > section").forEach((section) => watch.observe(section));
})();
