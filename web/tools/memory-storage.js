// Both tools write down what is typed and answered in the browser's local storage: passwords and tokens among it. Here they
// get a storage that lasts as long as the page. It must run before them.
{
  const kept = new Map();
  const storage = {
    getItem: (key) => kept.get(String(key)) ?? null,
    setItem: (key, value) => void kept.set(String(key), String(value)),
    removeItem: (key) => void kept.delete(String(key)),
    clear: () => kept.clear(),
    key: (index) => [...kept.keys()][index] ?? null,
    get length() {
      return kept.size;
    },
  };
  // What an earlier version let GraphiQL keep.
  for (const key of Object.keys(window.localStorage)) {
    if (key.startsWith("graphiql:")) window.localStorage.removeItem(key);
  }
  for (const name of ["localStorage", "sessionStorage"]) {
    Object.defineProperty(window, name, { value: storage });
  }
}
