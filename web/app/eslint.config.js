// TypeScript by its strict rules with types, JSX by jsx-a11y, and every operation against the schema.
import { fileURLToPath } from "node:url";
import graphql from "@graphql-eslint/eslint-plugin";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

const schema = fileURLToPath(new URL("../../schema/schema.graphql", import.meta.url));

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/api/graphql-env.d.ts"] },
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, jsxA11y.flatConfigs.strict],
    processor: graphql.processor,
    plugins: { "react-hooks": reactHooks },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "no-console": "error",
      // Where a page or a dialog is one question, the focus belongs into its first field.
      "jsx-a11y/no-autofocus": "off",
      // Handlers of events may be async; what they throw is shown by the form.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: false }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // A number of a person's settings is often left out on purpose.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["src/**/*.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema, documents: ["src/**/*.{ts,tsx}"] } } },
    plugins: { "@graphql-eslint": graphql },
    rules: {
      ...graphql.configs["flat/operations-recommended"].rules,
      // What is shown decides what is asked for, and there is no cache that goes by ids.
      "@graphql-eslint/require-selections": "off",
      "@graphql-eslint/naming-convention": ["error", { OperationDefinition: { style: "PascalCase" } }],
    },
  },
);
