import { expect, it } from "vitest";
import { filesOf } from "./dropped";

type Tree = { [name: string]: Tree | "file" | "locked" };

/** An entry as browsers give it: a folder's reader answers two at a time, and nothing at the end. */
function entryOf(name: string, what: Tree | "file" | "locked", parent = ""): unknown {
  const fullPath = `${parent}/${name}`;
  if (typeof what === "string") {
    const file = (give: (file: File) => void, fail: (cause: unknown) => void) => (what === "locked" ? fail(new DOMException("no", "NotReadableError")) : give(new File(["x"], name)));
    return { isFile: true, name, fullPath, file };
  }
  const createReader = () => {
    const left = Object.entries(what).map(([inner, value]) => entryOf(inner, value, fullPath));
    return { readEntries: (give: (some: unknown[]) => void) => give(left.splice(0, 2)) };
  };
  return { isFile: false, name, fullPath, createReader };
}

const drop = (tree: Tree) =>
  filesOf({ items: Object.entries(tree).map(([name, what]) => ({ webkitGetAsEntry: () => entryOf(name, what) })), files: [] } as unknown as DataTransfer);

it("finds what lies in folders, however deep and however many, each with its path", async () => {
  const found = await drop({ "b.docx": "file", reports: { "1.docx": "file", "2.docx": "file", "3.docx": "file", old: { deep: { "0.docx": "file" } }, none: {} } });
  expect(found.map(({ path }) => path)).toEqual(["b.docx", "reports/1.docx", "reports/2.docx", "reports/3.docx", "reports/old/deep/0.docx"]);
  expect(found.every(({ file, path }) => path.endsWith(file.name))).toBe(true);
});

it("goes on where something cannot be read, and says so", async () => {
  const found = await drop({ reports: { "a.docx": "file", "b.docx": "locked", "c.docx": "file" } });
  expect(found.map(({ path, isUnreadable }) => [path, isUnreadable ?? false])).toEqual([["reports/a.docx", false], ["reports/b.docx", true], ["reports/c.docx", false]]);
});

it("leaves out what programs leave in folders, but nothing that was dropped itself", async () => {
  const found = await drop({ ".hidden.docx": "file", reports: { ".DS_Store": "file", "~$a.docx": "file", "Thumbs.db": "file", "a.docx": "file", ".git": { "b.docx": "file" } } });
  expect(found.map(({ path }) => path)).toEqual([".hidden.docx", "reports/a.docx"]);
});
