/** Brings the focus to a button of the next row, or of the one before, of a row that is about to go; or to the page's heading. */
export function focusNeighbour(inside: Element): void {
  const row = inside.closest("li");
  const neighbour = row?.nextElementSibling ?? row?.previousElementSibling;
  const goal = neighbour?.querySelector<HTMLElement>("button") ?? document.querySelector<HTMLElement>("h1");
  goal?.focus();
}
