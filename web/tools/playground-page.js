// GraphQL Playground over this server. It takes addresses, tabs and headers from its own address; not here.
import { showBar } from "./bar.js";
import { readOperation } from "./operation.js";
import { introspect, send, subscribe } from "./transport.js";

const endpoint = new URL("graphql", document.baseURI).href;
const welcome = `# Sign in above; DOCS and SCHEMA then open, on the right.
# An "Authorization" header under HTTP HEADERS goes before.
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

/** An Apollo link, as far as Playground uses one: it goes to this server, whatever address stands above the editor. */
function createApolloLink({ headers }) {
  return { link: { request: (operation) => ({ subscribe: (observer) => run(operation, headers, observer) }) } };
}

function run({ query: ast, operationName, variables }, headers, observer) {
  const params = { query: ast.loc.source.body, operationName: operationName || undefined, variables };
  if (readOperation(params.query, operationName).kind === "subscription") {
    return { unsubscribe: subscribe(params, headers, observer) };
  }
  const stop = new AbortController();
  const answer =
    operationName === "IntrospectionQuery" ? introspect(params, headers) : send(params, headers, stop.signal);
  answer.then(
    (result) => {
      observer.next?.(result);
      observer.complete?.();
    },
    (cause) => observer.error?.(cause),
  );
  return { unsubscribe: () => stop.abort() };
}

showBar(document.getElementById("bar"), "Playground", { name: "GraphiQL", path: "graphiql" });
// What stands in the page's address is not to fill tabs.
history.replaceState(null, "", location.pathname);
GraphQLPlayground.init(document.getElementById("tool"), {
  endpoint,
  fixedEndpoint: true,
  createApolloLink,
  shareEnabled: false,
  setTitle: false,
  tabs: [{ endpoint, query: welcome, name: "Welcome" }],
  settings: {
    "editor.theme": "light",
    // It would ask for the schema every two seconds.
    "schema.polling.enable": false,
  },
});
