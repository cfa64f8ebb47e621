import { graphql } from "../api/graphql";
import type { FragmentOf } from "../api/graphql";

export const SharedFile = graphql(`
  fragment SharedFile on File {
    id
    name
    size
    myShare {
      id
      sharedAt
      expiresAt
      downloads
      downloadsLeft
      lastDownloadedAt
      sharedBy {
        name
        email
      }
    }
  }
`);

export type SharedFileItem = FragmentOf<typeof SharedFile>;

export const SharedFiles = graphql(
  `
    query SharedFiles($first: Int!, $after: String, $filter: FileFilter, $orderBy: FileOrder!) {
      files(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
        nodes {
          ...SharedFile
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [SharedFile],
);

export const SharedFileNow = graphql(
  `
    query SharedFileNow($id: ID!) {
      file(id: $id) {
        ...SharedFile
      }
    }
  `,
  [SharedFile],
);

export const CreateDownloadLink = graphql(`
  mutation CreateDownloadLink($id: ID!) {
    createDownloadLink(fileId: $id) {
      url
    }
  }
`);

export const FileShared = graphql(
  `
    subscription FileShared {
      fileShared {
        id
        sharedBy {
          name
        }
        file {
          ...SharedFile
        }
      }
    }
  `,
  [SharedFile],
);
