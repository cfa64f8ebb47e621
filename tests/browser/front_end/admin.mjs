// The first Admin, by keyboard alone: by an invitation of the operator's, and then inviting somebody else.
import { keysOn, mailedLink, onFrontEnd, send } from "./common.mjs";

await onFrontEnd(async ({ page, env, look }) => {
  const keys = keysOn(page);
  await page.goto(env.invitationLink);
  await page.getByText("You were invited.").waitFor();
  const addressBar = page.url();
  await look("signup-invited");
  await keys.type(page.getByLabel("Name", { exact: true }), "Ada Quill");
  await keys.type(page.getByLabel("E-mail address"), env.email);
  await keys.type(page.getByRole("textbox", { name: "Password" }), env.password);
  await keys.press(page.getByRole("button", { name: "Sign up" }));
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await page.goto(await mailedLink(env, env.email, "verify-email"));
  await keys.type(page.getByRole("textbox", { name: "Password" }), env.password);
  await keys.press(page.getByRole("button", { name: "Confirm and sign in" }));
  // Nobody else is there yet, so this is where it goes on.
  await page.getByRole("heading", { name: "People" }).waitFor();
  await keys.press(page.getByRole("link", { name: "Invite somebody" }));
  await page.getByRole("heading", { name: "Invitations" }).waitFor();

  const one = page.getByRole("region", { name: "Invite somebody" });
  await keys.press(one.getByRole("button", { name: "Invite somebody" }));
  await page.getByText("It is shown only now").waitFor();
  const link = await page.locator("code.path").innerText();
  const list = page.getByRole("region", { name: "Not used yet" });
  await list.getByRole("listitem").first().waitFor();
  const pending = await list.locator("li > span:first-child").allInnerTexts();
  await look("invitations");

  // Whoever has the link can use it, as what it says.
  const invitation = new URL(link).searchParams.get("invitation");
  const input = { email: "ben@example.com", name: "Ben", password: env.password, role: null, invitation };
  await send(env, null, "mutation($input: SignupInput!) { signup(input: $input) { email } }", { input });
  const token = new URL(await mailedLink(env, input.email, "verify-email")).searchParams.get("token");
  const verify = "mutation($token: String!, $password: String!) { verifyEmail(token: $token, password: $password) { user { role } } }";
  const verified = await send(env, null, verify, { token, password: env.password });

  await keys.type(one.getByRole("textbox", { name: "E-mail address" }), "cleo@example.com");
  await keys.choose(one.getByRole("radio", { name: "Client", exact: true }));
  await keys.press(one.getByRole("button", { name: "Invite somebody" }));
  await keys.press(page.getByRole("button", { name: "Take back the invitation of cleo@example.com" }));
  await page.getByText("The invitation is taken back.").waitFor();
  await page.getByText("There are none.").waitFor();
  return { addressBar, role: verified.verifyEmail.user.role, pending, leftAfterRevoking: await list.getByRole("listitem").count() };
});
