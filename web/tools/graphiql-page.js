// GraphiQL over this server.
import { showBar } from "./bar.js";
import { introspect, operationOf, send, subscribe } from "./transport.js";

const welcome = `# Sign in above: the documentation (the book on the left) then opens, and operations run in your name.
# An "Authorization" header in the header editor below goes before that.
# For an operation with a variable of the type Upload, attach the file above first.

query Viewer {
  viewer {
    email
    name
    role
  }
}

mutation Upload($file: Upload!) {
  upload(file: $file) {
    file { id name size sha256 }
  }
}
`;

function fetcher(params, options) {
  const headers = options?.headers;
  // GraphiQL hands a document over only for what a person runs.
  if (!options?.documentAST) return introspect(params, headers);
  const definition = operationOf(options.documentAST, params.operationName);
  if (definition?.operation !== "subscription") return send(params, definition, headers);
  return {
    subscribe: (sink) => ({ unsubscribe: subscribe(params, headers, sink) }),
  };
}

showBar(document.getElementById("bar"), "GraphiQL", { name: "Playground", path: "playground" });
const explorer = React.createElement(GraphiQL, {
  fetcher,
  defaultQuery: welcome,
  shouldPersistHeaders: false,
  showPersistHeadersSettings: false,
});
ReactDOM.createRoot(document.getElementById("tool")).render(explorer);
