// `graphql` reads an operation and knows its types, by schema/schema.graphql; `npm run types` writes down what it says.
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env.js";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: { DateTime: string; ByteSize: number; Upload: File };
}>();

export type { FragmentOf, ResultOf, VariablesOf } from "gql.tada";
