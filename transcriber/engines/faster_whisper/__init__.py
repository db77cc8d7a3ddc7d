"""OpenAI's Whisper through faster-whisper and CTranslate2."""
