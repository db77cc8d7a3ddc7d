// Why there is no recording, in words: for whatever getUserMedia, AudioContext and AudioWorklet may throw.
// Source of the names: Media Capture and Streams, Web Audio API, Web IDL.
const ANOTHER = "choose another microphone, or connect this one again, and press Record once more";

const SENTENCES = {
  NotAllowedError: "The browser may not use the microphone: allow it in its address bar, and in the privacy settings of the system.",
  SecurityError: "The browser does not let this page use the microphone: its settings, or a rule on this computer, forbid it.",
  NotFoundError: "No microphone was found: connect one, and press Record once more.",
  NotReadableError: "The microphone cannot be opened: another program may be using it. End that program, or choose another microphone.",
  OverconstrainedError: `The chosen microphone is not there any more: ${ANOTHER}.`,
  AbortError: `The microphone could not be started: ${ANOTHER}.`,
  InvalidStateError: "The browser does not start the microphone for a page that is not in front: click into this page, and press Record once more.",
  NotSupportedError: `This browser cannot record with this microphone: ${ANOTHER}, or use another browser.`,
};
const NONE_HERE = "This browser offers no microphone here: open the page at its own address, which begins with http://127.0.0.1, in a current browser.";

export function whyNoMicrophone(error) {
  if ("status" in error) return error.message;  // of a request of ours: a sentence already
  if (!navigator.mediaDevices?.getUserMedia || !window.AudioWorkletNode) return NONE_HERE;
  return SENTENCES[error.name] || `The microphone could not be started (${error.name}): ${ANOTHER}.`;
}
