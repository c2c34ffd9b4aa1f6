"""How fast the page answers: hover beside Plotly's own, a brush and a search, the first map, and a million points.

Run it from the repository: `python benches/page_bench.py`. It prints a table and merges its figures
into artifacts/bench.json. The items are synthetic, the browser is a headless Chromium; with software
rendering the times of WebGL are an upper limit.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
from results import merge

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "page"), str(ROOT / "tests")]

from chromium import chromium  # noqa: E402
from conftest import DESKTOP, copy_page  # noqa: E402
from make_fixture import add_column, make, split, statement  # noqa: E402
from test_everyone import NO_WEBGL  # noqa: E402

MOVES = 500

# From the browser's own dispatch of a move to the panel's new text, and to the first task after that frame was painted.
WATCH = """() => {
    window.bench = { panel: [], frame: [] };
    let began = 0;
    window.addEventListener("pointermove", () => { began = performance.now(); }, true);
    new MutationObserver(() => {
        const start = began;
        bench.panel.push(performance.now() - start);
        requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = () => bench.frame.push(performance.now() - start); c.port2.postMessage(0); });
    }).observe(document.getElementById("item-index"), { childList: true, characterData: true, subtree: true });
}"""

# The same points in a bare Plotly figure with its own hover, on the same part of the window.
PLOTLY = """() => {
    const store = NM.get('store'), data = NM.get('data'), view = NM.get('view'), m = data.maps[0], v = store.state.view;
    const bounds = document.getElementById("stage").getBoundingClientRect();
    const host = document.createElement("div");
    host.style.cssText = `position:fixed;background:#fff;z-index:99;left:${bounds.left}px;top:${bounds.top}px;width:${bounds.width}px;height:${bounds.height}px`;
    document.body.append(host);
    window.bench = { panel: [], frame: [] };
    let began = 0;
    window.addEventListener("mousemove", () => { began = performance.now(); }, true);
    return Plotly.newPlot(host, NM.get('classes').names.map((name, label) => {
        const x = [], y = [];
        for (let i = 0; i < m.x.length; i++) if (NM.get('classes').of(i) === label) { x.push(m.x[i]); y.push(m.y[i]); }
        return { type: "scattergl", mode: "markers", name, x, y, marker: { size: 4 } };
    }), { hovermode: "closest", showlegend: false, margin: { l: 34, r: 10, t: 10, b: 26 },
          xaxis: { range: [v.x0, v.x1] }, yaxis: { range: [v.y0, v.y1] } }).then(() => {
        host.on("plotly_hover", () => bench.panel.push(performance.now() - began));
    });
}"""


# A brush that wanders over a histogram: the script from the new filter to map and charts, and to the first task after the
# frame was painted.
BRUSH = """async (frames) => {
    const store = NM.get('store'), filter = NM.get('filter');
    store.set({ tab: 'columns' });
    await new Promise((done) => setTimeout(done, 1000));
    store.set({ brushing: true });
    const script = [], frame = [];
    for (let i = 0; i < frames; i++) {
        await new Promise(requestAnimationFrame);
        const began = performance.now();
        filter.set({ op: 'from', column: 'local density', low: 4 + i * 1.5 / frames, high: 6 + i * 1.5 / frames });
        script.push(performance.now() - began);
        await new Promise((done) => requestAnimationFrame(() => { const c = new MessageChannel(); c.port1.onmessage = done; c.port2.postMessage(0); }));
        frame.push(performance.now() - began);
    }
    store.set({ brushing: false, filter: [] });
    return { script, frame };
}"""

SEARCH = """async (asked) => {
    const search = NM.get('search');
    await search.prepare();
    const times = asked.map((words) => { const began = performance.now(); search.find(words); return performance.now() - began; });
    return times;
}"""

# When all points were first on the map, not a draft of them.
ALL_SHOWN = """new MutationObserver((changes, observer) => {
    if (document.getElementById("raster")?.dataset.drawn !== "all") return;
    performance.mark("all-shown");
    observer.disconnect();
}).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-drawn"] });"""

# A map dragged in every frame: the times from one frame to the next.
PAN = """async (frames) => {
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let i = 0; i < frames; i++) {
        NM.get("view").panBy(i < frames / 2 ? 5 : -5, 3);
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times;
}"""


# From so many bytes on, what the first map can do without has a file of its own (src/export/rest.rs).
LARGE = 8 << 20


def put(folder, document):
    """Writes the data as the library does; returns their size in MB."""
    data_js, rest_js, name = split(document)
    if len(rest_js) * 3 / 4 < LARGE:
        data_js, rest_js = statement(document), None
    else:
        (folder / name).write_text(rest_js)
    (folder / "data.js").write_text(data_js)
    return sum(len(text) for text in (data_js, rest_js) if text) / 1e6


def opened(browser, folder, init=None):
    page = browser.new_context(viewport=DESKTOP, offline=True).new_page()
    if init:
        page.add_init_script(init)
    page.set_default_timeout(180_000)
    page.goto((folder / "index.html").as_uri())
    for mark in ("plotly-drawn", "page-ready"):
        page.wait_for_function(f"performance.getEntriesByName('{mark}').length > 0")
    first_map = page.evaluate("performance.getEntriesByName('map-drawn')[0].startTime") / 1000
    page.wait_for_timeout(500)
    return page, first_map


def way(page):
    """The places of items drawn by lot, so that every move asks for another panel; the same for every page."""
    return page.evaluate(
        """(moves) => {
            const view = NM.get('view'), f = view.frame(), m = NM.get('data').maps[0];
            const bounds = document.getElementById("stage").getBoundingClientRect();
            let seed = 1;
            return Array.from({ length: moves }, () => {
                seed = (seed * 1103515245 + 12345) % 2147483648;
                const i = Math.floor((seed / 2147483648) * m.x.length);
                const [x, y] = view.toScreen(f, m.x[i], m.y[i]);
                return [bounds.left + x, bounds.top + y];
            });
        }""",
        MOVES,
    )


def moves(page, steps):
    for x, y in steps:
        page.mouse.move(x, y)
    page.wait_for_timeout(400)
    found = page.evaluate("bench")
    return {
        "answers": len(found["panel"]),
        "p50": percentile(found["panel"], 50),
        "p95": percentile(found["panel"], 95),
        "frame_p95": percentile(found["frame"], 95),
    }


def percentile(values, share):
    return float(np.percentile(values, share)) if values else float("nan")


def row(*cells):
    print(
        "  ".join(str(cell).ljust(width) for cell, width in zip(cells, (34, 10, 10, 10, 14), strict=False)), flush=True
    )


def shown(result):
    return [result["answers"], *(f"{result[key]:.2f}" for key in ("p50", "p95", "frame_p95"))]


def hover(browser, folder, points, figures):
    name = f"{points // 1000}k"
    size = sum(path.stat().st_size for path in folder.glob("data*.js")) / 1e6
    for label, init in (("WebGL", None), ("no WebGL", NO_WEBGL)):
        page, first_map = opened(browser, folder, init)
        page.evaluate(WATCH)
        result = moves(page, way(page))
        row(f"{points:,} points, {label}", *shown(result))
        if init is None:
            # A WebGL-free page must be as quick: the worse of the two is the figure.
            figures[f"page.hover_p95_ms_{name}"] = result["p95"]
            if points == 10_000:
                figures.update({"page.first_map_s_10k": first_map, "page.data_mb_10k": size})
            print(f"  first map after {first_map:.2f} s, data {size:.2f} MB")
            page.context.close()
            page, _ = opened(browser, folder)
            page.evaluate(PLOTLY)
            page.wait_for_timeout(500)
            row(f"{points:,} points, Plotly's own hover", *shown(moves(page, way(page))))
        else:
            figures[f"page.hover_p95_ms_{name}"] = max(figures[f"page.hover_p95_ms_{name}"], result["p95"])
        page.context.close()


def with_columns(points, **options):
    """Synthetic items with a column of each kind that has a chart."""
    items = make(points=points, **options)
    rng = np.random.default_rng(8)
    document = items.document
    add_column(document, "price", "number", np.exp(rng.normal(3, 1, points)), "f32")
    add_column(document, "sold", "integer", rng.poisson(20, points).astype(float), "f32")
    add_column(document, "listed", "date", 17000.0 + rng.integers(0, 2000, points), "f32", unit="days")
    add_column(document, "brand", "category", rng.integers(0, 80, points), levels=[f"brand {b}" for b in range(80)])
    return items


def own_time(page):
    """Asks how long the page's own thread has run, in ms: what else runs on the machine does not count in it."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def busy():
        found = session.send("Performance.getMetrics")["metrics"]
        return 1000 * next(metric["value"] for metric in found if metric["name"] == "TaskDuration")

    return busy


def pan(page, points, figures, frames=60):
    busy = own_time(page)
    began = busy()
    times = page.evaluate(PAN, frames)
    own = (busy() - began) / frames
    figures[f"page.pan_cpu_ms_{points // 1000}k"] = own
    figures[f"page.pan_frame_p50_ms_{points // 1000}k"] = percentile(times, 50)
    row(f"{points:,} points, pan", frames, *(f"{percentile(times, share):.2f}" for share in (50, 95)))
    print(f"  from frame to frame; the page's own thread {own:.1f} ms per frame")


def brush(page, points, figures):
    """Beside the wall's time that of the page's own thread."""
    busy = own_time(page)
    page.evaluate(BRUSH, 5)  # the charts are there, and the code is warm
    began = busy()
    found = page.evaluate(BRUSH, 60)
    own = (busy() - began) / 60
    figures[f"page.brush_cpu_ms_{points // 1000}k"] = own
    result = {f"{part}_p{share}": percentile(found[part], share) for part in found for share in (5, 50, 95)}
    figures[f"page.brush_p95_ms_{points // 1000}k"] = result["script_p95"]
    row(
        f"{points:,} points, brush",
        60,
        *(f"{result[f'script_p{share}']:.2f}" for share in (50, 95)),
        f"{result['frame_p95']:.2f}",
    )
    print(
        f"  quickest of 20: script {result['script_p5']:.1f} ms, to the frame {result['frame_p5']:.1f} ms; the page's own thread {own:.1f} ms per frame"
    )


def search(browser, folder, figures):
    """10,000 texts of 120 letters."""
    items = make(points=10_000, images=False, decoder=False)
    letters = np.frombuffer(b"abcdefghijklmnopqrst    ", "S1")
    rows = np.random.default_rng(4).choice(letters, (10_000, 120))
    add_column(items.document, "words", "text", [row.tobytes().decode() for row in rows])
    put(folder, items.document)
    page, _ = opened(browser, folder)
    asked = [row.tobytes().decode()[at : at + length] for length in (1, 2, 4, 8) for at, row in enumerate(rows[:20])]
    times = page.evaluate(SEARCH, asked)
    figures["page.search_p95_ms_10k"] = percentile(times, 95)
    row("10,000 texts of 120 letters, search", len(times), *(f"{percentile(times, share):.2f}" for share in (50, 95)))
    page.context.close()


def million(browser, folder, figures):
    fixture = with_columns(1_000_000, images=False, latent_type="u8")
    size = put(folder, fixture.document)
    del fixture
    page, first_map = opened(browser, folder, ALL_SHOWN)
    page.wait_for_function("performance.getEntriesByName('all-shown').length > 0")
    all_shown = page.evaluate("performance.getEntriesByName('all-shown')[0].startTime") / 1000
    ready = page.evaluate("performance.getEntriesByName('page-ready')[0].startTime") / 1000
    figures.update({"page.open_1m_s": first_map, "page.ready_1m_s": ready, "page.all_shown_1m_s": all_shown})
    page.evaluate(WATCH)
    result = moves(page, way(page))
    row("1,000,000 points, WebGL", *shown(result))
    brush(page, 1_000_000, figures)
    pan(page, 1_000_000, figures)
    memory = page.evaluate("performance.memory ? performance.memory.usedJSHeapSize / 1e6 : NaN")
    print(
        f"  first map after {first_map:.2f} s (all shown {all_shown:.2f} s, all read {ready:.2f} s), "
        f"data {size:.1f} MB, heap {memory:.0f} MB"
    )
    page.context.close()


def main():
    figures = {}
    with chromium("--enable-precise-memory-info") as browser, tempfile.TemporaryDirectory() as scratch:
        row("pointer to panel, ms", "answers", "p50", "p95", "to frame p95")
        for points in (10_000, 70_000):
            folder = copy_page(Path(scratch) / str(points), None)
            put(folder, with_columns(points).document)
            hover(browser, folder, points, figures)
            page, _ = opened(browser, folder)
            brush(page, points, figures)
            page.context.close()
        search(browser, copy_page(Path(scratch) / "texts", None), figures)
        million(browser, copy_page(Path(scratch) / "million", None), figures)
    merge(figures)


if __name__ == "__main__":
    main()
