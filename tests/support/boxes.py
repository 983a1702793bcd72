"""Words that stand over other words, told by the boxes of their lines as a browser lays them out."""

from __future__ import annotations

from playwright.sync_api import Page

# What may lie over the page, and is looked at by itself: the bar at its top, what is opened, what stays at its foot.
OVER = ".site-header, .site-results, dialog, [popover], .what-if, .version, .own-bar"
# Each box of a line of words, of a field and of the mark of a fold of code, which words may not lie over; not what only a screen reader meets, nor two handles of one slider.
_OVERLAPS = """([within, lying]) => {
  const boxes = [], range = document.createRange(), root = document.querySelector(within), clips = new Map();
  const clip = (element) => { // what is scrolled out of sight lies over nothing
    if (!element) return { left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity };
    if (!clips.has(element)) {
      const around = clip(element.parentElement), { overflowX } = getComputedStyle(element);
      const { left, right, top, bottom } = overflowX === "visible" || element === document.body ? around : element.getBoundingClientRect();
      clips.set(element, { left: Math.max(left, around.left), right: Math.min(right, around.right), top: Math.max(top, around.top), bottom: Math.min(bottom, around.bottom) });
    }
    return clips.get(element);
  };
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const control = node.nodeType === Node.ELEMENT_NODE, element = control ? node : node.parentElement;
    if (control ? !node.matches("input:not([type=range]), textarea, details.hide > summary") : !node.data.trim()) continue;
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest(".skip-link, .headerlink, select") || ![null, root].includes(element.closest(lying))) continue;
    let around = element;
    while (around && getComputedStyle(around).clipPath === "none") around = around.parentElement;
    if (around) continue;
    if (!control) range.selectNodeContents(node);
    const seen = clip(element);
    for (const box of control ? [node.getBoundingClientRect()] : range.getClientRects()) {
      const left = Math.max(box.left, seen.left), right = Math.min(box.right, seen.right), top = Math.max(box.top, seen.top), bottom = Math.min(box.bottom, seen.bottom);
      const words = control ? (node.type ? `[${node.type}]` : "{ }") : node.data.trim().slice(0, 40);
      if (right - left > 1 && bottom - top > 1) boxes.push({ left, right, top, bottom, element, words });
    }
  }
  const fold = ({ element }) => element.closest("details.hide > summary"); // a mark and its own words are one
  boxes.sort((one, other) => one.top - other.top);
  return boxes.flatMap((box, place) => {
    const over = [];
    for (let next = place + 1; next < boxes.length && boxes[next].top < box.bottom; next++) {
      const other = boxes[next];
      const across = Math.min(box.right, other.right) - Math.max(box.left, other.left), down = Math.min(box.bottom, other.bottom) - other.top;
      const lower = Math.min(box.bottom - box.top, other.bottom - other.top);
      if (across > 2 && down > 0.4 * lower && box.element !== other.element && !(fold(box) && fold(box) === fold(other))) over.push(`${box.words} | ${other.words}`);
    }
    return over;
  });
}"""


def overlaps(tab: Page, within: str = "body") -> list[str]:
    """The pairs of texts, fields and marks of folded code of which one stands over the other by two pixels across and two fifths of a line down.

    Of the whole page without what may lie over it, or within one such part.
    """
    pairs: list[str] = tab.evaluate(_OVERLAPS, [within, OVER])
    return pairs


# Words that end where their box does, with no sign of it, and opened parts that reach beyond the screen.
_CUT = """([within, lying]) => {
  const root = document.querySelector(within), cut = [];
  for (const one of [root, ...root.querySelectorAll("*")]) {
    if (one instanceof SVGElement || !one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    const { overflowX, textOverflow, clipPath } = getComputedStyle(one);
    if (!["hidden", "clip"].includes(overflowX) || textOverflow === "ellipsis" || clipPath !== "none" || one.closest(".visually-hidden")) continue;
    if (one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0) cut.push(`${one.tagName.toLowerCase()}.${one.className}: ${one.textContent.trim().slice(0, 40)}`);
  }
  const { left, right, top, bottom } = root.getBoundingClientRect();
  if (root.matches(lying) && getComputedStyle(root).position === "fixed" && (left < -1 || right > innerWidth + 1 || top < -1 || bottom > innerHeight + 1)) cut.push(`${within} reaches beyond the screen`);
  return cut;
}"""


def cut(tab: Page, within: str = "body") -> list[str]:
    """The words that a box cuts without a sign, and whether an opened part reaches beyond the screen."""
    said: list[str] = tab.evaluate(_CUT, [within, OVER])
    return said


# A stroke as thin as this may run behind words that stand on a ground of their own; a line of data or the edge of a bar may not.
_THIN = 1.6
# Strokes of a chart, and edges of its picture, that run through its words: of each text the letters' own height, of each path where it is drawn.
_STRIKES = """(thin) => {
  const struck = new Set(), told = (mark) => mark.closest("[class*=mark-]")?.getAttribute("class").split(" ")[0] ?? mark.tagName;
  for (const drawing of document.querySelectorAll(".chart-picture svg")) {
    if (!drawing.checkVisibility()) continue;
    const texts = [...drawing.querySelectorAll("text")].filter((text) =>
      text.textContent.trim() && text.checkVisibility({ opacityProperty: true, visibilityProperty: true }));
    const boxes = texts.map((text) => {
      const { left, right, top, bottom } = text.getBoundingClientRect(), height = bottom - top;
      return { text, left: left + 1, right: right - 1, top: top + 0.24 * height, bottom: bottom - 0.24 * height, grounded: getComputedStyle(text).paintOrder.startsWith("stroke") && getComputedStyle(text).stroke !== "none" };
    });
    const frame = drawing.getBoundingClientRect(), chart = drawing.closest("[data-chart]")?.dataset.chart ?? "a picture of no chart";
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
