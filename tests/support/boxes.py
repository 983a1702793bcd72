"""Words that stand over other words, told by the boxes of their lines as a browser lays them out."""

from __future__ import annotations

from playwright.sync_api import Page

# What may lie over the page: the bar that stays at its top, what is opened, what only a screen reader meets.
_OVERLAPS = """() => {
  const boxes = [], range = document.createRange(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.data.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest(".skip-link, .headerlink, dialog, [popover], select, .site-header")) continue;
    let around = element;
    while (around && getComputedStyle(around).clipPath === "none") around = around.parentElement;
    if (around) continue;
    range.selectNodeContents(node);
    for (const { left, right, top, bottom } of range.getClientRects()) {
      if (right - left > 1 && bottom - top > 1) boxes.push({ left, right, top, bottom, element, words: node.data.trim().slice(0, 40) });
    }
  }
  boxes.sort((one, other) => one.top - other.top);
  return boxes.flatMap((box, place) => {
    const over = [];
    for (let next = place + 1; next < boxes.length && boxes[next].top < box.bottom; next++) {
      const other = boxes[next];
      const across = Math.min(box.right, other.right) - Math.max(box.left, other.left), down = Math.min(box.bottom, other.bottom) - other.top;
      const lower = Math.min(box.bottom - box.top, other.bottom - other.top);
      if (across > 2 && down > 0.4 * lower && box.element !== other.element) over.push(`${box.words} | ${other.words}`);
    }
    return over;
  });
}"""


def overlaps(tab: Page) -> list[str]:
    """The pairs of texts of which one stands over the other by two pixels across and two fifths of a line down."""
    pairs: list[str] = tab.evaluate(_OVERLAPS)
    return pairs


# A stroke as thin as this may run behind words that stand on a ground of their own; a line of data or the edge of a bar may not.
_THIN = 1.6
# Strokes of a chart, and edges of its picture, that run through its words: of each text the letters' own height, of each path where it is drawn.
_STRIKES = """(thin) => {
  const struck = new Set(), told = (mark) => mark.closest("[class*=mark-]").getAttribute("class").split(" ")[0];
  for (const drawing of document.querySelectorAll(".chart-picture svg")) {
    if (!drawing.checkVisibility()) continue;
    const texts = [...drawing.querySelectorAll("text")].filter((text) =>
      text.textContent.trim() && text.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
    const boxes = texts.map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect(), height = bottom - top;
      return { text, left: left + 1, right: right - 1, top: top + 0.24 * height, bottom: bottom - 0.24 * height, grounded: getComputedStyle(text).paintOrder.startsWith("stroke") && getComputedStyle(text).stroke !== "none" };
    });
    const frame = drawing.getBoundingClientRect(), chart = drawing.closest("[data-chart]").dataset.chart;
    for (const { text, left, right } of boxes) {
      if (left < frame.left - 2 || right > frame.right + 2) struck.add(`${chart}: ${text.textContent} | edge of the picture`);
    }
    for (const path of drawing.querySelectorAll("path:not(.background, .foreground), line")) {
      const { stroke, fill, strokeWidth, opacity, fillOpacity, strokeOpacity } = getComputedStyle(path);
      const lined = stroke !== "none" && strokeOpacity * opacity > 0, filled = path.tagName === "path" && fill !== "none" && fillOpacity * opacity >= 0.5;
      if (!lined && !filled) continue;
      const around = path.getBoundingClientRect();
      const near = boxes.filter((box) => box.left < around.right + 1 && box.right > around.left - 1 && box.top < around.bottom + 1 && box.bottom > around.top - 1);
      if (!near.length) continue;
      const place = path.getScreenCTM(), length = path.getTotalLength(), width = parseFloat(strokeWidth) || 0;
      for (let at = 0; at <= length && near.length; at += 1.5) {
        const { x, y } = path.getPointAtLength(at).matrixTransform(place);
        for (const box of near.filter((one) => one.left < x && x < one.right && one.top < y && y < one.bottom)) {
          near.splice(near.indexOf(box), 1);
          const behind = path.compareDocumentPosition(box.text) & Node.DOCUMENT_POSITION_FOLLOWING;
          if (behind && box.grounded && !filled && width <= thin) continue;
          struck.add(`${chart}: ${box.text.textContent} | ${told(path)}`);
        }
      }
    }
  }
  return [...struck].sort();
}"""


def strikes(tab: Page) -> list[str]:
    """The words of the page's charts that a stroke of the same chart runs through, each as `CHART: WORDS | KIND OF MARK`."""
    struck: list[str] = tab.evaluate(_STRIKES, _THIN)
    return struck
