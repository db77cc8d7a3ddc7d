// The library, at the left: searching, what the list shows, the list, and what can be done with those that are selected.
import { element } from "../elements.js";
import { BinNote } from "./bin.js";
import { BulkBar } from "./bulk-bar.js";
import { RecordingList } from "./recordings.js";
import { ScopeBar } from "./scope-bar.js";
import { SearchBox } from "./search-box.js";
import { SearchResults } from "./search-results.js";
import { shelf } from "./shelf.js";
import "./spoken.js";

class LibraryList extends HTMLElement {
  connectedCallback() {
    const search = element("search-box"), scope = element("scope-bar"), note = element("bin-note"), recordings = element("recording-list"), results = element("search-results"), bulk = element("bulk-bar");
    this.append(search, scope, note, recordings, results, bulk);
    search.addEventListener("found", () => {
      shelf.endSelecting();
      results.show(search.found);
      for (const part of [scope, recordings]) part.toggleAttribute("data-aside", Boolean(search.found));
    });
    search.addEventListener("enter", () => (search.found ? results.enter() : recordings.enter()));
    results.addEventListener("leave", () => search.open());
    bulk.addEventListener("remove", ({ detail }) => recordings.remove(detail));
    bulk.addEventListener("restore", ({ detail }) => recordings.restore(detail));
    bulk.addEventListener("end", () => recordings.endSelecting());
  }
}

const PARTS = { "search-box": SearchBox, "scope-bar": ScopeBar, "bin-note": BinNote, "recording-list": RecordingList, "search-results": SearchResults, "bulk-bar": BulkBar, "library-list": LibraryList };
for (const [name, part] of Object.entries(PARTS)) customElements.define(name, part);
