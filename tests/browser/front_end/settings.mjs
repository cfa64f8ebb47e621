// What everybody can do with an account: password, second factor, recovery codes, sessions, looks, a forgotten password.
import { createHmac } from "node:crypto";
import { mailedLink, onFrontEnd } from "./common.mjs";

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

await onFrontEnd(async ({ page, env, look }) => {
  const signIn = async (password) => {
    await page.getByLabel("E-mail address").fill(env.email);
    await page.getByRole("textbox", { name: "Password" }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  };

  // Whoever wanted a page gets it after signing in.
  await page.goto(`${env.baseUrl}/settings`);
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await signIn(env.password);
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  const sessions = page.getByRole("region", { name: "Where you are signed in" }).getByRole("listitem");
  await sessions.first().waitFor();
  const sessionsBefore = await sessions.count();
  await look("settings");

  const password = page.getByRole("region", { name: "Password", exact: true });
  await password.getByRole("textbox", { name: "Current password" }).fill(env.password);
  await password.getByRole("textbox", { name: "New password" }).fill("12345678");
  await password.getByRole("button", { name: "Change the password" }).click();
  await password.locator(".complaint").getByText("nobody guesses").waitFor();
  await password.getByRole("textbox", { name: "New password" }).fill(env.newPassword);
  await password.getByRole("button", { name: "Change the password" }).click();
  await password.getByText("You have a new password").waitFor();

  const factor = page.getByRole("region", { name: "Second factor" });
  await factor.getByRole("textbox", { name: "Current password" }).fill(env.newPassword);
  await factor.getByRole("button", { name: "Set it up" }).click();
  const code = factor.getByRole("img", { name: /QR code/ });
  await code.waitFor();
  const qrPixels = await code.evaluate((image) => image.naturalWidth);
  const secret = (await factor.locator("code.path").innerText()).replaceAll(" ", "");
  await look("settings-second-factor");
  await factor.getByRole("textbox", { name: "Code" }).fill(totp(secret, env.now));
  await factor.getByRole("button", { name: "Switch it on" }).click();
  await factor.getByRole("heading", { name: "Your recovery codes" }).waitFor();
  const codes = await factor.locator(".codes li").allInnerTexts();
  await look("settings-recovery-codes");
  await factor.getByRole("button", { name: "I have kept them" }).click();
  await factor.getByText("10 recovery codes are left").waitFor();

  await page.getByText("Dark", { exact: true }).click();
  await page.emulateMedia({ colorScheme: "light" });
  const darkAsChosen = await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await page.getByText("As the device", { exact: true }).click();

  // Out, and in again with a recovery code, once asked for it.
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  await signIn(env.newPassword);
  await page.getByRole("textbox", { name: "Code" }).waitFor();
  await look("login-second-factor");
  await page.getByRole("textbox", { name: "Code" }).fill("000000");
  await page.getByRole("button", { name: "Sign in" }).click();
  const wrongCode = await page.getByRole("alert").innerText();
  await page.getByRole("textbox", { name: "Code" }).fill(codes[0]);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Settings" }).waitFor();
  await page.getByText("9 recovery codes are left").waitFor();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();

  await page.getByRole("link", { name: "Forgotten your password?" }).click();
  await page.getByRole("heading", { name: "Forgotten password" }).waitFor();
  await page.getByLabel("E-mail address").fill(env.email);
  await look("forgotten-password");
  await page.getByRole("button", { name: "Send the link" }).click();
  await page.getByText("the mail is on its way").waitFor();
  await page.goto(await mailedLink(env, env.email, "reset-password"));
  await page.getByRole("heading", { name: "Choose a new password" }).waitFor();
  const addressBar = page.url();
  await look("reset-password");
  await page.getByRole("textbox", { name: "New password" }).fill(env.password);
  await page.getByRole("button", { name: "Choose" }).click();
  await page.getByText("You have a new password").waitFor();
  await page.getByRole("link", { name: "Back to sign-in" }).click();
  await signIn(env.password);
  await page.getByRole("textbox", { name: "Code" }).fill(codes[1]);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).waitFor();
  return { sessionsBefore, qrPixels, codes: codes.length, darkAsChosen, wrongCode, addressBar };
});
