import { graphql } from "../api/graphql";
import type { FragmentOf } from "../api/graphql";

export const OwnFile = graphql(`
  fragment OwnFile on File {
    id
    name
    size
    uploadedAt
    shares(first: 1) {
      totalCount
    }
  }
`);

export type OwnFileItem = FragmentOf<typeof OwnFile>;

export const OwnFiles = graphql(
  `
    query OwnFiles($first: Int!, $after: String, $filter: FileFilter, $orderBy: FileOrder!) {
      files(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
        nodes {
          ...OwnFile
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [OwnFile],
);

export const ShareFile = graphql(
  `
    mutation ShareFile($input: ShareInput!) {
      share(input: $input) {
        shares {
          id
          file {
            ...OwnFile
          }
        }
      }
    }
  `,
  [OwnFile],
);

export const SuggestClients = graphql(`
  query SuggestClients($emailContains: String!) {
    users(first: 8, emailContains: $emailContains, role: CLIENT) {
      nodes {
        id
        email
        name
      }
    }
  }
`);
