// GraphQL Playground over this server. It takes addresses, tabs and headers from its own address; not here.
import { showBar } from "./bar.js";
import { introspect, operationOf, send, subscribe } from "./transport.js";

const endpoint = new URL("graphql", document.baseURI).href;
const welcome = `# Sign in above: DOCS and SCHEMA on the right are then filled, and operations run in your name.
# An "Authorization" header under HTTP HEADERS below goes before that.
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

/** An Apollo link, as far as Playground uses one: it goes to this server, whatever address stands above the editor. */
function createApolloLink({ headers }) {
  return { link: { request: (operation) => ({ subscribe: (observer) => run(operation, headers, observer) }) } };
}

function run(operation, headers, observer) {
  const { query: ast, operationName, variables } = operation;
  const params = { query: ast.loc.source.body, operationName: operationName || undefined, variables };
  const definition = operationOf(ast, operationName);
  if (definition?.operation === "subscription") return { unsubscribe: subscribe(params, headers, observer) };
  const stop = new AbortController();
  const answer =
    definition?.name?.value === "IntrospectionQuery"
      ? introspect(params, headers)
      : Promise.resolve().then(() => send(params, definition, headers, stop.signal));
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
