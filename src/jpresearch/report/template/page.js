(() => {
  const words = document.body.dataset;
  const make = (tag, kind, parent, text = "") => {
    const made = document.createElement(tag);
    made.className = kind;
    made.textContent = text;
    parent.append(made);
    return made;
  };
  const button = (kind, parent, text) => Object.assign(make("button", kind, parent, text), { type: "button" });
  const written = value => typeof value != "number" ? value ?? "–" : value.toLocaleString("en-US", {
    maximumSignificantDigits: Math.max(6, Math.ceil(Math.log10(Math.abs(value) + 1)))
  }).replace("-", "−");
  const save = (address, name) => Object.assign(document.createElement("a"), { href: address, download: name }).click();

  function read(figure) {
    const box = figure.querySelector(".picture"), image = box.querySelector("img"), narrow = box.querySelector("source");
    const drawings = {};
    let points, scale, at;
    const marker = make("i", "marker", figure), panel = make("div", "reading", figure);
    marker.hidden = panel.hidden = true;
    panel.setAttribute("role", "status");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", words.read);

    function measure() {
      const phone = narrow && figure.dataset.phone && matchMedia(narrow.media).matches;
      const kind = phone ? "phone" : "points";
      scale = image.clientWidth / (phone ? narrow : image).getAttribute("width");
      points = drawings[kind] ??= JSON.parse(figure.dataset[kind]).flatMap((series, s) => series.x.map((x, n) => ({
        ...series, s, x, value: series.v[n], low: series.l[n], high: series.h[n], left: series.p[n][0], top: series.p[n][1],
        runs: /line|bar/.test(series.k) && (x >= 0 || x < 0 || /^\d{4}-/.test(x))
      })));
    }

    function show(point) {
      at = point;
      marker.hidden = panel.hidden = !point;
      if (!point) return;
      const beside = point.k == "cell" ? [] : points.filter(other => other.x === point.x && other.s != point.s);
      const near = other => Math.abs(other.top - point.top);
      const every = [point, ...beside.sort((a, b) => near(a) - near(b)).slice(0, 7)];
      panel.textContent = "";
      make("small", "", make("b", "", panel, written(point.x) + " "), point.u);
      for (const each of every) {
        const line = make("span", "", panel, each.n1 ? each.n1 + " " : "");
        make("data", "", line, written(each.value)).value = each.value;
        if (each.low != null) line.append(" (" + written(each.low) + " – " + written(each.high) + ")");
        if (each.u != point.u) make("small", "", line, " " + each.u);
      }
      const left = box.offsetLeft - box.scrollLeft + point.left * scale, top = box.offsetTop + point.top * scale;
      marker.style.left = left + "px";
      marker.style.top = top + "px";
      const room = figure.clientWidth - panel.offsetWidth;
      panel.style.left = Math.max(0, Math.min(room, left > room - 14 ? left - panel.offsetWidth - 14 : left + 14)) + "px";
      panel.style.top = Math.max(0, top - panel.offsetHeight - 10) + "px";
    }

    box.onpointermove = box.onpointerdown = event => {
      measure();
      const place = image.getBoundingClientRect();
      const x = (event.clientX - place.left) / scale, y = (event.clientY - place.top) / scale;
      const far = point => Math.abs(point.left - x) * (point.runs ? 4 : 1) + Math.abs(point.top - y);
      show(points.reduce((best, point) => !best || far(point) < far(best) ? point : best, null));
    };
    box.onpointerleave = event => event.pointerType == "touch" || show();
    box.onblur = () => show();
    box.onkeydown = event => {
      const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, Home: 0, End: 0 }[event.key];
      if (event.key == "Escape") return show();
      if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      measure();
      const own = points.filter(point => point.s == (at ? at.s : points[0].s));
      if (!at || !step) return show(event.key == "Home" ? own[0] : own.at(-1));
      const across = /Up|Down/.test(event.key) && points.some(point => point.s != at.s);
      if (!across) return show(own[own.indexOf(at) + step] ?? at);
      const count = points.at(-1).s + 1;
      let next = at.s, other = [];
      do {
        next = (next + step + count) % count;
        other = points.filter(point => point.s == next);
      } while (!other.length);
      const away = point => Math.abs(point.left - at.left) + (point.x === at.x ? -1 : 0);
      show(other.reduce((best, point) => away(point) < away(best) ? point : best));
    };
  }

  for (const figure of document.querySelectorAll("figure")) {
    const { points, file, svg } = figure.dataset, row = figure.querySelector(".files"), cite = figure.querySelector(".cite");
    if (points) read(figure);
    if (!row) continue;
    button("save", row, "PNG").onclick = () => save(figure.querySelector("img").src, file + ".png");
    if (svg) button("save", row, "SVG").onclick = async () => {
      const packed = new Blob([Uint8Array.from(atob(svg), letter => letter.charCodeAt())]);
      const drawing = await new Response(packed.stream().pipeThrough(new DecompressionStream("deflate"))).text();
      save(URL.createObjectURL(new Blob([drawing], { type: "image/svg+xml" })), file + ".svg");
    };
    const copy = button("save", row, words.copy);
    copy.onclick = () => (navigator.clipboard?.writeText(cite.textContent) ?? Promise.reject()).then(() => { copy.textContent = words.copied; }, () => { cite.parentNode.open = true; });
  }

  const places = [...document.querySelectorAll(".toc a")].map(link => [link, document.getElementById(decodeURIComponent(link.hash.slice(1)))]);
  const mark = () => {
    const [now] = places.findLast(([, head]) => head && head.getBoundingClientRect().top < 160) ?? [];
    places.forEach(([link]) => link == now ? link.setAttribute("aria-current", "location") : link.removeAttribute("aria-current"));
  };
  addEventListener("scroll", mark, { passive: true });

  for (const table of document.querySelectorAll("table.grid")) {
    const body = table.tBodies[0], rows = [...body.rows], heads = [...table.tHead.rows[0].cells];
    if (rows.length < 3) continue;
    heads.forEach((head, column) => {
      const control = button("sort", head, head.textContent);
      head.replaceChildren(control);
      const value = row => row.cells[column].textContent.trim();
      const number = text => parseFloat(text.replace(/[,¥$+]/g, "").replace("−", "-"));
      const order = (a, b) => {
        const first = number(a), second = number(b), days = /^\d{4}-\d/.test(a);
        return days || isNaN(first) || isNaN(second) ? a.localeCompare(b) : first - second;
      };
      control.onclick = () => {
        const next = { ascending: "descending", descending: "" }[head.getAttribute("aria-sort")] ?? "ascending";
        heads.forEach(other => other.removeAttribute("aria-sort"));
        if (next) head.setAttribute("aria-sort", next);
        const sign = next == "descending" ? -1 : 1;
        body.append(...(next ? [...rows].sort((a, b) => {
          const first = value(a), second = value(b);
          return (first == "–") - (second == "–") || sign * order(first, second);
        }) : rows));
      };
    });
  }
})();
