// The first Admin: by the printed invitation, and then inviting somebody else.
import { mailedLink, onFrontEnd, send } from "./common.mjs";

await onFrontEnd(async ({ page, env, look }) => {
  await page.goto(env.invitationLink);
  await page.getByText("You were invited.").waitFor();
  const addressBar = page.url();
  await look("signup-invited");
  await page.getByLabel("Name", { exact: true }).fill("Ada Quill");
  await page.getByLabel("E-mail address").fill(env.email);
  await page.getByRole("textbox", { name: "Password" }).fill(env.password);
  await page.getByRole("button", { name: "Sign up" }).click();
  await page.getByRole("heading", { name: "Check your mail" }).waitFor();
  await page.goto(await mailedLink(env, env.email, "verify-email"));
  await page.getByRole("textbox", { name: "Password" }).fill(env.password);
  await page.getByRole("button", { name: "Confirm and sign in" }).click();
  // Nobody else is there yet, so this is where it goes on.
  await page.getByRole("heading", { name: "People" }).waitFor();
  await page.getByRole("link", { name: "Invite somebody" }).click();
  await page.getByRole("heading", { name: "Invitations" }).waitFor();

  const one = page.getByRole("region", { name: "Invite somebody" });
  await one.getByRole("button", { name: "Invite somebody" }).click();
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

  await one.getByRole("textbox", { name: "E-mail address" }).fill("cleo@example.com");
  await one.getByText("Client", { exact: true }).click();
  await one.getByRole("button", { name: "Invite somebody" }).click();
  await page.getByRole("button", { name: "Take back the invitation of cleo@example.com" }).click();
  await page.getByText("The invitation is taken back.").waitFor();
  await page.getByText("There are none.").waitFor();
  return { addressBar, role: verified.verifyEmail.user.role, pending, leftAfterRevoking: await list.getByRole("listitem").count() };
});
