import { graphql } from "../api/graphql";
import type { ResultOf } from "../api/graphql";

export const Passkeys = graphql(`
  query Passkeys {
    passkeys {
      id
      name
      createdAt
      lastUsedAt
    }
  }
`);

export type Passkey = ResultOf<typeof Passkeys>["passkeys"][number];

export const BeginPasskeyRegistration = graphql(`
  mutation BeginPasskeyRegistration($password: String!) {
    beginPasskeyRegistration(password: $password) {
      options
      state
    }
  }
`);

export const AddPasskey = graphql(`
  mutation AddPasskey($state: String!, $credential: String!, $name: String!) {
    addPasskey(state: $state, credential: $credential, name: $name) {
      id
    }
  }
`);

export const RemovePasskey = graphql(`
  mutation RemovePasskey($id: ID!, $password: String!) {
    removePasskey(id: $id, password: $password)
  }
`);
