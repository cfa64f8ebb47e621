// First of all, so that no secret of a link stays in the address bar.
import "./api/link_secrets";
import { createRoot } from "react-dom/client";
import { App } from "./app";
import "./design/tokens.css";
import "./design/base.css";
import "./design/controls.css";
import { chosenTheme, showTheme } from "./ui/theme";

showTheme(chosenTheme());
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
