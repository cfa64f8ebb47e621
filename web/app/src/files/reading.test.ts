import { expect, it } from "vitest";
import { joined, readUntil } from "./reading";

const item = (number: number) => ({ id: `f${number}` });

/** Pages of two, of seven items; the last but one has moved down a place meanwhile. */
function pages(fails = false) {
  const asked: (string | null)[] = [];
  const read = (after: string | null) => {
    asked.push(after);
    const from = Number(after ?? 0);
    if (fails && from > 0) return Promise.resolve({ problem: { code: "OFFLINE" as const, message: "" } });
    const items = [from === 4 ? from - 1 : from, from + 1].filter((number) => number < 7).map(item);
    return Promise.resolve({ slice: { items, total: 7, next: from + 2 < 7 ? String(from + 2) : null } });
  };
  return { asked, read };
}

it("reads one page, or as many as there were", async () => {
  const one = pages();
  expect(await readUntil(one.read, null, 0, () => false)).toMatchObject({ slice: { items: [item(0), item(1)], next: "2" } });
  const three = pages();
  const answer = await readUntil(three.read, null, 5, () => false);
  expect(three.asked).toEqual([null, "2", "4"]);
  expect(answer).toMatchObject({ slice: { items: [0, 1, 2, 3, 5].map(item), total: 7, next: "6" } });
});

it("ends with the list, with what is in the way, and when nobody wants it any more", async () => {
  const all = pages();
  expect(await readUntil(all.read, null, 100, () => false)).toMatchObject({ slice: { next: null } });
  expect(all.asked).toHaveLength(4);
  expect(await readUntil(pages(true).read, null, 5, () => false)).toMatchObject({ problem: { code: "OFFLINE" } });
  const stale = pages();
  await readUntil(stale.read, null, 100, () => stale.asked.length === 2);
  expect(stale.asked).toHaveLength(2);
});

it("has nothing twice", () => {
  expect(joined([item(1), item(2)], [item(2), item(3)])).toEqual([item(1), item(2), item(3)]);
});
