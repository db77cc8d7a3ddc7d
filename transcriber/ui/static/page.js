// Entry of the page's own scripts: puts the page into Gradio's, and defines what it is made of.
import { startTheme, TranscribeApp } from "./shell.js";
import { feed } from "./jobs-feed.js";
import { element } from "./elements.js";
import { t } from "./i18n.js";
import "./library/list.js";
import "./document/view.js";
import "./export/button.js";
import "./side/panel.js";
import "./player/bar.js";

startTheme();
customElements.define("transcribe-app", TranscribeApp);
const skip = element("a", t("page.skip"), "skip");
skip.href = "#main";
skip.addEventListener("click", (event) => { event.preventDefault(); document.getElementById("main").focus(); });
document.body.prepend(skip, element("transcribe-app"));
feed.start();
