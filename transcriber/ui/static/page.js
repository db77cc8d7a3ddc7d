// Entry of the page's own scripts: defines the elements that page.py puts into Gradio's layout.
import { RecordingSources } from "./sources.js";
import { TranscriptView } from "./transcript.js";
import { OfflineProof } from "./offline.js";
import { post } from "./requests.js";

customElements.define("recording-sources", RecordingSources);
customElements.define("transcript-view", TranscriptView);
customElements.define("offline-proof", OfflineProof);
document.documentElement.lang = "en";

window.transcribe = {
  /** Starts what was dropped, recorded or typed; called by Gradio's Transcribe button. */
  async start(model, path) {
    const sources = document.querySelector("recording-sources"), view = document.querySelector("transcript-view");
    try {
      const recordings = await sources.registered();
      if (!recordings.length && !path.trim()) throw new Error("Choose a recording first: drop a file, record, or type a path.");
      const jobs = await post("/jobs", { model, path, recordings });
      sources.clear();
      view.show(jobs[0].id);
    } catch (error) {
      sources.say(error.message);
    }
  },
};
