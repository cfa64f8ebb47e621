// The way of everybody, with no mouse at all: sign-up, mail, confirmation, and all that can be done with an account.
import { createHmac } from "node:crypto";
import { keysOn, mailedLink, onFrontEnd, send } from "./common.mjs";
import { devtoolsOf } from "./watching.mjs";

/** What an authenticator shows (RFC 6238) at a moment. */
function totp(secret, now) {
  const bits = [...secret].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)));
  const mac = createHmac("sha1", key).update(counter).digest();
  const value = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(value % 1_000_000).padStart(6, "0");
}

await onFrontEnd(async ({ browser, page, env, look }) => {
  const keys = keysOn(page);
  const heading = (name) => page.getByRole("heading", { name, exact: true }).waitFor();
  const button = (name, within = page) => within.getByRole("button", { name, exact: true });
  const field = (name, within = page) => within.getByRole("textbox", { name, exact: true });
  const link = (name) => page.getByRole("link", { name, exact: true });
  const part = (name) => page.getByRole("region", { name, exact: true });
  const signIn = async (email, password) => {
    await heading("Sign in");
    await keys.type(field("E-mail address"), email);
    await keys.type(field("Password"), password);
    await page.keyboard.press("Enter");
  };
  const giveCode = async (code) => {
    // It has the focus already.
    await field("Code").waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type(code);
    await page.keyboard.press("Enter");
  };
  const signOut = async () => {
    await keys.press(button("Sign out"));
    await heading("Sign in");
  };

  // In: by a sign-up, and the link of the mail.
  await page.goto(env.baseUrl);
  await keys.press(link("Sign up"));
  await heading("Sign up");
  await keys.to(page.getByRole("radio", { name: "I am a client" }));
  await page.keyboard.press("ArrowDown");
  await field("Invitation").waitFor();
  await page.keyboard.press("ArrowUp");
  await keys.type(field("Name"), "Carl Ferris");
  await keys.type(field("E-mail address"), env.email);
  await keys.type(field("Password"), env.password);
  await page.keyboard.press("Enter");
  await heading("Check your mail");
  await page.goto(await mailedLink(env, env.email, "verify-email"));
  await heading("Confirm your address");
  await page.keyboard.type(env.password);
  await page.keyboard.press("Enter");
  await page.getByText("Nothing has been shared with you yet").waitFor();

  // Whoever wanted a page gets it after signing in.
  await signOut();
  await page.goto(`${env.baseUrl}/settings`);
  await signIn(env.email, env.password);
  await heading("Settings");
  const sessions = part("Where you are signed in").getByRole("listitem");
  await sessions.first().waitFor();
  const sessionsBefore = await sessions.count();
  await look("settings");

  const password = part("Password");
  await keys.type(field("Current password", password), env.password);
  await keys.type(field("New password", password), "12345678");
  await page.keyboard.press("Enter");
  await password.locator(".complaint").getByText("nobody guesses").waitFor();
  await keys.type(field("New password", password), env.newPassword);
  await page.keyboard.press("Enter");
  await password.getByText("You have a new password").waitFor();

  const factor = part("Second factor");
  await keys.type(field("Current password", factor), env.newPassword);
  await keys.press(button("Set it up"));
  const code = factor.getByRole("img", { name: /QR code/ });
  await code.waitFor();
  const qrPixels = await code.evaluate((image) => image.naturalWidth);
  const secret = (await factor.locator("code.path").innerText()).replaceAll(" ", "");
  await look("settings-second-factor");
  await keys.type(field("Code"), totp(secret, env.now));
  await page.keyboard.press("Enter");
  await factor.getByRole("heading", { name: "Your recovery codes" }).waitFor();
  const codes = await factor.locator(".codes li").allInnerTexts();
  await look("settings-recovery-codes");
  await keys.press(button("I have kept them"));
  await factor.getByText("10 recovery codes are left").waitFor();
  const focusIsBack = await factor.getByRole("heading").evaluate((element) => element === document.activeElement);

  await keys.to(page.getByRole("radio", { name: "As the device" }));
  await page.keyboard.press("ArrowLeft");
  await page.emulateMedia({ colorScheme: "light" });
  const darkAsChosen = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await page.keyboard.press("ArrowRight");

  // A passkey, which this device makes once for each account.
  const devtools = await devtoolsOf(page);
  await devtools.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true };
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", { options });
  const passkeys = part("Passkeys");
  await keys.type(field("Name of the passkey", passkeys), "My <b>laptop</b>");
  await keys.type(field("Current password", passkeys), env.newPassword);
  await page.keyboard.press("Enter");
  await passkeys.getByText("My <b>laptop</b>").waitFor();
  await keys.type(field("Current password", passkeys), env.newPassword);
  await page.keyboard.press("Enter");
  await passkeys.getByText("This device has a passkey of your account already").waitFor();
  await look("settings-passkeys");

  // Out, and in again with a recovery code, once asked for it.
  await signOut();
  await signIn(env.email, env.newPassword);
  await field("Code").waitFor();
  await look("login-second-factor");
  await giveCode("000000");
  const wrongCode = await page.getByRole("alert").innerText();
  await keys.type(field("Code"), codes[0]);
  await page.keyboard.press("Enter");
  await heading("Settings");
  await page.getByText("9 recovery codes are left").waitFor();

  // And with the passkey, which needs neither password nor code; but whoever holds it.
  await signOut();
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
  await keys.press(button("Sign in with a passkey"));
  await page.getByText("The browser gave no passkey").waitFor();
  await look("login-passkey");
  await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
  await keys.press(button("Sign in with a passkey"));
  await heading("Settings");
  await keys.press(button("Remove the passkey My <b>laptop</b>"));
  await page.getByRole("dialog", { name: "Remove “My <b>laptop</b>”?" }).waitFor();
  await look("settings-passkey-removal");
  await page.keyboard.type(env.newPassword);
  await page.keyboard.press("Enter");
  await page.getByText("The passkey is removed.").waitFor();
  await passkeys.getByRole("listitem").waitFor({ state: "detached" });

  // The session ends while something is typed: it is asked for again, and then what was typed goes on its way.
  const email = part("E-mail address");
  await keys.type(field("New e-mail address", email), env.newEmail);
  await keys.type(field("Current password", email), env.newPassword);
  await browser.clearCookies();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "Sign in again" }).waitFor();
  const kept = await page.locator("input[name=newEmail]").inputValue();
  await page.keyboard.type(env.newPassword);
  await page.keyboard.press("Enter");
  await giveCode(codes[1]);
  await email.getByText("A mail is on its way to the new address").waitFor();
  await page.goto(await mailedLink(env, env.newEmail, "confirm-email"));
  await heading("Confirm your new address");
  await look("confirm-email");
  await page.keyboard.type(env.newPassword);
  await page.keyboard.press("Enter");
  await page.getByText("Your new address is confirmed").waitFor();
  await keys.press(link("Back to sign-in"));
  await signIn(env.newEmail, env.newPassword);
  await giveCode(codes[2]);
  await button("Sign out").waitFor();
  await keys.press(link("Settings"));
  await keys.press(button("Sign out everywhere"));
  await heading("Sign in");

  // The password is forgotten.
  await keys.press(link("Forgotten your password?"));
  await heading("Forgotten password");
  await keys.type(field("E-mail address"), env.newEmail);
  await look("forgotten-password");
  await page.keyboard.press("Enter");
  await page.getByText("the mail is on its way").waitFor();
  await page.goto(await mailedLink(env, env.newEmail, "reset-password"));
  await heading("Choose a new password");
  const addressBar = page.url();
  await look("reset-password");
  await page.keyboard.type(env.password);
  await page.keyboard.press("Enter");
  await page.getByText("You have a new password").waitFor();
  await keys.press(link("Back to sign-in"));
  await signIn(env.newEmail, env.password);
  await giveCode(codes[3]);
  await button("Sign out").waitFor();

  // An address within that is none.
  await page.evaluate(() => {
    history.pushState(null, "", "nowhere");
    dispatchEvent(new PopStateEvent("popstate"));
  });
  await heading("There is no such page");
  await look("not-found");
  await keys.press(link("Go to the start"));
  await page.getByText("Nothing has been shared with you yet").waitFor();

  const login = "mutation($input: LoginInput!) { login(input: $input) { user { email name } } }";
  const input = { email: env.newEmail, password: env.password, totpCode: codes[4] };
  const { user } = (await send(env, null, login, { input })).login;
  return { user, sessionsBefore, qrPixels, codes: codes.length, focusIsBack, darkAsChosen, wrongCode, kept, addressBar };
});
