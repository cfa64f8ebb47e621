// Every page with its address; routes.txt lists the addresses for the server. Each is a chunk of its own.
import { lazy } from "react";
import type { ComponentType } from "react";

interface Page {
  component: ComponentType;
  /** `stranger`: for whoever is not signed in. `member`: for whoever is. `anyone`: for both. */
  audience: "stranger" | "member" | "anyone";
}

const Login = lazy(() => import("./pages/login"));

export const PAGES: Record<string, Page> = {
  "/": { component: lazy(() => import("./pages/home")), audience: "member" },
  "/login": { component: Login, audience: "stranger" },
  "/signup": { component: lazy(() => import("./pages/signup")), audience: "anyone" },
  "/check-mail": { component: lazy(() => import("./pages/check_mail")), audience: "anyone" },
  "/verify-email": { component: lazy(() => import("./pages/verify_email")), audience: "anyone" },
  "/confirm-email": { component: lazy(() => import("./pages/confirm_email")), audience: "anyone" },
  "/forgotten-password": { component: lazy(() => import("./pages/forgotten_password")), audience: "anyone" },
  "/reset-password": { component: lazy(() => import("./pages/reset_password")), audience: "anyone" },
  "/files": { component: lazy(() => import("./pages/files")), audience: "member" },
  "/people": { component: lazy(() => import("./pages/people")), audience: "member" },
  "/trash": { component: lazy(() => import("./pages/trash")), audience: "member" },
  "/invitations": { component: lazy(() => import("./pages/invitations")), audience: "member" },
  "/audit": { component: lazy(() => import("./pages/audit")), audience: "member" },
  "/mail": { component: lazy(() => import("./pages/mail")), audience: "member" },
  "/storage": { component: lazy(() => import("./pages/storage")), audience: "member" },
  "/settings": { component: lazy(() => import("./pages/settings")), audience: "member" },
};

/** What strangers see instead of a member's page; once they have signed in, they see the page that they wanted. */
export const Entrance = Login;

export const NotFound = lazy(() => import("./pages/not_found"));
