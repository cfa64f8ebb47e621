import { graphql } from "../api/graphql";

export const Invitations = graphql(`
  query Invitations {
    invitations(first: 100) {
      totalCount
      nodes {
        id
        email
        role
        expiresAt
      }
    }
  }
`);

export const Invite = graphql(`
  mutation Invite($role: Role!, $email: String) {
    invite(role: $role, email: $email) {
      token
    }
  }
`);

export const RevokeInvitation = graphql(`
  mutation RevokeInvitation($id: ID!) {
    revokeInvitation(id: $id)
  }
`);
