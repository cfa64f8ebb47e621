// An Admin among people, by keyboard alone: finding them, another role, files that are in the way, disabling, deleting, and inviting many at once.
import { keysOn, onFrontEnd, send, shareAsOps, uploadAsOps } from "./common.mjs";

const FILES = "{ files(first: 10) { nodes { name uploadedBy { email } } } }";

await onFrontEnd(async ({ page, env, look }) => {
  const keys = keysOn(page);
  await page.goto(env.baseUrl);
  await keys.type(page.getByLabel("E-mail address"), env.email);
  await keys.type(page.getByRole("textbox", { name: "Password" }), env.password);
  await page.keyboard.press("Enter");
  await page.getByText("5 people", { exact: true }).waitFor();
  await look("people");

  const list = page.getByRole("list", { name: "People with an account" });
  const emails = () => list.locator(".from").allInnerTexts();
  await keys.select(page.getByLabel("Role"), "Uploads");
  await page.getByText("2 people", { exact: true }).waitFor();
  const ops = await emails();
  await keys.type(page.getByLabel("Search by address"), "nobody");
  await page.getByText("There is nobody like that").waitFor();
  await look("people-nobody");
  await keys.type(page.getByLabel("Search by address"), "");
  await keys.select(page.getByLabel("Role"), "All");
  await page.getByText("5 people", { exact: true }).waitFor();

  const manage = (email) => list.getByRole("button", { name: new RegExp(`^Manage .*, ${email}$`) });
  const dialog = page.getByRole("dialog");
  const ask = async (email, way) => {
    await keys.press(manage(email));
    await keys.press(dialog.getByRole("button", { name: way, exact: true }));
  };

  // Whoever has files keeps the role until somebody else has them.
  const file = await uploadAsOps(env, "Annual report 2026.docx");
  await shareAsOps(env, file, env.clientEmail);
  await keys.press(manage(env.opsEmail));
  await dialog.getByText("Account since").waitFor();
  await look("person");
  await keys.press(dialog.getByRole("button", { name: "Change the role" }));
  const titleHasFocus = await dialog.getByRole("heading", { name: /^Another role/ }).evaluate((title) => title === document.activeElement);
  await keys.choose(dialog.getByRole("radio", { name: "Client", exact: true }));
  await look("person-role");
  await keys.press(dialog.getByRole("button", { name: "Change the role" }));
  await dialog.getByRole("alert").getByText("Give them to somebody else first").waitFor();
  await keys.press(dialog.getByRole("button", { name: "Give the files away" }));
  await keys.press(dialog.getByRole("button", { name: "Give the files away" }));
  const unnamed = await dialog.getByText("Fill this in.").count();
  const heir = dialog.getByRole("combobox", { name: "Who gets them" });
  await keys.type(heir, "nobody");
  await page.getByText("Nobody fits").waitFor();
  await page.keyboard.press("Tab");
  await keys.press(dialog.getByRole("button", { name: "Give the files away" }));
  await dialog.getByText("Choose an active person").waitFor();
  await keys.type(heir, "otto");
  await page.getByRole("option", { name: /otto@example.com/ }).waitFor();
  await look("person-files");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await keys.press(dialog.getByRole("button", { name: "Give the files away" }));
  await page.getByText("1 file belongs to otto now.").waitFor();
  await keys.choose(dialog.getByRole("radio", { name: "Client", exact: true }));
  await keys.press(dialog.getByRole("button", { name: "Change the role" }));
  await page.getByText("The role of olga is now: Client.").waitFor();
  await dialog.waitFor({ state: "detached" });
  const backAt = await page.evaluate(() => document.activeElement.getAttribute("aria-label"));
  const given = (await send(env, env.adminToken, FILES)).files.nodes;

  await ask(env.clientEmail, "Disable");
  await look("person-disable");
  await keys.press(dialog.getByRole("button", { name: "Disable" }));
  await page.getByText("carl is disabled.").waitFor();
  const shut = await send(env, env.clientToken, "{ viewer { id } }").catch((failure) => String(failure).includes("UNAUTHENTICATED"));
  await keys.select(page.getByLabel("Standing"), "Disabled");
  await page.getByText("1 person", { exact: true }).waitFor();
  await look("people-disabled");
  await ask(env.clientEmail, "Enable again");
  await keys.press(dialog.getByRole("button", { name: "Enable again" }));
  await page.getByText("carl can sign in again.").waitFor();
  await keys.select(page.getByLabel("Standing"), "Everybody");
  await page.getByText("5 people", { exact: true }).waitFor();

  await ask("otto@example.com", "Delete the account");
  await keys.choose(dialog.getByRole("radio", { name: /They are deleted too/ }));
  await look("person-delete");
  await keys.press(dialog.getByRole("button", { name: "Delete the account and the files" }));
  await page.getByText("The account of otto is deleted.").waitFor();
  await page.getByText("4 people", { exact: true }).waitFor();
  const headingHasFocus = await page.getByRole("heading", { name: "People" }).evaluate((title) => title === document.activeElement);
  const left = (await send(env, env.adminToken, FILES)).files.nodes;

  // One Admin there has to be.
  await ask(env.email, "Delete the account");
  await dialog.getByText("This is your own account").waitFor();
  await keys.press(dialog.getByRole("button", { name: "Delete the account" }));
  await dialog.getByText("ada is the last active administrator").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });

  await keys.press(page.getByRole("link", { name: "Invitations" }));
  const many = page.getByRole("region", { name: "Invite many at once" });
  await keys.press(many.getByRole("button", { name: "Invite them all" }));
  const nothing = await many.getByText("Fill this in.").count();
  await keys.choose(many.getByRole("radio", { name: "Uploads files", exact: true }));
  await keys.to(many.getByLabel("Addresses"));
  await page.keyboard.insertText('"Moor, Eve" <eve@example.com>; fred@example.com\nEVE@example.com, gil@\nHanna Weiss <hanna@example.com>');
  await many.getByText("3 addresses are invited.").waitFor();
  const told = await many.getByRole("status").locator("bdi").allInnerTexts();
  await look("invitations-many");
  await keys.press(many.getByRole("button", { name: "Invite them all" }));
  await page.getByText("3 invitations are on their way.").waitFor();
  await page.getByText("3 invitations wait.").waitFor();
  const kept = await many.getByLabel("Addresses").inputValue();
  const pending = (await send(env, env.adminToken, "{ invitations { nodes { email role } } }")).invitations.nodes;
  pending.sort((a, b) => a.email.localeCompare(b.email));
  return { ops, titleHasFocus, unnamed, backAt, given, shut, headingHasFocus, left, nothing, told, kept, pending };
});
