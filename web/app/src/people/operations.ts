import { graphql } from "../api/graphql";
import type { FragmentOf } from "../api/graphql";

export const Person = graphql(`
  fragment Person on User {
    id
    email
    name
    role
    createdAt
    disabled
  }
`);

export type PersonItem = FragmentOf<typeof Person>;

export const People = graphql(
  `
    query People($first: Int!, $after: String, $emailContains: String, $role: Role, $disabled: Boolean) {
      users(first: $first, after: $after, emailContains: $emailContains, role: $role, disabled: $disabled) {
        nodes {
          ...Person
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [Person],
);

export const SuggestPeople = graphql(`
  query SuggestPeople($emailContains: String!, $role: Role, $disabled: Boolean) {
    users(first: 8, emailContains: $emailContains, role: $role, disabled: $disabled) {
      nodes {
        id
        email
        name
      }
    }
  }
`);

export const SetUserRole = graphql(
  `
    mutation SetUserRole($id: ID!, $role: Role!) {
      setUserRole(id: $id, role: $role) {
        ...Person
      }
    }
  `,
  [Person],
);

export const DisableUser = graphql(
  `
    mutation DisableUser($id: ID!) {
      disableUser(id: $id) {
        ...Person
      }
    }
  `,
  [Person],
);

export const EnableUser = graphql(
  `
    mutation EnableUser($id: ID!) {
      enableUser(id: $id) {
        ...Person
      }
    }
  `,
  [Person],
);

export const ReassignFiles = graphql(`
  mutation ReassignFiles($from: ID!, $to: ID!) {
    reassignFiles(from: $from, to: $to)
  }
`);

export const DeleteUser = graphql(`
  mutation DeleteUser($id: ID!, $files: DeleteUserFiles!) {
    deleteUser(id: $id, files: $files)
  }
`);
