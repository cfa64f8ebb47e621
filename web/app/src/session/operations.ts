import { graphql } from "../api/graphql";
import type { ResultOf } from "../api/graphql";

export const Viewer = graphql(`
  query Viewer {
    viewer {
      id
      email
      name
      role
      createdAt
    }
  }
`);

export type Person = NonNullable<ResultOf<typeof Viewer>["viewer"]>;

export const Login = graphql(`
  mutation Login($input: LoginInput!) {
    login(input: $input) {
      user {
        id
        email
        name
        role
        createdAt
      }
    }
  }
`);

export const Logout = graphql(`
  mutation Logout($everywhere: Boolean) {
    logout(everywhere: $everywhere)
  }
`);
