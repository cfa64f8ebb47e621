/** A file on its way in, with where it lay: the name or, from a folder, the path in it. */
export interface Incoming {
  file: File;
  path: string;
  /** The browser was not let at it. */
  isUnreadable?: boolean;
}

/** What file managers and office programs leave in folders, which nobody means. */
const LEFT_BEHIND = /^(\.|~\$|thumbs\.db$|desktop\.ini$)/i;

/** All files of what was dropped, those in folders too. What cannot be read does not keep the others from coming. */
export async function filesOf(transfer: DataTransfer): Promise<Incoming[]> {
  // The list is emptied as soon as the event is over.
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return [...transfer.files].map(pathOf);
  return inOrder((await Promise.all(entries.map((entry) => filesBelow(entry)))).flat());
}

/** What was chosen, files or a folder. */
export function filesChosen(list: FileList | null): Incoming[] {
  const files = [...(list ?? [])].map(pathOf);
  return inOrder(files.filter(({ file, path }) => path === file.name || !path.split("/").some(isLeftBehind)));
}

const pathOf = (file: File): Incoming => ({ file, path: file.webkitRelativePath || file.name });
const isLeftBehind = (name: string) => LEFT_BEHIND.test(name);
const inOrder = (files: Incoming[]) => files.sort((a, b) => a.path.localeCompare(b.path));

async function filesBelow(entry: FileSystemEntry): Promise<Incoming[]> {
  const path = entry.fullPath.replace(/^\//, "");
  try {
    if (entry.isFile) return [{ file: await new Promise<File>((give, fail) => (entry as FileSystemFileEntry).file(give, fail)), path }];
    const within = (await entriesOf(entry as FileSystemDirectoryEntry)).filter(({ name }) => !isLeftBehind(name));
    return (await Promise.all(within.map(filesBelow))).flat();
  } catch {
    return [{ file: new File([], entry.name), path, isUnreadable: true }];
  }
}

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  // A reader gives a hundred at a time, and nothing at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((give, fail) => reader.readEntries(give, fail));
    if (some.length === 0) return found;
    found.push(...some);
  }
}
