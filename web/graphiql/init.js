// GraphiQL over this server. The access token of `login` goes into the headers editor.
const welcome = `# Sign in, and put the token into the headers below: {"Authorization": "Bearer <accessToken>"}.
# The documentation (the book on the left) is shown to those who are signed in; then press "re-fetch".
mutation {
  login(input: {email: "olga@example.com", password: ""}) {
    accessToken
    user { email role }
  }
}
`;

const explorer = React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url: "graphql" }),
  defaultQuery: welcome,
  defaultHeaders: '{"Authorization": "Bearer "}',
  defaultEditorToolsVisibility: "headers",
  // A token does not belong into the browser's storage.
  shouldPersistHeaders: false,
});
ReactDOM.createRoot(document.getElementById("graphiql")).render(explorer);
