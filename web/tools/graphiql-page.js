// GraphiQL over this server.
import { showBar } from "./bar.js";
import { readOperation } from "./operation.js";
import { introspect, send, subscribe } from "./transport.js";

const welcome = `# Sign in above; the documentation (the book on the left) then opens.
# An "Authorization" header in the editor for headers goes before.
# A variable of the type Upload is a file attached above.

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
  // GraphiQL hands a document over only with what a person runs.
  if (params.operationName === "IntrospectionQuery" && !options?.documentAST) return introspect(params, headers);
  if (readOperation(params.query, params.operationName).kind !== "subscription") return send(params, headers);
  return { subscribe: (sink) => ({ unsubscribe: subscribe(params, headers, sink) }) };
}

showBar(document.getElementById("bar"), "GraphiQL", { name: "Playground", path: "playground" });
const explorer = React.createElement(GraphiQL, {
  fetcher,
  defaultQuery: welcome,
  shouldPersistHeaders: false,
  showPersistHeadersSettings: false,
});
ReactDOM.createRoot(document.getElementById("tool")).render(explorer);
