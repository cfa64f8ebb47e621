// For clients that send no files.
import { execFileSync } from "node:child_process";
import { UPLOAD } from "./operations.js";

const { STRONGROOM_URL, STRONGROOM_DOCUMENT } = process.env;

/** Uploads the document under this name, and answers the file. */
export function uploadByCurl(token, name) {
  const operations = JSON.stringify({ query: UPLOAD, variables: { file: null } });
  const form = [`operations=${operations}`, 'map={"0": ["variables.file"]}', `0=@${STRONGROOM_DOCUMENT};filename="${name}"`];
  const fields = form.flatMap((part) => ["--form", part]);
  const head = ["--silent", "--show-error", "--header", `Authorization: Bearer ${token}`];
  const answer = execFileSync("curl", [...head, ...fields, `${STRONGROOM_URL}/graphql`], { encoding: "utf8" });
  return JSON.parse(answer).data.upload.file;
}
