// graphql-eslint on the exported schema: what its authors recommend for schemas, every description, and Relay's rules.
// Where a rule and the public contract of the API disagree, the contract holds, and the reason stands here.
import { fileURLToPath } from "node:url";
import graphql from "@graphql-eslint/eslint-plugin";

const schema = fileURLToPath(new URL("../../schema/schema.graphql", import.meta.url));

export default [
  {
    files: ["schema/schema.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/schema-recommended"].rules,
      "@graphql-eslint/require-description": [
        "error",
        {
          types: true,
          rootField: true,
          DirectiveDefinition: true,
          EnumValueDefinition: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          // async-graphql does not write these into the schema; introspection shows ours.
          ignoredSelectors: ["DirectiveDefinition > InputValueDefinition"],
        },
      ],
      "@graphql-eslint/strict-id-in-types": [
        "error",
        {
          acceptedIdNames: ["id"],
          acceptedIdTypes: ["ID"],
          // Answers and parts of other things, which nobody could ask for again.
          exceptions: {
            suffixes: ["Connection", "Edge", "Payload"],
            types: [
              "Download",
              "DownloadLink",
              "KeyNeeds",
              "KeyRing",
              "KeyRotation",
              "PageInfo",
              "PasskeyChallenge",
              "PersonUsage",
              "Receipt",
              "RecoveryCodes",
              "SecondFactorEnrolment",
              "SecondFactorStatus",
              "Session",
              "StorageUsage",
              "TotalUsage",
            ],
          },
        },
      ],
      // Share.sharedAt and Share.sharedBy are of the contract: a verb and not the name of the type. The rule has no exceptions.
      "@graphql-eslint/no-typename-prefix": "off",
      "@graphql-eslint/relay-arguments": ["error", { includeBoth: true }],
      "@graphql-eslint/relay-connection-types": "error",
      "@graphql-eslint/relay-edge-types": [
        "error",
        {
          withEdgeSuffix: true,
          // Not every item is a Node: by the contract a Receipt has no id, and sessions, invitations, acts and dead mails are not
          // found by `node`.
          shouldImplementNode: false,
          // By the contract connections have `nodes` beside `edges`, and payloads have lists.
          listTypeCanWrapOnlyEdgeType: false,
        },
      ],
      "@graphql-eslint/relay-page-info": "error",
    },
  },
];
