import type { KeyboardEvent } from "react";

const CONTROLS = "button, input, a[href]";

/** Arrow up and down go to the same control of the row above and below. */
export function moveByArrows(event: KeyboardEvent<HTMLElement>): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  const target = event.target as HTMLElement;
  const row = target.closest("[data-row]");
  if (!step || !row) return;
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  const own = [...row.querySelectorAll(CONTROLS)].indexOf(target);
  const controls = other?.querySelectorAll<HTMLElement>(CONTROLS);
  const goal = controls?.[Math.min(Math.max(own, 0), controls.length - 1)];
  if (!goal) return;
  event.preventDefault();
  goal.focus();
}
