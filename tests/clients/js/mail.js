// What a person does with a mail: find the link in it. The server writes mails into a folder.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const folder = process.env.STRONGROOM_MAIL;

/** The token of the mail to this address, once it has come. */
export async function mailedToken(email) {
  for (let tries = 0; tries < 300; tries += 1) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (!name.endsWith(".eml") || name.startsWith(".")) continue;
      const text = readFileSync(join(folder, name), "utf8");
      if (text.split(/\r?\n/).includes(`To: ${email}`)) return /\?token=([\w-]+)/.exec(text)[1];
    }
    await pause(100);
  }
  throw new Error(`no mail has come to ${email}`);
}
