"""What a row of a statement charges, by its words: the codes are those of the fee schedules."""

import re

_RULES = (
    ("offsite_ads", r"offsite ads|offsite-anzeigen|annonces offsite|anuncios offsite"),
    ("ads", r"etsy ads|promoted listings? (?:advanced|priority)|prolist|anzeigengebühr|advertis"),
    ("transaction", r"transaction fee|transaktionsgebühr|frais de transaction"),
    ("processing", r"processing fee|zahlungsabwicklung|bearbeitungsgebühr|frais de traitement|payment fee"),
    ("listing", r"listing fee|renew|einstellgebühr|angebotsgebühr|frais de mise en vente|insertion fee"),
    ("regulatory", r"regulatory operating|regulator|frais d'exploitation"),
    ("currency_conversion", r"currency conversion|währungsumrechnung|conversion de devise"),
    ("plan", r"etsy plus|subscription|abonnement|\bplan\b|store fee|shop-?gebühr|pattern"),
    ("label", r"shipping label|postage label|delivery label|versandetikett|étiquette|\blabels?\b"),
    ("international", r"international fee|internationale gebühr"),
    ("promoted", r"promoted listing|ad fee"),
    ("per_order", r"final value fee.*fix|per order"),
    ("final_value", r"final value|verkaufsprovision"),
)  # fmt: skip
_KNOWN = tuple((code, re.compile(pattern, re.IGNORECASE)) for code, pattern in _RULES)


def fee_code(*texts: str) -> str:
    """The code of a fee by its words; "other" where none is known."""
    for text in texts:
        for code, pattern in _KNOWN:
            if pattern.search(text):
                return code
    return "other"
