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
