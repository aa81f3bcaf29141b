"""Words and numbers that stand on pages, in several languages or invented. Knows no picture."""

from __future__ import annotations

from functools import cache

import numpy as np

from scripts.training.lines import texts

Rng = np.random.Generator


def _listed(text: str) -> tuple[str, ...]:
    """The words of a text."""
    return tuple(text.split())


WORDS = _listed(
    """
    the of and to in is that it was for on are as with his they at be this have from or had by word but what some we
    can out other were all there when up use your how said an each she which do their time if will way about many then
    them write would like so these her long make thing see him two has look more day could go come did number sound no
    most people my over know water than call first who may down side been now find der die und in den von zu das mit
    sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am
    sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei le de un
    être et à il avoir ne je son que se qui ce dans en du elle au pour pas vous par sur faire plus dire me on mon lui
    nous comme mais pouvoir avec tout y aller voir bien où sans tu anni casa conto numero pagina prezzo totale giorno
    mese stanza entrada salida cuenta fecha precio nombre mesa agua pan leche
    """
)
LABELS = _listed(
    """
    Name Date Datum Betrag Amount Total Summe Subtotal Signature Unterschrift No. Nr. Q.No. Marks Points Punkte Class
    Klasse Room Raum Account Konto Invoice Rechnung Meter reading kWh m³ Unit Price Preis Qty Menge Page Seite Score
    Phone Tel. Address Ort PLZ Street Examiner Candidate Student Roll Subject Fach Bonus Sum Player Chance Full House
    Straight Pair 1er 2er 3er Remarks City Grand Year Month Week Mon Tue Wed Thu Fri Sat Sun Jan Feb Mär Apr Mai Jun
    In Out Start End Von Bis Km Stand Zähler Temp. °C Gewicht kg Height cm Weight Result Ergebnis Test Sample Probe ID
    Code Ref. Order Bestellung Item Artikel Tax MwSt VAT CHF EUR Only Marks Obtained in words Pay to the order of
    Received Balance Saldo Debit Credit Haben Soll
    """
)
NAMES = _listed(
    """
    Anna Peter Maria Carlos Lea Jonas Emma Noah Luca Sofia Max Paul Ida Tom Nina Jan Eva Ben Mia Leon Klara Otto Ravi
    Priya Amit Chen Yuki Ali Omar Fatima Ivan Olga Marek Zoe Hugo Rosa José Inés Marco Giulia Hans Ursula Beat Reto
    Urs Milk Bread Eggs Rice Butter Apples Cheese Salt Sugar Coffee Tea Soap Kartoffeln Milch Brot Eier Käse Äpfel
    Reis Salz lait pain
    """
)
STARTS, MIDDLES = _listed("b c d f g h j k l m n p r s t v w z st br ch sch tr"), "aeiouyäöü"
ENDS = _listed("n r s t l m nd ng ck e en er")
NUMBERS = (
    (texts.plain, 0.66), (texts.amount, 0.1), (texts.decimal, 0.08), (texts.date, 0.06), (texts.time, 0.03), (texts.signed, 0.07),
)  # fmt: skip
SHARES = np.cumsum([share for _, share in NUMBERS])


def word(rng: Rng) -> str:
    """A word, now and then one that no language has."""
    if rng.random() < 0.08:
        return letters(rng, 4)
    if rng.random() < 0.06:
        return "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghkmnpqrstuvwxyz"[rng.integers(45)]
    if rng.random() < 0.6:
        found = WORDS[rng.integers(len(WORDS))]
    else:
        found = "".join(
            STARTS[rng.integers(len(STARTS))] + MIDDLES[rng.integers(len(MIDDLES))] for _ in range(rng.integers(1, 4))
        ) + (ENDS[rng.integers(len(ENDS))] if rng.random() < 0.6 else "")
    kind = rng.random()
    return found.upper() if kind < 0.08 else found.capitalize() if kind < 0.3 else found


LIKE_DIGITS = "OolIiSsZzBbgqDTJUQCGyYhEAnuV"


def letters(rng: Rng, longest: int) -> str:
    """A few letters, half of the time such as digits are taken for."""
    some = LIKE_DIGITS if rng.random() < 0.5 else "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    return "".join(some[k] for k in rng.integers(0, len(some), rng.integers(1, longest + 1)))


def name(rng: Rng) -> str:
    """What stands in front of a number in a list."""
    if rng.random() < 0.5:
        return NAMES[rng.integers(len(NAMES))]
    return word(rng).capitalize()


def label(rng: Rng) -> str:
    """What a form says beside a field."""
    found = " ".join(LABELS[k] for k in rng.integers(0, len(LABELS), rng.choice([1, 1, 1, 2, 2, 3])))
    return found + (":" if rng.random() < 0.3 else "")


@cache
def tokens() -> tuple[str, ...]:
    """Words of a newspaper and numbers of it: no more than can be kept as pictures of every font."""
    rng = np.random.default_rng(15)
    words = [word(rng) + (",."[rng.integers(2)] if rng.random() < 0.15 else "") for _ in range(210)]
    return (*words, *(number(rng, 6) for _ in range(30)))


def printed_token(rng: Rng) -> str:
    """One of them."""
    return tokens()[rng.integers(len(tokens()))]


def number(rng: Rng, most: int = 99) -> str:
    """A number as it is written, with its signs and no space in it; at most so many characters."""
    for _ in range(20):
        kind = int(np.searchsorted(SHARES, rng.random() * SHARES[-1]))
        written = NUMBERS[kind][0](rng)
        for money in texts.CURRENCIES:
            written = written.replace(money, "")
        written = written.replace(" ", "").replace("=", "")
        if any(sign.isdigit() for sign in written) and len(written) <= most:
            return written
    return texts.some_digits(rng, 1, max(1, min(most, 4)))


def short_number(rng: Rng, most: int) -> str:
    """Digits alone, at most so many: what stands in a table."""
    if rng.random() < 0.85 or most < 3:
        return texts.some_digits(rng, 1, max(1, min(most, int(rng.choice([1, 2, 3, 4, 5])))))
    return number(rng, most)
