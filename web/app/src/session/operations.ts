import { graphql } from "../api/graphql";
import type { FragmentOf } from "../api/graphql";

export const SignedIn = graphql(`
  fragment SignedIn on User {
    id
    email
    name
    role
    createdAt
  }
`);

export type Person = FragmentOf<typeof SignedIn>;

export const Viewer = graphql(
  `
    query Viewer {
      viewer {
        ...SignedIn
      }
    }
  `,
  [SignedIn],
);

export const Login = graphql(
  `
    mutation Login($input: LoginInput!) {
      login(input: $input) {
        user {
          ...SignedIn
        }
      }
    }
  `,
  [SignedIn],
);

export const BeginPasskeyLogin = graphql(`
  mutation BeginPasskeyLogin {
    beginPasskeyLogin {
      options
      state
    }
  }
`);

export const LoginWithPasskey = graphql(
  `
    mutation LoginWithPasskey($state: String!, $credential: String!) {
      loginWithPasskey(state: $state, credential: $credential) {
        user {
          ...SignedIn
        }
      }
    }
  `,
  [SignedIn],
);

export const Logout = graphql(`
  mutation Logout($everywhere: Boolean) {
    logout(everywhere: $everywhere)
  }
`);
