import { graphql } from "../api/graphql";
import type { FragmentOf } from "../api/graphql";

export const Act = graphql(`
  fragment Act on AuditEvent {
    id
    at
    action
    actor
    actorUser {
      name
      email
    }
    object
    address
    detail
  }
`);

export type ActItem = FragmentOf<typeof Act>;

export const AuditEvents = graphql(
  `
    query AuditEvents($first: Int!, $after: String, $filter: AuditFilter) {
      auditEvents(first: $first, after: $after, filter: $filter) {
        nodes {
          ...Act
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [Act],
);

export const AuditEvent = graphql(
  `
    subscription AuditEvent {
      auditEvent {
        ...Act
      }
    }
  `,
  [Act],
);

const Named = graphql(`
  fragment Named on Node {
    __typename
    ... on User {
      name
      email
    }
    ... on File {
      name
    }
  }
`);

export type NamedItem = FragmentOf<typeof Named>;

/** What ten things are called, in one request. */
export const TenNames = graphql(
  `
    query TenNames($i0: ID!, $i1: ID!, $i2: ID!, $i3: ID!, $i4: ID!, $i5: ID!, $i6: ID!, $i7: ID!, $i8: ID!, $i9: ID!) {
      n0: node(id: $i0) { ...Named }
      n1: node(id: $i1) { ...Named }
      n2: node(id: $i2) { ...Named }
      n3: node(id: $i3) { ...Named }
      n4: node(id: $i4) { ...Named }
      n5: node(id: $i5) { ...Named }
      n6: node(id: $i6) { ...Named }
      n7: node(id: $i7) { ...Named }
      n8: node(id: $i8) { ...Named }
      n9: node(id: $i9) { ...Named }
    }
  `,
  [Named],
);
