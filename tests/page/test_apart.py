"""What sets a selection apart, against the same measure of the arrays that went in."""

import numpy as np

ROWS = """() => [...document.querySelectorAll("#apart-rows li")].map((row) =>
    [row.querySelector("b").textContent.trim(), row.querySelector("span").textContent.trim(), row.querySelector("small").textContent])"""


def test_levels_numbers_and_words_are_weighed_by_what_they_tell(shop_page, shop):
    page, raw = shop_page, shop.raw
    chosen = np.flatnonzero((raw["sold"] > 20_000) & (raw["kind"] < 5) & (raw["stock"] == 1))
    assert len(chosen) >= 8
    page.evaluate("(items) => NM.get('store').set({ selection: Uint32Array.from(items) })", chosen.tolist())
    page.wait_for_function("document.getElementById('apart-rows').childElementCount > 0")
    rows = page.evaluate(ROWS)

    def gain(column, code):
        here, all_of = (raw[column][chosen] == code).mean(), (raw[column] == code).mean()
        return here * np.log(here / all_of) if here * len(chosen) >= 3 else 0

    sold = (raw["sold"][chosen].mean() - raw["sold"].mean()) / raw["sold"].std()
    weights = {("kind", f"kind {code}"): gain("kind", code) for code in range(5)}
    weights |= {("stock", "yes"): gain("stock", 1), ("sold", "higher"): sold**2 / 2}
    expected = sorted((key for key, weight in weights.items() if weight >= 0.05), key=lambda key: -weights[key])
    found = [(name, what.removeprefix(f"{name} ")) for name, what, _ in rows if name in ("kind", "stock", "sold")]
    assert found[: len(expected)] == expected[: len(found)] and len(found) >= 4
    detail = next(said for name, what, said in rows if name == "sold")
    assert detail == f"{raw['sold'][chosen].mean():,.0f}, of all {raw['sold'].mean():,.0f}"
    share = (raw["stock"] == 1).mean()
    assert next(said for name, _, said in rows if name == "stock") == f"100%, of all {int(100 * share + 0.5)}%"
    # A click asks for it of all.
    page.locator("#apart-rows button", has_text="yes").click()
    assert page.locator("#filter-count").text_content() == f"{(raw['stock'] == 1).sum()} of 600"
    # What the filter asks for is no news.
    page.wait_for_timeout(300)
    assert "stock" not in [name for name, _, _ in page.evaluate(ROWS)]


def test_words_of_texts(shop_page, shop):
    page = shop_page
    items = [i for i, text in enumerate(shop.raw["words"]) if text is not None and 100 <= i < 104]
    page.evaluate("(items) => NM.get('store').set({ selection: Uint32Array.from(items) })", items)
    page.wait_for_timeout(400)
    # Every text has “item” and “example”: a word that all have tells nothing.
    assert not [what for _, what, _ in page.evaluate(ROWS) if "example" in what]
