"""Computers with other hardware than this one."""

from transcriber.models.hardware import Card, Hardware

CARD = "NVIDIA Test 4000"


def computer(memory: float, card: float = 0, driver: str = "600.1", cuda: str = "13.0") -> Hardware:
    cards = (Card(CARD, card, driver),) if card else ()
    return Hardware(cards, memory, f"2.11.0+cu{cuda.replace('.', '')}" if cuda else "2.11.0", cuda)
