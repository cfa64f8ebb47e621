// GraphiQL over this server. Who signs in here stays signed in by a cookie that scripts cannot read.
const welcome = `# Sign in; this browser is then signed in until you send "mutation { logout }".
# The documentation (the book on the left) is shown to those who are signed in; then press "re-fetch".
mutation {
  login(input: {email: "olga@example.com", password: ""}) {
    user { email role }
  }
}
`;

const explorer = React.createElement(GraphiQL, {
  // The header goes with every request that the cookie shall count for.
  fetcher: GraphiQL.createFetcher({
    url: "graphql",
    subscriptionUrl: new URL("graphql", location.href).href.replace(/^http/, "ws"),
    headers: { "GraphQL-Require-Preflight": "1" },
  }),
  defaultQuery: welcome,
  // A token does not belong into the browser's storage.
  shouldPersistHeaders: false,
});
ReactDOM.createRoot(document.getElementById("graphiql")).render(explorer);
