"""The language of a text."""

import pytest

from transcriber.engines.nemo.language_id import language_of
from transcriber.models.catalog import EUROPEAN

SAID = {
    "de": "Heute wird das Wetter in Berlin sonnig und sehr warm.",
    "nl": "Vandaag wordt het weer in Amsterdam zonnig en erg warm.",
    "fr": "Aujourd'hui, le temps à Paris sera ensoleillé et très chaud.",
    "hr": "Danas će vrijeme u Zagrebu biti sunčano i vrlo toplo.",
    "uk": "Сьогодні погода в Києві буде сонячною і дуже теплою.",
    "el": "Σήμερα ο καιρός στην Αθήνα θα είναι ηλιόλουστος και πολύ ζεστός.",
}


@pytest.mark.parametrize("language", SAID)
def test_a_sentence(language: str) -> None:
    assert language_of(SAID[language], EUROPEAN) == language


@pytest.mark.parametrize(
    "text", ["", "ja ja genau okay", "Angela Merkel Emmanuel Macron Donald Trump Wladimir Putin", "1 2 3 4 5 6 7 8 9"]
)
def test_of_what_is_short_or_in_none_nothing_is_said(text: str) -> None:
    assert language_of(text, EUROPEAN) is None
