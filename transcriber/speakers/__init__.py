"""Who spoke when: what a diarization model heard → turns of people → the speaker of each word. No torch here."""
