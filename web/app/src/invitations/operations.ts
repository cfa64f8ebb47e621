import { graphql } from "../api/graphql";
import type { FragmentOf } from "../api/graphql";

const Pending = graphql(`
  fragment Pending on PendingInvitation {
    id
    email
    role
    expiresAt
  }
`);

export type PendingItem = FragmentOf<typeof Pending>;

export const Invitations = graphql(
  `
    query Invitations($first: Int!, $after: String) {
      invitations(first: $first, after: $after) {
        nodes {
          ...Pending
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [Pending],
);

export const Invite = graphql(`
  mutation Invite($role: Role!, $email: String) {
    invite(role: $role, email: $email) {
      token
    }
  }
`);

export const InviteMany = graphql(`
  mutation InviteMany($emails: [String!]!, $role: Role!) {
    inviteMany(emails: $emails, role: $role) {
      id
    }
  }
`);

export const RevokeInvitation = graphql(`
  mutation RevokeInvitation($id: ID!) {
    revokeInvitation(id: $id)
  }
`);
