// Trend charts: ECharts with a theme made from the tokens at run time. Data and texts come from a JSON script in the page.
(function () {
  "use strict";

  const BUCKETS = ["await", "build", "run"];
  const charts = new Map();

  function tokens() {
    const style = getComputedStyle(document.documentElement);
    return (name) => style.getPropertyValue("--" + name).trim();
  }

  // A bucket keeps its colour and its texture everywhere: awaiting is dashed, the others are solid.
  function stroke(series, token) {
    const bucket = BUCKETS.includes(series.bucket);
    return {
      colour: token(bucket ? series.bucket : "ink-2"),
      ink: token(bucket ? series.bucket + "-ink" : "ink-2"),
      dash: series.bucket === "await" ? [3, 2] : "solid",
    };
  }

  function lineSeries(series, token, places) {
    const look = stroke(series, token);
    const latest = series.values.length - 1;
    return {
      type: "line",
      name: series.name,
      data: series.values.map((value, at) => ({ value, symbolSize: at === latest ? 8 : 0 })),
      symbol: "circle",
      showAllSymbol: true,
      lineStyle: { color: look.colour, width: 2, type: look.dash },
      itemStyle: { color: look.colour, borderColor: token("surface"), borderWidth: 1 },
      endLabel: {
        show: true,
        color: look.ink,
        fontWeight: 600,
        distance: 8,
        formatter: (point) => `${series.name}\n${Number(point.value).toFixed(places)}`,
      },
      labelLayout: { moveOverlap: "shiftY" },
      emphasis: { disabled: true },
    };
  }

  // Pixels for the longest label at a line's end: a Chinese character is about twice as wide as a letter.
  function roomForNames(series) {
    const widths = series.map(({ name }) => [...name].reduce((sum, sign) => sum + (sign > "\u2e80" ? 13 : 7), 0));
    return Math.max(76, ...widths.map((width) => width + 20));
  }

  function option(data) {
    const token = tokens();
    const places = data.places ?? 1;
    const latest = data.labels.length - 1;
    const text = { color: token("ink-3"), fontFamily: token("sans"), fontSize: 12 };
    return {
      animation: false,
      textStyle: { fontFamily: token("sans") },
      grid: { left: 8, right: roomForNames(data.series), top: 12, bottom: 4, containLabel: true },
      xAxis: {
        type: "category",
        data: data.labels,
        boundaryGap: false,
        axisLine: { lineStyle: { color: token("line") } },
        axisTick: { show: false },
        axisLabel: {
          ...text,
          alignMinLabel: "left",
          interval: (at) => [0, latest >> 1, latest].includes(at),
        },
      },
      yAxis: {
        type: "value",
        min: 0,
        splitNumber: 3,
        axisLabel: { ...text, formatter: String },
        splitLine: { lineStyle: { color: token("line") } },
      },
      tooltip: {
        trigger: "axis",
        confine: true,
        transitionDuration: 0,
        backgroundColor: token("surface"),
        borderColor: token("line"),
        textStyle: { color: token("ink"), fontSize: 12 },
        axisPointer: { lineStyle: { color: token("line-2"), type: "solid" } },
        formatter: (points) => tooltip(points, data, places),
      },
      series: data.series.map((series) => lineSeries(series, token, places)),
    };
  }

  // Built as elements, not as a string: names of parks and projects are typed by people.
  function tooltip(points, data, places) {
    const box = document.createElement("div");
    box.className = "num";
    box.append(data.days ? data.days[points[0].dataIndex] : points[0].axisValue);
    for (const point of points) {
      const row = document.createElement("div");
      row.className = "row";
      const glyph = document.createElement("i");
      glyph.className = "g " + (data.series[point.seriesIndex].bucket || "early");
      const name = document.createElement("span");
      name.className = "grow";
      name.textContent = point.seriesName;
      const value = document.createElement("b");
      value.textContent = Number(point.value).toFixed(places);
      row.append(glyph, name, value);
      box.append(row);
    }
    return box;
  }

  function draw(holder) {
    const source = document.getElementById(holder.dataset.chart);
    if (!source || !window.echarts) return;
    const data = JSON.parse(source.textContent);
    let chart = charts.get(holder);
    if (!chart) {
      chart = window.echarts.init(holder, null, { renderer: "svg" });
      charts.set(holder, chart);
      chart.on("click", (point) => {
        const link = data.series[point.seriesIndex].links?.[point.dataIndex];
        if (link) location.assign(link);
      });
    }
    chart.setOption(option(data), true);
  }

  function drawAll() {
    for (const holder of document.querySelectorAll("[data-chart]")) draw(holder);
  }

  drawAll();
  new ResizeObserver(() => charts.forEach((chart) => chart.resize())).observe(document.documentElement);
  for (const query of ["(prefers-color-scheme: dark)", "print"])
    matchMedia(query).addEventListener("change", drawAll);
  document.addEventListener("htmx:load", drawAll);
})();
