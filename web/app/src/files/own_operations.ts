import { graphql } from "../api/graphql";
import type { FragmentOf, ResultOf } from "../api/graphql";

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

export const OwnFileNow = graphql(
  `
    query OwnFileNow($id: ID!) {
      file(id: $id) {
        ...OwnFile
      }
    }
  `,
  [OwnFile],
);

export const RenameFile = graphql(
  `
    mutation RenameFile($id: ID!, $name: String!) {
      renameFile(id: $id, name: $name) {
        ...OwnFile
      }
    }
  `,
  [OwnFile],
);

export const DeleteFile = graphql(`
  mutation DeleteFile($id: ID!, $permanently: Boolean!) {
    deleteFile(id: $id, permanently: $permanently)
  }
`);

export const RestoreFile = graphql(`
  mutation RestoreFile($id: ID!) {
    restoreFile(id: $id) {
      id
    }
  }
`);

export const Trash = graphql(`
  query Trash($first: Int!, $after: String) {
    trash(first: $first, after: $after) {
      nodes {
        id
        name
        size
        deletedAt
        restorableUntil
      }
      pageInfo {
        hasNextPage
        endCursor
      }
      totalCount
    }
  }
`);

export type TrashItem = ResultOf<typeof Trash>["trash"]["nodes"][number];

export const StorageUsage = graphql(`
  query StorageUsage {
    storageUsage {
      usedBytes
      limitBytes
      trashBytes
    }
  }
`);
