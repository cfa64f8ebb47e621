// graphql-eslint on the exported schema: what its authors recommend for schemas, every description, and Relay's rules.
// Where a rule and the public contract of the API disagree, the contract holds, and the reason stands here.
import { fileURLToPath } from "node:url";
import graphql from "@graphql-eslint/eslint-plugin";

const root = fileURLToPath(new URL("../..", import.meta.url));
const schema = `${root}/schema/schema.graphql`;

export default [
  {
    files: ["**/*.graphql"],
    basePath: root,
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      "@graphql-eslint/require-description": [
        "error",
        { types: true, FieldDefinition: true, InputValueDefinition: true, EnumValueDefinition: true, DirectiveDefinition: true },
      ],
      "@graphql-eslint/relay-connection-types": "error",
      "@graphql-eslint/relay-page-info": "error",
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: true }],
      "@graphql-eslint/relay-edge-types": [
        "error",
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
    },
  },
];
