// The bar above a tool: signing in, signing out, and the files of the next upload.
import { attach, attachedFiles, detach, onAttachmentsChange } from "./attachments.js";
import { authorization, currentUser, onChange, recognise, signIn, signOut } from "./session.js";

/** An element with attributes and content; attributes that begin with "on" are listeners. */
function element(name, attributes = {}, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...content);
  return made;
}

const button = (text, onclick, attributes = {}) => element("button", { type: "button", onclick, ...attributes }, text);

function field(name, label, attributes) {
  return element("input", { name, "aria-label": label, placeholder: label, ...attributes });
}

/** Fills the bar. `tool` is the name of the tool below it, `other` the name and the path of its sister. */
export function showBar(bar, tool, other) {
  const message = element("p", { role: "status" });
  const who = element("div", { class: "who" });
  const files = element("div", { class: "files" });
  const say = (text) => (message.textContent = text);
  const trying = async (act) => {
    say("");
    try {
      await act();
    } catch (cause) {
      say(cause.message);
    }
  };

  const showWho = () => {
    const user = currentUser();
    who.replaceChildren(user ? signedIn(user, trying, say) : loginForm(trying));
  };
  const showFiles = () => files.replaceChildren(picker(), ...attachedFiles().map(chip));
  document.addEventListener("schema-refused", () => say("Sign in for the documentation."));
  onChange(showWho);
  onAttachmentsChange(showFiles);
  showWho();
  showFiles();

  const title = element("h1", {}, "Strongroom ", element("strong", {}, tool));
  bar.replaceChildren(title, element("a", { href: other.path }, other.name), files, message, who);
  trying(recognise);
}

function loginForm(trying) {
  const password = { type: "password", autocomplete: "current-password", required: "" };
  const form = element(
    "form",
    { "aria-label": "Sign in" },
    field("email", "E-mail", { type: "email", autocomplete: "username", required: "" }),
    field("password", "Password", password),
    field("code", "Code, if any", { autocomplete: "one-time-code", size: "11", title: "Of the second factor" }),
    element("button", {}, "Sign in"),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    trying(async () => {
      try {
        await signIn(form.elements.email.value, form.elements.password.value, form.elements.code.value.trim());
      } catch (cause) {
        if (cause.code === "TOTP_REQUIRED") form.elements.code.focus();
        throw cause;
      }
    });
  });
  return form;
}

function signedIn(user, trying, say) {
  const copy = () =>
    trying(async () => {
      const value = authorization();
      if (!value) throw new Error("The token has expired; the cookie goes on. Sign in again for another one.");
      if (!navigator.clipboard) throw new Error("A browser lets a page copy only over https.");
      await navigator.clipboard.writeText(value);
      say("Copied: the value of the Authorization header.");
    });
  const parts = [
    element("span", { class: "user", title: user.email }, user.email),
    element("span", { class: "role" }, user.role),
    button("Sign out", () => trying(signOut)),
  ];
  // A session that goes on by the cookie has no token to show.
  if (authorization()) parts.splice(2, 0, button("Copy token", copy));
  return element("div", { class: "session" }, ...parts);
}

function picker() {
  const input = element("input", { type: "file", multiple: "", class: "visually-hidden", tabindex: "-1", "aria-hidden": "true" });
  input.addEventListener("change", () => attach(input.files));
  const title = "Variables of the type Upload are filled with the attached files, in this order";
  const open = button("Attach files…", () => input.click(), { title });
  return element("span", { class: "picker" }, open, input);
}

function chip(file) {
  const label = `Take ${file.name} away`;
  const remove = button("×", () => detach(file), { "aria-label": label, title: label });
  return element("span", { class: "chip", title: `${file.name}, ${file.size} bytes` }, element("span", {}, file.name), remove);
}
