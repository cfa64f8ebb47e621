import { graphql } from "../api/graphql";
import type { FragmentOf } from "../api/graphql";
import { OwnFile } from "./own_operations";

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

export const RevokeShare = graphql(`
  mutation RevokeShare($id: ID!) {
    revokeShare(id: $id)
  }
`);

export const Clients = graphql(`
  query Clients($first: Int!, $emailContains: String) {
    users(first: $first, emailContains: $emailContains, role: CLIENT) {
      nodes {
        id
        email
        name
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

export const Grant = graphql(`
  fragment Grant on Share {
    id
    everyClient
    sharedAt
    expiresAt
    downloads
    downloadsLeft
    recipient {
      name
      email
    }
    receipts(first: 1) {
      nodes {
        lastDownloadedAt
      }
      totalCount
    }
  }
`);

/** A share, as the owner of the file sees it. */
export type GrantItem = FragmentOf<typeof Grant>;

export const FileDetails = graphql(
  `
    query FileDetails($id: ID!, $first: Int!, $after: String) {
      file(id: $id) {
        id
        name
        size
        uploadedAt
        sha256
        shares(first: $first, after: $after) {
          nodes {
            ...Grant
          }
          pageInfo {
            hasNextPage
            endCursor
          }
          totalCount
        }
      }
    }
  `,
  [Grant],
);

export const Receipts = graphql(`
  query Receipts($share: ID!, $first: Int!, $after: String) {
    node(id: $share) {
      ... on Share {
        receipts(first: $first, after: $after) {
          nodes {
            downloads
            lastDownloadedAt
            recipient {
              id
              name
              email
            }
          }
          pageInfo {
            hasNextPage
            endCursor
          }
          totalCount
        }
      }
    }
  }
`);

export const FileDownloaded = graphql(`
  subscription FileDownloaded {
    fileDownloaded {
      at
      recipient {
        name
      }
      share {
        id
        file {
          id
          name
        }
      }
    }
  }
`);
