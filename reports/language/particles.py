"""Korean particles that follow a filled place: their form depends on the sound before them.

A translation writes both forms, ``은(는)``, ``이(가)``, ``을(를)``, ``과(와)``, ``(으)로``; the one that fits is chosen once the
place is filled.

>>> fitted("HBM이(가) 제약하고 다이이(가) 남음"), fitted("미국 진영(57배)은(는)"), fitted("2030(으)로")
('HBM이 제약하고 다이가 남음', '미국 진영(57배)은', '2030으로')
"""

from __future__ import annotations

import re

PAIRS = {"은(는)": "은는", "이(가)": "이가", "을(를)": "을를", "과(와)": "과와"}
"""Both forms as a translation writes them; the form after a closed syllable, and the one after an open syllable."""
DIRECTION = "(으)로"
CLOSED_DIGITS = "013678"
CLOSED_LETTERS = "lmnrLMNR"
"""Digits and letters whose Korean names end in a consonant."""
ENDS_IN_L = "178lrLR"
"""Of these, those that end in ㄹ."""
FIRST, LAST = "가", "힣"
FINALS, RIEUL = 28, 8
_BRACKET = re.compile(r"\s*\([^()]*\)$")
_PARTICLE = re.compile("|".join(map(re.escape, (*PAIRS, DIRECTION))))


def fitted(text: str) -> str:
    """Choose the form of every particle that stands in both forms."""
    out, start = "", 0
    for found in _PARTICLE.finditer(text):
        out += text[start : found.start()]
        out += _form(found.group(), out)
        start = found.end()
    return out + text[start:]


def _form(particle: str, before: str) -> str:
    spoken = _BRACKET.sub("", before)
    closed, rieul = _ending(spoken[-1:])
    if particle == DIRECTION:
        return "으로" if closed and not rieul else "로"
    return PAIRS[particle][0 if closed else 1]


def _ending(sound: str) -> tuple[bool, bool]:
    """Whether a sound ends in a consonant, and whether that is ㄹ."""
    if sound and FIRST <= sound <= LAST:
        final = (ord(sound) - ord(FIRST)) % FINALS
        return final > 0, final == RIEUL
    return bool(sound) and sound in CLOSED_DIGITS + CLOSED_LETTERS, bool(sound) and sound in ENDS_IN_L
