// The files that the next operation with an Upload variable sends.

let files = [];
const listeners = new Set();

export const attachedFiles = () => files;
export const onAttachmentsChange = (listener) => listeners.add(listener);

function set(next) {
  files = next;
  for (const listener of listeners) listener();
}

export const attach = (more) => set([...files, ...more]);
export const detach = (file) => set(files.filter((other) => other !== file));
export const detachAll = () => set([]);
