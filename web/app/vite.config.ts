import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import type { Plugin } from "vite";

const LANGUAGES = ["en-US", "de-DE"];

/** React Aria brings the words of thirty languages: those that the catalogue does not have stay out of the bundle. */
function onlyOurLanguages(): Plugin {
  return {
    name: "only-our-languages",
    enforce: "pre",
    resolveId(specifier, importer) {
      const language = /\b[a-z]{2}-[A-Z]{2}\b/.exec(specifier)?.[0];
      const isAria = importer && /[/\\]node_modules[/\\](react-aria|react-stately|@react-aria|@react-stately)/.test(importer);
      return isAria && language && !LANGUAGES.includes(language) ? "\0no-words" : null;
    },
    load: (id) => (id === "\0no-words" ? "export default {};" : null),
  };
}

export default defineConfig({
  // Relative, so that a proxy may put the server below a path.
  base: "./",
  plugins: [onlyOurLanguages()],
  build: {
    target: "es2022",
    // The folder has a file that git keeps; scripts/build.mjs empties it.
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    proxy: Object.fromEntries(
      ["/graphql", "/d/", "/uploads", "/config.json"].map((path) => [path, { target: "http://127.0.0.1:8080", ws: true }]),
    ),
  },
  test: { include: ["src/**/*.test.{ts,tsx}"], root: fileURLToPath(new URL(".", import.meta.url)) },
});
