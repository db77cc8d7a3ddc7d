// Entry of the page's own scripts: defines the elements that page.py puts into Gradio's layout, and joins them.
import { RecordingSources } from "./sources.js";
import { JobList } from "./jobs.js";
import { feed } from "./jobs-feed.js";
import { TranscriptView } from "./transcript.js";
import { OfflineProof } from "./offline.js";
import { SavedFormats } from "./saved-formats.js";
import { RememberedVoices } from "./remembered-voices.js";
import { ModelChoice } from "./model-choice.js";
import { TranscribeOptions } from "./transcribe-options.js";
import { ConfigurationList } from "./configurations.js";
import { NewConfiguration } from "./new-configuration.js";
import { ModelList } from "./model-list.js";
import { BetterModels } from "./better-models.js";
import { post } from "./requests.js";

const sources = () => document.querySelector("recording-sources"), view = () => document.querySelector("transcript-view");

window.transcribe = {
  /** The chosen configuration or model, by its name; model-choice.js tells of every change. */
  model: "",
  /** How to transcribe, as the routes take it; null if something in the options is wrong, which is said there. */
  async asked() {
    const options = await document.querySelector("transcribe-options").asked();
    return options && { model: this.model, ...options };
  },
  shown: () => view()?.jobId,
  show: (id) => view().show(id),
  forget(id) { sources().forget(id); if (this.shown() === id) view().show(null); },
  isOwn: (id) => sources().own.has(id),

  /** Starts what was dropped, recorded or typed; called by Gradio's Transcribe button. Returns what stays in the path box. */
  async start(path) {
    const shown = this.shown(), asked = await this.asked();
    if (!asked) return path;
    try {
      view().show(undefined);
      const recordings = await sources().toStart();
      const leftOver = feed.jobs.filter((job) => job.state === "ready" && !recordings.includes(job.id)).map((job) => job.id);
      if (!recordings.length && !leftOver.length && !path.trim()) throw new Error("Choose a recording first: drop a file, record, or type a path.");
      const jobs = await post("/jobs", { ...asked, path, recordings: [...recordings, ...leftOver] });
      sources().started(recordings);
      await feed.refresh();
      view().show((path.trim() ? jobs.at(-1) : jobs[0]).id);
      return "";
    } catch (error) {
      view().show(shown);
      sources().say(error.message);
      return path;
    }
  },
};

customElements.define("recording-sources", RecordingSources);
customElements.define("model-choice", ModelChoice);
customElements.define("transcribe-options", TranscribeOptions);
customElements.define("job-list", JobList);
customElements.define("transcript-view", TranscriptView);
customElements.define("saved-formats", SavedFormats);
customElements.define("remembered-voices", RememberedVoices);
customElements.define("configuration-list", ConfigurationList);
customElements.define("new-configuration", NewConfiguration);
customElements.define("model-list", ModelList);
customElements.define("better-models", BetterModels);
customElements.define("offline-proof", OfflineProof);
document.documentElement.lang = "en";
feed.start();
